"""Who speaks for an organization: given, and taken back."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from consultation.accounts.models import User
from consultation.kernel.outbox import record
from consultation.kernel.permissions import Actor, Permission, granted, require
from consultation.kernel.roles import MandateKind
from consultation.membership.events import MandateDated, MandateGiven, MandateRevoked
from consultation.membership.models import Mandate, MemberOrganization


class MandateExists(Exception):
    """The person speaks for the organization already."""


def give_mandate(
    session: Session,
    user: User,
    organization: MemberOrganization,
    *,
    kind: MandateKind = MandateKind.DELEGATE,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    actor: Actor,
    now: datetime,
) -> Mandate:
    """Let the person speak for the organization, from now on unless said otherwise.

    Raises:
        Denied: when the actor may not give mandates.
        MandateExists: when they hold one that is not revoked.
    """
    require(actor, Permission.MANDATE_GIVE, now=now)
    return add_mandate(
        session, user, organization, kind=kind, starts_at=starts_at, ends_at=ends_at, actor=actor, now=now
    )


def add_mandate(
    session: Session,
    user: User,
    organization: MemberOrganization,
    *,
    kind: MandateKind,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    actor: Actor,
    now: datetime,
) -> Mandate:
    """The mandate itself, for operations that have asked whether the actor may.

    Raises:
        MandateExists: when they hold one that is not revoked.
    """
    held = select(Mandate).where(
        Mandate.user_id == user.id, Mandate.organization_id == organization.id, Mandate.revoked_at.is_(None)
    )
    for earlier in session.scalars(held):
        if earlier.ends_at is None or earlier.ends_at > now:
            raise MandateExists
        earlier.revoked_at = earlier.ends_at  # its time is over, so that it makes room for the new one
    session.flush()
    mandate = Mandate(
        user_id=user.id, organization_id=organization.id, kind=kind, starts_at=starts_at or now, ends_at=ends_at
    )
    session.add(mandate)
    session.flush()
    given = MandateGiven(subject_id=organization.id, mandate_id=mandate.id, user_id=user.id, kind=kind.value)
    record(session, given, actor=actor, now=now)
    session.flush()
    return mandate


def revoke_mandate(session: Session, mandate: Mandate, *, actor: Actor, now: datetime) -> None:
    """End a mandate now: one's own, one of an organization that the actor manages, or anybody's for an administrator.
    Revoking it again changes nothing. ``mandate.organization`` is loaded.

    Raises:
        Denied: when the actor may not.
    """
    if mandate.user_id != actor.user_id and not granted(actor, Permission.MANDATE_GIVE):
        require(actor, Permission.ORGANIZATION_MANAGE, mandate.organization, now=now)
    if mandate.revoked_at is not None:
        return
    mandate.revoked_at = now
    revoked = MandateRevoked(subject_id=mandate.organization_id, mandate_id=mandate.id, user_id=mandate.user_id)
    record(session, revoked, actor=actor, now=now)
    session.flush()


def set_end(session: Session, mandate: Mandate, *, ends_at: datetime | None, actor: Actor, now: datetime) -> None:
    """Say until when the person speaks for the organization, or, with nothing, that no day is set.
    ``mandate.organization`` is loaded.

    Raises:
        Denied: when the actor neither manages the organization nor gives mandates.
        ValueError: when the end does not lie ahead, or the mandate has ended already.
    """
    if not granted(actor, Permission.MANDATE_GIVE):
        require(actor, Permission.ORGANIZATION_MANAGE, mandate.organization, now=now)
    over = mandate.revoked_at is not None or (mandate.ends_at is not None and mandate.ends_at <= now)
    if over or (ends_at is not None and (ends_at <= now or ends_at <= mandate.starts_at)):
        raise ValueError("A mandate ends after it begins, and later than now.")
    mandate.ends_at = ends_at
    dated = MandateDated(
        subject_id=mandate.organization_id,
        mandate_id=mandate.id,
        user_id=mandate.user_id,
        ends_at=None if ends_at is None else ends_at.isoformat(),
    )
    record(session, dated, actor=actor, now=now)
    session.flush()
