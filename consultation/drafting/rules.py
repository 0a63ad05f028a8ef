"""How releases are numbered, and how a tally's order becomes sections. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeVar

Key = TypeVar("Key")


READABLE_SCORE = 24
DECIMALS = 9


class NotNumbered(ValueError):
    """A number that no release has."""


def next_number(previous: str | None, *, final: bool) -> str:
    """The number after ``previous``: 0.1, 0.2 … for drafts, 1.0 for the final one, 1.1 … for its corrigenda.

    Raises:
        NotNumbered: when ``previous`` is not two whole numbers with a point between.
    """
    if previous is None:
        return "1.0" if final else "0.1"
    major, point, minor = previous.partition(".")
    if not (point and major.isdecimal() and minor.isdecimal()):
        raise NotNumbered(previous)
    if int(major) >= 1:
        return f"{major}.{int(minor) + 1}"
    return "1.0" if final else f"0.{int(minor) + 1}"


@dataclass(frozen=True, slots=True)
class RankedItem:
    """An item's code with its place in the tally: the first has rank 1."""

    code: str
    rank: int


def placed_items(result: Mapping[str, Any], places: int) -> list[RankedItem]:
    """The items that a tally puts on the agenda, best first: those it selected, or else the first ``places``."""
    order = [code for tier in result["order"] for code in tier]
    ranks = {code: rank for rank, code in enumerate(order, start=1)}
    chosen = set(result.get("selected") or order[:places])
    return [RankedItem(code, ranks[code]) for code in order if code in chosen]


def sections(
    ranked: Sequence[RankedItem], theme_of: Mapping[str, Key | None]
) -> list[tuple[Key | None, list[RankedItem]]]:
    """Items gathered by theme: the theme of the best item first, items without a theme last, ranks kept inside."""
    gathered: dict[Key | None, list[RankedItem]] = {}
    for item in sorted(ranked, key=lambda ranked_item: ranked_item.rank):
        gathered.setdefault(theme_of.get(item.code), []).append(item)
    return sorted(gathered.items(), key=lambda section: (section[0] is None, section[1][0].rank))


def readable_score(exact: str | None) -> str | None:
    """A score as a document shows it: as it is when short, otherwise as a decimal rounded to nine places.

    The exact fraction, which may have hundreds of digits, stays in the stored tally.
    """
    if exact is None or len(exact) <= READABLE_SCORE:
        return exact
    scaled = round(Fraction(exact) * 10**DECIMALS)
    whole, decimals = divmod(abs(scaled), 10**DECIMALS)
    return f"{'-' if scaled < 0 else ''}{whole}.{decimals:0{DECIMALS}d}"
