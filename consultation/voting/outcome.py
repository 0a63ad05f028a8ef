"""A published result read line by line. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

COMPARED = 20
"""The pairwise table on the page holds this many items at most; the file holds all."""


@dataclass(frozen=True, slots=True)
class Line:
    """An item's place under the headline rule. ``supporters`` carry it, ``new`` of them by no earlier line;
    ``selected``: it is among the places; ``how``: in what way, where the rule tells; ``elsewhere``: its place under
    each other rule, ties sharing one."""

    place: int
    code: str
    supporters: int
    new: int
    selected: bool
    supported: bool
    how: str
    elsewhere: Mapping[str, int]


def places(order: list[list[str]]) -> dict[str, int]:
    """Each item's place; tied items share the best one."""
    found, above = {}, 0
    for tier in order:
        found.update(dict.fromkeys(tier, above + 1))
        above += len(tier)
    return found


def lines(headline: Mapping[str, Any], others: Mapping[str, Mapping[str, Any]]) -> list[Line]:
    """The headline result line by line, beside the other rules' results."""
    carried = {entry["item"]: entry for entry in headline["rounds"]}
    elsewhere = {rule: places(result["order"]) for rule, result in others.items()}
    selected, unsupported = set(headline["selected"]), set(headline["unsupported"])
    order = [item for tier in headline["order"] for item in tier]
    return [
        Line(
            place=place,
            code=item,
            supporters=carried.get(item, {}).get("supporters", 0),
            new=carried.get(item, {}).get("unserved", 0),
            selected=item in selected,
            supported=item not in unsupported,
            how=carried.get(item, {}).get("by", ""),
            elsewhere={rule: found[item] for rule, found in elsewhere.items()},
        )
        for place, item in enumerate(order, start=1)
    ]


def pairwise(condorcet: Mapping[str, Any] | None, codes: list[str]) -> list[tuple[str, list[int | None]]]:
    """For the first items of the order: the weight that prefers each to each other one; None on the diagonal."""
    if condorcet is None or "pairwise" not in condorcet:
        return []
    table, shown = condorcet["pairwise"], codes[:COMPARED]
    return [(item, [None if item == other else int(table[item].get(other, 0)) for other in shown]) for item in shown]
