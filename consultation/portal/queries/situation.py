"""How far a consultation has come: its contests, its agenda's latest edition, what has been placed."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from consultation.convening.models import Consultation, Gathering
from consultation.drafting.models import AgendaDraft, Placement, Release
from consultation.drafting.states import ReleaseStatus
from consultation.kernel.orm import Trilingual
from consultation.proposals.models import Proposal
from consultation.proposals.states import ProposalState
from consultation.voting.models import ChainEntry, Contest, ContestOption, RollEntry
from consultation.voting.states import ContestState, Secrecy, VotingUnit


@dataclass(frozen=True, slots=True)
class ContestFacts:
    """A contest as the portal tells of it. ``ballots`` is the number of voters with a ballot in the box: while the
    contest is open it may be told only in steps (``voting.rules.in_steps``)."""

    id: uuid.UUID
    consultation_id: uuid.UUID
    code: str
    question: Trilingual
    state: ContestState
    secrecy: Secrecy
    unit: VotingUnit
    opens_at: datetime | None
    closes_at: datetime | None
    max_choices: int
    options: int
    roll: int
    ballots: int


@dataclass(frozen=True, slots=True)
class Edition:
    """The newest release of an agenda; ``position`` is also how many there are."""

    number: str
    final: bool
    released_at: datetime
    position: int


@dataclass(frozen=True, slots=True)
class Meeting:
    """The gathering for which the agenda is made."""

    title: Trilingual
    place: Trilingual
    starts_on: date | None
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class Situation:
    """``contests`` of this consultation, the oldest first; ``elsewhere`` those open in others. ``placed`` counts the
    proposals that are in an item, ``departures`` the items that stand elsewhere than the ranking put them.
    ``editions`` by consultation, this one's and, where they were asked for, the others'."""

    contests: tuple[ContestFacts, ...]
    elsewhere: tuple[ContestFacts, ...]
    placed: int
    departures: int
    meeting: Meeting | None
    editions: Mapping[uuid.UUID, Edition]


def situation(session: Session, consultation_id: uuid.UUID, *, others: bool = False) -> Situation:
    """One query; with ``others`` it also finds the open contests and the editions of the other consultations."""
    rows = session.execute(_situation(others), {"consultation_id": consultation_id}).all()
    held = [_contest(row) for row in rows if row.contest_id is not None]
    own = next(row for row in rows if row.id == consultation_id)
    return Situation(
        contests=tuple(contest for contest in held if contest.consultation_id == consultation_id),
        elsewhere=tuple(contest for contest in held if contest.consultation_id != consultation_id),
        placed=own.placed,
        departures=own.departures,
        meeting=None if own.gathering_id is None else Meeting(own.name, own.place, own.starts_on, own.ends_on),
        editions={row.id: _edition(row) for row in rows if row.release_number is not None},
    )


@cache
def _situation(others: bool) -> Any:
    """Built once: composing it takes longer than running it."""
    own = bindparam("consultation_id", type_=Consultation.id.type)
    newest = (
        select(func.max(Release.position))
        .where(Release.consultation_id == Consultation.id)
        .correlate(Consultation)
        .scalar_subquery()
    )
    placed = _count(Proposal.consultation_id == own, Proposal.state == ProposalState.PLACED)
    departures = (
        select(func.count())
        .select_from(Placement)
        .join(AgendaDraft, AgendaDraft.id == Placement.draft_id)
        .where(AgendaDraft.consultation_id == own, Placement.departure_reason.is_not(None))
        .scalar_subquery()
    )
    query = (
        select(
            Consultation.id,
            Contest.id.label("contest_id"),
            Contest.code,
            Contest.question,
            Contest.state,
            Contest.secrecy,
            Contest.unit,
            Contest.opens_at,
            Contest.closes_at,
            Contest.max_choices,
            _count(ContestOption.contest_id == Contest.id).label("options"),
            _count(RollEntry.contest_id == Contest.id).label("roll"),
            _count(ChainEntry.contest_id == Contest.id, ChainEntry.revision == 1).label("ballots"),
            placed.label("placed"),
            departures.label("departures"),
            Gathering.id.label("gathering_id"),
            Gathering.title.label("name"),
            Gathering.place,
            Gathering.starts_on,
            Gathering.ends_on,
            Release.number.label("release_number"),
            Release.status,
            Release.released_at,
            Release.position,
        )
        .select_from(Consultation)
        .outerjoin(
            Contest,
            and_(
                Contest.consultation_id == Consultation.id,
                or_(Contest.consultation_id == own, Contest.state == ContestState.OPEN),
            ),
        )
        .outerjoin(Gathering, and_(Gathering.id == Consultation.gathering_id, Consultation.id == own))
        .outerjoin(Release, and_(Release.consultation_id == Consultation.id, Release.position == newest))
        .order_by(Contest.created_at, Contest.id)
    )
    return query if others else query.where(Consultation.id == own)


def _count(*conditions: Any) -> Any:
    return select(func.count()).where(*conditions).correlate(Contest).scalar_subquery()


def _contest(row: Any) -> ContestFacts:
    return ContestFacts(
        id=row.contest_id,
        consultation_id=row.id,
        code=row.code,
        question=row.question,
        state=row.state,
        secrecy=row.secrecy,
        unit=row.unit,
        opens_at=row.opens_at,
        closes_at=row.closes_at,
        max_choices=row.max_choices,
        options=row.options,
        roll=row.roll,
        ballots=row.ballots,
    )


def _edition(row: Any) -> Edition:
    return Edition(row.release_number, row.status is ReleaseStatus.FINAL, row.released_at, row.position)
