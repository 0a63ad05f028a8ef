"""Numbers that look random and are the same every time: SHA-256 over a seed and a counter.

Block i, i from 0, is SHA-256 over the seed's UTF-8 bytes, preceded by their length in eight bytes, and i in eight bytes
(all big-endian). Read as eight unsigned big-endian numbers of 32 bits, it gives numbers below a bound by leaving out
those that are not below the largest multiple of the bound, and taking the remainder of the others.
"""

from __future__ import annotations

import hashlib

import numpy as np

from .packing import Ints

WORDS = 8
LARGEST = 1 << 32


class Stream:
    """The numbers of one seed, in order."""

    def __init__(self, seed: str) -> None:
        data = seed.encode()
        self._seeded = hashlib.sha256(len(data).to_bytes(8, "big") + data)
        self._block = 0

    def below(self, bound: int, count: int) -> Ints:
        """The next `count` numbers from 0 to bound - 1; the bound is from 1 to 2^32. What is left of the last block
        that was needed is not used again.
        """
        if not 1 <= bound <= LARGEST:
            raise ValueError(f"numbers can be drawn below a bound from 1 to {LARGEST}, not {bound}")
        kept: list[Ints] = []
        missing = count
        while missing > 0:
            words = self._words(-(-missing // WORDS))
            taken = (words[words < LARGEST // bound * bound] % bound)[:missing]
            kept.append(taken)
            missing -= len(taken)
        return np.concatenate(kept) if kept else np.zeros(0, dtype=np.int64)

    def _words(self, blocks: int) -> Ints:
        parts = []
        for number in range(self._block, self._block + blocks):
            block = self._seeded.copy()
            block.update(number.to_bytes(8, "big"))
            parts.append(block.digest())
        self._block += blocks
        return np.frombuffer(b"".join(parts), dtype=">u4").astype(np.int64)
