"""The least change of ballots that would move an item across the line, where that can be computed.

An item outside is brought in by new ballots of weight 1 that name it alone (`added_alone`). An item inside is put out
by supporters who leave it out of their ballots (`left_out`: approval, phragmen), or by new ballots of weight 1 that
name all the others, tied, and not this one (`added_against`: borda, positional, condorcet). Everything else stays as it
is, the draw of ties included. Limits on the number of choices are not looked at.

Computed for approval, borda, positional, phragmen and, about its one winner, condorcet. Not for equal_shares and
expanding_approvals, where every new ballot changes what each place costs; not for schulze and ranked_pairs; and not for
irv and stv, where finding it is as hard as anything in NP (Xia, Computing the margin of victory for various voting
rules, EC 2012).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from .borda import doubled_scores
from .margins_phragmen import phragmen_changes
from .positional import scores_of
from .profile import Profile
from .registry import chosen, prepare
from .rule import Call


@dataclass(frozen=True, slots=True)
class Change:
    """What would move one item. `kind`: how (see above). `weight`: no less than this suffices. `suffices`: this much
    does; the two are equal where the least change is known. Both None: no such change moves it.
    """

    item: str
    selected: bool
    kind: str
    weight: int | None
    suffices: int | None


@dataclass(frozen=True, slots=True)
class Changes:
    """One change an item, in code-point order of the items; none where the rule is not `computable`."""

    rule: str
    computable: bool
    changes: tuple[Change, ...]

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return asdict(self) | {"changes": [asdict(change) for change in self.changes]}


Moves = dict[int, tuple[str, int | None, int | None]]


def least_changes(
    profile: Profile, rule: str, *, seats: int | None, contest: str = "", beacon: str = "", **parameters: Any
) -> Changes:
    """The least change for every item: into the first `seats` lines, or out of them. Raises RuleError as `tally`
    does; without `seats` only condorcet has a line.
    """
    entry, call = prepare(
        profile, rule, seats=seats, contest=contest, beacon=beacon, parameters=parameters, audited=False
    )
    if rule not in _COMPUTED or (call.seats is None and rule != "condorcet"):
        return Changes(rule, False, ())
    outcome = entry.compute(profile, call)
    line = [item for tier in outcome.order for item in tier]
    inside = chosen(outcome, entry, call)
    moves = _COMPUTED[rule](profile, call, line, inside)
    changes = [Change(profile.items[item], item in inside, *moves[item]) for item in sorted(moves)]
    return Changes(rule, True, tuple(changes))


def _approval(profile: Profile, call: Call, line: list[int], inside: list[int]) -> Moves:
    scores = [Fraction(int(support)) for support in profile.support]
    moves = _by_scores(call, line, len(inside), scores, Fraction(1), "left_out", Fraction(1))
    for item in inside:
        if (weight := moves[item][1]) is not None and weight > profile.support[item]:
            moves[item] = ("left_out", None, None)
    return moves


def _borda(profile: Profile, call: Call, line: list[int], inside: list[int]) -> Moves:
    """Either kind of ballot parts the item and another by half the number of items."""
    scores = [Fraction(int(score), 2) for score in doubled_scores(profile)]
    part = Fraction(len(line), 2)
    return _by_scores(call, line, len(inside), scores, part, "added_against", part)


def _positional(profile: Profile, call: Call, line: list[int], inside: list[int]) -> Moves:
    """First points for the item alone; or the mean of the first m - 1 for each of the others."""
    points = call.parameters["points"]
    others = max(1, len(line) - 1)
    against = sum(points[: len(line) - 1], Fraction(0)) / others
    return _by_scores(call, line, len(inside), scores_of(profile, points), points[0], "added_against", against)


def _by_scores(
    call: Call,
    line: list[int],
    seats: int,
    scores: list[Fraction],
    alone: Fraction,
    kind: str,
    against: Fraction,
) -> Moves:
    """Where the highest scores are chosen: how often `alone` lifts an item above the last line that is in, or `against`
    lowers it below the first that is out.
    """
    draw = call.ties.places
    moves: Moves = {}
    for place, item in enumerate(line):
        outside = place >= seats
        if len(line) == seats:
            moves[item] = (kind, None, None)
            continue
        rival = line[seats - 1] if outside else line[seats]
        gap = abs(scores[item] - scores[rival]) / (alone if outside else against)
        wins_tie = (draw[item] < draw[rival]) == outside
        needed = -(-gap.numerator // gap.denominator) if wins_tie else gap.numerator // gap.denominator + 1
        moves[item] = ("added_alone" if outside else kind, needed, needed)
    return moves


def _condorcet(profile: Profile, call: Call, line: list[int], inside: list[int]) -> Moves:
    """A winner needs a majority over each other item: one more ballot than the largest that is against it."""
    prefers = profile.prefers
    lead = prefers - prefers.T
    moves: Moves = {}
    for item in range(len(line)):
        over = np.delete(lead[item], item)
        if not len(over):
            moves[item] = ("added_against", None, None)
        elif item in inside:
            moves[item] = ("added_against", int(over.min()), int(over.min()))
        else:
            moves[item] = ("added_alone", 1 - int(over.min()), 1 - int(over.min()))
    return moves


def _phragmen(profile: Profile, call: Call, line: list[int], inside: list[int]) -> Moves:
    return phragmen_changes(profile, call.ties.places, inside)


_COMPUTED: dict[str, Callable[[Profile, Call, list[int], list[int]], Moves]] = {
    "approval": _approval,
    "borda": _borda,
    "positional": _positional,
    "condorcet": _condorcet,
    "phragmen": _phragmen,
}
