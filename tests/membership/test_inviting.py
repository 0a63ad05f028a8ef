"""A mandate offered by mail is held once it is answered from that address, and no more than once."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from consultation.accounts.models import User
from consultation.accounts.queries import user_by_id
from consultation.kernel.letters import Letter
from consultation.kernel.permissions import OPERATOR, Denied, Reason
from consultation.kernel.roles import MandateKind, Role
from consultation.membership.models import Mandate
from consultation.membership.operations import (
    AlreadyInvited,
    accept_invitation,
    apply_for_membership,
    invite,
    revoke_mandate,
    withdraw_invitation,
)
from consultation.membership.operations.inviting import INVITATION
from consultation.membership.states import OrganizationState
from tests.factories import NOW, actor_of, make_mandate, make_organization, make_user

LATER = NOW + timedelta(days=8)


@pytest.fixture
def organization(session):
    return make_organization(session, "ACME")


@pytest.fixture
def delegate(session, organization):
    user = make_user(session)
    make_mandate(session, user, organization)
    return actor_of(session, user)


def offer(session, organization, actor, email="new@example.org", kind=MandateKind.DEPUTY, now=NOW):
    return invite(session, organization, email=email, name="Nina", language="fr", kind=kind, actor=actor, now=now)


def token_of(session, now=NOW):
    """What the newest letter says, written now."""
    session.flush()
    letter = session.scalars(select(Letter).order_by(Letter.id.desc()).limit(1)).one()
    return INVITATION.compose(session, letter, now).values["token"]


def mandates(session, organization):
    rows = session.execute(
        select(User.email, Mandate.kind)
        .join(User, User.id == Mandate.user_id)
        .where(Mandate.organization_id == organization.id, Mandate.revoked_at.is_(None))
        .order_by(User.email)
    )
    return [tuple(row) for row in rows]


def test_who_answers_has_an_account_and_the_mandate(session, organization, delegate):
    offer(session, organization, delegate, email=" New@Example.org")
    token = token_of(session)
    user = accept_invitation(session, token, now=NOW)
    assert (user.email, user.name, user.language, user.roles) == ("new@example.org", "Nina", "fr", {Role.DELEGATE})
    assert ("new@example.org", MandateKind.DEPUTY) in mandates(session, organization)
    assert accept_invitation(session, token, now=NOW) is None


def test_who_has_an_account_keeps_it_and_their_roles(session, organization, delegate):
    moderator = make_user(session, Role.MODERATOR, email="mo@example.org", name="Mo")
    offer(session, organization, delegate, email="mo@example.org")
    user = accept_invitation(session, token_of(session), now=NOW)
    assert (user.id, user.name, user.roles) == (moderator.id, "Mo", {Role.MODERATOR, Role.DELEGATE})


def test_who_speaks_for_it_already_goes_on_as_before(session, organization, delegate):
    user = make_user(session, email="editor@example.org")
    make_mandate(session, user, organization, kind=MandateKind.EDITOR)
    offer(session, organization, delegate, email="editor@example.org")
    assert accept_invitation(session, token_of(session), now=NOW).id == user.id
    assert ("editor@example.org", MandateKind.EDITOR) in mandates(session, organization)


def test_a_closed_account_is_not_opened_by_it(session, organization, delegate):
    make_user(session, email="gone@example.org").active = False
    offer(session, organization, delegate, email="gone@example.org")
    assert accept_invitation(session, token_of(session), now=NOW) is None
    assert "gone@example.org" not in [email for email, _kind in mandates(session, organization)]


def test_an_old_or_withdrawn_invitation_opens_nothing(session, organization, delegate):
    invitation = offer(session, organization, delegate)
    token = token_of(session)
    assert accept_invitation(session, token, now=LATER) is None
    session.refresh(invitation, ["organization"])
    withdraw_invitation(session, invitation, actor=delegate, now=NOW)
    assert accept_invitation(session, token, now=NOW) is None


def test_one_invitation_to_an_address_at_a_time(session, organization, delegate):
    offer(session, organization, delegate)
    with pytest.raises(AlreadyInvited):
        offer(session, organization, delegate)
    offer(session, organization, delegate, now=LATER)
    offer(session, make_organization(session), OPERATOR)


def test_who_may_invite(session, organization):
    editor, stranger = make_user(session), make_user(session)
    make_mandate(session, editor, organization, kind=MandateKind.EDITOR)
    make_mandate(session, stranger, make_organization(session))
    for user in (editor, stranger, make_user(session, Role.MODERATOR)):
        with pytest.raises(Denied) as caught:
            offer(session, organization, actor_of(session, user))
        assert caught.value.decision.reason in (Reason.NO_MANDATE, Reason.ROLE)
    offer(session, organization, actor_of(session, make_user(session, Role.ADMINISTRATOR)))


def test_a_delegate_leaves_and_the_deputy_takes_over(session, organization, delegate):
    offer(session, organization, delegate, kind=MandateKind.DELEGATE)
    successor = accept_invitation(session, token_of(session), now=NOW)
    held = session.scalars(select(Mandate).where(Mandate.user_id == delegate.user_id)).one()
    session.refresh(held, ["organization"])
    revoke_mandate(session, held, actor=delegate, now=NOW)
    assert mandates(session, organization) == [(successor.email, MandateKind.DELEGATE)]
    with pytest.raises(Denied):
        offer(session, organization, actor_of(session, user_by_id(session, delegate.user_id)), email="x@example.org")


def test_a_strangers_mandate_is_not_ended(session, organization, delegate):
    other = make_organization(session)
    mandate = make_mandate(session, make_user(session), other)
    session.refresh(mandate, ["organization"])
    with pytest.raises(Denied):
        revoke_mandate(session, mandate, actor=delegate, now=NOW)


def test_whoever_applies_becomes_the_delegate_by_answering(session):
    organization = apply_for_membership(
        session,
        name=" Cercle  du Nord ",
        contact_name="Aline",
        contact_email="aline@example.org",
        contact_language="fr",
        actor=actor_of(session, make_user(session)),
        now=NOW,
    )
    assert (organization.name, organization.code, organization.state) == (
        "Cercle du Nord",
        "CDN",
        OrganizationState.APPLIED,
    )
    assert mandates(session, organization) == []
    accept_invitation(session, token_of(session), now=NOW)
    assert mandates(session, organization) == [("aline@example.org", MandateKind.DELEGATE)]
