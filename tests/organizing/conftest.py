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
def organizer(session, client, consultation):
    """The client is signed in as an organizer."""
    person = make_user(session, Role.ORGANIZER)
    sign_in(session, client, person)
    return person
