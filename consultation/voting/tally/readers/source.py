"""Text files of ballots: reading lines within limits, and saying where a file is wrong."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from ..ballots import BallotRow, InvalidBallot
from ..profile import Profile

MAX_BYTES = 512 * 1024 * 1024
MAX_LINE = 1024 * 1024
_WHOLE_DIGITS = 15
_AMOUNT_DIGITS = 30


class ReadError(ValueError):
    """A file that cannot be read as ballots: its name, the line (counted from 1, None for the file as a
    whole), and what is wrong.
    """

    def __init__(self, name: str, line: int | None, detail: str) -> None:
        self.name = name
        self.line = line
        self.detail = detail
        super().__init__(f"{name}, line {line}: {detail}" if line else f"{name}: {detail}")


@dataclass(frozen=True)
class Election:
    """What a file of ballots holds.

    `sha256`: of the file's bytes. `names`: for people, where the file gives them. `seats`, `budget`,
    `contest`: where it gives them. `costs`: of each item, in the unit of the budget (money in Pabulib files,
    minutes in ours).
    """

    profile: Profile
    sha256: str
    names: Mapping[str, str] = field(default_factory=dict)
    seats: int | None = None
    budget: Fraction | None = None
    costs: Mapping[str, Fraction] = field(default_factory=dict)
    contest: str = ""


@dataclass(frozen=True)
class Source:
    """The lines of a file, with what is needed to say where one of them is wrong."""

    name: str
    sha256: str
    lines: Sequence[str]

    @classmethod
    def open(cls, path: Path) -> Source:
        """Reads a UTF-8 file, with or without a byte order mark. Raises ReadError beyond the limits or on
        other bytes.
        """
        try:
            if path.stat().st_size > MAX_BYTES:
                raise ReadError(path.name, None, f"the file is larger than {MAX_BYTES >> 20} MiB")
            data = path.read_bytes()
        except OSError as error:
            raise ReadError(path.name, None, f"the file cannot be read ({error.strerror})") from error
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            raise ReadError(path.name, line, "expected text in UTF-8") from error
        source = cls(path.name, hashlib.sha256(data).hexdigest(), [row.rstrip("\r") for row in text.split("\n")])
        for number, row in enumerate(source.lines, start=1):
            if len(row) > MAX_LINE:
                raise source.wrong(number, f"the line is longer than {MAX_LINE} characters")
        return source

    def wrong(self, line: int | None, detail: str) -> ReadError:
        """The error for that line."""
        return ReadError(self.name, line, detail)

    def filled(self) -> Iterator[tuple[int, str]]:
        """Number and text of each line that is not empty, without spaces at its ends."""
        for number, line in enumerate(self.lines, start=1):
            if text := line.strip():
                yield number, text

    def cells(self, text: str, line: int, delimiter: str) -> list[str]:
        """The columns of a line, quotes taken off. Raises ReadError where the quoting is broken."""
        try:
            return [cell.strip() for cell in next(csv.reader([text], delimiter=delimiter))]
        except csv.Error as error:
            raise self.wrong(line, f"expected columns separated by {delimiter!r} ({error})") from error

    def whole(self, text: str, line: int, what: str, least: int = 0) -> int:
        """The whole number that `text` is. Raises ReadError when it is none, or below `least`."""
        stripped = text.strip()
        if not (
            stripped.isascii() and stripped.isdigit() and len(stripped) <= _WHOLE_DIGITS and int(stripped) >= least
        ):
            raise self.wrong(line, f"expected {what}: a whole number from {least} up, not {stripped[:40]!r}")
        return int(stripped)

    def amount(self, text: str, line: int, what: str) -> Fraction:
        """The number, with or without decimals, that `text` is. Raises ReadError when it is none."""
        whole, _, part = text.strip().partition(".")
        digits = whole + part
        if not (whole and digits.isascii() and digits.isdigit() and len(digits) <= _AMOUNT_DIGITS):
            raise self.wrong(line, f"expected {what}: a number such as 1200 or 1200.50, not {text.strip()[:40]!r}")
        return Fraction(int(digits), 10 ** len(part))

    def profile(self, items: Sequence[str], rows: Iterable[tuple[int, BallotRow]]) -> Profile:
        """The profile of these ballots, each with its line. Raises ReadError with the line of the one that is
        not valid.
        """
        at: int | None = None

        def ballots() -> Iterator[BallotRow]:
            nonlocal at
            for line, row in rows:
                at = line
                yield row

        try:
            return Profile.from_ballots(items, ballots())
        except InvalidBallot as error:
            raise self.wrong(at, error.detail) from error
