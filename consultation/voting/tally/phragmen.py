"""Weighted sequential Phragmén: an order of which every beginning is proportional.

Each line costs one unit of load, shared by its supporters so that the most loaded of them carries as little
as possible.
Brill, Freeman, Janson and Lackner, Phragmén's voting methods and justified representation, doi
10.1007/s10107-023-01926-8; as a method for orders: Skowron et al., Proportional rankings, arXiv:1612.01434.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import lcm
from typing import Any

import numpy as np

from .audit.ejr_plus import ejr_plus
from .packing import Ints, quick_sums
from .profile import Profile
from .ratio import Ratio
from .result import exact, rounded
from .rule import Call, Outcome, Rule
from .ties import TieBreaker

GUARD = 1e-12
"""No estimate is farther from the exact load, as a part of it: for at most 5,000 items it adds some 5,000 products of
doubles, none below 0, each within 2**-53."""


@dataclass(order=True)
class Bid:
    """An item with about the load its supporters would carry, as known after `known_at` placements; `weight`: of its
    supporters, by the placement that served them last.

    Loads only grow, so an old bid is a lower bound: it is computed anew only when it comes to the top. Estimates say
    which items can have the least load; where that is more than one, exact fractions decide.
    """

    about: float
    item: int = field(compare=False)
    known_at: int = field(compare=False)
    weight: Ints = field(compare=False)

    @property
    def unserved(self) -> int:
        return int(self.weight[0])


class Loads:
    """The load of every ballot, which is 0 or one of the loads placed so far, over one common denominator."""

    def __init__(self, profile: Profile) -> None:
        self.supports = profile.supports
        self.totals = profile.support
        self.by_item = profile.doubles[self.supports.rows]
        self.last = np.zeros(len(profile.weights), dtype=np.uint16)  # the placement that served it last, 0 for none
        self.steps = [0]  # the load of each placement, times the common denominator
        self.common = 1
        self.about = np.zeros(1)  # the same, as the nearest doubles

    def carried(self, item: int) -> tuple[int, int]:
        """The sum of weight times load over the supporters, times the common denominator, and the weight of those
        without load.
        """
        weight = self._served(item)
        return self._sum(weight), int(weight[0])

    def bid(self, item: int) -> Bid:
        """About s = (1 + sum of weight times load over the supporters) / their weight."""
        weight = self._served(item)
        about = (1 + float(weight @ self.about)) / int(self.totals[item])
        return Bid(about, item, len(self.steps) - 1, weight)

    def exactly(self, bid: Bid) -> Ratio:
        """The same of a bid for the present loads, exact."""
        return Ratio(self.common + self._sum(bid.weight), self.common * int(self.totals[bid.item]))

    def _served(self, item: int) -> Ints:
        """The weight of the item's supporters, by the placement that served them last."""
        begin, end = self.supports.item_starts[item : item + 2]
        return quick_sums(self.last.take(self.supports.rows[begin:end]), self.by_item[begin:end], len(self.steps))

    def _sum(self, weight: Ints) -> int:
        return sum(self.steps[step] * int(weight[step]) for step in np.flatnonzero(weight))

    def place(self, item: int, load: Fraction) -> None:
        """Every supporter of the item now carries `load`."""
        common = lcm(self.common, load.denominator)
        if common != self.common:
            scale = common // self.common
            self.steps = [step * scale for step in self.steps]
            self.common = common
        self.steps.append(load.numerator * (common // load.denominator))
        self.about = np.append(self.about, load.numerator / load.denominator)
        self.last[self.supports.rows_of(item)] = len(self.steps) - 1


@dataclass(frozen=True, slots=True)
class Placement:
    """An item about to be placed: the load it brings, the weight it serves first, and all items of the least load."""

    item: int
    load: Fraction
    unserved: int
    tied: tuple[int, ...]


def placements(loads: Loads, items: Iterable[int], draw: Sequence[int]) -> Iterator[Placement]:
    """Supported items in Phragmén's order, each told before its load is charged: `loads` are those before it.

    While every item is placed at the least load, no load falls, so that a bid of earlier is a lower bound and most are
    never made anew. Where items were placed out of turn loads can fall: see `placements_anew`.
    """
    heap = [loads.bid(item) for item in items]
    heapq.heapify(heap)
    while heap:
        close = _closest(heap, loads)
        best, least = _least(close, loads)
        chosen = min(best, key=lambda bid: draw[bid.item])
        for bid in close:
            if bid is not chosen:
                heapq.heappush(heap, bid)
        load = Fraction(least.top, least.bottom)
        yield Placement(chosen.item, load, chosen.unserved, tuple(sorted(bid.item for bid in best)))
        loads.place(chosen.item, load)


def placements_anew(loads: Loads, items: Iterable[int], draw: Sequence[int]) -> Iterator[Placement]:
    """The same after items were placed out of turn, with every bid made anew in every round. A voter who was charged
    much for such an item can carry less after the next, which makes other items of theirs cheaper than they were."""
    waiting = set(items)
    while waiting:
        best, least = _least([loads.bid(item) for item in sorted(waiting)], loads)
        chosen = min(best, key=lambda bid: draw[bid.item])
        load = Fraction(least.top, least.bottom)
        yield Placement(chosen.item, load, chosen.unserved, tuple(bid.item for bid in best))
        loads.place(chosen.item, load)
        waiting.remove(chosen.item)


def sequential(profile: Profile, ties: TieBreaker) -> list[Placement]:
    """Every supported item in Phragmén's order, exact. Ties are drawn and written down."""
    found = list(placements(Loads(profile), np.flatnonzero(profile.support).tolist(), ties.places))
    for place, placement in enumerate(found, start=1):
        ties.order(placement.tied, "equal load", place)
    return found


def _closest(heap: list[Bid], loads: Loads) -> list[Bid]:
    """Takes off the heap all bids that can have the least load, each computed for the present loads."""
    close: list[Bid] = []
    bound = float("inf")
    while heap and heap[0].about * (1 - GUARD) <= bound:
        bid = heapq.heappop(heap)
        if bid.known_at == len(loads.steps) - 1:
            close.append(bid)
            bound = min(bound, bid.about * (1 + GUARD))
        else:
            heapq.heappush(heap, loads.bid(bid.item))
    return close


def _least(bids: list[Bid], loads: Loads) -> tuple[list[Bid], Ratio]:
    """Those of the bids, all for the present loads, whose load is the least, and that load: exact."""
    exact_ones = [(loads.exactly(bid), bid) for bid in bids]
    least = min(ratio for ratio, _bid in exact_ones)
    return [bid for ratio, bid in exact_ones if not least < ratio], least


def described(profile: Profile, placement: Placement, place: int) -> dict[str, Any]:
    """The entry of a placed line."""
    return {
        "place": place,
        "item": profile.items[placement.item],
        "supporters": int(profile.support[placement.item]),
        "unserved": placement.unserved,
        "load": exact(placement.load),
        "load_rounded": rounded(placement.load, 9),
    }


def compute(profile: Profile, call: Call) -> Outcome:
    found = sequential(profile, call.ties)
    order = [placement.item for placement in found]
    nobody = call.ties.order(np.flatnonzero(profile.support == 0).tolist(), "no supporters", len(order) + 1)
    return Outcome(
        order=[[item] for item in order] + ([nobody] if nobody else []),
        scores={placement.item: exact(placement.load) for placement in found},
        rounds=[described(profile, placement, place) for place, placement in enumerate(found, start=1)],
        weight=profile.supporting_weight,
        unsupported=nobody,
        audit={"ejr_plus": ejr_plus(profile, order)} if call.audited else {},
    )


RULE = Rule(
    name="phragmen",
    version="1",
    summary=(
        "A proportional order: each group gets its share of every beginning of the list. It reads approvals, not ranks."
    ),
    scores="the load that each supporter carries once the item is placed; the least is placed first",
    compute=compute,
)
