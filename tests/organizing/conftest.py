"""An organizer at work."""

import pytest

from consultation.kernel.roles import Role
from tests.factories import make_consultation, make_organization, make_proposal, make_user, sign_in


@pytest.fixture
def consultation(session):
    """A consultation with two published proposals, one that waits, and a verified organization."""
    made = make_consultation(session, "sample")
    for number in range(3):
        make_proposal(session, made, title=f"Title {number}", published=number < 2)
    make_organization(session, "ORG1")
    session.commit()
    return made


@pytest.fixture
def open_by_two(session, client, app):
    """Opens a contest of the sample: the organizer signs off, and so does another one, with whom it opens."""

    def opening(code):
        address = f"/en/organize/sample/contests/{code}/opening"
        assert client.post(address).status_code == 422
        assert client.post(address, data={"confirmed": "on"}).status_code == 303
        session.rollback()
        other = app.test_client()
        sign_in(session, other, make_user(session, Role.ORGANIZER))
        assert other.post(address, data={"confirmed": "on"}).status_code == 303

    return opening


@pytest.fixture
def organizer(session, client, consultation):
    """The client is signed in as an organizer."""
    person = make_user(session, Role.ORGANIZER)
    sign_in(session, client, person)
    return person
