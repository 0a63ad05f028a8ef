"""Every item against every other: the weight of the ballots that prefer the first."""

from __future__ import annotations

import numpy as np

from .packing import Ints, matrix_of, quick_sums, rows_by_length
from .profile import Profile


def pairwise(profile: Profile) -> Ints:
    """A square matrix: at [a, b] the weight of the ballots that place a above b.

    A listed item stands above every unlisted one; two unlisted items, and two of one tier, are not preferred
    either way.
    Whoever lists a prefers a to b unless b stands above it or beside it, so that only pairs within a list are
    counted.
    """
    width = len(profile.items)
    above = np.zeros(width * width, dtype=np.int64)
    beside = np.zeros(width * width, dtype=np.int64)
    for length, rows in rows_by_length(profile.starts):
        items = matrix_of(profile.starts, profile.listed, rows, length).astype(np.int64)
        ranks = matrix_of(profile.starts, profile.ranks, rows, length)
        weights = profile.doubles[rows]
        for first in range(length):
            for second in range(first + 1, length):
                keys = items[:, first] * width + items[:, second]
                level = ranks[:, first] == ranks[:, second]
                if level.any():
                    beside += quick_sums(keys[level], weights[level], width * width)
                    keys, beyond = keys[~level], weights[~level]
                else:
                    beyond = weights
                above += quick_sums(keys, beyond, width * width)
    higher = above.reshape(width, width)
    tied = beside.reshape(width, width)
    prefers = profile.listing[:, None] - higher.T - tied - tied.T
    np.fill_diagonal(prefers, 0)
    return prefers


def beats(prefers: Ints) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    """At [a, b] whether more weight prefers a to b than b to a."""
    return prefers > prefers.T


def majority_tiers(prefers: Ints) -> list[list[int]]:
    """The items cut wherever all those above beat all those below: the first tier is the Smith set.

    A Condorcet winner stands alone in the first tier, and only such a winner does.
    J. H. Smith, Aggregation of preferences with variable electorate, Econometrica 41 (1973).
    """
    width = len(prefers)
    strict = beats(prefers)
    unbeaten_by = (~strict.T).sum(axis=1)  # how many items do not beat it (itself among them): more in a higher tier
    order = np.argsort(-unbeaten_by, kind="stable")
    ordered = strict[np.ix_(order, order)].astype(np.int64)
    inside = np.diagonal(ordered.cumsum(axis=0).cumsum(axis=1))
    outward = ordered.sum(axis=1).cumsum() - inside
    top = np.arange(1, width + 1)
    cuts = np.flatnonzero(outward == top * (width - top)) + 1
    return [part.tolist() for part in np.split(order, cuts[:-1])]


def table(profile: Profile, prefers: Ints) -> dict[str, dict[str, int]]:
    """Item, other item, weight that prefers the first: as a result shows it."""
    names, rows = profile.items, prefers.tolist()
    return {item: {other: rows[a][b] for b, other in enumerate(names) if a != b} for a, item in enumerate(names)}
