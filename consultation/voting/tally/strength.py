"""Majorities, how strong they are, and orders made of them: what schulze and ranked_pairs share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .explain import coverage
from .packing import Ints
from .pairwise import table
from .profile import Profile
from .rule import UNLISTED_LAST, Call, Outcome, RuleError

STRENGTHS = ("margins", "winning_votes")


def read_strength(given: Any) -> str:
    """How majorities are measured. Raises RuleError (`bad_strength`)."""
    if given is None:
        return STRENGTHS[0]
    if given not in STRENGTHS:
        raise RuleError("bad_strength", f"majorities are measured by {' or '.join(STRENGTHS)}, not {given!r}")
    return str(given)


def majorities(prefers: Ints, strength: str) -> Ints:
    """At [a, b] how strong the majority is that prefers a to b, and 0 where there is none: by how much weight it is
    larger (margins), or how large it is (winning_votes).
    """
    won = prefers > prefers.T
    return np.where(won, prefers - prefers.T if strength == "margins" else prefers, 0)


def layers(above: NDArray[np.bool_]) -> list[list[int]]:
    """Tiers of a strict partial order (at [a, b] whether a stands above b): again and again those that nothing left
    stands above.
    """
    left = np.ones(len(above), dtype=bool)
    tiers = []
    while left.any():
        top = left & ~above[left].any(axis=0)
        tiers.append(np.flatnonzero(top).tolist())
        left &= ~top
    return tiers


def outcome_of(
    profile: Profile, call: Call, prefers: Ints, tiers: Sequence[Sequence[int]], scores: dict[int, str]
) -> Outcome:
    """What a rule found that orders items by majorities."""
    drawn: list[list[int]] = []
    place = 1
    for tier in tiers:
        drawn.append(call.ties.order(tier, "no majority or chain of majorities decides", place))
        place += len(tier)
    return Outcome(
        order=drawn,
        scores=scores,
        rounds=coverage(profile.lists, profile.weights, drawn, profile.items, lambda item: {}),
        weight=profile.listing_weight,
        unsupported=[item for tier in drawn for item in tier if not profile.listing[item]],
        extra={"pairwise": table(profile, prefers)},
        said=UNLISTED_LAST,
    )
