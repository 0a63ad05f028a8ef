"""The least change of ballots that moves an item across the line under Phragmén.

Until an item is placed, who supports it changes nothing for the others. So the placements are computed without it, and
for each of the first K it is asked what the item would have needed to come before it: with the load s of that
placement, the supporters' weight times (s - load) must reach one unit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

import numpy as np

from .packing import Anything, Indices, Ints, weighted_sums
from .phragmen import Loads, placements
from .profile import Profile


def phragmen_changes(
    profile: Profile, draw: Sequence[int], chosen: Sequence[int]
) -> dict[int, tuple[str, int | None, int | None]]:
    """For every item how it moves: `added_alone` or `left_out`, the weight that is needed, and one that suffices."""
    supported = np.flatnonzero(profile.support).tolist()
    outside = [item for item in range(len(profile.items)) if item not in chosen]
    moves: dict[int, tuple[str, int | None, int | None]] = {}
    for item, weight in _added(profile, draw, supported, outside, len(chosen)).items():
        moves[item] = ("added_alone", weight, weight)
    for item in chosen:
        moves[item] = ("left_out", *_left_out(profile, draw, supported, item, len(chosen)))
    return moves


def _added(
    profile: Profile, draw: Sequence[int], supported: Sequence[int], outside: Sequence[int], seats: int
) -> dict[int, int | None]:
    """New ballots bring no load with them, so that each weighs s more for every item outside."""
    least: dict[int, int | None] = dict.fromkeys(outside)
    loads = Loads(profile)
    placed = 0
    for placement in placements(loads, [item for item in supported if item not in set(outside)], draw):
        for item in outside:
            need = (1 + Fraction(loads.carried(item)[0], loads.common)) / placement.load - int(profile.support[item])
            weight = _enough(need, draw[item] < draw[placement.item])
            known = least[item]
            least[item] = weight if known is None else min(known, weight)
        placed += 1
    if placed < seats:  # places are left over: one supporter more than an item that nobody supports
        least = {item: 1 if known is None else min(known, 1) for item, known in least.items()}
    return least


def _enough(need: Fraction, wins_tie: bool) -> int:
    """The least whole number that reaches `need`, or goes beyond it where reaching it is not enough."""
    return max(1, -(-need.numerator // need.denominator) if wins_tie else need.numerator // need.denominator + 1)


def _left_out(
    profile: Profile, draw: Sequence[int], supported: Sequence[int], item: int, seats: int
) -> tuple[int | None, int | None]:
    """Weight of supporters who must leave the item out, and how much is enough.

    At each of the first K placements without it, those with the least load count most. The most that any one placement
    asks for is needed; leaving out the same supporters is enough where it also serves for all other placements, and
    otherwise more are left out until it does.
    """
    rows = profile.supports.rows_of(item)
    kept: Ints = profile.weights[rows].copy()
    rounds = list(_without(profile, draw, [one for one in supported if one != item], item, rows, seats))
    if len(rounds) < seats or not kept.sum():
        return None, None
    whole = int(kept.sum())
    asked = [_remove(kept.copy(), *round_) for round_ in rounds]
    needed = max(whole - int(left.sum()) for left in asked)
    first = next(at for at, left in enumerate(asked) if whole - int(left.sum()) == needed)
    kept = asked[first]
    for round_ in rounds:
        kept = _remove(kept, *round_)
    return needed, whole - int(kept.sum())


_Round = tuple[list[Fraction], Anything, bool]


def _without(
    profile: Profile, draw: Sequence[int], others: Sequence[int], item: int, rows: Indices, seats: int
) -> Iterator[_Round]:
    """For each of the first placements without the item: by the last placement that served a supporter, what its weight
    counts for; which one that is; and whether the item must stay below one unit, or may reach it.
    """
    loads = Loads(profile)
    for place, placement in enumerate(placements(loads, others, draw)):
        if place == seats:
            return
        gains = [placement.load - Fraction(step, loads.common) for step in loads.steps]
        yield gains, loads.last[rows].copy(), draw[item] < draw[placement.item]


def _remove(kept: Ints, gains: list[Fraction], last: Indices, below: bool) -> Ints:
    """What is kept once enough of the supporters with the least load, in the order of their rows, are left out."""
    by_step = weighted_sums(last, kept, len(gains))
    counts = sum((gains[step] * int(by_step[step]) for step in np.flatnonzero(by_step)), Fraction(0))
    for step in sorted(np.flatnonzero(by_step).tolist(), key=lambda step: (-gains[step], step)):
        if counts < 1 or (counts == 1 and not below):
            break
        if gains[step] == 0:
            break
        need = (counts - 1) / gains[step]
        take = min(
            int(by_step[step]),
            need.numerator // need.denominator + 1 if below else -(-need.numerator // need.denominator),
        )
        counts -= gains[step] * take
        for row in np.flatnonzero(last == step):
            part = min(take, int(kept[row]))
            kept[row] -= part
            take -= part
            if not take:
                break
    return kept
