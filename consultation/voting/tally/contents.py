"""Ballots as the box keeps them, one canonical JSON text each, read by the million.

`{"support":["A"],"tiers":[["A"],["B","C"]],"weight":2}`: keys in this order, no spaces, all but `tiers` optional. The
texts of many ballots are laid one after another and looked at as one array of bytes: quotes tell where strings begin
and end, brackets where tiers do. Whatever is not of this form to the byte is read once more by the JSON reader of
Python, ballot by ballot, so that the two always agree and what is wrong is told as it is there.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import NamedTuple

import numpy as np

from .ballots import MAX_WEIGHT, BallotRow, InvalidBallot, check_items, check_row, check_total
from .checking import check_arrays
from .form import LISTED, SUPPORT, SUPPORTED, WEIGHT, is_canonical, kinds_of, wide
from .packing import Anything, Indices, Ints, by_tier_then_item, offsets
from .profile import Profile
from .words import Words

BATCH = 50_000
THREADS = 2
WORD = 8
_PLAIN = frozenset(map(chr, range(33, 127))) - set('"\\')


class Batch(NamedTuple):
    """Some ballots as arrays, checked: a length, a line and a weight a ballot, an item (its place among the codes) and
    a rank an entry, the items of each tier ascending.
    """

    sizes: Ints
    supported: Ints
    weights: Ints
    listed: Indices
    ranks: Indices


def profile_of_contents(items: Sequence[str], contents: Iterable[bytes]) -> Profile:
    """The profile of stored ballots. Raises InvalidBallot as `Profile.from_ballots` does, and with `bad_json` for what
    is no ballot at all.
    """
    codes = check_items(items)
    batches = _read(Reader(codes), iter(contents))
    if not batches:
        return Profile.from_ballots(codes, [])
    sizes, supported, weights, listed, ranks = (np.concatenate(parts) for parts in zip(*batches, strict=True))
    check_total(int(weights.sum(dtype=object)))
    blank = int(np.count_nonzero(sizes == 0))
    return Profile.merged(codes, offsets(sizes), listed, ranks, supported, weights, len(sizes), blank)


def _read(reader: Reader, source: Iterator[bytes]) -> list[Batch]:
    """All batches in their order. Several are read side by side, while the next are fetched: what is read of one does
    not depend on the others."""
    first = list(islice(source, BATCH))
    if len(first) < BATCH:
        return [reader.read(first, 0)] if first else []
    with ThreadPoolExecutor(max_workers=min(THREADS, os.cpu_count() or 1)) as pool:
        reading = [pool.submit(reader.read, first, 0)]
        while chunk := list(islice(source, BATCH)):
            reading.append(pool.submit(reader.read, chunk, len(reading) * BATCH))
        return [each.result() for each in reading]


def row_of(content: bytes, ballot: int | None = None) -> BallotRow:
    """One ballot. Raises InvalidBallot (`bad_json`)."""
    try:
        value = json.loads(content)
        support = value.get("support")
        tiers = tuple(tuple(tier) for tier in value["tiers"])
        return BallotRow(tiers, None if support is None else frozenset(support), value.get("weight", 1))
    except (ValueError, RecursionError, AttributeError, KeyError, TypeError) as error:
        raise InvalidBallot("bad_json", f"the stored text is no ballot ({error})", ballot) from error


class Reader:
    """Finds the items of one contest, of which there are some, in many texts at once."""

    def __init__(self, items: Sequence[str]) -> None:
        self.known = {code: place for place, code in enumerate(items)}
        self.quick = all(_PLAIN.issuperset(code) for code in items)
        self.words = -(-max(len(code) for code in items) // WORD)
        # What the first words of the codes are, and after each further word which of them it makes.
        self.steps: list[tuple[Words, Ints]] = []
        if not self.quick:
            return
        padded = [code.encode().ljust(self.words * WORD, b"\0") for code in items]
        matrix = np.array([np.frombuffer(code, dtype=">u8") for code in padded]).astype(np.uint64)
        made = np.zeros(len(items), dtype=np.int64)
        for word in range(self.words):
            found = np.unique(matrix[:, word])
            keys = made * len(found) + np.searchsorted(found, matrix[:, word])
            distinct = np.unique(keys)
            self.steps.append((Words(found), distinct))
            made = np.searchsorted(distinct, keys)
        self.place = np.argsort(made)

    def read(self, chunk: Sequence[bytes], before: int) -> Batch:
        """The ballots of some texts; `before`: how many came before them, to tell which one is wrong."""
        found = self._quickly(chunk) if self.quick else None
        return self._one_by_one(chunk, before) if found is None else found

    def _one_by_one(self, chunk: Sequence[bytes], before: int) -> Batch:
        columns: tuple[list[int], ...] = ([], [], [], [], [])
        sizes, supported, weights, listed, ranks = columns
        for number, content in enumerate(chunk, start=before + 1):
            row = row_of(content, number)
            supported.append(check_row(row, self.known, number))
            begin = len(listed)
            for tier in row.tiers:
                ranks += [len(listed) - begin + 1] * len(tier)
                listed += [self.known[item] for item in tier]
            sizes.append(len(listed) - begin)
            if row.weight > MAX_WEIGHT:
                raise InvalidBallot("weight_too_large", f"a ballot weighs {row.weight}", number)
            weights.append(row.weight)
        lengths, above, masses, items, tiers = (np.array(column, dtype=np.int64) for column in columns)
        return Batch(lengths, above, masses, *by_tier_then_item(offsets(lengths), items, tiers, len(self.known)))

    def _quickly(self, chunk: Sequence[bytes]) -> Batch | None:
        """The same, or None where a text is not exactly of the form that the box writes."""
        data = b"\n" + b"\n".join(chunk) + b"\n" + b"\0" * WORD * (self.words + 1)
        text = np.frombuffer(data, dtype=np.uint8)
        lines, quotes = np.flatnonzero(text == ord("\n")), np.flatnonzero(text == ord('"'))
        if len(lines) != len(chunk) + 1 or len(quotes) % 2 or not len(quotes):
            return None
        opens, closes = quotes[::2], quotes[1::2]
        owner = np.repeat(np.arange(len(chunk)), np.diff(np.searchsorted(opens, lines)))
        kinds = kinds_of(data, opens, closes)
        if kinds is None or not is_canonical(data, lines, opens, closes, owner, kinds):
            return None
        listed, known = self._items(data, opens, closes - opens - 1)
        entries, tops = np.flatnonzero(kinds == LISTED), np.flatnonzero(kinds == SUPPORTED)
        if not known[entries].all() or not known[tops].all():
            return None
        rows, width = len(chunk), len(self.known)
        sizes = np.bincount(owner[entries], minlength=rows)
        split = np.bincount(owner[kinds == SUPPORT], minlength=rows) == 1
        above = np.where(split, np.bincount(owner[tops], minlength=rows), sizes)
        places = np.arange(len(entries)) - np.repeat(offsets(sizes)[:-1], sizes) + 1
        leading = entries[split[owner[entries]] & (places <= above[owner[entries]])]
        standing, claimed = (np.sort(owner[at] * width + listed[at]) for at in (leading, tops))
        if not np.array_equal(standing, claimed):
            return None
        fresh = text[opens[entries] - 1] == ord("[")
        ranks = places[np.maximum.accumulate(np.where(fresh, np.arange(len(entries)), 0))]
        weights = np.ones(rows, dtype=np.int64)
        for at in np.flatnonzero(kinds == WEIGHT).tolist():
            number = data[closes[at] + 2 : lines[owner[at] + 1] - 1]
            if not number.isdigit() or number[:1] == b"0" or int(number) > MAX_WEIGHT:
                return None
            weights[owner[at]] = int(number)
        starts, items = offsets(sizes), listed[entries]
        try:
            check_arrays(starts, items, ranks, places, above, weights, width)
        except InvalidBallot:
            return None
        return Batch(sizes, above, weights, *by_tier_then_item(starts, items, ranks, width))

    def _items(self, data: bytes, opens: Ints, size: Ints) -> tuple[Ints, Anything]:
        """Which item each string is, eight bytes at a time, and whether it is one."""
        everywhere = wide(data, ">u8")
        made = np.zeros(len(opens), dtype=np.int64)
        known = size <= self.words * WORD
        for word, (found, distinct) in enumerate(self.steps):
            rest = np.clip(size - word * WORD, 0, WORD)
            begin = np.where(known, opens + 1 + word * WORD, 0)
            shift = ((WORD - rest) * 8).astype(np.uint64)
            value = everywhere[begin].astype(np.uint64)
            value = np.where(
                rest == 0, np.uint64(0), value >> np.minimum(shift, np.uint64(63)) << np.minimum(shift, np.uint64(63))
            )
            at = found.places(value)
            known &= found.words[at] == value
            if word == 0:  # each first word makes something, in the same order
                made = at
                continue
            keys = made * len(found.words) + at
            made = np.minimum(np.searchsorted(distinct, keys), len(distinct) - 1)
            known &= distinct[made] == keys
        return self.place[made], known
