"""The form in which the box writes ballots, seen in the bytes of many of them at once."""

from __future__ import annotations

import numpy as np

from .packing import Anything, Ints

GAP = 4
SUPPORTED, LISTED, SUPPORT, TIERS, WEIGHT, END = range(6)  # two kinds of items, three keys, the end of a ballot
_KEYS = {SUPPORT: b'"support', TIERS: b'"tiers":', WEIGHT: b'"weight"'}
_BETWEEN = {
    (SUPPORT, SUPPORTED): (b":[",),
    (SUPPORT, TIERS): (b":[],",),
    (SUPPORTED, SUPPORTED): (b",",),
    (SUPPORTED, TIERS): (b"],",),
    (TIERS, LISTED): (b":[[",),
    (TIERS, WEIGHT): (b":[],",),
    (TIERS, END): (b":[]}",),
    (LISTED, LISTED): (b",", b"],["),
    (LISTED, WEIGHT): (b"]],",),
    (LISTED, END): (b"]]}",),
}
"""What may stand between two strings, by what they are: all there is of the form but the strings themselves."""


def kinds_of(data: bytes, opens: Ints, closes: Ints) -> Ints | None:
    """What each string is; None where one before a colon is no key of ours."""
    words = wide(data, ">u8")[opens]
    kinds = np.full(len(opens), END, dtype=np.int64)
    for kind, name in _KEYS.items():
        length = len(name.rstrip(b":").strip(b'"'))
        kinds[(words == int.from_bytes(name, "big")) & (closes - opens - 1 == length) & is_key(data, closes)] = kind
    if (is_key(data, closes) != (kinds != END)).any() or kinds[0] == END:
        return None
    last = kinds[np.maximum.accumulate(np.where(kinds != END, np.arange(len(kinds)), 0))]
    return np.where(kinds != END, kinds, np.where(last == SUPPORT, SUPPORTED, LISTED))


def is_key(data: bytes, closes: Ints) -> Anything:
    found: Anything = np.frombuffer(data, dtype=np.uint8)[closes + 1] == ord(":")
    return found


def is_canonical(data: bytes, lines: Ints, opens: Ints, closes: Ints, owner: Ints, kinds: Ints) -> bool:
    """Whether every ballot begins with a brace and a first key, and nothing stands between strings but what may."""
    first = np.searchsorted(owner, np.arange(len(lines) - 1))
    if (first >= len(opens)).any() or not np.array_equal(owner[first], np.arange(len(lines) - 1)):
        return False
    begins = np.frombuffer(data, dtype=np.uint8)[lines[:-1] + 1] == ord("{")
    if (
        not begins.all()
        or (opens[first] != lines[:-1] + 2).any()
        or np.isin(kinds[first], (SUPPORTED, LISTED, WEIGHT)).any()
    ):
        return False
    last = np.append(owner[1:] != owner[:-1], True)
    follows = np.where(last, END, np.append(kinds[1:], END))
    until = np.where(last, lines[owner + 1], np.append(opens[1:], 0))
    gap = until - closes - 1
    numbers = kinds == WEIGHT  # what stands behind this key is a number, and the end
    if (follows[numbers] != END).any() or (np.frombuffer(data, dtype=np.uint8)[until[numbers] - 1] != ord("}")).any():
        return False
    if (gap[~numbers] < 1).any() or (gap[~numbers] > GAP).any():
        return False
    shift = ((GAP - np.clip(gap, 1, GAP)) * 8).astype(np.int64)
    between = wide(data, ">u4")[closes + 1].astype(np.int64) >> shift
    found = ((kinds * (END + 1) + follows) * (GAP + 1) + np.clip(gap, 0, GAP)) << (8 * GAP) | between
    allowed = [
        ((kind * (END + 1) + then) * (GAP + 1) + len(text)) << (8 * GAP) | int.from_bytes(text, "big")
        for (kind, then), texts in _BETWEEN.items()
        for text in texts
    ]
    return bool(np.isin(found[~numbers], allowed).all())


def wide(data: bytes, kind: str) -> Anything:
    """The bytes from every place on, read as whole numbers of several bytes."""
    size = np.dtype(kind).itemsize
    return np.ndarray((len(data) - size + 1,), dtype=kind, buffer=data, strides=(1,))
