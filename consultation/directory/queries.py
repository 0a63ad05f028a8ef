"""Who takes part, as rows of columns."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, Text, and_, cast, exists, func, literal, or_, select, tuple_
from sqlalchemy.orm import Session, aliased, joinedload

from consultation.accounts.models import User
from consultation.kernel.roles import COLLECTIVE
from consultation.membership.models import (
    Invitation,
    Mandate,
    MemberOrganization,
    OrganizationJurisdiction,
    VerificationStep,
)
from consultation.membership.queries import organization_name
from consultation.membership.states import OrganizationState, Step
from consultation.proposals.models import Proposal
from consultation.proposals.states import PUBLIC_STATES
from consultation.web.pagination import BadCursor

WAITING = (OrganizationState.APPLIED, OrganizationState.INFORMATION_ASKED)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a visitor looks for in the directory."""

    words: str = ""
    sector_id: uuid.UUID | None = None
    place_ids: tuple[uuid.UUID, ...] = ()
    language: str = ""
    theme_id: uuid.UUID | None = None
    country_ids: tuple[uuid.UUID, ...] = ()


def listed(wanted: Wanted, language: str, after: Sequence[str] | None = None) -> Select[*tuple[Any, ...]]:
    """The verified organizations that want to be found, by the name that this language shows (``shown``); those after
    such a name and an id.

    Raises:
        BadCursor: when the id is none.
    """
    shown = organization_name(language)
    query = select(
        MemberOrganization.id,
        MemberOrganization.code,
        shown.label("shown"),
        MemberOrganization.acronym,
        MemberOrganization.kind,
        MemberOrganization.sector_id,
        MemberOrganization.languages,
    ).where(MemberOrganization.state == OrganizationState.VERIFIED, MemberOrganization.listed)
    if wanted.words:
        pattern = f"%{_escaped(wanted.words)}%"
        names = (
            MemberOrganization.name,
            MemberOrganization.name_fr,
            MemberOrganization.name_es,
            MemberOrganization.acronym,
        )
        query = query.where(or_(*(name.ilike(pattern, escape="\\") for name in names)))
    if wanted.sector_id:
        query = query.where(MemberOrganization.sector_id == wanted.sector_id)
    for places in filter(None, (wanted.place_ids, wanted.country_ids)):
        query = query.where(
            exists().where(
                OrganizationJurisdiction.organization_id == MemberOrganization.id,
                OrganizationJurisdiction.term_id.in_(places),
            )
        )
    if wanted.theme_id:
        query = query.where(
            exists().where(
                Proposal.organization_id == MemberOrganization.id,
                Proposal.theme_id == wanted.theme_id,
                Proposal.state.in_(PUBLIC_STATES),
            )
        )
    if wanted.language:
        # The column holds a list of codes; a code stands in it between quotation marks in either database.
        query = query.where(cast(MemberOrganization.languages, Text).contains(f'"{wanted.language}"'))
    if after is not None:
        try:
            seen = tuple_(literal(after[0]), literal(uuid.UUID(after[1])))
        except ValueError as error:
            raise BadCursor(after[1]) from error
        query = query.where(tuple_(shown, MemberOrganization.id) > seen)
    return query.order_by(shown, MemberOrganization.id)


def _escaped(words: str) -> str:
    return words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def places_of(session: Session, organizations: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, list[uuid.UUID]]:
    """The jurisdictions of each of these organizations."""
    found: dict[uuid.UUID, list[uuid.UUID]] = {}
    query = select(OrganizationJurisdiction).where(OrganizationJurisdiction.organization_id.in_(organizations))
    for row in session.scalars(query):
        found.setdefault(row.organization_id, []).append(row.term_id)
    return found


def coverage(session: Session) -> tuple[dict[uuid.UUID, int], dict[uuid.UUID, int]]:
    """How many verified organizations there are in each sector and in each place; protected ones count, unnamed."""
    verified = and_(MemberOrganization.state == OrganizationState.VERIFIED, MemberOrganization.kind.in_(COLLECTIVE))
    sectors = (
        select(MemberOrganization.sector_id, func.count())
        .where(verified, MemberOrganization.sector_id.is_not(None))
        .group_by(MemberOrganization.sector_id)
    )
    places = (
        select(OrganizationJurisdiction.term_id, func.count())
        .join(MemberOrganization, MemberOrganization.id == OrganizationJurisdiction.organization_id)
        .where(verified)
        .group_by(OrganizationJurisdiction.term_id)
    )
    return _counts(session, sectors), _counts(session, places)


