"""Organizations join, are verified, and say who speaks for them."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from consultation.accounts.models import User
from consultation.kernel.moves import apply
from consultation.kernel.outbox import record
from consultation.kernel.permissions import Actor, Permission, require
from consultation.kernel.roles import MandateKind
from consultation.membership.events import (
    MandateGiven,
    MandateRevoked,
    OrganizationRegistered,
    OrganizationVerified,
)
from consultation.membership.models import Mandate, MemberOrganization, OrganizationJurisdiction
from consultation.membership.queries import organization_by_code
from consultation.membership.states import VERIFICATION, OrganizationState


class CodeTaken(Exception):
    """Another organization has this code."""


class MandateExists(Exception):
    """The person speaks for the organization already."""


def register_organization(
    session: Session,
    *,
    code: str,
    name: str,
    name_fr: str | None = None,
    name_es: str | None = None,
    acronym: str | None = None,
    sector_id: uuid.UUID | None = None,
    jurisdiction_ids: Iterable[uuid.UUID] = (),
    languages: Sequence[str] = (),
    website: str | None = None,
    protected: bool = False,
    verified: bool = False,
    import_identity: str | None = None,
    original: Mapping[str, Any] | None = None,
    actor: Actor,
    now: datetime,
) -> MemberOrganization:
    """An organization that has applied, or one verified at once.

    Raises:
        Denied: when the actor may not.
        CodeTaken: when the code belongs to another.
        ValueError: without a code or a name.
    """
    require(actor, Permission.ORGANIZATION_REGISTER, now=now)
    code, name = code.strip(), " ".join(name.split())
    if not code or not name:
        raise ValueError("An organization has a code and a name.")
    if organization_by_code(session, code) is not None:
        raise CodeTaken(code)
    organization = MemberOrganization(
        code=code,
        name=name,
        name_fr=name_fr,
        name_es=name_es,
        acronym=acronym,
        sector_id=sector_id,
        languages=list(languages),
        website=website,
        protected=protected,
        state=OrganizationState.APPLIED,
        created_at=now,
        import_identity=import_identity,
        original=dict(original or {}),
    )
    session.add(organization)
    session.flush()
    session.add_all(
        OrganizationJurisdiction(organization_id=organization.id, term_id=term_id)
        for term_id in dict.fromkeys(jurisdiction_ids)
    )
    record(session, OrganizationRegistered(subject_id=organization.id, code=code), actor=actor, now=now)
    session.flush()
    if verified:
        verify_organization(session, organization, actor=actor, now=now)
    return organization


def verify_organization(session: Session, organization: MemberOrganization, *, actor: Actor, now: datetime) -> None:
    """Say that the organization is what it claims to be, so that it may vote.

    Raises:
        Denied, WrongState: see ``kernel.moves.apply``.
    """
    event = OrganizationVerified(subject_id=organization.id)
    apply(session, organization, VERIFICATION, event=event, actor=actor, now=now)
    organization.verified_at = now
    session.flush()


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
    held = select(Mandate.id).where(
        Mandate.user_id == user.id, Mandate.organization_id == organization.id, Mandate.revoked_at.is_(None)
    )
    if session.scalar(held) is not None:
        raise MandateExists
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
    """End a mandate now. Revoking it again changes nothing.

    Raises:
        Denied: when the actor may not give mandates.
    """
    require(actor, Permission.MANDATE_GIVE, now=now)
    if mandate.revoked_at is not None:
        return
    mandate.revoked_at = now
    revoked = MandateRevoked(subject_id=mandate.organization_id, mandate_id=mandate.id, user_id=mandate.user_id)
    record(session, revoked, actor=actor, now=now)
    session.flush()
