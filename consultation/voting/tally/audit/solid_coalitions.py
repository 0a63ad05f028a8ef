"""Proportionality for solid coalitions: whether those who put the same items on top have their share of them.

The demand goes back to Dummett, Voting Procedures (1984); here in its Hare form: a set X of items that stands
on top of ballots weighing w has at least min(|X|, floor(w k / n)) of the first k lines. Tied items may stand
inside X in any order.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from ..packing import Indices, group_rows, lengths, matrix_of, pack_columns, quick_sums
from ..profile import Profile


def solid_coalitions(profile: Profile, order: Sequence[int]) -> dict[str, Any]:
    """The audit of every beginning of `order` (distinct positions of items).

    Returns `n` (weight of ballots that list something), `coalitions` (sets heavy enough for one line of the
    longest beginning),
    `prefixes`, `holds`, and `violations`: for each k that fails, the set that lacks most (then the heaviest,
    then the smallest, then the first in code-point order): `k`, `items`, `weight`, `entitled`, `has`.
    """
    n = profile.listing_weight
    longest = len(order)
    place = np.full(len(profile.items), longest + 1, dtype=np.int64)
    place[np.asarray(order, dtype=np.int64)] = np.arange(1, longest + 1)
    k = np.arange(1, longest + 1)
    worst: dict[int, tuple[tuple[int, int, int, tuple[int, ...]], int, int]] = {}
    checked = 0
    for members, weight in _coalitions(profile, longest):
        checked += 1
        entitled = np.minimum(len(members), weight * k // n)
        has = np.searchsorted(np.sort(place[members]), k, side="right")
        for at in np.flatnonzero(has < entitled):
            rank = (int(has[at] - entitled[at]), -weight, len(members), tuple(members.tolist()))
            if int(k[at]) not in worst or rank < worst[int(k[at])][0]:
                worst[int(k[at])] = (rank, int(entitled[at]), int(has[at]))
    violations = [
        {
            "k": at,
            "items": [profile.items[item] for item in rank[3]],
            "weight": -rank[1],
            "entitled": entitled,
            "has": has,
        }
        for at, (rank, entitled, has) in sorted(worst.items())
    ]
    return {
        "n": n,
        "coalitions": checked,
        "prefixes": longest,
        "holds": not violations,
        "violations": violations,
    }


def _coalitions(profile: Profile, longest: int) -> Iterator[tuple[Indices, int]]:
    """Each set of items that stands on top of ballots, with their weight, where that is worth a line: weight
    * longest >= n.

    By size: the ballots that have a tier's end after so many items are sorted by these, and equal ones added
    up.
    """
    n = profile.listing_weight
    sizes = lengths(profile.starts)
    for size in range(1, int(sizes.max(initial=0)) + 1):
        rows = np.flatnonzero(sizes >= size)
        longer = sizes[rows] > size
        ends = ~longer
        ends[longer] = profile.ranks[profile.starts[:-1][rows[longer]] + size] == size + 1
        rows = rows[ends]
        if int(profile.weights[rows].sum()) * longest < n:
            continue
        members = matrix_of(profile.starts, profile.listed, rows, size)
        # A set weighs no more than the ballots that have one of its items so high.
        high = quick_sums(members.ravel(), np.repeat(profile.doubles[rows], size), len(profile.items))
        heavy = (high * longest >= n)[members].all(axis=1)
        if not heavy.any():
            continue
        rows, members = rows[heavy], np.sort(members[heavy], axis=1)
        grouped, begins = group_rows(pack_columns(members.astype(np.int64), len(profile.items)))
        weights = np.add.reduceat(profile.weights[rows[grouped]], begins)
        for group in np.flatnonzero(weights * longest >= n):
            yield members[grouped[begins[group]]], int(weights[group])
