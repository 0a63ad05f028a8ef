"""The result of a tally, and how exact numbers are written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

_DIGITS = 4000  # Python refuses to write longer whole numbers at once
_LONG = 10**_DIGITS


def exact(value: int | Fraction) -> str:
    """A whole number or a fraction in lowest terms as text: `1030`, `-7`, `1/1030`."""
    if isinstance(value, Fraction):
        whole = _decimal(value.numerator)
        return whole if value.denominator == 1 else f"{whole}/{_decimal(value.denominator)}"
    return _decimal(value)


def _decimal(value: int) -> str:
    if value < 0:
        return "-" + _decimal(-value)
    if value < _LONG:
        return str(value)
    parts = []
    while value:
        value, part = divmod(value, _LONG)
        parts.append(str(part).zfill(_DIGITS))
    return "".join(reversed(parts)).lstrip("0")


def rounded(value: int | Fraction, places: int = 6) -> str:
    """The value with this many decimals, half away from zero, for people to read: nothing is decided by
    it.
    """
    number = Fraction(value)
    scaled = (abs(number.numerator) * 10**places * 2 + number.denominator) // (2 * number.denominator)
    whole, part = divmod(scaled, 10**places)
    sign = "-" if number < 0 and scaled else ""
    return sign + exact(whole) + (f".{part:0{places}d}" if places else "")


@dataclass(frozen=True)
class Result:
    """What a tally found; the same profile and parameters always give the same bytes of JSON.

    `order`: tiers, best first: items that share a tier are equal under the rule, and stand there by the
    tie-break.
    `selected`: who is chosen, in the order of the result; empty where nobody is, or no places were asked for.
    `scores`: text of an exact integer or fraction for each item; what it measures is told by the rule.
    `rounds`: one entry a line of the order, saying who carries it. `ties`: every use of the tie-break.
    `unsupported`: items that nobody supports (or lists): they stand last, in tie order.
    `ballots`: how many were cast, blank ones included; `weight`: of the ballots that are counted (n).
    `input_sha256`: of the input (`Profile.input_sha256`, or the file's bytes on the command line).
    """

    rule: str
    version: str
    parameters: Mapping[str, Any]
    ballots: int
    blank: int
    weight: int
    items: tuple[str, ...]
    input_sha256: str
    profile_sha256: str
    order: list[list[str]]
    selected: list[str]
    scores: dict[str, str]
    rounds: list[dict[str, Any]]
    ties: list[dict[str, Any]]
    unsupported: list[str]
    audit: dict[str, Any]
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def line(self) -> list[str]:
        """The order as one list: tiers are read through, each in its tie order."""
        return [item for tier in self.order for item in tier]

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready; keys in a fixed order. What only one rule has (`pairwise`, `quota`) follows at the
        end.
        """
        return {
            "rule": self.rule,
            "version": self.version,
            "parameters": dict(self.parameters),
            "ballots": self.ballots,
            "blank": self.blank,
            "weight": self.weight,
            "items": list(self.items),
            "input_sha256": self.input_sha256,
            "profile_sha256": self.profile_sha256,
            "order": self.order,
            "selected": self.selected,
            "scores": self.scores,
            "rounds": self.rounds,
            "ties": self.ties,
            "unsupported": self.unsupported,
            "audit": self.audit,
            **self.extra,
        }


def rounded_text(score: str, places: int = 6) -> str:
    """An exact score as a table shows it: whole numbers as they are, fractions with decimals, as few as are exact."""
    if "/" not in score:
        return score
    top, bottom = score.split("/")
    value = Fraction(_whole(top), _whole(bottom))
    shown = rounded(value, places)
    exact_so = places > 0 and 10**places % value.denominator == 0
    return shown.rstrip("0").rstrip(".") if exact_so else shown


def _whole(text: str) -> int:
    """The whole number, however long (Python reads no more than some thousand digits at once)."""
    digits = text.lstrip("-")
    value = 0
    for begin in range(0, len(digits), _DIGITS):
        part = digits[begin : begin + _DIGITS]
        value = value * 10 ** len(part) + int(part)
    return -value if text.startswith("-") else value
