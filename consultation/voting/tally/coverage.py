"""Whom the first lines of an order serve: how much weight has one, two, three of its choices among them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from .packing import weighted_sums
from .profile import Profile

LEVELS = 3


@dataclass(frozen=True, slots=True)
class Curve:
    """One order. `served[l - 1][k]`: the weight of the ballots with at least l of their choices among its first k
    lines, for k from 0 to the number of items.
    """

    name: str
    served: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """Curves of several orders over the same ballots. `weight`: of the ballots that choose something; `able[l - 1]`: of
    those that choose l items or more, which is as high as a curve can rise.
    """

    weight: int
    able: tuple[int, ...]
    curves: tuple[Curve, ...]

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "weight": self.weight,
            "able": list(self.able),
            "curves": [{"name": curve.name, "served": [list(row) for row in curve.served]} for curve in self.curves],
        }


@dataclass(frozen=True, slots=True)
class Carried:
    """Who carries one line: `supporters` is their weight; `unserved` of them have no earlier line, `once` exactly one;
    `also` is the weight of those who support both this line and the one before.
    """

    place: int
    item: str
    supporters: int
    unserved: int
    once: int
    also: int

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def coverage_curves(profile: Profile, orders: Mapping[str, Sequence[str]], levels: int = LEVELS) -> Coverage:
    """A curve for each named order (a rule's `Result.line`, say, beside that of approval). A choice is an item that a
    ballot supports. An order may be shorter than the list of items; its curve then stays level.

    Raises ValueError when an order names an unknown item or one twice, or when `levels` is below 1.
    """
    if levels < 1:
        raise ValueError("levels count from 1")
    able = tuple(int(profile.weights[profile.supported >= level].sum()) for level in range(1, levels + 1))
    curves = tuple(Curve(name, _served(profile, _positions(profile, line), levels)) for name, line in orders.items())
    return Coverage(profile.supporting_weight, able, curves)


def carriers(profile: Profile, line: Sequence[str]) -> list[Carried]:
    """Who carries each line of an order. Raises ValueError as `coverage_curves` does."""
    served = np.zeros(len(profile.weights), dtype=np.int32)
    before = np.zeros(len(profile.weights), dtype=bool)
    found = []
    for place, item in enumerate(_positions(profile, line), start=1):
        rows = profile.supports.rows_of(item)
        weights, had = profile.weights[rows], served[rows]
        counts = (int(weights[kept].sum()) for kept in (had >= 0, had == 0, had == 1, before[rows]))
        found.append(Carried(place, profile.items[item], *counts))
        served[rows] += 1
        before[:] = False
        before[rows] = True
    return found


def _positions(profile: Profile, line: Sequence[str]) -> list[int]:
    known = {item: position for position, item in enumerate(profile.items)}
    if unknown := [item for item in line if item not in known]:
        raise ValueError(f"the item {unknown[0]!r} is not in this contest")
    if len(set(line)) != len(line):
        raise ValueError("an order names an item twice")
    return [known[item] for item in line]


def _served(profile: Profile, line: Sequence[int], levels: int) -> tuple[tuple[int, ...], ...]:
    """A row that supports the lines at places p1 < p2 < … is served l times from place pl on."""
    width = len(profile.items)
    count = np.zeros(len(profile.weights), dtype=np.int32)
    reached = np.zeros((levels, width + 1), dtype=np.int64)
    for place, item in enumerate(line, start=1):
        rows = profile.supports.rows_of(item)
        count[rows] += 1
        gained = weighted_sums(count[rows], profile.weights[rows], levels + 1)
        reached[:, place] = gained[1 : levels + 1]
    return tuple(tuple(row) for row in reached.cumsum(axis=1).tolist())
