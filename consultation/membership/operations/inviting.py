"""Offering people a mandate by mail: it is theirs once they have answered from their own address."""

import hashlib
import secrets
import uuid
from contextlib import suppress
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from consultation.accounts.models import User
from consultation.accounts.operations import enrol
from consultation.accounts.queries import user_by_email
from consultation.accounts.rules import address
from consultation.kernel import letters
from consultation.kernel.letters import Content, Letter, LetterKind
from consultation.kernel.outbox import record
from consultation.kernel.permissions import Actor, Decision, Denied, Permission, Reason, granted, require
from consultation.kernel.roles import COLLECTIVE, MandateKind, Role
from consultation.membership.events import InvitationAccepted, InvitationSent, InvitationWithdrawn
from consultation.membership.models import Invitation, MemberOrganization
from consultation.membership.operations.mandating import MandateExists, add_mandate

INVITATION_LASTS = timedelta(days=7)


class AlreadyInvited(Exception):
    """An invitation to this address is under way."""


def invite(
    session: Session,
    organization: MemberOrganization,
    *,
    email: str,
    name: str,
    language: str,
    kind: MandateKind,
    ends_at: datetime | None = None,
    actor: Actor,
    now: datetime,
) -> Invitation:
    """Offer somebody a mandate, until ``ends_at`` if it is given, for an organization that the actor manages (or any,
    for an administrator).

    Raises:
        Denied: when the actor may not, and for a person: nobody else speaks in their name.
        BadAddress: when the address cannot be one.
        AlreadyInvited: when an invitation to it stands.
    """
    if not granted(actor, Permission.MANDATE_GIVE):
        require(actor, Permission.ORGANIZATION_MANAGE, organization, now=now)
    if organization.kind not in COLLECTIVE:
        raise Denied(Permission.ORGANIZATION_MANAGE, Decision(Reason.MEMBER_KIND))
    return offer(
        session,
        organization,
        email=email,
        name=name,
        language=language,
        kind=kind,
        ends_at=ends_at,
        actor=actor,
        now=now,
    )


def offer(
    session: Session,
    organization: MemberOrganization,
    *,
    email: str,
    name: str,
    language: str,
    kind: MandateKind = MandateKind.DELEGATE,
    founding: bool = False,
    ends_at: datetime | None = None,
    actor: Actor,
    now: datetime,
) -> Invitation:
    """The invitation itself and its letter, for operations that have asked whether the actor may. ``founding``: it goes
    to whoever sent the application."""
    kept = address(email)
    standing = select(Invitation).where(
        Invitation.organization_id == organization.id,
        Invitation.email == kept,
        Invitation.accepted_at.is_(None),
        Invitation.withdrawn_at.is_(None),
    )
    for earlier in session.scalars(standing):
        if earlier.expires_at > now:
            raise AlreadyInvited(kept)
        earlier.withdrawn_at = now
    session.flush()
    invitation = Invitation(
        organization_id=organization.id,
        email=kept,
        name=" ".join(name.split()),
        language=language,
        kind=kind,
        founding=founding,
        mandate_ends_at=ends_at,
        invited_by=actor.user_id,
        created_at=now,
        expires_at=now + INVITATION_LASTS,
    )
    session.add(invitation)
    session.flush()
    letters.post(session, INVITATION, address=kept, details={"invitation_id": str(invitation.id)}, now=now)
    sent = InvitationSent(subject_id=organization.id, invitation_id=invitation.id, kind=kind.value)
    record(session, sent, actor=actor, now=now)
    session.flush()
    return invitation


def accept_invitation(session: Session, token: str, *, now: datetime) -> User | None:
    """The person whom the letter reached, with an account and the mandate from now on; nobody when the invitation was
    used, was withdrawn, has expired or never was, or when the account is closed."""
    taken = session.scalars(
        update(Invitation)
        .where(
            Invitation.token_sha256 == _digest(token),
            Invitation.accepted_at.is_(None),
            Invitation.withdrawn_at.is_(None),
            Invitation.expires_at > now,
        )
        .values(accepted_at=now)
        .returning(Invitation)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if taken is None:
        return None
    user = user_by_email(session, taken.email)
    if user is None:
        if session.scalar(select(User.id).where(User.email == taken.email)) is not None:
            return None
        user = enrol(session, email=taken.email, name=taken.name, language=taken.language, now=now)
    user.grant(Role.DELEGATE)
    organization = session.get_one(MemberOrganization, taken.organization_id)
    actor = Actor(user_id=user.id, roles=user.roles)
    with suppress(MandateExists):  # whoever speaks for it already goes on doing so as before
        ends_at = taken.mandate_ends_at
        add_mandate(session, user, organization, kind=taken.kind, ends_at=ends_at, actor=actor, now=now)
    accepted = InvitationAccepted(subject_id=organization.id, invitation_id=taken.id, user_id=user.id)
    record(session, accepted, actor=actor, now=now)
    return user


def withdraw_invitation(session: Session, invitation: Invitation, *, actor: Actor, now: datetime) -> None:
    """Take an invitation back that nobody has answered; ``invitation.organization`` is loaded.

    Raises:
        Denied: when the actor does not manage the organization.
    """
    if not granted(actor, Permission.MANDATE_GIVE):
        require(actor, Permission.ORGANIZATION_MANAGE, invitation.organization, now=now)
    if invitation.accepted_at is None and invitation.withdrawn_at is None:
        invitation.withdrawn_at = now
        withdrawn = InvitationWithdrawn(subject_id=invitation.organization_id, invitation_id=invitation.id)
        record(session, withdrawn, actor=actor, now=now)
        session.flush()


def _compose(session: Session, letter: Letter, now: datetime) -> Content | None:
    """The token is made as the letter leaves; of a letter that goes twice, the later one opens."""
    invitation = session.get(Invitation, uuid.UUID(letter.details["invitation_id"]))
    if invitation is None or not invitation.stands(now):
        return None
    organization = session.get_one(MemberOrganization, invitation.organization_id)
    token = secrets.token_urlsafe(32)
    invitation.token_sha256 = _digest(token)
    session.flush()
    values = {
        "name": invitation.name,
        "organization": organization.name_in(invitation.language),
        "founding": invitation.founding,
        "personal": organization.kind not in COLLECTIVE,
        "token": token,
        "until": invitation.expires_at,
    }
    return Content(invitation.email, invitation.language, values)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


INVITATION = LetterKind("invitation", _compose, INVITATION_LASTS)
