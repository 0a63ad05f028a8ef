"""Ballots as papers that lie with one item at a time, for rules that move them from item to item.

A paper lies with the item that stands alone at the top of what it says about the items still in the count; a paper that
names none of these is exhausted. Where two or more of them are tied at the top, nobody can say whose the paper is: it
either waits until all but one of them have left the count, or is set aside for good.
"""

from __future__ import annotations

import numpy as np

from .packing import Ints, weighted_sums
from .profile import Profile
from .tiers import tier_sizes

NOBODY = -1


class Papers:
    """Who holds which row of the profile. `holder` (rows): the item, or NOBODY; `worth` (rows): what the row counts for
    whoever holds it; `held` (items): the sum of that. `waits`: what tied papers do.
    """

    def __init__(self, profile: Profile, worth: Ints, *, waits: bool) -> None:
        self.worth = worth.copy()
        self.held = np.zeros(len(profile.items), dtype=np.int64)
        self.listed = profile.listed
        self.ends = profile.starts[1:]
        self.at = profile.starts[:-1].copy()  # the entry by which the row lies where it does
        places = profile.ranks + np.repeat(profile.starts[:-1], np.diff(profile.starts)) - 1
        self.tier_ends: Ints = places + tier_sizes(profile)
        self.waits = waits
        self.tied = bool((tier_sizes(profile) > 1).any())
        self.inside = np.ones(len(profile.items), dtype=bool)  # items that papers may still move to
        self.holder = np.full(len(profile.weights), NOBODY, dtype=np.int32)
        self._settle(np.flatnonzero(self.at < self.ends))

    def of(self, item: int) -> Ints:
        """The rows that lie with the item."""
        return np.flatnonzero(self.holder == item)

    def waiting(self) -> Ints:
        """The rows whose top is tied, and that wait."""
        if not (self.tied and self.waits):
            return np.zeros(0, dtype=np.int64)
        return np.flatnonzero((self.holder == NOBODY) & (self.at < self.ends))

    def leave(self, item: int) -> None:
        """No paper moves to the item from now on."""
        self.inside[item] = False

    def move(self, rows: Ints, worth: Ints | None = None) -> None:
        """The rows go to what they name next, and are worth so much there: as much as before if nothing is said."""
        self._count(rows, -1)
        if worth is not None:
            self.worth[rows] = worth
        self.holder[rows] = NOBODY
        self._settle(rows)

    def _count(self, rows: Ints, sign: int) -> None:
        rows = rows[self.holder[rows] != NOBODY]
        self.held += sign * weighted_sums(self.holder[rows], self.worth[rows], len(self.held))

    def _settle(self, rows: Ints) -> None:
        at, ends = self.at[rows], self.ends[rows]
        place = self._next(at, ends)
        alone = found = place < ends
        if self.tied:
            tier = np.where(found, self.tier_ends[np.minimum(place, len(self.listed) - 1)], 0)
            alone = found & (self._next(place + 1, tier) >= tier)
        self.at[rows] = np.where(found if self.waits else alone, place, ends)
        self.holder[rows[alone]] = self.listed[place[alone]]
        self._count(rows, 1)

    def _next(self, begin: Ints, end: Ints) -> Ints:
        """The first entry from `begin` on, before `end`, whose item is still inside; where there is none, the end."""
        place = np.minimum(begin, end)
        open_ = np.flatnonzero(place < end)
        while len(open_):
            open_ = open_[~self.inside[self.listed[place[open_]]]]
            place[open_] += 1
            open_ = open_[place[open_] < end[open_]]
        return place