def _counts(session: Session, query: Select[Any, Any]) -> dict[uuid.UUID, int]:
    return {row[0]: row[1] for row in session.execute(query)}


def waiting() -> Select[*tuple[Any, ...]]:
    """The applications that wait for a decision, the oldest first, with how many people have approved each, and
    whether somebody has answered for it yet."""
    approvals = (
        select(func.count())
        .where(
            VerificationStep.organization_id == MemberOrganization.id,
            VerificationStep.scrutiny == MemberOrganization.scrutiny,
            VerificationStep.step == Step.APPROVAL,
        )
        .scalar_subquery()
    )
    vouchings = (
        select(func.count())
        .where(VerificationStep.organization_id == MemberOrganization.id, VerificationStep.step == Step.VOUCHING)
        .scalar_subquery()
    )
    answered = exists().where(Mandate.organization_id == MemberOrganization.id)
    return (
        select(
            MemberOrganization.id,
            MemberOrganization.code,
            MemberOrganization.name,
            MemberOrganization.kind,
            MemberOrganization.state,
            MemberOrganization.sector_id,
            MemberOrganization.approvals_needed,
            MemberOrganization.created_at,
            approvals.label("approvals"),
            vouchings.label("vouchings"),
            answered.label("answered"),
        )
        .where(MemberOrganization.state.in_((*WAITING, OrganizationState.SUSPENDED)))
        .order_by(MemberOrganization.created_at, MemberOrganization.id)
    )


def steps(session: Session, organization_id: uuid.UUID) -> Sequence[Any]:
    """The log of its verification: what, when, by whom, for which organization, in which round, and the note."""
    vouching = aliased(MemberOrganization)
    return session.execute(
        select(
            VerificationStep.step,
            VerificationStep.scrutiny,
            VerificationStep.note,
            VerificationStep.created_at,
            VerificationStep.user_id,
            User.name.label("person"),
            vouching.name.label("vouching"),
        )
        .outerjoin(User, User.id == VerificationStep.user_id)
        .outerjoin(vouching, vouching.id == VerificationStep.vouching_id)
        .where(VerificationStep.organization_id == organization_id)
        .order_by(VerificationStep.created_at, VerificationStep.id)
    ).all()


def mandates_in_force(session: Session, organization_id: uuid.UUID, now: datetime) -> Sequence[Mandate]:
    """Who speaks for it now, each with the person and the organization."""
    return session.scalars(
        select(Mandate)
        .where(
            Mandate.organization_id == organization_id,
            Mandate.revoked_at.is_(None),
            or_(Mandate.ends_at.is_(None), Mandate.ends_at > now),
        )
        .options(joinedload(Mandate.user), joinedload(Mandate.organization))
        .order_by(Mandate.starts_at, Mandate.id)
    ).all()


def invitations_standing(session: Session, organization_id: uuid.UUID, now: datetime) -> Sequence[Invitation]:
    return session.scalars(
        select(Invitation)
        .where(
            Invitation.organization_id == organization_id,
            Invitation.accepted_at.is_(None),
            Invitation.withdrawn_at.is_(None),
            Invitation.expires_at > now,
        )
        .options(joinedload(Invitation.organization))
        .order_by(Invitation.created_at, Invitation.id)
    ).all()


def mandate_of(session: Session, organization_id: uuid.UUID, mandate_id: uuid.UUID) -> Mandate | None:
    query = select(Mandate).where(Mandate.id == mandate_id, Mandate.organization_id == organization_id)
    return session.scalars(query.options(joinedload(Mandate.organization))).one_or_none()


def invitation_of(session: Session, organization_id: uuid.UUID, invitation_id: uuid.UUID) -> Invitation | None:
    query = select(Invitation).where(Invitation.id == invitation_id, Invitation.organization_id == organization_id)
    return session.scalars(query.options(joinedload(Invitation.organization))).one_or_none()


def invitation_by_token(session: Session, digest: str, now: datetime) -> Invitation | None:
    """The invitation that a letter's link opens, if it stands."""
    query = select(Invitation).where(Invitation.token_sha256 == digest).options(joinedload(Invitation.organization))
    found = session.scalars(query).one_or_none()
    return found if found is not None and found.stands(now) else None


def own_verified(session: Session, organization_ids: Sequence[uuid.UUID]) -> Sequence[MemberOrganization]:
    """The organizations of these ids, by name."""
    query = select(MemberOrganization).where(MemberOrganization.id.in_(organization_ids))
    return session.scalars(query.order_by(MemberOrganization.name)).all()
