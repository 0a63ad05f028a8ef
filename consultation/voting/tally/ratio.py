"""Fractions for comparing only."""

from __future__ import annotations


class Ratio:
    """A fraction with a positive denominator that is compared and never reduced: cheaper than Fraction for numbers of
    thousands of bits.
    """

    __slots__ = ("bottom", "top")

    def __init__(self, top: int, bottom: int) -> None:
        self.top = top
        self.bottom = bottom

    def __lt__(self, other: Ratio) -> bool:
        return self.top * other.bottom < other.top * self.bottom

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Ratio) and self.top * other.bottom == other.top * self.bottom

    __hash__ = None  # type: ignore[assignment]
