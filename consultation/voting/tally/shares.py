"""One run of the Method of Equal Shares, in whole units.

Every voter begins with the same money for each unit of weight. An item of cost c is affordable at the price p where
its supporters, each paying p for a unit of weight or all that is left, pay c together. The item of the least p / c is
bought, again and again, until nothing is affordable.

The rounding: one unit of money is 1 / (n D) of a unit of cost, n being the weight of the ballots and D = 10^6, so that
every budget and every cost is a whole number of units. p is an exact fraction of units, and decides exactly; what is
taken from a supporter who can pay it is p rounded down to a unit. So nobody pays more than under the exact rule, and
together they pay less than 1 / D too little for an item: with whole costs and fewer than D items, what was bought never
costs more than all had.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from .packing import Anything, Indices, Ints
from .profile import Profile
from .ratio import Ratio

PARTS = 10**6
_ROOM = 1 << 62


@dataclass(frozen=True, slots=True)
class Purchase:
    """An item bought. `price`: units for each unit of weight, exact; `poor`: weight of the supporters who could not pay
    it and gave all they had left; `tied`: all items that were equally cheap, itself among them.
    """

    item: int
    price: Fraction
    poor: int
    tied: tuple[int, ...]


@dataclass(order=True)
class _Bid:
    """What an item would cost its supporters, as known after `known_at` purchases. Money only shrinks, so an old bid is
    a lower bound.
    """

    key: Ratio
    item: int = field(compare=False)
    known_at: int = field(compare=False)
    top: int = field(compare=False)
    bottom: int = field(compare=False)
    poor: int = field(compare=False)


class Shares:
    """The supporters of every item, for as many runs as are needed. `costs` are whole, by position of the item."""

    def __init__(self, profile: Profile, costs: Mapping[int, int], draw: Sequence[int]) -> None:
        supports = profile.supports
        self.n = profile.supporting_weight
        self.costs = costs
        self.draw = draw
        self.rows_count = len(profile.weights)
        self.totals: dict[int, int] = {}
        self.rows: dict[int, Indices] = {}
        self.weights: dict[int, Ints] = {}
        for item in np.flatnonzero(profile.support).tolist():
            self.totals[item] = int(profile.support[item])
            self.rows[item] = supports.rows_of(item)
            self.weights[item] = profile.weights[self.rows[item]]

    def run(self, each: int, limit: int | None = None) -> list[Purchase]:
        """What is bought when every unit of weight begins with `each` units. With a `limit` the run ends with the
        purchase that brings the sum of costs above it.
        """
        left = self._all(each)
        heap = [bid for item in self.totals if (bid := self._opening(item, each))]
        heapq.heapify(heap)
        bought: list[Purchase] = []
        spent = 0
        while heap and (limit is None or spent <= limit):
            best = self._cheapest(heap, left, len(bought))
            if not best:
                break
            chosen = min(best, key=lambda bid: self.draw[bid.item])
            for bid in best:
                if bid is not chosen:
                    heapq.heappush(heap, bid)
            self._pay(chosen, left)
            tied = tuple(bid.item for bid in best)
            bought.append(Purchase(chosen.item, Fraction(chosen.top, chosen.bottom), chosen.poor, tied))
            spent += self.costs[chosen.item]
        return bought

    def _need(self, item: int) -> int:
        return self.costs[item] * self.n * PARTS

    def _opening(self, item: int, each: int) -> _Bid | None:
        """The bid while everybody still has everything."""
        need, total = self._need(item), self.totals[item]
        return self._bid(item, 0, need, total, 0) if need <= each * total else None

    def _bid(self, item: int, now: int, top: int, bottom: int, poor: int) -> _Bid:
        cost = self.costs[item]
        return _Bid(Ratio(top, bottom * cost) if cost else Ratio(0, 1), item, now, top, bottom, poor)

    def _fresh(self, item: int, left: Anything, now: int) -> _Bid | None:
        """The bid for the present money, or None when its supporters cannot pay for it, now or ever.

        Raising the price from what it would be if all could pay, each time by what those lack who cannot, ends at the
        exact price after few rounds: whoever cannot pay a lower price cannot pay a higher one.
        """
        need, total = self._need(item), self.totals[item]
        weights, money = self.weights[item], left[self.rows[item]]
        if int(weights @ money) < need:
            return None
        top, bottom, poor = need, total, 0
        while True:
            short = money < -(-top // bottom)
            lacking = weights[short]
            less = int(lacking.sum())
            if less == poor:
                return self._bid(item, now, top, bottom, poor)
            poor = less
            top, bottom = need - int(lacking @ money[short]), total - poor

    def _cheapest(self, heap: list[_Bid], left: Anything, now: int) -> list[_Bid]:
        """Takes off the heap all bids of the least price for a unit of cost, each computed for the present money."""
        best: list[_Bid] = []
        while heap and not (best and best[0].key < heap[0].key):
            bid = heapq.heappop(heap)
            if bid.known_at == now:
                best.append(bid)
            elif fresh := self._fresh(bid.item, left, now):
                heapq.heappush(heap, fresh)
        return best

    def _pay(self, bid: _Bid, left: Anything) -> None:
        rows = self.rows[bid.item]
        money = left[rows]
        left[rows] = np.where(money < -(-bid.top // bid.bottom), 0, money - bid.top // bid.bottom)

    def headroom(self, bought: Sequence[Purchase], each: int) -> int:
        """How many units more everybody can have before anything of this run could change: a number that is sure, and
        may be too small. 0 where somebody gave all they had left, since prices move with their money.

        Where nobody did, prices stay, and the first change is that an item which was not bought becomes as cheap as
        the one that was, or affordable at the end.
        """
        if any(purchase.poor for purchase in bought):
            return 0
        left = self._all(each)
        never = set(self.totals) - {purchase.item for purchase in bought}
        room = _ROOM
        for purchase in bought:
            for item in sorted(never):
                if self.totals[item] < self.totals[purchase.item]:
                    continue
                price = -(-self._need(item) // self.totals[purchase.item])
                room = min(room, self._lack(item, np.minimum(left[self.rows[item]], price)))
            rows = self.rows[purchase.item]
            left[rows] = left[rows] - purchase.price.__floor__()
        return max(0, min([room, *(self._lack(item, left[self.rows[item]]) for item in never)]))

    def _lack(self, item: int, money: Anything) -> int:
        """What every supporter would need more, or a little less, for the item to be paid."""
        return (self._need(item) - 1 - int(self.weights[item] @ money)) // self.totals[item]

    def _all(self, each: int) -> Anything:
        """The same money for everybody, in Python's whole numbers where 64 bits are too few."""
        return np.full(self.rows_count, each, dtype=np.int64 if each * max(self.n, 1) < _ROOM else object)
