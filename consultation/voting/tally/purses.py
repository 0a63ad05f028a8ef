"""What voters have left to spend under Expanding Approvals, in whole units."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from .packing import Anything, Doubles, Indices, Ints, offsets, quick_sums
from .profile import Profile

DECIMALS = 30
LIMB = 22
SMALL = np.uint16
"""Two bytes for the number of a purse, while there are so few: a million of them stay near the processor."""
UNTOUCHED, EMPTY = 0, 1  # the first two purses


def quota(n: int, seats: int, width: int) -> Fraction:
    """n/(k+1) + (1/(m+1)) (floor(n/(k+1)) + 1 - n/(k+1)): just above n/(k+1), so that k + 1 items cannot all
    reach it.
    """
    droop = Fraction(n, seats + 1)
    return droop + (droop.__floor__() + 1 - droop) / (width + 1)


class Depths:
    """For each item the ballots that list it, by rank: those down to a rank are the first so many."""

    def __init__(self, profile: Profile) -> None:
        lists = profile.lists
        width = len(profile.items)
        by_rank = np.argsort(profile.ranks.astype(np.uint16), kind="stable")
        order = by_rank[np.argsort(profile.listed[by_rank].astype(np.uint16), kind="stable")]
        self.rows: Indices = lists.owners[order]
        self.weights: Doubles = profile.doubles[self.rows]
        self.deepest = int(profile.ranks.max(initial=0))
        span = self.deepest + 1
        keys = profile.listed.astype(np.int64) * span + profile.ranks
        self.at_rank = quick_sums(keys, profile.doubles[lists.owners], width * span).reshape(width, span)
        counts = np.bincount(keys, minlength=width * span).reshape(width, span)
        self.begins = offsets(counts.sum(axis=1))
        self.ends = counts.cumsum(axis=1) + self.begins[:-1, None]

    def reach(self, item: int, depth: int) -> slice:
        return slice(int(self.begins[item]), int(self.ends[item, depth]))

    def rank_maximality(self) -> list[int]:
        """Each item's standing, 0 the best: most weight at rank 1, then at rank 2, and so on; equal items
        share one.
        """
        keys = [row.tobytes() for row in self.at_rank.astype(">i8")]
        standing = {key: place for place, key in enumerate(sorted(set(keys), reverse=True))}
        return [standing[key] for key in keys]


class Purses:
    """What is left of every ballot's weight. Ballots that paid for the same items share a purse."""

    def __init__(self, profile: Profile, seats: int) -> None:
        width = len(profile.items)
        self.depths = Depths(profile)
        self.depth = 0
        self.unit = (seats + 1) * (width + 1) * 10**DECIMALS
        self.quota = int(quota(profile.listing_weight, seats, width) * self.unit)
        self.purse: Anything = np.zeros(len(profile.weights), dtype=SMALL)
        self.left = [self.unit, 0]  # units left for each unit of weight, by purse
        self.limbs = self._limbs(self.left)

    def _held(self, item: int) -> tuple[Ints, Ints]:
        """The purses of the item's supporters, and the weight of those that hold each."""
        reach = self.depths.reach(item, self.depth)
        purses, weights = self.purse.take(self.depths.rows[reach]), self.depths.weights[reach]
        if len(self.left) <= len(purses):
            sums = quick_sums(purses, weights, len(self.left))
            found = np.flatnonzero(sums)
            return found, sums[found]
        found, inverse = np.unique(purses, return_inverse=True)
        return found, quick_sums(inverse, weights, len(found))

    def support(self, item: int) -> tuple[int, int, int]:
        """Units that the item's supporters have left, their weight, and the weight of those who have paid for
        nothing.
        """
        found, weights = self._held(item)
        parts = (self.limbs[:, found] * weights).sum(axis=1)  # each below 2^22 times the weight of all, 2^40
        units = sum(int(part) << (LIMB * place) for place, part in enumerate(parts))
        untouched = int(weights[0]) if len(found) and found[0] == UNTOUCHED else 0
        return units, int(weights.sum()), untouched

    def pay(self, item: int, units: int) -> None:
        """The item's supporters, who have `units` left, pay the quota for it, or all they have if that is
        less.
        """
        rows = self.depths.rows[self.depths.reach(item, self.depth)]
        if units <= self.quota:
            self.purse[rows] = EMPTY
            return
        found, inverse = np.unique(self.purse[rows], return_inverse=True)
        if len(self.left) + len(found) > np.iinfo(SMALL).max:
            self.purse = self.purse.astype(np.int32)
        self.purse[rows] = len(self.left) + inverse
        rest = units - self.quota
        fresh = [-(-self.left[purse] * rest // units) for purse in found.tolist()]
        self.left.extend(fresh)
        self.limbs = np.concatenate((self.limbs, self._limbs(fresh)), axis=1)

    def _limbs(self, values: list[int]) -> Ints:
        """The values cut into pieces of 22 bits, lowest first: NumPy adds up what Python would take long
        to.
        """
        pieces = range(0, self.unit.bit_length(), LIMB)
        return np.array([[value >> shift & (1 << LIMB) - 1 for value in values] for shift in pieces], dtype=np.int64)
