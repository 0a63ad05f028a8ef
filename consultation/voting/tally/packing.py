"""Ballots in flat arrays: the layout that keeps a million ballots in some tens of megabytes.

A row of `starts` (length rows + 1) gives where each ballot's entries begin and end in the flat arrays beside
it, the layout known as compressed sparse rows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Indices = NDArray[np.int32]
Anything = NDArray[Any]
Doubles = NDArray[np.float64]


def weighted_sums(index: Anything, values: Anything, size: int) -> Ints:
    """Sum of `values` for each value of `index`: an array of `size` integers, or of as many as the index
    needs.

    Doubles add whole numbers exactly below 2^53; where the sum might reach that, integers are added one by
    one.
    """
    if index.size == 0:
        return np.zeros(size, dtype=np.int64)
    if int(np.abs(values).max()) * index.size < 1 << 53:
        return np.bincount(index, weights=values, minlength=size).astype(np.int64)
    sums = np.zeros(max(size, int(index.max()) + 1), dtype=np.int64)
    np.add.at(sums, index, values)
    return sums


def quick_sums(index: Anything, doubles: Doubles, size: int) -> Ints:
    """The same for whole numbers given as doubles, none below 0, whose sum is below 2^53: as that of all weights is."""
    return np.bincount(index, weights=doubles, minlength=size).astype(np.int64)


def lengths(starts: Ints) -> Ints:
    """Number of entries of each row."""
    return np.diff(starts)


def offsets(counts: Anything) -> Ints:
    """`starts` for rows of these lengths."""
    starts = np.zeros(len(counts) + 1, dtype=np.int64)
    np.cumsum(counts, out=starts[1:])
    return starts


@dataclass(frozen=True, eq=False)
class Incidence:
    """Which row names which item: seen by row as it is given, and by item.

    `starts` (rows + 1), `items` (entries), `width` (number of items). By item, entries keep the order of the
    rows.
    """

    starts: Ints
    items: Indices
    width: int

    @cached_property
    def owners(self) -> Indices:
        """The row of each entry."""
        return np.repeat(np.arange(len(self.starts) - 1, dtype=np.int32), lengths(self.starts))

    @cached_property
    def by_item(self) -> Ints:
        """The entries, item after item: a permutation."""
        small = self.items.astype(np.uint16)  # sixteen bits sort by counting, in linear time
        return np.argsort(small, kind="stable").astype(np.int64)

    @cached_property
    def item_starts(self) -> Ints:
        """Where each item's entries begin in `by_item` and `rows` (items + 1)."""
        return offsets(np.bincount(self.items, minlength=self.width))

    @cached_property
    def rows(self) -> Indices:
        """The rows that name each item, item after item."""
        return self.owners[self.by_item]

    def rows_of(self, item: int) -> Indices:
        """The rows that name the item, ascending (a view)."""
        return self.rows[self.item_starts[item] : self.item_starts[item + 1]]


def by_tier_then_item(starts: Ints, items: Anything, ranks: Anything, width: int) -> tuple[Indices, Indices]:
    """Items and ranks with each tier's items ascending, so that equal ballots become equal rows."""
    owners = np.repeat(np.arange(len(starts) - 1, dtype=np.int64), lengths(starts))
    keys = (owners * (width + 1) + ranks) * width + items
    if (keys[1:] > keys[:-1]).all():  # as the box writes them
        return items.astype(np.int32), ranks.astype(np.int32)
    keys.sort()
    rest = keys // width
    return (keys - rest * width).astype(np.int32), (rest % (width + 1)).astype(np.int32)


def words_of(starts: Ints, items: Indices, ranks: Indices) -> Ints:
    """One number an entry: twice the item's position, plus one where the entry opens a tier."""
    opens = np.ones(len(items), dtype=np.int64)
    opens[1:] = ranks[1:] != ranks[:-1]
    first = starts[:-1][lengths(starts) > 0]
    opens[first] = 1
    return items.astype(np.int64) * 2 + opens


def pack_columns(matrix: Ints, largest: int) -> list[Ints]:
    """The columns of a matrix of numbers from 0 to `largest`, several to a word, order kept."""
    bits = max(1, int(largest).bit_length())
    each = 62 // bits
    packed = []
    for begin in range(0, matrix.shape[1], each):
        word = np.zeros(len(matrix), dtype=np.int64)
        for column in range(begin, min(begin + each, matrix.shape[1])):
            word = (word << bits) | matrix[:, column]
        packed.append(word)
    return packed


def group_rows(columns: Sequence[Ints]) -> tuple[Ints, Ints]:
    """A permutation that sorts rows by these columns (first column first), and where each group of equals
    begins.
    """
    order = np.lexsort(tuple(reversed(columns)))
    changed = np.zeros(len(order), dtype=bool)
    changed[:1] = True
    for column in columns:
        ordered = column[order]
        changed[1:] |= ordered[1:] != ordered[:-1]
    return order, np.flatnonzero(changed)


def rows_by_length(starts: Ints) -> list[tuple[int, Ints]]:
    """The rows of each length that occurs, shortest first."""
    count = lengths(starts)
    order = np.argsort(count, kind="stable")
    found, begins = np.unique(count[order], return_index=True)
    ends = np.append(begins[1:], len(order))
    return [(int(found[at]), order[begins[at] : ends[at]]) for at in range(len(found))]


def matrix_of(starts: Ints, flat: Anything, rows: Ints, length: int) -> Anything:
    """Rows of one length as a matrix."""
    matrix: Anything = flat[starts[rows][:, None] + np.arange(length)]
    return matrix


def digest(items: Sequence[str], starts: Ints, words: Ints, supported: Ints, weights: Ints) -> str:
    """SHA-256 of rows already in canonical order; the bytes are those told at `Profile.input_sha256`."""
    sha = hashlib.sha256()
    sha.update(len(items).to_bytes(8, "big"))
    for item in items:
        code = item.encode()
        sha.update(len(code).to_bytes(8, "big") + code)
    rows = len(weights)
    sha.update(rows.to_bytes(8, "big"))
    flat = np.empty(len(words) + 3 * rows, dtype=np.int64)
    heads = starts[:-1] + 3 * np.arange(rows)
    body = np.ones(len(flat), dtype=bool)
    for place, column in enumerate((weights, lengths(starts), supported)):
        flat[heads + place] = column
        body[heads + place] = False
    flat[body] = words
    sha.update(flat.astype(">i8").tobytes())
    return sha.hexdigest()
