"""Nobody posts without end; everybody has an allowance of their own."""

import pytest

from consultation.extensions import limiter
from tests.factories import make_consultation, make_mandate, make_organization, make_proposal, make_user, sign_in

SAID = {"body": "Words.", "stance": "none", "organization": "ORG-A", "language": "en"}


@pytest.fixture
def app(app):
    limiter.enabled, before = True, limiter.enabled
    app.config["RATELIMIT_ENABLED"] = True
    limiter.init_app(app)
    limiter.reset()
    yield app
    limiter.reset()
    limiter.enabled = before


@pytest.mark.sqlite
def test_posting_without_end_is_stopped_for_the_one_who_does(app, session):
    make_proposal(session, make_consultation(session), published=True)
    organization = make_organization(session, "ORG-A")
    clients = []
    for _ in range(2):
        user, client = make_user(session), app.test_client()
        make_mandate(session, user, organization)
        sign_in(session, client, user)
        clients.append(client)

    def post(client):
        return client.post("/en/proposals/NG27-001/comments", data=SAID).status_code

    assert [post(clients[0]) for _ in range(31)] == [303] * 30 + [429]
    forged = clients[0].post("/en/proposals/NG27-001/comments", data=SAID, headers={"X-Forwarded-For": "192.0.2.7"})
    assert (forged.status_code, post(clients[1])) == (429, 303)
