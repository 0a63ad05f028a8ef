"""Finding organizations, and what a person may speak for."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from consultation.accounts.models import User, UserSession
from consultation.accounts.queries import SIGNED_IN, digest, user_by_email
from consultation.kernel.permissions import Actor, MandateHeld
from consultation.membership.models import Affiliation, Mandate, MemberOrganization, OrganizationMerge
from consultation.membership.states import OrganizationState

_HELD = (Mandate.organization_id, Mandate.kind, MemberOrganization.state, MemberOrganization.kind.label("member"))
_NOW = (
    Mandate.revoked_at.is_(None),
    Mandate.starts_at <= bindparam("at"),
    or_(Mandate.ends_at.is_(None), Mandate.ends_at > bindparam("at")),
)
_IN_FORCE = (
    select(*_HELD)
    .join(MemberOrganization, MemberOrganization.id == Mandate.organization_id)
    .where(Mandate.user_id == bindparam("user_id"), *_NOW)
    .order_by(Mandate.starts_at, Mandate.id)
)
# Built once, and asked as one, since every request of somebody signed in begins with it.
_SIGNED_IN = (
    SIGNED_IN.add_columns(*_HELD)
    .outerjoin(Mandate, and_(Mandate.user_id == User.id, *_NOW))
    .outerjoin(MemberOrganization, MemberOrganization.id == Mandate.organization_id)
    .order_by(Mandate.starts_at, Mandate.id)
)


def organization_name(language: str, of: Any = MemberOrganization.__table__.c) -> ColumnElement[str]:
    """An organization's name in a language, or, where it gave none, the name by which it registered; as it is now, or
    as it was kept in the columns ``name``, ``name_fr`` and ``name_es`` of another table."""
    own = {"fr": of.name_fr, "es": of.name_es}.get(language)
    name: ColumnElement[str] = of.name if own is None else func.coalesce(func.nullif(own, ""), of.name)
    return name


def reading_along(column: ColumnElement[Any]) -> Select[Any]:
    """The query of ``signed_in`` that answers something else of the user in the same go; to be built once."""
    return _SIGNED_IN.add_columns(column.label("along"))


def signed_in(
    session: Session, token: str, now: datetime, query: Select[Any] = _SIGNED_IN
) -> tuple[UserSession, User, Actor, Any] | None:
    """The session that this token opens, with its user and what they may do now, in one query; last what a ``query``
    of ``reading_along`` asks."""
    rows = session.execute(query, {"token_sha256": digest(token), "at": now}).unique().all()
    if not rows:
        return None
    begun, user = rows[0][:2]
    held = 2 + len(_HELD)
    actor = _actor(user, (row[2:held] for row in rows if row[2] is not None))
    return begun, user, actor, rows[0][-1] if len(rows[0]) > held else None


def actor_for(session: Session, user: User, now: datetime) -> Actor:
    """What the user may do now: their roles, and the mandates in force. One query; ``user.role_rows`` is loaded."""
    return _actor(user, session.execute(_IN_FORCE, {"user_id": user.id, "at": now}))


def _actor(user: User, mandates: Iterable[Any]) -> Actor:
    held = tuple(
        MandateHeld(organization_id, kind, state == OrganizationState.VERIFIED, member)
        for organization_id, kind, state, member in mandates
    )
    return Actor(user_id=user.id, roles=user.roles, mandates=held)


def actor_by_email(session: Session, email: str, now: datetime) -> Actor | None:
    user = user_by_email(session, email)
    return None if user is None else actor_for(session, user, now)


def organization_by_code(session: Session, code: str) -> MemberOrganization | None:
    return session.scalar(select(MemberOrganization).where(MemberOrganization.code == code))


def organization_by_typed_code(session: Session, typed: str) -> MemberOrganization | None:
    """The organization whose code somebody typed, in small or capital letters; the one so written before others."""
    wanted = typed.strip()
    query = select(MemberOrganization).where(func.upper(MemberOrganization.code) == wanted.upper())
    found = session.scalars(query).all()
    return next((one for one in found if one.code == wanted), found[0] if len(found) == 1 else None)


def affiliations_in_force(session: Session) -> list[tuple[uuid.UUID, uuid.UUID]]:
    """Pairs of umbrella and affiliate, in the order in which they were agreed."""
    query = (
        select(Affiliation.umbrella_id, Affiliation.affiliate_id)
        .where(Affiliation.agreed_at.is_not(None), Affiliation.ended_at.is_(None))
        .order_by(Affiliation.agreed_at, Affiliation.id)
    )
    return [(row.umbrella_id, row.affiliate_id) for row in session.execute(query)]


def affiliations_of(session: Session, organization_id: uuid.UUID) -> Sequence[Affiliation]:
    """Those of an organization that stand, proposed or agreed, with both sides."""
    return session.scalars(
        select(Affiliation)
        .where(
            or_(Affiliation.umbrella_id == organization_id, Affiliation.affiliate_id == organization_id),
            Affiliation.ended_at.is_(None),
        )
        .options(joinedload(Affiliation.umbrella), joinedload(Affiliation.affiliate))
        .order_by(Affiliation.proposed_at, Affiliation.id)
    ).all()


def affiliation_of(session: Session, organization_id: uuid.UUID, affiliation_id: uuid.UUID) -> Affiliation | None:
    """One of an organization's, with both sides."""
    return session.scalars(
        select(Affiliation)
        .where(
            Affiliation.id == affiliation_id,
            or_(Affiliation.umbrella_id == organization_id, Affiliation.affiliate_id == organization_id),
        )
        .options(joinedload(Affiliation.umbrella), joinedload(Affiliation.affiliate))
    ).one_or_none()


def merged_into(session: Session, organization: MemberOrganization) -> MemberOrganization | None:
    """The registration in which this one went up, if it did."""
    if organization.merged_into_id is None:
        return None
    return session.get(MemberOrganization, organization.merged_into_id)


def merges_of(session: Session, organization_id: uuid.UUID) -> Sequence[tuple[OrganizationMerge, str, str]]:
    """The merges in which an organization was kept or went up, with the codes of both."""
    kept, gone = aliased(MemberOrganization), aliased(MemberOrganization)
    query = (
        select(OrganizationMerge, kept.code, gone.code)
        .join(kept, kept.id == OrganizationMerge.kept_id)
        .join(gone, gone.id == OrganizationMerge.gone_id)
        .where(or_(OrganizationMerge.kept_id == organization_id, OrganizationMerge.gone_id == organization_id))
        .order_by(OrganizationMerge.merged_at)
    )
    return [(row[0], row[1], row[2]) for row in session.execute(query)]
