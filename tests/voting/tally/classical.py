"""The classical rules once more, straight from their definitions: slow, and easy to check."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise, permutations

from consultation.voting.tally import BallotRow
from tests.voting.tally.references import drawn, mass, prefers, rank

UNIT = 100_000


def strengths(codes: Sequence[str], rows: Sequence[BallotRow], strength: str) -> dict[tuple[str, str], int]:
    table = prefers(codes, rows)
    return {
        (a, b): table[a][b] - table[b][a] if strength == "margins" else table[a][b]
        for a in codes
        for b in codes
        if a != b and table[a][b] > table[b][a]
    }


def schulze_above(codes: Sequence[str], rows: Sequence[BallotRow], strength: str) -> set[tuple[str, str]]:
    """Every chain is tried."""
    direct = strengths(codes, rows, strength)

    def best(a: str, b: str) -> int:
        between = [code for code in codes if code not in (a, b)]
        chains = [(a, *middle, b) for size in range(len(between) + 1) for middle in permutations(between, size)]
        return max(min(direct.get(link, 0) for link in pairwise(chain)) for chain in chains)

    return {(a, b) for a in codes for b in codes if a != b and best(a, b) > best(b, a)}


def ranked_pairs_above(codes: Sequence[str], rows: Sequence[BallotRow], strength: str) -> set[tuple[str, str]]:
    draw = drawn(codes)
    direct = strengths(codes, rows, strength)
    above: set[tuple[str, str]] = set()
    for a, b in sorted(direct, key=lambda pair: (-direct[pair], draw.index(pair[0]), -draw.index(pair[1]))):
        if (b, a) not in above:
            above.add((a, b))
            while more := {(x, z) for x, y in above for v, z in above if y == v} - above:
                above |= more
    return above


def holder(row: BallotRow, inside: set[str], waits: bool) -> str | None:
    """Whose the ballot is when only these are still inside; None when nobody's."""
    for tier in row.tiers:
        left = [item for item in tier if item in inside]
        if len(left) == 1:
            return left[0]
        if left:
            return None
    return None


def irv(codes: Sequence[str], rows: Sequence[BallotRow], tied_top: str) -> tuple[list[str], list[dict[str, int]]]:
    """The order, and what each had at every stage."""
    inside = {code for code in codes if any(rank(row, code) for row in rows)}
    void: set[int] = set()
    left: list[str] = []
    stages = []
    while inside:
        totals = dict.fromkeys(sorted(inside), 0)
        for i, row in enumerate(rows):
            mine = holder(row, inside, True)
            if mine is None and tied_top == "set_aside":
                void.add(i)
            if mine is not None and i not in void:
                totals[mine] += mass(row)
        if len(inside) > 1 or not left:
            stages.append(totals)
        leaves = drawn(item for item in totals if totals[item] == min(totals.values()))[-1]
        left.append(leaves)
        inside.remove(leaves)
    return left[::-1], stages


def stv(
    codes: Sequence[str], rows: Sequence[BallotRow], seats: int
) -> tuple[list[str], int, list[tuple[str, str | None, dict[str, int]]]]:
    """The elected, the quota, and at each stage what was done with whom and what all in the count have, in units.

    Papers are single ballots: [its row, its value, who holds it]."""
    standing = [code for code in codes if any(rank(row, code) for row in rows)]
    papers = [
        [row, UNIT, mine] for row in rows for _ in range(mass(row)) if (mine := holder(row, set(standing), False))
    ]
    quota = (len(papers) // (seats + 1) + 1) * UNIT
    elected: list[str] = []
    surpluses: list[str] = []
    fixed: dict[str, int] = {}
    history: list[dict[str, int]] = []
    stages: list[tuple[str, str | None, dict[str, int]]] = []

    def now() -> dict[str, int]:
        held = {code: sum(value for _, value, mine in papers if mine == code) for code in codes}
        return held | fixed

    def ranked(items: Sequence[str]) -> list[str]:
        draw = drawn(codes)
        return sorted(items, key=lambda item: ([-stage[item] for stage in reversed(history)], draw.index(item)))

    def move(item: str) -> None:
        for paper in papers:
            if paper[2] == item:
                at = next(i for i, tier in enumerate(paper[0].tiers) if item in tier)
                paper[2] = next_of(paper[0], at)

    def next_of(row: BallotRow, at: int) -> str | None:
        return holder(BallotRow(row.tiers[at:]), set(standing), False)

    def close(action: str, item: str | None) -> None:
        totals = now()
        history.append(totals)
        stages.append((action, item, {code: totals[code] for code in sorted([*standing, *elected])}))
        for one in ranked([code for code in standing if totals[code] >= quota]):
            if len(elected) < seats:
                standing.remove(one)
                elected.append(one)
                if totals[one] > quota:
                    surpluses.append(one)

    close("first", None)
    while len(elected) < seats and len(standing) > seats - len(elected):
        totals = now()
        if surpluses:
            item = ranked(surpluses)[0]
            surpluses.remove(item)
            for paper in papers:
                if paper[2] == item:
                    paper[1] = (totals[item] - quota) * paper[1] // totals[item]
            fixed[item] = quota
            action = "surplus"
        else:
            item = ranked(standing)[-1]
            standing.remove(item)
            action = "exclusion"
        move(item)
        close(action, item)
    elected += ranked(standing)[: seats - len(elected)]
    return elected, quota // UNIT, stages
