"""Positional scoring: given points for the first place, the second, and so on; the places of tied items are
averaged.

Places past the last of the points give nothing, and so do items that a ballot does not list: it is points
that are given, never places that are presumed. (With the points m - 1 … 0 this differs from Borda, where
unlisted items share the bottom.)
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np

from .explain import coverage, tiers_by_score
from .profile import Profile
from .result import exact
from .rule import Call, Outcome, Rule, RuleError
from .tiers import tier_sizes

_NUMBER = re.compile(r"\d{1,12}(\.\d{1,12})?")


def read_points(given: Any) -> tuple[Fraction, ...]:
    """Points from text such as `5,4,3` or `2.5,1`, or from whole numbers, fractions or texts.

    Raises RuleError (`bad_points`) unless they are at least 0, never go up, and begin above 0.
    """
    parts: Iterable[Any] = given.split(",") if isinstance(given, str) else given or ()
    points: list[Fraction] = []
    for part in parts:
        text = str(part).strip()
        if isinstance(part, bool | float) or not (isinstance(part, Fraction | int) or _NUMBER.fullmatch(text)):
            raise RuleError("bad_points", f"points are numbers separated by commas, such as 5,4,3: {text!r} is none")
        points.append(Fraction(part) if isinstance(part, Fraction | int) else Fraction(text))
    if not points or points[0] <= 0:
        raise RuleError("bad_points", "give the points of each place, such as 5,4,3: the first more than nothing")
    if points[-1] < 0 or any(later > earlier for earlier, later in pairwise(points)):
        raise RuleError("bad_points", "points must not go up from one place to the next, nor below nothing")
    return tuple(points)


def scores_of(profile: Profile, points: Sequence[Fraction]) -> list[Fraction]:
    """The points that each item is given."""
    sums = [Fraction(0)] * len(profile.items)
    for item, rank, size, weight in _standings(profile):
        sums[item] += weight * sum(points[rank - 1 : rank - 1 + size], Fraction(0)) / size
    return sums


def compute(profile: Profile, call: Call) -> Outcome:
    sums = scores_of(profile, call.parameters["points"])
    tiers = tiers_by_score(sums, range(len(sums)), call.ties, "points")
    return Outcome(
        order=tiers,
        scores={item: exact(score) for item, score in enumerate(sums)},
        rounds=coverage(
            profile.lists, profile.weights, tiers, profile.items, lambda item: {"score": exact(sums[item])}
        ),
        weight=profile.listing_weight,
        unsupported=[item for tier in tiers for item in tier if not profile.listing[item]],
    )


def _standings(profile: Profile) -> list[tuple[int, int, int, int]]:
    """How much weight places each item at a rank in a tier of a size: (item, rank, size, weight)."""
    base = len(profile.items) + 1
    keys = (profile.listed.astype(np.int64) * base + profile.ranks) * base + tier_sizes(profile)
    found, inverse = np.unique(keys, return_inverse=True)
    weights = np.zeros(len(found), dtype=np.int64)
    np.add.at(weights, inverse, profile.weights[profile.lists.owners])
    return [
        (int(key) // base**2, int(key) // base % base, int(key) % base, int(weight))
        for key, weight in zip(found, weights, strict=True)
    ]


RULE = Rule(
    name="positional",
    version="1",
    summary=(
        "Most points first: so many for a first place, so many for a "
        "second. Tied items share the points of their places."
    ),
    scores="points, those of tied places averaged",
    compute=compute,
    parameters={"points": read_points},
    needs="points",
)
