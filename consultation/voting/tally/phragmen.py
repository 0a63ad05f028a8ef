"""Weighted sequential Phragmén: an order of which every beginning is proportional.

Each line costs one unit of load, shared by its supporters so that the most loaded of them carries as little
as possible.
Brill, Freeman, Janson and Lackner, Phragmén's voting methods and justified representation, doi
10.1007/s10107-023-01926-8; as a method for orders: Skowron et al., Proportional rankings, arXiv:1612.01434.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from fractions import Fraction
from math import lcm
from typing import Any

import numpy as np

from .audit.ejr_plus import ejr_plus
from .packing import Incidence, Ints, weighted_sums
from .profile import Profile
from .ratio import Ratio
from .result import exact, rounded
from .rule import Call, Outcome, Rule
from .ties import TieBreaker


@dataclass(order=True)
class _Bid:
    """An item with the load its supporters would carry, as known after `known_at` placements.

    Loads only grow, so an old bid is a lower bound: it is computed anew only when it comes to the top.
    """

    load: Ratio
    item: int = field(compare=False)
    known_at: int = field(compare=False)
    unserved: int = field(compare=False)


class _Loads:
    """The load of every ballot, which is 0 or one of the loads placed so far, over one common denominator."""

    def __init__(self, supports: Incidence, weights: Ints) -> None:
        self.supports = supports
        self.weights = weights
        self.by_item = weights[supports.rows]
        self.last = np.zeros(len(weights), dtype=np.int32)  # the placement that served the ballot last, 0 for none
        self.steps = [0]  # the load of each placement, times the common denominator
        self.common = 1

    def bid(self, item: int, totals: Ints) -> _Bid:
        """s = (1 + sum of weight times load over the supporters) / their weight."""
        begin, end = self.supports.item_starts[item : item + 2]
        placements = len(self.steps)
        weight = weighted_sums(self.last[self.supports.rows[begin:end]], self.by_item[begin:end], placements)
        carried = sum(self.steps[step] * int(weight[step]) for step in np.flatnonzero(weight))
        ratio = Ratio(self.common + carried, self.common * int(totals[item]))
        return _Bid(ratio, item, placements - 1, int(weight[0]))

    def place(self, item: int, load: Fraction) -> None:
        """Every supporter of the item now carries `load`."""
        common = lcm(self.common, load.denominator)
        if common != self.common:
            scale = common // self.common
            self.steps = [step * scale for step in self.steps]
            self.common = common
        self.steps.append(load.numerator * (common // load.denominator))
        self.last[self.supports.rows_of(item)] = len(self.steps) - 1


def sequential(profile: Profile, ties: TieBreaker) -> tuple[list[int], list[Fraction], list[int]]:
    """Every supported item in Phragmén's order, with the load each brings and the weight it serves first. All
    exact.
    """
    totals = profile.support
    loads = _Loads(profile.supports, profile.weights)
    heap = [loads.bid(int(item), totals) for item in np.flatnonzero(totals)]
    heapq.heapify(heap)
    order: list[int] = []
    placed: list[Fraction] = []
    unserved: list[int] = []
    while heap:
        best = _freshest(heap, loads, totals, len(order))
        chosen = ties.order([bid.item for bid in best], "equal load", len(order) + 1)[0]
        for bid in best:
            if bid.item == chosen:
                load = Fraction(bid.load.top, bid.load.bottom)
                order.append(chosen)
                placed.append(load)
                unserved.append(bid.unserved)
            else:
                heapq.heappush(heap, bid)
        loads.place(chosen, load)
    return order, placed, unserved


def _freshest(heap: list[_Bid], loads: _Loads, totals: Ints, now: int) -> list[_Bid]:
    """Takes off the heap all bids of the least load, each computed for the present loads."""
    best: list[_Bid] = []
    while heap and not (best and best[0].load < heap[0].load):
        bid = heapq.heappop(heap)
        if bid.known_at == now:
            best.append(bid)
        else:
            heapq.heappush(heap, loads.bid(bid.item, totals))
    return best


def compute(profile: Profile, call: Call) -> Outcome:
    order, loads, unserved = sequential(profile, call.ties)
    nobody = call.ties.order(np.flatnonzero(profile.support == 0).tolist(), "no supporters", len(order) + 1)
    rounds: list[dict[str, Any]] = [
        {
            "place": place,
            "item": profile.items[item],
            "supporters": int(profile.support[item]),
            "unserved": first,
            "load": exact(load),
            "load_rounded": rounded(load, 9),
        }
        for place, (item, load, first) in enumerate(zip(order, loads, unserved, strict=True), start=1)
    ]
    return Outcome(
        order=[[item] for item in order] + ([nobody] if nobody else []),
        scores={item: exact(load) for item, load in zip(order, loads, strict=True)},
        rounds=rounds,
        weight=profile.supporting_weight,
        unsupported=nobody,
        audit={"ejr_plus": ejr_plus(profile, order)},
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
