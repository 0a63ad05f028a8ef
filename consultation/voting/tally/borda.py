"""Borda with ties averaged: one point for each item placed below, half a point for each item tied with.

What a ballot does not list ties at the bottom, so that the score is also the sum over the other items of
(weight that prefers the item + half the weight that ties the two): the tournament form of Borda's count.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from .explain import coverage, tiers_by_score
from .packing import Ints, lengths, weighted_sums
from .profile import Profile
from .result import exact
from .rule import Call, Outcome, Rule
from .tiers import tier_sizes


def doubled_scores(profile: Profile) -> Ints:
    """Twice each item's Borda score, so that every ballot gives whole points. Blank ballots give none."""
    width = len(profile.items)
    sizes = lengths(profile.starts)
    counted = np.where(sizes > 0, profile.weights, 0)
    unlisted = (
        width - sizes - 1
    )  # twice the points of an item at the bottom; where none is there, nothing is left of it
    owners = profile.lists.owners
    listed = 2 * width - 2 * profile.ranks.astype(np.int64) + 1 - tier_sizes(profile)
    gain = (listed - unlisted[owners]) * profile.weights[owners]
    return weighted_sums(profile.listed, gain, width) + int((counted * unlisted).sum())


def compute(profile: Profile, call: Call) -> Outcome:
    doubled = doubled_scores(profile)
    scores = [Fraction(int(score), 2) for score in doubled]
    tiers = tiers_by_score(scores, range(len(profile.items)), call.ties, "Borda score")
    return Outcome(
        order=tiers,
        scores={item: exact(score) for item, score in enumerate(scores)},
        rounds=coverage(
            profile.lists, profile.weights, tiers, profile.items, lambda item: {"score": exact(scores[item])}
        ),
        weight=profile.listing_weight,
        unsupported=[item for tier in tiers for item in tier if not profile.listing[item]],
    )


RULE = Rule(
    name="borda",
    version="1",
    summary=(
        "Most points first: a point for each item placed below, half "
        "a point for each tied with; unlisted items tie at the bottom."
    ),
    scores="Borda points, ties averaged",
    compute=compute,
)
