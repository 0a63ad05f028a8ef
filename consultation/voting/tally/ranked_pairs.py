"""Ranked pairs: majorities are locked in, the strongest first, unless they contradict what is locked already.

T. N. Tideman, Independence of clones as a criterion for voting rules, Social Choice and Welfare 4 (1987). Equally
strong majorities come in the order of the draw, as in T. M. Zavist and T. N. Tideman, Complete independence of clones
in the ranked pairs rule (1989): first the one whose winner is drawn earlier, then the one whose loser is drawn later.
"""

from __future__ import annotations

from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from .packing import Ints
from .profile import Profile
from .rule import Call, Outcome, Rule
from .strength import layers, majorities, outcome_of, read_strength
from .ties import TieBreaker


class Locked:
    """Which item stands above which, as sets in the bits of whole numbers."""

    def __init__(self, width: int) -> None:
        self.below = [0] * width
        self.over = [1 << item for item in range(width)]  # those above each item, and itself

    def contradicts(self, winner: int, loser: int) -> bool:
        return bool(self.below[loser] >> winner & 1)

    def add(self, winner: int, loser: int) -> None:
        """Whoever stands above the winner now stands above the loser and all below it."""
        if self.below[winner] >> loser & 1:
            return
        lower, upper = self.below[loser] | 1 << loser, self.over[winner]
        # Who stands above the loser already stands above all below it too, so that each pair is set once.
        higher, deeper = upper & ~self.over[loser], lower & ~self.below[winner]
        for item in _members(higher):
            self.below[item] |= lower
        for item in _members(deeper):
            self.over[item] |= upper

    def matrix(self) -> NDArray[np.bool_]:
        width = len(self.below)
        return np.array([[row >> item & 1 for item in range(width)] for row in self.below], dtype=bool)


def _members(bits: int) -> list[int]:
    found = []
    while bits:
        lowest = bits & -bits
        found.append(lowest.bit_length() - 1)
        bits ^= lowest
    return found


def lock(strengths: Ints, ties: TieBreaker) -> Locked:
    """All majorities that can be locked. A draw between equally strong ones is written down where they contradict one
    another, and only then.
    """
    winners, losers = np.nonzero(strengths)
    draw = ties.places
    pairs = sorted(
        zip(strengths[winners, losers].tolist(), winners.tolist(), losers.tolist(), strict=True),
        key=lambda pair: (-pair[0], draw[pair[1]], -draw[pair[2]]),
    )
    locked = Locked(len(strengths))
    for _, group in groupby(pairs, key=lambda pair: pair[0]):
        possible = [(winner, loser) for _, winner, loser in group if not locked.contradicts(winner, loser)]
        refused = False
        for winner, loser in possible:
            if locked.contradicts(winner, loser):
                refused = True
            else:
                locked.add(winner, loser)
        if refused:
            items = {item for pair in possible for item in pair}
            ties.order(items, "equally strong majorities that contradict one another", 1)
    return locked


def compute(profile: Profile, call: Call) -> Outcome:
    prefers = profile.prefers
    above = lock(majorities(prefers, call.parameters["strength"]), call.ties).matrix()
    return outcome_of(
        profile, call, prefers, layers(above), {item: str(int(count)) for item, count in enumerate(above.sum(axis=1))}
    )


RULE = Rule(
    name="ranked_pairs",
    version="1",
    summary="Majorities are locked in, the strongest first, unless they contradict those that are locked already.",
    scores="how many items it stands above",
    compute=compute,
    seats="one",
    parameters={"strength": read_strength},
)
