"""EJR+: whether a group that agrees on an absent item has less than its share.

Brill and Peters, Robust and verifiable proportionality axioms for multiwinner voting, arXiv:2302.01989.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..packing import Ints, quick_sums
from ..profile import Profile


def ejr_plus(profile: Profile, order: Sequence[int]) -> dict[str, Any]:
    """The audit of every beginning of `order` (distinct positions of items).

    The first k lines fail when some item c outside them and some l from 1 to k have
    weight{i supports c and fewer than l of the k lines} * k >= l * n, n being the weight of ballots that
    support something.
    Returns `n`, `prefixes` (how many were checked: 1 to len(order)), `holds` (at all of them), and
    `violations`: for each k that fails the witness with the least l (then the first item in code-point
    order): `k`, `item`, `l`, `weight`, `entitled` (l * n / k, rounded up: the weight that suffices for l
    lines).
    """
    n = profile.supporting_weight
    incidence = profile.supports
    by_item = profile.doubles[incidence.rows]
    served = np.zeros(len(profile.weights), dtype=np.uint16)
    due: dict[int, list[int]] = {1: np.flatnonzero(profile.support).tolist()}
    inside: set[int] = set()
    violations: list[dict[str, Any]] = []
    for k, line in enumerate(order, start=1):
        inside.add(line)
        served[incidence.rows_of(line)] += 1
        found: list[tuple[int, int, int]] = []
        for item in due.pop(k, []):
            if item in inside:
                continue
            begin, end = incidence.item_starts[item : item + 2]
            below = np.cumsum(quick_sums(served.take(incidence.rows[begin:end]), by_item[begin:end], 1))
            share = _least_share(below, n, k)
            if share:
                found.append((share, item, int(below[share - 1])))
            # Weights served less than l only shrink as lines are added, so nothing can fail before this k.
            due.setdefault(k + 1 if share else _next_check(below, n), []).append(item)
        if found:
            share, item, weight = min(found)
            violations.append(
                {
                    "k": k,
                    "item": profile.items[item],
                    "l": share,
                    "weight": weight,
                    "entitled": -(-share * n // k),
                }
            )
    return {"n": n, "prefixes": len(order), "holds": not violations, "violations": violations}


def _least_share(below: Ints, n: int, k: int) -> int:
    """The least l up to k whose weight is entitled to l lines and has fewer, or 0. `below[l - 1]`: weight
    served less than l.

    Past the end of `below` the weight stays the same while the need grows, so that nothing is missed there.
    """
    reach = below[:k]
    fails = np.flatnonzero(reach * k >= (np.arange(len(reach)) + 1) * n)
    return int(fails[0]) + 1 if len(fails) else 0


def _next_check(below: Ints, n: int) -> int:
    """The least k at which these weights would fail, which they have not done so far.

    For l lines that is not before k is l, since no weight exceeds n; the last weight is not 0, since somebody supports
    the item.
    """
    shares = np.arange(len(below)) + 1
    held = below > 0
    return int(np.min(-(-shares[held] * n // below[held])))
