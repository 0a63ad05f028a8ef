"""Ballots from marks: of what a voter said of an item, the last word counts."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from consultation.exchange.reading.rows import BallotMark

_BEFORE_ALL = dt.datetime.min.replace(tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class BallotFigures:
    """``events``: marks read; ``pairs``: of voter and item; ``repeated``: pairs with several marks;
    ``superseded``: marks that a later one of the same pair replaced, so that events = pairs + superseded;
    ``rejected``: rows without voter or item, in none of the others.
    """

    events: int
    pairs: int
    repeated: int
    superseded: int
    rejected: int


@dataclass(frozen=True, slots=True)
class Ballots:
    """``latest``: voter -> item -> value of the last mark; ``approved``: voter -> items approved by it.

    Both hold every voter, also one who approves of nothing (a blank ballot); voters and items in the order of the file.
    """

    latest: dict[str, dict[str, str]]
    approved: dict[str, tuple[str, ...]]
    figures: BallotFigures


def assemble_ballots(marks: Iterable[BallotMark], approve: Collection[str] | None = None) -> Ballots:
    """One ballot for each voter. Of several marks of a voter on an item the latest counts, by time and then by row;
    a mark without a time is earlier than any with one.

    ``approve``: the values that mean approval (case and outer space aside); None where each mark is an approval, as in
    a list of voters and their choices.
    """
    last: dict[tuple[str, str], BallotMark] = {}
    repeated: set[tuple[str, str]] = set()
    events = rejected = 0
    for mark in marks:
        if mark.rejected:
            rejected += 1
            continue
        events += 1
        pair = (mark.voter, mark.item)
        earlier = last.get(pair)
        if earlier is not None:
            repeated.add(pair)
        if earlier is None or _moment(mark) > _moment(earlier):
            last[pair] = mark
    latest: dict[str, dict[str, str]] = {}
    for (voter, item), mark in last.items():
        latest.setdefault(voter, {})[item] = mark.value
    wanted = None if approve is None else {value.strip().casefold() for value in approve}
    approved = {
        voter: tuple(item for item, value in items.items() if wanted is None or value.casefold() in wanted)
        for voter, items in latest.items()
    }
    figures = BallotFigures(
        events=events,
        pairs=len(last),
        repeated=len(repeated),
        superseded=events - len(last),
        rejected=rejected,
    )
    return Ballots(latest, approved, figures)


def count_marks(marks: Iterable[BallotMark]) -> dict[str, Counter[str]]:
    """Item -> value -> number of marks, superseded ones included (what some platforms publish)."""
    counts: dict[str, Counter[str]] = {}
    for mark in marks:
        if not mark.rejected:
            counts.setdefault(mark.item, Counter())[mark.value] += 1
    return counts


def count_latest(ballots: Ballots) -> dict[str, Counter[str]]:
    """Item -> value -> number of voters whose last word it is."""
    counts: dict[str, Counter[str]] = {}
    for items in ballots.latest.values():
        for item, value in items.items():
            counts.setdefault(item, Counter())[value] += 1
    return counts


def _moment(mark: BallotMark) -> tuple[dt.datetime, int]:
    return mark.time or _BEFORE_ALL, mark.number
