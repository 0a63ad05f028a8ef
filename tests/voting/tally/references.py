"""The rules and their promises once more, straight from the definitions: slow, and easy to check."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import chain, combinations
from typing import NamedTuple

from hypothesis import strategies as st

from consultation.voting.tally import BallotRow, priority

PARAMETERS = {"positional": {"points": "3,2,1"}, "equal_shares": {"budget": 2, "step": Fraction(1, 7)}}
"""What some rules need besides, in tests of all."""

CODES = ("a", "b", "c", "d", "e", "f")


@st.composite
def elections(
    draw: st.DrawFn, items: int = 5, ballots: int = 9, lines: bool = True
) -> tuple[list[str], list[BallotRow]]:
    """Some items and ballots: tied, truncated, blank, weighted, some with a line drawn."""
    codes = list(CODES[: draw(st.integers(1, items))])
    rows = []
    for _ in range(draw(st.integers(0, ballots))):
        listed = draw(st.permutations(codes))[: draw(st.integers(0, len(codes)))]
        tiers: list[tuple[str, ...]] = []
        for item in listed:
            if tiers and draw(st.booleans()):
                tiers[-1] += (item,)
            else:
                tiers.append((item,))
        support = None
        if lines and draw(st.booleans()):
            support = frozenset(chain.from_iterable(tiers[: draw(st.integers(0, len(tiers)))]))
        rows.append(BallotRow(tuple(tiers), support, draw(st.integers(1, 4)), draw(st.integers(1, 2))))
    return codes, rows


def mass(row: BallotRow) -> int:
    return row.weight * row.copies


def approved(row: BallotRow) -> frozenset[str]:
    return frozenset(chain.from_iterable(row.tiers)) if row.support is None else row.support


def listed(row: BallotRow) -> frozenset[str]:
    return frozenset(chain.from_iterable(row.tiers))


def rank(row: BallotRow, item: str) -> int | None:
    """One more than the number of items above it; None when it is not listed."""
    above = 0
    for tier in row.tiers:
        if item in tier:
            return above + 1
        above += len(tier)
    return None


def level(row: BallotRow, item: str) -> int:
    """The rank with unlisted items tied at the bottom."""
    return rank(row, item) or 1 + sum(map(len, row.tiers))


def drawn(items: Iterable[str], contest: str = "", beacon: str = "") -> list[str]:
    return sorted(items, key=lambda item: priority(contest, beacon, item))


def phragmen(codes: Sequence[str], rows: Sequence[BallotRow]) -> list[tuple[str, Fraction]]:
    load = [Fraction(0)] * len(rows)
    order: list[tuple[str, Fraction]] = []
    while True:
        bids = {}
        for item in codes:
            carriers = [i for i, row in enumerate(rows) if item in approved(row)]
            if carriers and item not in dict(order):
                total = sum(mass(rows[i]) for i in carriers)
                bids[item] = (1 + sum(mass(rows[i]) * load[i] for i in carriers)) / Fraction(total)
        if not bids:
            return order
        least = min(bids.values())
        chosen = drawn(item for item, bid in bids.items() if bid == least)[0]
        order.append((chosen, least))
        for i, row in enumerate(rows):
            if chosen in approved(row):
                load[i] = least


class Filled(NamedTuple):
    """A place under Expanding Approvals: what the item's supporters had left, how it came in, and who tied with it."""

    item: str
    left: Fraction
    by: str
    rank: int
    tied: frozenset[str]


