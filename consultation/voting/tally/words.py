"""Finding many words in a short list of them: what the codes of the items are, eight bytes at a time."""

from __future__ import annotations

from hashlib import sha256

import numpy as np

from .packing import Anything, Ints


class Words:
    """A sorted list of distinct words (numbers of 64 bits, without a sign), and where others can be in it: found by a
    multiplication and a table, where the list is so short that a multiplier keeps its words apart, else by halving.
    """

    MOST = 700

    def __init__(self, words: Anything) -> None:
        self.words = words
        self.table: Anything | None = None
        bits = 2 * len(words).bit_length() + 1
        self.shift = np.uint64(64 - bits)
        for number in range(64 if len(words) <= self.MOST else 0):
            multiplier = int.from_bytes(sha256(number.to_bytes(8, "big")).digest()[:8], "big") | 1
            self.multiplier = np.uint64(multiplier)
            slots = self._slots(words)
            if len(np.unique(slots)) == len(words):
                self.table = np.zeros(1 << bits, dtype=np.int16)
                self.table[slots] = np.arange(len(words))
                break

    def places(self, values: Anything) -> Ints:
        """The place of each value, or of any word where it is not among them."""
        if self.table is None:
            return np.minimum(np.searchsorted(self.words, values), len(self.words) - 1)
        return self.table.take(self._slots(values)).astype(np.int64)

    def _slots(self, values: Anything) -> Ints:
        return (values * self.multiplier >> self.shift).astype(np.int64)
