"""A profile: all the ballots of a contest, merged, packed and in canonical order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from .ballots import BallotRow, check_items, check_row, check_total
from .checking import check_arrays, check_starts
from .packing import (
    Anything,
    Doubles,
    Incidence,
    Indices,
    Ints,
    by_tier_then_item,
    digest,
    group_rows,
    lengths,
    matrix_of,
    offsets,
    pack_columns,
    quick_sums,
    rows_by_length,
    words_of,
)


@dataclass(frozen=True, eq=False)
class Profile:
    """Ballots as flat arrays; make one with `from_ballots` or `from_arrays`.

    `items`: codes in code-point order (the order in which they were given has no meaning).
    `starts` (rows + 1): where each row's entries begin; `listed`, `ranks` (entries): the item's position in
    `items`, and its rank on the ballot, one more than the number of items above it (tied items share a rank).
    `supported` (rows): how many of the row's leading entries are above its line. `weights` (rows): summed
    weight of the identical ballots that the row stands for. `ballots`: how many were cast; `blank`: how many
    of them list nothing.
    """

    items: tuple[str, ...]
    starts: Ints
    listed: Indices
    ranks: Indices
    supported: Ints
    weights: Ints
    ballots: int
    blank: int

    @classmethod
    def from_ballots(cls, items: Sequence[str], ballots: Iterable[BallotRow]) -> Profile:
        """Checks, merges and packs ballots. Raises InvalidBallot with the code and the position of what is
        wrong.
        """
        codes = check_items(items)
        known = {code: position for position, code in enumerate(codes)}
        listed: list[int] = []
        ranks: list[int] = []
        sizes: list[int] = []
        supported: list[int] = []
        weights: list[int] = []
        total = cast = blank = 0
        for number, row in enumerate(ballots, start=1):
            supported.append(check_row(row, known, number))
            before = len(listed)
            for tier in row.tiers:
                rank = len(listed) - before + 1
                listed.extend([known[item] for item in tier])
                ranks.extend([rank] * len(tier))
            sizes.append(len(listed) - before)
            total = check_total(total + row.weight * row.copies)
            weights.append(row.weight * row.copies)
            cast += row.copies
            blank += 0 if row.tiers else row.copies
        return cls._canonical(
            codes,
            offsets(np.array(sizes, dtype=np.int64)),
            np.array(listed, dtype=np.int64),
            np.array(ranks, dtype=np.int64),
            np.array(supported, dtype=np.int64),
            np.array(weights, dtype=np.int64),
            cast,
            blank,
        )

    @classmethod
    def from_arrays(
        cls,
        items: Sequence[str],
        starts: Anything,
        listed: Anything,
        ranks: Anything | None = None,
        supported: Anything | None = None,
        weights: Anything | None = None,
    ) -> Profile:
        """The same from arrays, for what is stored packed: a row is one ballot, `listed` counts in the given
        `items`.

        `ranks` None means strict orders, `supported` None everything listed, `weights` None one each.
        Raises InvalidBallot (`bad_arrays` where the shapes or ranks do not fit together).
        """
        codes = check_items(items)
        position = {code: place for place, code in enumerate(codes)}
        renumber = np.array([position[code] for code in items], dtype=np.int64)
        begins = np.asarray(starts, dtype=np.int64)
        entries = np.asarray(listed, dtype=np.int64)
        check_starts(begins, len(entries))
        sizes = lengths(begins)
        places = np.arange(len(entries)) - np.repeat(begins[:-1], sizes) + 1
        rank = places if ranks is None else np.asarray(ranks, dtype=np.int64)
        above = sizes if supported is None else np.asarray(supported, dtype=np.int64)
        weight = np.ones(len(sizes), dtype=np.int64) if weights is None else np.asarray(weights, dtype=np.int64)
        check_arrays(begins, entries, rank, places, above, weight, len(codes))
        return cls._canonical(
            codes,
            begins,
            renumber[entries],
            rank,
            above,
            weight,
            len(sizes),
            int(np.count_nonzero(sizes == 0)),
        )

    @classmethod
    def _canonical(
        cls,
        items: tuple[str, ...],
        starts: Ints,
        listed: Anything,
        ranks: Anything,
        supported: Ints,
        weights: Ints,
        ballots: int,
        blank: int,
    ) -> Profile:
        entries, ranked = by_tier_then_item(starts, listed, ranks, len(items))
        return cls.merged(items, starts, entries, ranked, supported, weights, ballots, blank)

    @classmethod
    def merged(
        cls,
        items: tuple[str, ...],
        starts: Ints,
        entries: Indices,
        ranked: Indices,
        supported: Ints,
        weights: Ints,
        ballots: int,
        blank: int,
    ) -> Profile:
        """Of ballots that were checked, the items of each tier ascending: rows sorted by length, words and line, and
        equal rows merged."""
        words = words_of(starts, entries, ranked)
        kept: list[Ints] = []
        sums: list[Ints] = []
        for length, rows in rows_by_length(starts):
            columns = pack_columns(matrix_of(starts, words, rows, length), 2 * len(items))
            order, begins = group_rows([*columns, supported[rows]])
            kept.append(rows[order[begins]])
            sums.append(np.add.reduceat(weights[rows[order]], begins))
        chosen = np.concatenate(kept) if kept else np.zeros(0, dtype=np.int64)
        merged = np.concatenate(sums) if sums else np.zeros(0, dtype=np.int64)
        sizes = lengths(starts)[chosen]
        fresh = offsets(sizes)
        source = np.arange(fresh[-1]) + np.repeat(starts[:-1][chosen] - fresh[:-1], sizes)
        return cls(items, fresh, entries[source], ranked[source], supported[chosen], merged, ballots, blank)

    def reweighted(self, weights: Ints) -> Profile:
        """The same rows with other weights, 0 included: for counting what other ballots would have given. Its digest
        is not that of ballots from which rows of weight 0 were left out.
        """
        check_total(int(weights.sum()))
        other = replace(self, weights=weights)
        other.__dict__["lists"] = self.lists  # who lists what stays, and is costly to find
        other.__dict__["supports"] = self.supports
        return other

    @cached_property
    def input_sha256(self) -> str:
        """SHA-256 of the multiset of ballots with the items: the same however ballots are ordered, merged or
        split by weight.

        Over these bytes, every number an unsigned big-endian integer of eight bytes: the number of items; for
        each item in code-point order the length of its UTF-8 bytes, and these; the number of distinct
        ballots; for each of them its summed weight, the number of items it lists, the number of these above
        its line, and one number for each item listed, in the order of the ballot, tied items in code-point
        order: twice the item's position (0 first), plus 1 where it opens a tier.
        Ballots are ordered by the number of items they list, then by these last numbers, then by the number
        above the line.
        """
        words = words_of(self.starts, self.listed, self.ranks)
        return digest(self.items, self.starts, words, self.supported, self.weights)

    @cached_property
    def doubles(self) -> Doubles:
        """The weights as doubles, for `quick_sums`: all of them together are below 2^53 (`check_total`)."""
        return self.weights.astype(np.float64)

    @cached_property
    def lists(self) -> Incidence:
        """Which row lists which item."""
        return Incidence(self.starts, self.listed, len(self.items))

    @cached_property
    def supports(self) -> Incidence:
        """Which row supports which item: what it lists above its line."""
        sizes = lengths(self.starts)
        if np.array_equal(sizes, self.supported):
            return self.lists
        places = np.arange(len(self.listed)) - np.repeat(self.starts[:-1], sizes)
        return Incidence(
            offsets(self.supported), self.listed[places < np.repeat(self.supported, sizes)], len(self.items)
        )

    @cached_property
    def prefers(self) -> Ints:
        """At [a, b] the weight of the ballots that place a above b: what all rules that compare items read."""
        from .pairwise import pairwise

        return pairwise(self)

    @cached_property
    def listing_weight(self) -> int:
        """n of the rules that read the order: the weight of the ballots that list something."""
        return int(self.weights[lengths(self.starts) > 0].sum())

    @cached_property
    def supporting_weight(self) -> int:
        """n of the rules that read approvals: the weight of the ballots that support something."""
        return int(self.weights[self.supported > 0].sum())

    @cached_property
    def support(self) -> Ints:
        """Weight of each item's supporters."""
        return quick_sums(self.supports.items, self.doubles[self.supports.owners], len(self.items))

    @cached_property
    def listing(self) -> Ints:
        """Weight of the ballots that list each item."""
        return quick_sums(self.lists.items, self.doubles[self.lists.owners], len(self.items))
