"""Commands that serve and work refuse a database that may forget; that of the tests is made to remember for them."""

import pytest

from tests.databases import durable


@pytest.fixture(autouse=True)
def remembering(request):
    url = request.getfixturevalue("database_url") if "database_url" in request.fixturenames else ""
    if not url.startswith("postgresql"):
        yield
        return
    with durable(url):
        yield
