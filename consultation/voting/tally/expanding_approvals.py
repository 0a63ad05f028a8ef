"""Expanding Approvals: K places filled in proportion, read from orders with ties.

Aziz and Lee, The expanding approvals rule: improving proportional representation and monotonicity, Social
Choice and Welfare 54 (2020), arXiv:1708.07580. Every ballot supports its tiers down to rank j, for j = 1, 2,
…; an item whose supporters' remaining weight reaches the quota is elected, and they pay one quota for it,
each in proportion to what is left of their weight.

Paying multiplies fractions, and exact ones double in length at every election, which no computer holds for
thirty places.
So one vote is (K + 1)(m + 1) 10^30 whole units: the quota is a whole number of units, and what a ballot has
left is rounded up to a unit. No group ever pays more than its quotas for what it elects, and what the
rounding leaves over is far less than the distance of the quota from n / (K + 1): generalized PSC, proved for
the exact rule, holds for this one by the same argument.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np

from .audit.ejr_plus import ejr_plus
from .audit.solid_coalitions import solid_coalitions
from .profile import Profile
from .purses import Purses
from .result import exact, rounded
from .rule import Call, Outcome, Rule
from .ties import TieBreaker


def _elections(
    profile: Profile, seats: int, purses: Purses, ties: TieBreaker
) -> Iterator[tuple[int, str, int, int, int]]:
    """Every listed item: its position, how it came in, units its supporters had left, their weight, the
    untouched part.
    """
    standing = purses.depths.rank_maximality()
    draw = {item: place for place, item in enumerate(ties.sorted(range(len(profile.items))))}
    waiting = sorted(np.flatnonzero(profile.listing).tolist(), key=lambda item: (standing[item], draw[item]))
    bound = [0] * len(profile.items)  # what is left behind each item is at most this many units
    elected = 0
    for depth in range(1, purses.depths.deepest + 1):
        purses.depth = depth
        for item in waiting:
            bound[item] += int(purses.depths.at_rank[item, depth]) * purses.unit
        while elected < seats:
            ready: list[tuple[int, tuple[int, int, int]]] = []
            for item in waiting:
                if bound[item] < purses.quota or (ready and standing[item] != standing[ready[0][0]]):
                    continue
                held = purses.support(item)
                bound[item] = held[0]
                if held[0] >= purses.quota:
                    ready.append((item, held))
            if not ready:
                break
            chosen, held = ready[0]
            elected += 1
            ties.order([item for item, _ in ready], "equal at every rank", elected)
            waiting.remove(chosen)
            purses.pay(chosen, held[0])
            yield (chosen, "quota", *held)
    yield from _remainders(waiting, standing, draw, bound, purses, ties, elected, seats)


def _remainders(
    waiting: list[int],
    standing: list[int],
    draw: dict[int, int],
    bound: list[int],
    purses: Purses,
    ties: TieBreaker,
    elected: int,
    seats: int,
) -> Iterator[tuple[int, str, int, int, int]]:
    """What the quota left open: most remaining weight first, then rank-maximality, then the draw; supporters
    spend the rest.
    """
    heap = [(-bound[item], standing[item], draw[item], item, -1) for item in waiting]
    heapq.heapify(heap)
    place = elected + 1
    while heap:
        units, place_in_ranks, drawn, item, known_at = heapq.heappop(heap)
        if known_at != place:
            heapq.heappush(heap, (-purses.support(item)[0], place_in_ranks, drawn, item, place))
            continue
        level = [item]
        aside = []
        while heap and heap[0][:2] == (units, place_in_ranks):
            rival = heapq.heappop(heap)
            if rival[4] == place:
                level.append(rival[3])
                aside.append(rival)
            else:
                heapq.heappush(heap, (-purses.support(rival[3])[0], *rival[1:4], place))
        for rival in aside:
            heapq.heappush(heap, rival)
        ties.order(level, "equal remaining weight, and equal at every rank", place)
        held = purses.support(item)
        purses.pay(item, held[0])
        yield (item, "remaining" if place <= seats else "not_elected", *held)
        place += 1


def compute(profile: Profile, call: Call) -> Outcome:
    seats = call.seats or 0
    purses = Purses(profile, seats)
    order: list[int] = []
    scores: dict[int, str] = {}
    rounds: list[dict[str, Any]] = []
    for item, by, units, supporters, untouched in _elections(profile, seats, purses, call.ties):
        order.append(item)
        left = Fraction(units, purses.unit)
        scores[item] = exact(left)
        rounds.append(
            {
                "place": len(order),
                "item": profile.items[item],
                "by": by,
                "supporters": supporters,
                "unserved": untouched,
                "remaining": exact(left),
                "remaining_rounded": rounded(left),
            }
            | ({"rank": purses.depth} if by == "quota" else {})
        )
    nobody = call.ties.order(np.flatnonzero(profile.listing == 0).tolist(), "not listed", len(order) + 1)
    chosen = [*order, *nobody][:seats]
    share = Fraction(purses.quota, purses.unit)
    return Outcome(
        order=[[item] for item in order] + ([nobody] if nobody else []),
        scores=scores,
        rounds=rounds,
        weight=profile.listing_weight,
        unsupported=nobody,
        selected=chosen,
        audit={"solid_coalitions": solid_coalitions(profile, chosen), "ejr_plus": ejr_plus(profile, chosen)}
        if call.audited
        else {},
        extra={"quota": exact(share), "quota_rounded": rounded(share)},
    )


RULE = Rule(
    name="expanding_approvals",
    version="1",
    summary=(
        "K places in proportion, from orders with ties: whoever puts "
        "the same items on top gets their share of the places."
    ),
    scores="the weight that the item's supporters had left when its turn came",
    compute=compute,
    seats="needed",
)
