"""The Method of Equal Shares with cost utilities: the set of items that fits a budget, of money or of minutes.

Peters, Pierczyński and Skowron, Proportional participatory budgeting with additive utilities, arXiv:2008.13276. Every
unit of weight holds an equal share of the budget; supporters buy items together, the cheapest for what it is worth to
them first, an item being worth its cost. Bought so, items leave money over; the completion Add1, as cities use it,
gives everybody a step more, begins anew, and keeps the last outcome before the first that costs more than the budget.
`shares.py` tells how money is rounded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import lcm
from typing import Any

import numpy as np

from .audit.ejr_plus import ejr_plus
from .explain import coverage
from .profile import Profile
from .result import exact, rounded
from .rule import Call, Outcome, Rule, RuleError
from .shares import PARTS, Purchase, Shares

MAX_RUNS = 20_000


def amount(value: Any, code: str, what: str) -> Fraction:
    """A number, with or without decimals, from 0 up; whole numbers, fractions and texts alike. Raises RuleError."""
    try:
        number = None if isinstance(value, bool | float) else Fraction(value)
    except (TypeError, ValueError, ZeroDivisionError):
        number = None
    if number is None or number < 0 or max(number.numerator, number.denominator) >= 1 << 80:
        raise RuleError(code, f"expected {what}: a number from 0 up, such as 90, 2.5 or 1/3, not {value!r}")
    return number


def read_budget(given: Any) -> Fraction:
    """Raises RuleError (`budget_needed`, `bad_budget`)."""
    if given is None:
        raise RuleError("budget_needed", "equal_shares needs the budget: what all that is chosen may cost together")
    return amount(given, "bad_budget", "the budget")


def read_costs(given: Any) -> dict[str, Fraction] | None:
    """Each item's cost; None: each costs 1. Raises RuleError (`bad_cost`)."""
    if given is None:
        return None
    if not isinstance(given, Mapping):
        raise RuleError("bad_cost", "costs are given by item")
    return {item: amount(given[item], "bad_cost", f"the cost of {item!r}") for item in sorted(given)}


def read_step(given: Any) -> Fraction | None:
    """None: 1/n, so that all together get one unit more each time; 0: no completion. Raises RuleError (`bad_step`)."""
    return None if given is None else amount(given, "bad_step", "the step")


@dataclass
class Completion:
    """All runs together: the first (`raw`), the one that is `kept`, after how many `steps`, and why it `end`s there.
    `ties`: sets of equally cheap items in any run, each with the place where it came up first.
    """

    raw: list[Purchase]
    kept: list[Purchase]
    steps: int = 0
    end: str = "no_completion"
    ties: dict[tuple[int, ...], int] = field(default_factory=dict)

    def see(self, bought: list[Purchase]) -> None:
        for place, purchase in enumerate(bought, start=1):
            if len(purchase.tied) > 1:
                self.ties.setdefault(tuple(sorted(purchase.tied)), place)


def completed(shares: Shares, budget: int, step: int, supported: int) -> Completion:
    """`budget` and `step` (what one more step gives all together) are whole, in units of cost."""
    raw = shares.run(budget * PARTS)
    found = Completion(raw, raw)
    found.see(raw)
    for _ in range(MAX_RUNS):
        if len(found.kept) == supported:
            found.end = "all_supported"
        if len(found.kept) == supported or step == 0:
            return found
        ahead = 1 + shares.headroom(found.kept, (budget + found.steps * step) * PARTS) // (step * PARTS)
        tried = shares.run((budget + (found.steps + ahead) * step) * PARTS, budget)
        found.see(tried)
        if sum(shares.costs[purchase.item] for purchase in tried) > budget:
            found.steps, found.end = found.steps + ahead - 1, "next_overspends"
            return found
        found.kept, found.steps = tried, found.steps + ahead
    raise RuleError("bad_step", f"the completion takes more than {MAX_RUNS} runs: take a larger step")


def compute(profile: Profile, call: Call) -> Outcome:
    budget: Fraction = call.parameters["budget"]
    costs = _costs(profile, call.parameters["costs"])
    n = profile.supporting_weight
    asked: Fraction | None = call.parameters["step"]
    step = Fraction(1, max(n, 1)) if asked is None else asked
    scale = lcm(budget.denominator, (step * n).denominator, *(cost.denominator for cost in costs))
    whole = {item: int(cost * scale) for item, cost in enumerate(costs)}
    supported = np.flatnonzero(profile.support).tolist()
    draw = call.ties.places
    found = completed(Shares(profile, whole, draw), int(budget * scale), int(step * n * scale), len(supported))
    unit = Fraction(1, max(n, 1) * PARTS * scale)
    bought = found.kept
    line = [purchase.item for purchase in bought]
    for place, purchase in enumerate(bought, start=1):
        call.ties.order(purchase.tied, "equal price for a unit of cost", place)
    for tied in sorted(found.ties.keys() - {tuple(sorted(purchase.tied)) for purchase in bought}):
        call.ties.order(tied, "equal price for a unit of cost, in another step of the completion", found.ties[tied])
    rest = sorted(set(supported) - set(line), key=lambda item: (-int(profile.support[item]), draw[item]))
    nobody = call.ties.order(np.flatnonzero(profile.support == 0).tolist(), "no supporters", len(supported) + 1)
    names = profile.items
    at_price = {purchase.item: purchase for purchase in bought}

    def record(item: int) -> dict[str, Any]:
        cost = {"cost": exact(costs[item])}
        if item not in at_price:
            return cost | {"by": "not_bought"}
        price = at_price[item].price * unit
        paid = {"price": exact(price), "price_rounded": rounded(price, 9), "gave_all": at_price[item].poor}
        return cost | {"by": "bought"} | paid

    spent = sum((costs[item] for item in line), Fraction(0))
    return Outcome(
        order=[[item] for item in [*line, *rest]] + ([nobody] if nobody else []),
        scores={
            purchase.item: exact(purchase.price * unit / costs[purchase.item] if costs[purchase.item] else 0)
            for purchase in bought
        },
        rounds=coverage(profile.supports, profile.weights, [[item] for item in [*line, *rest]], names, record),
        weight=n,
        unsupported=nobody,
        selected=line,
        audit={"ejr_plus": ejr_plus(profile, line)} if call.audited and len(set(costs)) == 1 else {},
        extra={
            "step": exact(step),
            "steps": found.steps,
            "end": found.end,
            "spent": exact(spent),
            "without_completion": [names[purchase.item] for purchase in found.raw],
        },
    )


def _costs(profile: Profile, given: Mapping[str, Fraction] | None) -> list[Fraction]:
    if given is None:
        return [Fraction(1)] * len(profile.items)
    for item in profile.items:
        if item not in given:
            raise RuleError("costs_needed", f"the item {item!r} has no cost")
    return [given[item] for item in profile.items]


RULE = Rule(
    name="equal_shares",
    version="1",
    summary=(
        "The set that fits the budget: everybody holds an equal share of it, and supporters buy items together. It "
        "reads approvals, not ranks."
    ),
    scores="what a supporter who could pay in full paid for each unit of the item's cost; the least is bought first",
    compute=compute,
    seats="unused",
    parameters={"budget": read_budget, "costs": read_costs, "step": read_step},
    needs="budget",
)
