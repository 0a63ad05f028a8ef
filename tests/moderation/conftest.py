"""A consultation, a moderator and a delegate's proposal."""

from types import SimpleNamespace

import pytest

from consultation.kernel.roles import Role
from tests.factories import actor_of, make_consultation, make_mandate, make_organization, make_proposal, make_user


@pytest.fixture
def scene(session):
    """Everything committed: ``consultation``, ``moderator``, ``delegate`` of ``organization``, and its ``proposal``."""
    consultation = make_consultation(session)
    organization = make_organization(session, "ACME")
    delegate = make_user(session, Role.DELEGATE, name="Delia Gate")
    make_mandate(session, delegate, organization)
    moderator = make_user(session, Role.MODERATOR, name="Mo Derator")
    proposal = make_proposal(session, consultation, organization_id=organization.id, author_id=delegate.id)
    session.commit()
    return SimpleNamespace(
        consultation=consultation,
        organization=organization,
        delegate=delegate,
        moderator=moderator,
        proposal=proposal,
        actor=actor_of(session, moderator),
    )
