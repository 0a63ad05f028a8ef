"""What one ballot says, and the checks it must pass before it is counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

MAX_ITEMS = 5_000
"""Items in one contest. Exact loads grow by some 14 bits an item: beyond this a full order is no longer
quick.
"""

MAX_WEIGHT = 1 << 40
"""Weight of all ballots together: every sum that NumPy makes of it stays exact in 64 bits."""


class InvalidBallot(ValueError):
    """A ballot, or a list of items, that cannot be counted.

    `code` is stable and meant for programs: `no_items`, `too_many_items`, `empty_item_code`, `bad_item_code`,
    `duplicate_item_code`, `unknown_item`, `duplicate_item`, `empty_tier`, `bad_weight`, `bad_copies`,
    `weight_too_large`, `support_not_listed`, `support_not_at_top`, and `bad_arrays` from packed ballots.
    `ballot` is the position of the ballot in what was given (1 for the first), where there is one.
    """

    def __init__(self, code: str, detail: str, ballot: int | None = None) -> None:
        self.code = code
        self.detail = detail
        self.ballot = ballot
        super().__init__(detail if ballot is None else f"ballot {ballot}: {detail}")


@dataclass(frozen=True, slots=True)
class BallotRow:
    """One ballot, or several identical ones.

    `tiers`: best first; items in one tier are tied; what is not listed ties at the bottom; `()` is a blank
    ballot.
    `support`: the items above the line that the voter drew, so whole leading tiers; None means all that is
    listed.
    `weight`: of each ballot, a whole number from 1 up.
    `copies`: how many ballots the row stands for (files often count identical ballots together).
    """

    tiers: tuple[tuple[str, ...], ...]
    support: frozenset[str] | None = None
    weight: int = 1
    copies: int = 1


def check_items(items: Sequence[str]) -> tuple[str, ...]:
    """The items in code-point order, which is also the order of their UTF-8 bytes.

    Raises InvalidBallot when there are none or too many, or when a code is empty or given twice.
    """
    if not items:
        raise InvalidBallot("no_items", "a contest needs at least one item")
    if len(items) > MAX_ITEMS:
        raise InvalidBallot("too_many_items", f"{len(items)} items, but at most {MAX_ITEMS} can be counted")
    ordered = tuple(sorted(items))
    if not ordered[0]:
        raise InvalidBallot("empty_item_code", "an item has an empty code")
    for code in ordered:
        if not is_text(code):
            raise InvalidBallot("bad_item_code", f"the item code {code!r} is not valid Unicode text")
    for first, second in pairwise(ordered):
        if first == second:
            raise InvalidBallot("duplicate_item_code", f"the item {first!r} is given twice")
    return ordered


def is_text(value: str) -> bool:
    """Whether the text has UTF-8 bytes: JSON and command lines can carry halves of characters, which have none."""
    return not any("\ud800" <= letter <= "\udfff" for letter in value)


def _positive(value: object, code: str, what: str, ballot: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise InvalidBallot(code, f"the {what} must be a whole number from 1 up, not {value!r}", ballot)


def check_row(row: BallotRow, known: Mapping[str, int], ballot: int) -> int:
    """The number of items above the line. Raises InvalidBallot with the reason when the ballot is not
    valid.
    """
    _positive(row.weight, "bad_weight", "weight", ballot)
    _positive(row.copies, "bad_copies", "number of copies", ballot)
    seen: set[str] = set()
    ends = {0}
    above: int | None = len(row.support) if row.support is not None else None
    remaining = set(row.support or ())
    for tier in row.tiers:
        if not tier:
            raise InvalidBallot("empty_tier", "a tier holds no item", ballot)
        for item in tier:
            if item not in known:
                raise InvalidBallot("unknown_item", f"the item {item!r} is not in this contest", ballot)
            if item in seen:
                raise InvalidBallot("duplicate_item", f"the item {item!r} is listed twice", ballot)
            seen.add(item)
            if above is not None and len(seen) <= above:
                remaining.discard(item)
        ends.add(len(seen))
    if above is None:
        return len(seen)
    if row.support is not None and not row.support <= seen:
        stray = sorted(row.support - seen)[0]
        raise InvalidBallot("support_not_listed", f"the item {stray!r} is supported but not listed", ballot)
    if remaining or above not in ends:
        raise InvalidBallot(
            "support_not_at_top",
            "the supported items must be whole tiers from the top: what stands above a line",
            ballot,
        )
    return above


def check_total(total: int) -> int:
    """The same total, once it is known to fit. Raises InvalidBallot (`weight_too_large`) above MAX_WEIGHT."""
    if total > MAX_WEIGHT:
        raise InvalidBallot(
            "weight_too_large", f"the ballots weigh {total} together, but at most {MAX_WEIGHT} can be counted"
        )
    return total