def expanding_approvals(codes: Sequence[str], rows: Sequence[BallotRow], seats: int) -> list[Filled]:
    """Every listed item in its order, in fractions without any rounding."""
    n, width = sum(mass(row) for row in rows if row.tiers), len(codes)
    droop = Fraction(n, seats + 1)
    quota = droop + Fraction(1, width + 1) * (n // (seats + 1) + 1 - droop)
    left = [Fraction(1)] * len(rows)
    waiting = [item for item in codes if any(rank(row, item) for row in rows)]
    filled: list[Filled] = []

    def standing(item: str) -> list[int]:
        return [-sum(mass(row) for row in rows if rank(row, item) == j) for j in range(1, width + 1)]

    def backing(item: str, depth: int) -> Fraction:
        return sum(
            (left[i] * mass(row) for i, row in enumerate(rows) if 0 < (rank(row, item) or 0) <= depth), Fraction(0)
        )

    def fill(best: list[str], depth: int, by: str) -> None:
        chosen = drawn(best)[0]
        held = backing(chosen, depth)
        waiting.remove(chosen)
        filled.append(Filled(chosen, held, by, depth, frozenset(best)))
        rest = max(Fraction(0), 1 - quota / held) if held else Fraction(0)
        for i, row in enumerate(rows):
            if 0 < (rank(row, chosen) or 0) <= depth:
                left[i] *= rest

    for depth in range(1, width + 1):
        while len(filled) < seats and (ready := [item for item in waiting if backing(item, depth) >= quota]):
            best = min(standing(item) for item in ready)
            fill([item for item in ready if standing(item) == best], depth, "quota")
    while waiting:  # what the quota left open: by remaining weight
        merits = {item: (-backing(item, width), standing(item)) for item in waiting}
        best_merit = min(merits.values())
        by = "remaining" if len(filled) < seats else "not_elected"
        fill([item for item in waiting if merits[item] == best_merit], width, by)
    return filled


def prefers(codes: Sequence[str], rows: Sequence[BallotRow]) -> dict[str, dict[str, int]]:
    return {
        a: {b: sum(mass(row) for row in rows if level(row, a) < level(row, b)) for b in codes if b != a} for a in codes
    }


def borda(codes: Sequence[str], rows: Sequence[BallotRow]) -> dict[str, Fraction]:
    """From the pairwise counts: preferred, and half of what ties the two."""
    n, table = sum(mass(row) for row in rows if row.tiers), prefers(codes, rows)
    return {
        a: sum((table[a][b] + Fraction(n - table[a][b] - table[b][a], 2) for b in codes if b != a), Fraction(0))
        for a in codes
    }


def positional(codes: Sequence[str], rows: Sequence[BallotRow], points: Sequence[int]) -> dict[str, Fraction]:
    scores = dict.fromkeys(codes, Fraction(0))
    for row in rows:
        place = 0
        for tier in row.tiers:
            here = [points[place + i] if place + i < len(points) else 0 for i in range(len(tier))]
            for item in tier:
                scores[item] += mass(row) * Fraction(sum(here), len(tier))
            place += len(tier)
    return scores


def subsets(items: Iterable[str], most: int) -> Iterable[tuple[str, ...]]:
    pool = sorted(items)
    return chain.from_iterable(combinations(pool, size) for size in range(min(most, len(pool)) + 1))


def ejr_plus_failures(codes: Sequence[str], rows: Sequence[BallotRow], line: Sequence[str]) -> list[int]:
    n = sum(mass(row) for row in rows if approved(row))
    failing = []
    for k in range(1, len(line) + 1):
        chosen = set(line[:k])
        for item in set(codes) - chosen:
            group = [row for row in rows if item in approved(row)]
            if any(
                (short := sum(mass(row) for row in group if len(approved(row) & chosen) < share))
                and short * k >= share * n
                for share in range(1, k + 1)
            ):
                failing.append(k)
                break
    return failing


def pjr_plus_holds(codes: Sequence[str], rows: Sequence[BallotRow], chosen: set[str]) -> bool:
    """No group that shares an absent item and is worth l lines has fewer among all its members' approvals."""
    n, k = sum(mass(row) for row in rows if approved(row)), len(chosen)
    for item in set(codes) - chosen:
        group = [row for row in rows if item in approved(row)]
        for share in range(1, k + 1):
            for shared in subsets(chosen, share - 1):
                weight = sum(mass(row) for row in group if approved(row) & chosen <= set(shared))
                if weight and weight * k >= share * n:
                    return False
    return True


def solid_failures(codes: Sequence[str], rows: Sequence[BallotRow], line: Sequence[str]) -> list[int]:
    n = sum(mass(row) for row in rows if row.tiers)
    failing = []
    for k in range(1, len(line) + 1):
        for top in subsets(codes, len(codes)):
            tops = [set(chain.from_iterable(row.tiers[:cut])) for row in rows for cut in range(1, len(row.tiers) + 1)]
            owners = [row for row in rows for cut in range(1, len(row.tiers) + 1)]
            weight = sum(mass(row) for row, have in zip(owners, tops, strict=True) if have == set(top))
            if top and n and len(set(line[:k]) & set(top)) < min(len(top), weight * k // n):
                failing.append(k)
                break
    return failing


def generalized_psc_holds(codes: Sequence[str], rows: Sequence[BallotRow], chosen: set[str], quota: Fraction) -> bool:
    """Aziz and Lee: a group of weight at least l quotas that puts a set X of at least l items on top (ties allowed)
    has at least l of the chosen within reach: at or above the last item of X's size on some member's ballot."""
    for top in subsets(codes, len(codes)):
        if not top:
            continue
        solid = [
            row
            for row in rows
            if row.tiers
            and all(level(row, inside) <= level(row, outside) for inside in top for outside in set(codes) - set(top))
        ]
        for size in range(1, len(solid) + 1):
            for group in combinations(solid, size):
                share = min(len(top), sum(map(mass, group)) // quota)
                reach = {
                    item
                    for row in group
                    for item in codes
                    if level(row, item) <= sorted(level(row, other) for other in codes)[len(top) - 1]
                }
                if len(chosen & reach) < share:
                    return False
    return True


def equal_shares_run(
    codes: Sequence[str],
    rows: Sequence[BallotRow],
    costs: Mapping[str, Fraction],
    each: Fraction,
    unit: Fraction | None,
) -> list[tuple[str, Fraction]]:
    """What is bought, at which price for a unit of weight, when each unit of weight begins with `each`. With a `unit`,
    what is taken from those who can pay is rounded down to it, as published; without one nothing is rounded."""
    left = [each] * len(rows)
    bought: list[tuple[str, Fraction]] = []
    while True:
        bids = {}
        for item in set(codes) - {item for item, _ in bought}:
            group = sorted((left[i], mass(row)) for i, row in enumerate(rows) if item in approved(row))
            missing, weight = costs[item], sum(heavy for _, heavy in group)
            if not group or sum(money * heavy for money, heavy in group) < missing:
                continue
            for money, heavy in group:  # from the poorest: whoever cannot pay the price gives all
                if money * weight >= missing:
                    break
                missing, weight = missing - money * heavy, weight - heavy
            price = Fraction(missing) / weight
            bids[item] = (price / costs[item] if costs[item] else Fraction(0), price)
        if not bids:
            return bought
        least = min(key for key, _ in bids.values())
        chosen = drawn(item for item in bids if bids[item][0] == least)[0]
        price = bids[chosen][1]
        taken = price if unit is None else price // unit * unit
        for i, row in enumerate(rows):
            if chosen in approved(row):
                left[i] = left[i] - taken if left[i] >= price else Fraction(0)
        bought.append((chosen, price))


def equal_shares(
    codes: Sequence[str],
    rows: Sequence[BallotRow],
    costs: Mapping[str, Fraction],
    budget: Fraction,
    step: Fraction,
    unit: Fraction | None = None,
) -> tuple[list[tuple[str, Fraction]], int]:
    """The last outcome before the first that costs more than the budget, and after how many steps it came, one by
    one."""
    n = sum(mass(row) for row in rows if approved(row))
    supported = frozenset().union(*map(approved, rows)) if rows else frozenset()
    kept, steps = equal_shares_run(codes, rows, costs, budget / max(n, 1), unit), 0
    while step and len(kept) < len(supported):
        tried = equal_shares_run(codes, rows, costs, budget / n + (steps + 1) * step, unit)
        if sum(costs[item] for item, _ in tried) > budget:
            break
        kept, steps = tried, steps + 1
    return kept, steps
