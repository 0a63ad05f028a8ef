"""Ties: broken by a published draw that nobody here controls, and every use written down."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any


def priority(contest: str, beacon: str, item: str) -> str:
    """The item's priority, 64 hexadecimal digits; the lowest comes first.

    SHA-256 over the contest's code, the beacon and the item's code, each as UTF-8 and preceded by its length
    in bytes (eight bytes, big-endian), so that no two different triples give the same bytes.
    """
    sha = hashlib.sha256()
    for part in (contest, beacon, item):
        data = part.encode()
        sha.update(len(data).to_bytes(8, "big") + data)
    return sha.hexdigest()


@dataclass
class TieBreaker:
    """The draw of one tally, and its log.

    `items`: the contest's items; rules name them by position in it.
    """

    contest: str
    beacon: str
    items: Sequence[str]
    log: list[dict[str, Any]] = field(default_factory=list)

    @cached_property
    def draws(self) -> list[str]:
        """The priority of each item."""
        return [priority(self.contest, self.beacon, item) for item in self.items]

    @cached_property
    def places(self) -> list[int]:
        """The place of each item in the draw, 0 the first: the lower wins a tie."""
        ranked = self.sorted(range(len(self.items)))
        return sorted(range(len(ranked)), key=ranked.__getitem__)

    def sorted(self, tied: Iterable[int]) -> list[int]:
        """The items by priority, first the one that wins a tie. Writes nothing down."""
        return sorted(tied, key=lambda item: (self.draws[item], self.items[item]))

    def order(self, tied: Iterable[int], reason: str, place: int) -> list[int]:
        """The tied items by priority, with a line in the log when there are two or more.

        `place`: the place in the order (1 the first) that the first of them takes; `reason`: what they tie
        on.
        """
        ranked = self.sorted(tied)
        if len(ranked) > 1:
            self.log.append(
                {
                    "place": place,
                    "reason": reason,
                    "items": [self.items[item] for item in ranked],
                    "priorities": [self.draws[item] for item in ranked],
                }
            )
        return ranked
