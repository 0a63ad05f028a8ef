"""What the paper desk shows: the ballot as it is printed, and whose paper has been read once."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from consultation.accounts.models import User
from consultation.curation.queries import items
from consultation.voting.models import Contest
from consultation.voting.paper_models import PaperReading
from consultation.voting.queries import option_rows
from consultation.voting.rules import STRICT_RULES


@dataclass(frozen=True, slots=True)
class PrintedOption:
    """A line of the ballot: its number there, its code, and its title in the language in which it was written."""

    number: int
    code: str
    title: str
    language: str


@dataclass(frozen=True, slots=True)
class PrintedBallot:
    """What a paper ballot lists and allows; ``proof`` before the opening, since nothing is frozen then."""

    options: Sequence[PrintedOption]
    max_choices: int
    max_essential: int
    ties: bool
    proof: bool


def printed_ballot(session: Session, contest: Contest) -> PrintedBallot:
    """The ballot as frozen; before the opening, as it would be."""
    proof = contest.frozen is None
    rows: Sequence[Any] = items(session, contest.consultation_id) if proof else option_rows(session, contest.id)
    options = [PrintedOption(at, row.code, row.title, row.language) for at, row in enumerate(rows, start=1)]
    return PrintedBallot(
        options=options,
        max_choices=min(contest.max_choices, len(options)),
        max_essential=min(contest.max_essential, len(options)),
        ties=contest.rule not in STRICT_RULES,
        proof=proof,
    )


@dataclass(frozen=True, slots=True)
class WaitingPaper:
    """A voter's paper that somebody has read, the people who have, and whether they differ."""

    voter: str
    readers: tuple[str, ...]
    reader_ids: frozenset[uuid.UUID]

    @property
    def differs(self) -> bool:
        return len(self.readers) > 1


def waiting_papers(session: Session, contest_id: uuid.UUID, limit: int) -> list[WaitingPaper]:
    """Those that differ first, then by voter; at most ``limit``."""
    voters = (
        select(PaperReading.voter, func.count().label("readings"))
        .where(PaperReading.contest_id == contest_id)
        .group_by(PaperReading.voter)
        .order_by(func.count().desc(), PaperReading.voter)
        .limit(limit)
        .subquery()
    )
    query = (
        select(PaperReading.voter, PaperReading.reader_id, User.name)
        .join(voters, voters.c.voter == PaperReading.voter)
        .join(User, User.id == PaperReading.reader_id)
        .where(PaperReading.contest_id == contest_id)
        .order_by(voters.c.readings.desc(), PaperReading.voter, PaperReading.number)
    )
    found: dict[str, list[Any]] = {}
    for row in session.execute(query):
        found.setdefault(row.voter, []).append(row)
    return [
        WaitingPaper(voter, tuple(row.name for row in rows), frozenset(row.reader_id for row in rows))
        for voter, rows in found.items()
    ]


def papers_waiting(session: Session, contest_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, int]:
    """How many papers have been read and are not in the box, by contest; only contests that have any."""
    if not contest_ids:
        return {}
    query = (
        select(PaperReading.contest_id, func.count(PaperReading.voter.distinct()).label("papers"))
        .where(PaperReading.contest_id.in_(contest_ids))
        .group_by(PaperReading.contest_id)
    )
    return {row.contest_id: row.papers for row in session.execute(query)}
