"""Small decisions of an import. Pure."""

from collections.abc import Mapping
from typing import Any

from consultation.exchange.reading.records import identity

ADDRESS_MARK = "@"


def identity_of(kind: str, ref: str) -> str:
    """The identity that ``reading`` gives the first row with this ``ref``: by it a row of one file finds what an
    earlier file brought. SHA-256 in hex."""
    return identity(kind, f"ref:{ref}", 0)


def public_label(author: str) -> str | None:
    """The name under which an imported text is shown. An e-mail address is nobody's public name."""
    return None if not author or ADDRESS_MARK in author else author


def tiers_of(marks: Mapping[str, str]) -> tuple[tuple[str, ...], ...]:
    """A ballot from item → rank: 1 is the first tier; what has no rank stands in the last. Raises ValueError for a
    rank that is no whole number from 1 up."""
    tiers: dict[int, list[str]] = {}
    unranked = []
    for item, value in marks.items():
        if not value:
            unranked.append(item)
        elif not is_rank(value):
            raise ValueError(value)
        else:
            tiers.setdefault(int(value), []).append(item)
    ordered = [tuple(sorted(tiers[rank])) for rank in sorted(tiers)]
    return tuple([*ordered, tuple(sorted(unranked))] if unranked else ordered)


def is_rank(value: str) -> bool:
    """Whether a value in a file says a rank."""
    return value.isascii() and value.isdigit() and int(value) > 0


def with_cells(original: Mapping[str, Any], cells: Mapping[str, Any]) -> dict[str, Any]:
    """The original data of a row, with cells that found no place in a field after all."""
    return {**original, **{name: value for name, value in cells.items() if name not in original}}
