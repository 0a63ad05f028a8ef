"""The world of tests about proposals and what is said of them: a consultation in its first phase, and a delegate."""

from dataclasses import dataclass

import pytest

from consultation.accounts.models import User
from consultation.convening.models import Consultation
from consultation.convening.vocabulary import Vocabulary, vocabulary
from consultation.kernel.permissions import Actor
from consultation.membership.models import MemberOrganization
from tests.factories import (
    actor_of,
    make_consultation,
    make_mandate,
    make_organization,
    make_user,
    sign_in,
)


@dataclass
class World:
    consultation: Consultation
    organization: MemberOrganization
    other: MemberOrganization
    user: User
    actor: Actor
    terms: Vocabulary


@pytest.fixture
def world(session):
    consultation = make_consultation(session)
    organization = make_organization(session, "ORG-A", name="Alliance A", name_fr="L’Alliance A")
    other = make_organization(session, "ORG-B", name="Alliance B")
    user = make_user(session)
    make_mandate(session, user, organization)
    session.commit()
    return World(consultation, organization, other, user, actor_of(session, user), vocabulary(session))


@pytest.fixture
def delegate(world, session, client):
    """A client signed in as the delegate of ORG-A."""
    sign_in(session, client, world.user)
    return client


@pytest.fixture
def public(app):
    """A client that nobody signed in."""
    return app.test_client()
