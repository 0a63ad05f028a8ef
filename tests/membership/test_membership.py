"""Organizations and mandates."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from consultation.kernel.moves import WrongState
from consultation.kernel.outbox import EventRecord
from consultation.kernel.permissions import Denied, MandateHeld
from consultation.kernel.roles import MandateKind, Role
from consultation.membership.operations import (
    CodeTaken,
    MandateExists,
    give_mandate,
    register_organization,
    revoke_mandate,
    verify_organization,
)
from consultation.membership.states import OrganizationState
from tests.factories import NOW, OPERATOR, actor_of, make_mandate, make_organization, make_user


def test_an_organization_applies_and_is_verified(session):
    organization = make_organization(session, "A1", name=" Centre \n Un ", verified=False)
    assert (organization.name, organization.state) == ("Centre Un", OrganizationState.APPLIED)
    verify_organization(session, organization, actor=OPERATOR, now=NOW)
    assert (organization.state, organization.verified_at) == (OrganizationState.VERIFIED, NOW)
    with pytest.raises(WrongState):
        verify_organization(session, organization, actor=OPERATOR, now=NOW)
    assert [row.name for row in session.scalars(select(EventRecord))] == [
        "OrganizationRegistered",
        "OrganizationVerified",
    ]


def test_a_code_belongs_to_one(session):
    make_organization(session, "A1")
    with pytest.raises(CodeTaken):
        make_organization(session, " A1 ")
    with pytest.raises(ValueError, match="code and a name"):
        make_organization(session, name="  ")


def test_delegates_neither_register_nor_mandate(session):
    user = make_user(session, Role.DELEGATE)
    organization = make_organization(session)
    actor = actor_of(session, user)
    for attempt in (
        lambda: register_organization(session, code="X", name="X", actor=actor, now=NOW),
        lambda: verify_organization(session, organization, actor=actor, now=NOW),
        lambda: give_mandate(session, user, organization, actor=actor, now=NOW),
    ):
        with pytest.raises(Denied):
            attempt()


def test_a_mandate_is_held_from_its_start_until_it_is_revoked(session):
    user, organization = make_user(session), make_organization(session)
    mandate = make_mandate(session, user, organization)
    held = MandateHeld(organization.id, MandateKind.DELEGATE, True)
    assert actor_of(session, user, NOW - timedelta(seconds=1)).mandates == ()
    assert actor_of(session, user).mandates == (held,)
    with pytest.raises(MandateExists):
        make_mandate(session, user, organization, kind=MandateKind.EDITOR)
    revoke_mandate(session, mandate, actor=OPERATOR, now=NOW + timedelta(hours=1))
    assert actor_of(session, user, NOW + timedelta(hours=2)).mandates == ()
    make_mandate(session, user, organization, kind=MandateKind.EDITOR)


def test_an_unverified_organizations_mandate_says_so(session):
    user, organization = make_user(session), make_organization(session, verified=False)
    make_mandate(session, user, organization)
    assert [held.verified for held in actor_of(session, user).mandates] == [False]
