"""The same ballots under several rules: each item's place under every one, and how far the orders agree.

Reads results as they are stored (`Result.to_dict()`), and needs neither the ballots nor NumPy.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class ComparedItem:
    """An item in the order of the headline: its place there and under each other rule, by the rule's name. Tied items
    share the best of their places. `selected_by`: the rules, the headline included, that select it.
    """

    item: str
    place: int
    elsewhere: dict[str, int]
    selected_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Agreement:
    """One other rule beside the headline. Pairs of items: ordered alike, ordered against each other, or tied under
    either rule. `common`: items that both select, of `selected` that the headline selects; `only_headline`,
    `only_other`: what one of them selects alone, each in the order of its own rule.
    """

    rule: str
    alike: int
    against: int
    tied: int
    selected: int
    common: int
    only_headline: tuple[str, ...]
    only_other: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    headline: str
    items: tuple[ComparedItem, ...]
    agreements: tuple[Agreement, ...]

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "headline": self.headline,
            "items": [asdict(item) | {"selected_by": list(item.selected_by)} for item in self.items],
            "agreements": [
                asdict(one) | {"only_headline": list(one.only_headline), "only_other": list(one.only_other)}
                for one in self.agreements
            ],
        }


def places(order: Sequence[Sequence[str]]) -> dict[str, int]:
    """Each item's place, from 1; tied items share the best one."""
    found: dict[str, int] = {}
    above = 0
    for tier in order:
        found.update(dict.fromkeys(tier, above + 1))
        above += len(tier)
    return found


def compare(headline: Mapping[str, Any], others: Sequence[Mapping[str, Any]]) -> Comparison:
    """The headline's result beside others of the same ballots, as `Result.to_dict()` gives them.

    Raises ValueError when a result is of other items.
    """
    results = [headline, *others]
    if any(sorted(result["items"]) != sorted(headline["items"]) for result in others):
        raise ValueError("only results of the same items can be compared")
    by_rule = {result["rule"]: places(result["order"]) for result in others}
    own = places(headline["order"])
    line = [item for tier in headline["order"] for item in tier]
    items = tuple(
        ComparedItem(
            item,
            own[item],
            {rule: found[item] for rule, found in by_rule.items()},
            tuple(result["rule"] for result in results if item in result["selected"]),
        )
        for item in line
    )
    return Comparison(headline["rule"], items, tuple(_agreement(headline, own, other) for other in others))


def _agreement(headline: Mapping[str, Any], own: Mapping[str, int], other: Mapping[str, Any]) -> Agreement:
    beside = places(other["order"])
    alike = against = tied = 0
    items = sorted(own)
    for at, first in enumerate(items):
        for second in items[at + 1 :]:
            turn = (own[first] - own[second]) * (beside[first] - beside[second])
            alike, against, tied = alike + (turn > 0), against + (turn < 0), tied + (turn == 0)
    here, there = headline["selected"], other["selected"]
    return Agreement(
        rule=other["rule"],
        alike=alike,
        against=against,
        tied=tied,
        selected=len(here),
        common=len(set(here) & set(there)),
        only_headline=tuple(item for item in here if item not in there),
        only_other=tuple(item for item in there if item not in here),
    )
