"""What waits for a moderator, and what was decided."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from consultation.accounts.models import User
from consultation.kernel.orm import LANGUAGES
from consultation.membership.models import MemberOrganization
from consultation.moderation.models import Claim, ModerationAction
from consultation.proposals.models import Proposal
from consultation.proposals.states import PUBLIC_STATES, ProposalState
from consultation.web.pagination import BadCursor, Slice, decode, take

OTHER_LANGUAGE = "other"
SHOWN_BESIDE = 5

Query = Select[*tuple[Any, ...]]


class Waiting(StrEnum):
    """The three parts of the queue."""

    SUBMITTED = "submitted"
    NEEDS_CHANGES = "needs_changes"
    DECIDED = "decided"


class Holder(StrEnum):
    """Whose the proposals are to decide: nobody's yet, or the moderator's."""

    FREE = "free"
    MINE = "mine"


@dataclass(frozen=True, slots=True)
class Filters:
    """What the moderator narrows the queue to; nothing is everything. ``language`` is a code or ``other``. ``holder``
    narrows what waits to be decided, and no count: the tabs tell how much there is for everybody."""

    part: Waiting = Waiting.SUBMITTED
    consultation_id: uuid.UUID | None = None
    theme_id: uuid.UUID | None = None
    language: str | None = None
    holder: Holder | None = None


_author = aliased(User)
_moderator = aliased(User)
_holder = aliased(User)


def _entries(now: datetime) -> Query:
    return (
        select(
            Proposal.id,
            Proposal.consultation_id,
            Proposal.code,
            Proposal.state,
            Proposal.revision,
            Proposal.language,
            Proposal.title,
            Proposal.barrier,
            Proposal.evidence,
            Proposal.remedy,
            Proposal.theme_id,
            Proposal.content_notes,
            Proposal.author_id,
            Proposal.organization_id,
            Proposal.submitted_at,
            Proposal.late,
            Proposal.author_label,
            _author.name.label("author_name"),
            MemberOrganization.code.label("organization_code"),
            MemberOrganization.name.label("organization_name"),
            MemberOrganization.name_fr.label("organization_name_fr"),
            MemberOrganization.name_es.label("organization_name_es"),
            Claim.id.label("claim_id"),
            Claim.moderator_id.label("holder_id"),
            Claim.until.label("held_until"),
            _holder.name.label("holder_name"),
        )
        .outerjoin(_author, _author.id == Proposal.author_id)
        .outerjoin(MemberOrganization, MemberOrganization.id == Proposal.organization_id)
        .outerjoin(
            Claim,
            (Claim.proposal_id == Proposal.id) & (Claim.until > now) & (Proposal.state == ProposalState.SUBMITTED),
        )
        .outerjoin(_holder, _holder.id == Claim.moderator_id)
    )


def queue(
    session: Session, filters: Filters, *, after: str | None = None, reader: uuid.UUID | None, now: datetime
) -> Slice:
    """A page of the queue as column rows, in one query: what waits longest first, or what was decided last first.
    Who reads is asked for what is "mine".

    Raises:
        BadCursor: when ``after`` was not made here.
    """
    query = _narrowed(_entries(now), filters)
    if filters.part is Waiting.DECIDED:
        return _decided(session, query, after)
    if filters.part is Waiting.SUBMITTED and filters.holder is not None:
        query = query.where(Claim.id.is_(None) if filters.holder is Holder.FREE else Claim.moderator_id == reader)
    query = query.where(Proposal.state == ProposalState(filters.part.value))
    if after is not None:
        instant, identifier = decode(after, str, str)
        try:
            written = datetime.fromisoformat(instant)
            if written.tzinfo is None:
                raise ValueError(instant)
            position = (written.astimezone(UTC), uuid.UUID(identifier))
        except (ValueError, OverflowError) as error:
            raise BadCursor(after) from error
        query = query.where(
            (Proposal.submitted_at > position[0])
            | ((Proposal.submitted_at == position[0]) & (Proposal.id > position[1]))
        )
    query = query.order_by(Proposal.submitted_at, Proposal.id)
    return take(session, query, lambda row: (row.submitted_at.isoformat(), str(row.id)))


def entry(session: Session, code: str, *, now: datetime) -> Any:
    """One proposal as a row like those of the queue."""
    return session.execute(_entries(now).where(Proposal.code == code)).one()


def _decided(session: Session, query: Query, after: str | None) -> Slice:
    # Ids of version 7 rise with time, so the primary key's own index gives the latest decisions first.
    query = (
        query.add_columns(
            ModerationAction.id.label("action_id"),
            ModerationAction.kind,
            ModerationAction.reason_code,
            ModerationAction.reason,
            ModerationAction.content_notes.label("decided_notes"),
            ModerationAction.created_at.label("decided_at"),
            _moderator.name.label("moderator_name"),
        )
        .join(ModerationAction, ModerationAction.proposal_id == Proposal.id)
        .outerjoin(_moderator, _moderator.id == ModerationAction.moderator_id)
        .order_by(ModerationAction.id.desc())
    )
    if after is not None:
        (identifier,) = decode(after, str)
        try:
            query = query.where(ModerationAction.id < uuid.UUID(identifier))
        except ValueError as error:
            raise BadCursor(after) from error
    return take(session, query, lambda row: (str(row.action_id),))


def _narrowed(query: Query, filters: Filters) -> Query:
    if filters.consultation_id is not None:
        query = query.where(Proposal.consultation_id == filters.consultation_id)
    if filters.theme_id is not None:
        query = query.where(Proposal.theme_id == filters.theme_id)
    if filters.language == OTHER_LANGUAGE:
        query = query.where(Proposal.language.not_in(LANGUAGES))
    elif filters.language is not None:
        query = query.where(Proposal.language == filters.language)
    return query


@dataclass(frozen=True, slots=True)
class Context:
    """What helps to judge: earlier decisions by proposal, and other texts by organization and consultation."""

    decisions: Mapping[uuid.UUID, list[Any]]
    proposals: Mapping[tuple[uuid.UUID, uuid.UUID], list[Any]]


def context_of(session: Session, rows: Sequence[Any]) -> Context:
    """In two queries for a whole page. Of each organization the latest few proposals that are public."""
    decisions: dict[uuid.UUID, list[Any]] = {}
    query = select(
        ModerationAction.proposal_id,
        ModerationAction.kind,
        ModerationAction.reason_code,
        ModerationAction.reason,
        ModerationAction.content_notes,
        ModerationAction.created_at,
    ).where(ModerationAction.proposal_id.in_([row.id for row in rows]))
    for row in session.execute(query.order_by(ModerationAction.id)):
        decisions.setdefault(row.proposal_id, []).append(row)
    belonging = (Proposal.organization_id, Proposal.consultation_id)
    place = func.row_number().over(partition_by=belonging, order_by=Proposal.id.desc()).label("place")
    ranked = (
        select(*belonging, Proposal.code, Proposal.title, Proposal.language, place)
        .where(
            Proposal.organization_id.in_({row.organization_id for row in rows} - {None}),
            Proposal.state.in_(PUBLIC_STATES),
        )
        .subquery()
    )
    proposals: dict[tuple[uuid.UUID, uuid.UUID], list[Any]] = {}
    for row in session.execute(select(ranked).where(ranked.c.place <= SHOWN_BESIDE).order_by(ranked.c.place)):
        proposals.setdefault((row.organization_id, row.consultation_id), []).append(row)
    return Context(decisions, proposals)


def waiting_counts(session: Session, filters: Filters) -> Mapping[str, int]:
    """How many wait in each open part of the queue, under the same filters."""
    states = (ProposalState.SUBMITTED, ProposalState.NEEDS_CHANGES)
    query = (
        select(Proposal.state, func.count().label("number")).where(Proposal.state.in_(states)).group_by(Proposal.state)
    )
    counted = {row.state.value: row.number for row in session.execute(_narrowed(query, filters))}
    return {state.value: counted.get(state.value, 0) for state in states}
