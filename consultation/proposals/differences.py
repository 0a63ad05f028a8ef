"""What changed between two texts, word by word. Pure."""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from enum import StrEnum
from functools import lru_cache

_PIECES = re.compile(r"\s+|\w+|[^\w\s]")
MAXIMUM_COMPARISONS = 1_000_000
"""Beyond it the middle of two texts is shown as replaced: comparing costs the product of their lengths."""


class Change(StrEnum):
    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"


@lru_cache(maxsize=512)
def changes(old: str, new: str) -> tuple[tuple[Change, str], ...]:
    """The pieces of both texts in reading order: without the added ones they are ``old``, without the removed ones
    ``new``."""
    before, after = _PIECES.findall(old), _PIECES.findall(new)
    head = _common(before, after)
    tail = _common(before[head:][::-1], after[head:][::-1])
    middle = _compared(before[head : len(before) - tail], after[head : len(after) - tail])
    whole = [(Change.SAME, before[:head]), *middle, (Change.SAME, before[len(before) - tail :])]
    return tuple((change, "".join(pieces)) for change, pieces in whole if pieces)


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    length = 0
    for mine, theirs in zip(one, other, strict=False):
        if mine != theirs:
            break
        length += 1
    return length


def _compared(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[Change, Sequence[str]]]:
    if len(before) * len(after) > MAXIMUM_COMPARISONS:
        yield Change.REMOVED, before
        yield Change.ADDED, after
        return
    for tag, from_, to, other_from, other_to in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            yield Change.SAME, before[from_:to]
        else:
            yield Change.REMOVED, before[from_:to]
            yield Change.ADDED, after[other_from:other_to]
