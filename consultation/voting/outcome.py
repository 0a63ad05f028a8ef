"""Stored results read line by line. Pure."""

from collections.abc import Mapping
from typing import Any

from consultation.voting.tally.comparison import places

COMPARED = 20
"""The pairwise table on the page holds this many items at most; the file holds all."""


def lines(headline: Mapping[str, Any], others: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Each item in the order of the headline result. ``supporters`` carry it, ``new`` of them by no earlier line;
    ``selected``: it is among the places; ``by``, ``rank``, ``held``, ``load``: what the rule tells of its turn;
    ``elsewhere``: its place under each other rule, ties sharing one; ``at``: its line there, ties read through."""
    carried = {entry["item"]: entry for entry in headline["rounds"]}
    elsewhere = {rule: places(result["order"]) for rule, result in others.items()}
    lines_elsewhere = {
        rule: {item: at for at, item in enumerate((item for tier in result["order"] for item in tier), start=1)}
        for rule, result in others.items()
    }
    selected, unsupported = set(headline["selected"]), set(headline["unsupported"])
    order = [item for tier in headline["order"] for item in tier]
    found = []
    for place, item in enumerate(order, start=1):
        entry = carried.get(item, {})
        found.append(
            {
                "place": place,
                "item": item,
                "supporters": entry.get("supporters", 0),
                "new": entry.get("unserved", 0),
                "selected": item in selected,
                "supported": item not in unsupported,
                "by": entry.get("by", ""),
                "rank": entry.get("rank"),
                "held": entry.get("remaining_rounded"),
                "load": entry.get("load_rounded"),
                "elsewhere": {rule: at[item] for rule, at in elsewhere.items()},
                "at": {rule: at[item] for rule, at in lines_elsewhere.items()},
            }
        )
    return found


def pairwise(result: Mapping[str, Any], codes: list[str]) -> dict[str, Any] | None:
    """For the first items of the order: the weight that prefers each (by row) to each other one (by column)."""
    if "pairwise" not in result:
        return None
    table, shown = result["pairwise"], codes[:COMPARED]
    rows = [[None if one == other else int(table[one].get(other, 0)) for other in shown] for one in shown]
    return {"items": shown, "prefer": rows}
