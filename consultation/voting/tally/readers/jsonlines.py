"""Our own form: JSON Lines, the first line about the contest, then a ballot a line.

First line: `{"items": ["A", "B"], "durations": {"A": 30}, "contest": "code", "seats": 2, "budget": 90}`, all
but `items` optional, durations in minutes. A ballot: `{"tiers": [["A"], ["B", "C"]], "support": ["A"],
"weight": 1}`, all but `tiers` optional.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from ..ballots import BallotRow
from .source import Election, Source

_HEAD = {"items", "durations", "contest", "seats", "budget"}
_BALLOT = {"tiers", "support", "weight"}


def read_json_lines(source: Source) -> Election:
    """A file in our own form. Raises ReadError with the line and what was expected there."""
    lines = source.filled()
    line, text = next(lines, (1, ""))
    head = _object(source, line, text, _HEAD, "items", "the first line to name the items")
    items = head["items"]
    if not _texts(items):
        raise source.wrong(line, "expected items to be a list of texts")
    durations = head.get("durations", {})
    if not isinstance(durations, dict):
        raise source.wrong(line, "expected durations to give minutes for each item")
    for item, minutes in durations.items():
        if item not in items:
            raise source.wrong(line, f"a duration is given for {item!r}, which is not among the items")
        _positive(source, line, minutes, f"the duration of {item!r}")
    for key in ("seats", "budget"):
        if key in head:
            _positive(source, line, head[key], key)
    if not isinstance(head.get("contest", ""), str):
        raise source.wrong(line, "expected contest to be a text")

    def ballots() -> Iterator[tuple[int, BallotRow]]:
        for number, row in lines:
            yield number, _ballot(source, number, row)

    return Election(
        profile=source.profile(items, ballots()),
        sha256=source.sha256,
        seats=head.get("seats"),
        budget=Fraction(head["budget"]) if "budget" in head else None,
        costs={item: Fraction(minutes) for item, minutes in durations.items()},
        contest=head.get("contest", ""),
    )


def _ballot(source: Source, line: int, text: str) -> BallotRow:
    ballot = _object(source, line, text, _BALLOT, "tiers", "a ballot with tiers")
    tiers, support = ballot["tiers"], ballot.get("support")
    if not isinstance(tiers, list) or not all(_texts(tier) for tier in tiers):
        raise source.wrong(line, 'expected tiers to be lists of items, such as [["A"], ["B", "C"]]')
    if support is not None and not _texts(support):
        raise source.wrong(line, "expected support to be a list of items")
    if support is not None and len(set(support)) != len(support):
        raise source.wrong(line, "an item is supported twice")
    return BallotRow(
        tuple(tuple(tier) for tier in tiers),
        None if support is None else frozenset(support),
        ballot.get("weight", 1),
    )


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(part, str) for part in value)


def _positive(source: Source, line: int, value: Any, what: str) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 1 << 40:
        raise source.wrong(line, f"expected {what} to be a whole number from 1 up, not {value!r}")


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key is given twice")
    return found


def _object(source: Source, line: int, text: str, keys: set[str], needed: str, expected: str) -> dict[str, Any]:
    try:
        value = json.loads(text, object_pairs_hook=_no_twins)
    except (ValueError, RecursionError) as error:
        raise source.wrong(line, f"expected {expected} as JSON ({error})") from error
    if not isinstance(value, dict) or needed not in value:
        raise source.wrong(line, f"expected {expected}: a JSON object with {needed!r}")
    if unknown := sorted(value.keys() - keys):
        raise source.wrong(line, f"the key {unknown[0]!r} is not known here; known are {', '.join(sorted(keys))}")
    return value
