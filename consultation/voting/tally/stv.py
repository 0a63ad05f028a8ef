"""The single transferable vote as Scottish councils are elected: weighted inclusive Gregory, five decimals, truncated.

The Scottish Local Government Elections Order 2011 (SSI 2011/399), schedule 1, part III. Quota: the valid ballots
divided by one more than the seats, whole part, plus 1. A surplus is passed on with all papers of the elected, the value
of each multiplied by surplus / votes and cut off after five decimals. With no surplus left the lowest is excluded, and
its papers go on at their value. When as many are in the count as there are seats open, they are elected. Of equals the
one that had more at the latest stage at which they differed stands higher, else the draw decides. All numbers are whole
units of 1/100,000 of a vote. A ballot that ties its first choices is not valid, as there (`papers.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from .explain import coverage
from .packing import Ints
from .papers import Papers
from .profile import Profile
from .rule import SET_ASIDE, Call, Outcome, Rule
from .ties import TieBreaker

UNIT = 100_000


class Count:
    """One count: who is in it, elected and excluded, and what all had at each stage."""

    def __init__(self, profile: Profile, seats: int, ties: TieBreaker) -> None:
        self.names = profile.items
        self.seats = seats
        self.ties = ties
        self.weights = profile.weights
        self.value: Ints = np.full(len(profile.weights), UNIT, dtype=np.int64)
        self.papers = Papers(profile, self.weights * UNIT, waits=False)
        self.standing = np.flatnonzero(profile.listing).tolist()
        self.elected: list[int] = []
        self.waiting: list[int] = []  # elected, with a surplus that is not passed on yet
        self.excluded: list[int] = []
        self.totals: list[int] = self.papers.held.tolist()
        self.history: list[list[int]] = []
        self.valid = sum(self.totals) // UNIT
        self.quota = (self.valid // (seats + 1) + 1) * UNIT
        self.stages: list[dict[str, Any]] = []

    def run(self) -> None:
        self._close("first", None)
        while len(self.elected) < self.seats and len(self.standing) > self.seats - len(self.elected):
            if self.waiting:
                self._pass_surplus()
            else:
                self._exclude()
        if len(self.elected) < self.seats:  # no more are left in the count than seats
            for item in self.ranked(self.standing, "equal votes for the last seats"):
                self._elect(item)

    def _elect(self, item: int) -> None:
        self.standing.remove(item)
        self.elected.append(item)
        self.papers.leave(item)
        self.stages[-1]["elected"].append(self.names[item])

    def _close(self, action: str, item: int | None) -> None:
        """The end of a stage: what all have is written down, and who has the quota is elected, the highest first."""
        self.history.append(list(self.totals))
        shown = sorted({*self.standing, *self.elected})
        self.stages.append(
            {
                "action": action,
                "item": None if item is None else self.names[item],
                "totals": {self.names[one]: decimals(self.totals[one]) for one in shown},
                "set_aside": decimals(self.valid * UNIT - sum(self.totals)),
                "elected": [],
            }
        )
        reached = [one for one in self.standing if self.totals[one] >= self.quota]
        for one in self.ranked(reached, "equal votes at the quota"):
            if len(self.elected) < self.seats:
                self._elect(one)
                if self.totals[one] > self.quota:
                    self.waiting.append(one)

    def _pass_surplus(self) -> None:
        item = self._at_an_end(self.waiting, "equal surpluses", len(self.elected) + 1, max)[0]
        self.waiting.remove(item)
        rows = self.papers.of(item)
        surplus = self.totals[item] - self.quota
        values, inverse = np.unique(self.value[rows], return_inverse=True)
        passed = [surplus * value // self.totals[item] for value in values.tolist()]
        self.value[rows] = np.array(passed, dtype=np.int64)[inverse]
        self.papers.move(rows, self.weights[rows] * self.value[rows])
        self._recount({item: self.quota})
        self._close("surplus", item)

    def _exclude(self) -> None:
        item = self._at_an_end(self.standing, "equal votes, lowest", len(self.elected) + len(self.standing) + 1, min)[
            -1
        ]
        self.standing.remove(item)
        self.excluded.append(item)
        self.papers.leave(item)
        self.papers.move(self.papers.of(item))
        self._recount({item: 0})
        self._close("exclusion", item)

    def _recount(self, known: dict[int, int]) -> None:
        """Whoever was elected and passed a surplus on keeps the quota; all others have what lies with them."""
        held: list[int] = self.papers.held.tolist()
        kept = {one: self.totals[one] for one in self.elected} | known
        self.totals = [kept.get(one, held[one]) for one in range(len(held))]

    def ranked(self, items: Iterable[int], reason: str) -> list[int]:
        """Most votes first; of equals, who had more at the latest stage at which they differed; then the draw, which is
        written down.
        """
        groups: dict[int, list[int]] = {}
        for item in items:
            groups.setdefault(self.totals[item], []).append(item)
        place = len(self.elected) + 1
        ranked: list[int] = []
        for total in sorted(groups, reverse=True):
            for equal in self._looking_back(groups[total]):
                ranked += self.ties.order(equal, reason, place + len(ranked))
        return ranked

    def _at_an_end(self, items: list[int], reason: str, place: int, end: Callable[[Iterable[int]], int]) -> list[int]:
        """Those that none stands above, or below: equal ones as drawn, which is written down. `place`: of the first for
        the one end; for the other, behind the last."""
        wanted = end(self.totals[item] for item in items)
        groups = self._looking_back([item for item in items if self.totals[item] == wanted])
        group = groups[0] if end is max else groups[-1]
        return self.ties.order(group, reason, place if end is max else place - len(group))

    def _looking_back(self, equal: list[int]) -> list[list[int]]:
        """Items with equal votes by what they had at earlier stages, the latest first; those that never differed stay
        together."""
        if len(equal) == 1:
            return [equal]
        groups: dict[tuple[int, ...], list[int]] = {}
        for item in equal:
            groups.setdefault(tuple(stage[item] for stage in reversed(self.history)), []).append(item)
        return [groups[key] for key in sorted(groups, reverse=True)]


def decimals(units: int) -> str:
    """Votes with five decimals, exact."""
    whole, part = divmod(units, UNIT)
    return f"{whole}.{part:05d}"


def compute(profile: Profile, call: Call) -> Outcome:
    count = Count(profile, call.seats or 0, call.ties)
    count.run()
    rest = count.ranked(count.standing, "equal votes when all seats were filled")
    line = [*count.elected, *rest, *reversed(count.excluded)]
    nobody = call.ties.order(np.flatnonzero(profile.listing == 0).tolist(), "not listed", len(line) + 1)
    last = {item: max(stage[item] for stage in count.history) for item in line}

    def record(item: int) -> dict[str, Any]:
        by = "elected" if item in count.elected else "excluded" if item in count.excluded else "not_elected"
        return {"by": by, "votes": decimals(last[item])}

    return Outcome(
        order=[[item] for item in line] + ([nobody] if nobody else []),
        scores={item: decimals(last[item]) for item in line},
        rounds=coverage(profile.lists, profile.weights, [[item] for item in line], profile.items, record),
        weight=profile.listing_weight,
        unsupported=nobody,
        selected=count.elected,
        extra={"quota": str(count.quota // UNIT), "valid": count.valid, "stages": count.stages},
        said=SET_ASIDE,
    )


RULE = Rule(
    name="stv",
    version="2",
    summary="Seats in proportion, as Scottish councils are elected: what the elected have above the quota goes on.",
    scores="the most votes that the item had at any stage, to five decimals",
    compute=compute,
    seats="needed",
)
