"""The Condorcet check: whether one item is preferred to each other item by more weight than prefers the
other.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from .explain import coverage
from .pairwise import beats, majority_tiers, table
from .profile import Profile
from .result import exact
from .rule import UNLISTED_LAST, Call, Outcome, Rule


def compute(profile: Profile, call: Call) -> Outcome:
    prefers = profile.prefers
    strict = beats(prefers)
    wins, losses = strict.sum(axis=1), strict.sum(axis=0)
    width = len(profile.items)
    tiers: list[list[int]] = []
    place = 1
    for tier in majority_tiers(prefers):
        tiers.append(call.ties.order(tier, "no majority separates them", place))
        place += len(tier)

    def record(item: int) -> dict[str, Any]:
        won, lost = int(wins[item]), int(losses[item])
        return {"wins": won, "losses": lost, "ties": width - 1 - won - lost}

    return Outcome(
        order=tiers,
        scores={
            item: exact(int(wins[item]) + Fraction(width - 1 - int(wins[item] + losses[item]), 2))
            for item in range(width)
        },
        rounds=coverage(profile.lists, profile.weights, tiers, profile.items, record),
        weight=profile.listing_weight,
        unsupported=[item for tier in tiers for item in tier if not profile.listing[item]],
        selected=tiers[0] if len(tiers[0]) == 1 else [],
        extra={"pairwise": table(profile, prefers)},
        said=UNLISTED_LAST,
    )


RULE = Rule(
    name="condorcet",
    version="1",
    summary=(
        "The item, if there is one, that a majority prefers to each other. Below it, tiers that majorities separate."
    ),
    scores="majorities won, a tie counting half",
    compute=compute,
    seats="unused",
)
