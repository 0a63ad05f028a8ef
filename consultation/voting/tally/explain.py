"""Orders from scores, and who carries each line of an order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from typing import Any, TypeVar

import numpy as np

from .packing import Incidence, Ints
from .ties import TieBreaker

Score = TypeVar("Score", int, Fraction)


def tiers_by_score(scores: Sequence[Score], items: Iterable[int], ties: TieBreaker, what: str) -> list[list[int]]:
    """Highest score first; equal scores share a tier and stand there by the tie-break, which is logged."""
    groups: dict[Score, list[int]] = {}
    for item in items:
        groups.setdefault(scores[item], []).append(item)
    tiers: list[list[int]] = []
    place = 1
    for score in sorted(groups, reverse=True):
        tiers.append(ties.order(groups[score], f"equal {what}", place))
        place += len(groups[score])
    return tiers


def coverage(
    incidence: Incidence,
    weights: Ints,
    tiers: Sequence[Sequence[int]],
    items: Sequence[str],
    more: Callable[[int], dict[str, Any]],
) -> list[dict[str, Any]]:
    """One entry a line: its place and item, then `supporters` and `unserved`, and what `more` tells of the
    item.

    `supporters` is the weight of the ballots that name it, `unserved` the weight of those that no earlier
    line serves (the lines of one tier read in their tie order).
    """
    served = np.zeros(len(incidence.starts) - 1, dtype=bool)
    rounds: list[dict[str, Any]] = []
    for tier in tiers:
        for item in tier:
            rows = incidence.rows_of(item)
            rounds.append(
                {
                    "place": len(rounds) + 1,
                    "item": items[item],
                    "supporters": int(weights[rows].sum()),
                    "unserved": int(weights[rows[~served[rows]]].sum()),
                    **more(item),
                }
            )
            served[rows] = True
    return rounds
