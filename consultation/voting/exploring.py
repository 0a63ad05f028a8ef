"""What if: the published ballots counted by another rule, for other minutes, or with items taken out or placed first.

For organizers, after the publication, and never stored: what was frozen before the vote makes the result, and this
cannot take its place. Reads and computes only.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from consultation.kernel.permissions import ALLOWED, Actor, Decision, Permission, Reason, policy, require
from consultation.voting import fitting
from consultation.voting.models import Contest
from consultation.voting.operations.counting import durations_of, profile_of
from consultation.voting.queries import ballot_count, stored_tally
from consultation.voting.states import ContestState

if TYPE_CHECKING:
    from consultation.voting.tally.profile import Profile

LARGEST = 100_000
"""Of more ballots the file is explored on the command line, since a page would have to wait for them."""


class NotExplored(Exception):
    """``code``: ``too_large``, ``unknown_item``, ``nothing_left``, ``bad_places``, ``no_minutes`` (not every item has
    minutes), ``no_load`` (only Phragmén charges for items that are placed first)."""

    def __init__(self, code: str, item: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.item = item


@dataclass(frozen=True, slots=True)
class Question:
    """``without``: items taken out. ``first``: items placed first, in this order, whose supporters are charged for them
    (Israel and Brill, arXiv:2105.08043)."""

    rule: str
    places: int
    minutes: int | None = None
    without: tuple[str, ...] = ()
    first: tuple[str, ...] = ()


@policy(Permission.CONTEST_EXPLORE)
def may_explore(_actor: Actor, contest: Contest, _now: datetime) -> Decision:
    return ALLOWED if contest.state is ContestState.PUBLISHED else Decision(Reason.STATE)


def explore(
    session: Session, contest: Contest, question: Question, *, actor: Actor, now: datetime
) -> list[dict[str, Any]]:
    """The order that would be, line by line: ``item``, ``place``, ``before`` (its place in the result), ``selected``.

    Raises:
        Denied: unless the result is published.
        NotExplored: when the question has no answer.
    """
    require(actor, Permission.CONTEST_EXPLORE, contest, now=now)
    if ballot_count(session, contest.id) > LARGEST:
        raise NotExplored("too_large")
    from consultation.voting.tally.comparison import places

    published = stored_tally(session, contest.id, contest.rule)
    before = places(published.result["order"]) if published else {}
    _check(contest, question, set(before))
    profile = without_items(profile_of(session, contest), question.without)
    order, selected = _counted(profile, contest, question)
    at = places(order)
    return [
        {"item": item, "place": at[item], "before": before[item], "selected": item in selected}
        for tier in order
        for item in tier
    ]


def _check(contest: Contest, question: Question, items: set[str]) -> None:
    for item in (*question.without, *question.first):
        if item not in items:
            raise NotExplored("unknown_item", item)
    if both := sorted(set(question.without) & set(question.first)):
        raise NotExplored("unknown_item", both[0])
    left = len(items) - len(question.without)
    if left < 1:
        raise NotExplored("nothing_left")
    if not 1 <= question.places <= left:
        raise NotExplored("bad_places")
    if question.first and question.rule != "phragmen":
        raise NotExplored("no_load")
    if question.rule == fitting.RULE and not fitting.fits(question.minutes, durations_of(contest)):
        raise NotExplored("no_minutes")


def _counted(profile: Profile, contest: Contest, question: Question) -> tuple[list[list[str]], list[str]]:
    from consultation.voting import tally
    from consultation.voting.tally.reordering import reorder

    draw = {"contest": contest.code, "beacon": contest.beacon or ""}
    if question.first:
        line = reorder(profile, question.first, **draw).order
        return [[item] for item in line], line[: question.places]
    if question.rule == fitting.RULE:
        found = fitting.count(profile, question.minutes or 0, durations_of(contest), **draw)
    else:
        found = tally.tally(profile, question.rule, seats=question.places, **draw)
    return found.order, found.selected


def without_items(profile: Profile, gone: tuple[str, ...]) -> Profile:
    """The same ballots as if these items had not been on them: what stood below moves up."""
    if not gone:
        return profile
    import numpy as np

    from consultation.voting.tally.packing import lengths, offsets
    from consultation.voting.tally.profile import Profile as Made

    sizes = lengths(profile.starts)
    owners = np.repeat(np.arange(len(sizes)), sizes)
    numbers = [number for number, item in enumerate(profile.items) if item not in gone]
    kept = np.isin(profile.listed, numbers)
    above = np.arange(len(owners)) - np.repeat(profile.starts[:-1], sizes) < np.repeat(profile.supported, sizes)
    owner, old = owners[kept], profile.ranks[kept]
    starts = offsets(np.bincount(owner, minlength=len(sizes)))
    at = np.arange(len(owner)) - starts[:-1][owner]
    opens = np.ones(len(owner), dtype=bool)
    opens[1:] = (owner[1:] != owner[:-1]) | (old[1:] != old[:-1])
    ranks = at[np.flatnonzero(opens)[np.cumsum(opens) - 1]] + 1 if len(owner) else at
    renumbered = np.searchsorted(np.array(numbers), profile.listed[kept])
    return Made.from_arrays(
        [profile.items[number] for number in numbers],
        starts,
        renumbered,
        ranks,
        np.bincount(owners[kept & above], minlength=len(sizes)),
        profile.weights,
    )
