"""CSV: rows of text cells, streamed. Quoting as in RFC 4180; comma, semicolon or tab."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import BinaryIO

from consultation.exchange.reading.errors import UnreadableFile

DELIMITERS = {",": ",", ";": ";", "\t": "\t", "comma": ",", "semicolon": ";", "tab": "\t", "\\t": "\t"}
DELIMITER_NAMES = {",": "comma", ";": "semicolon", "\t": "tab"}
SAMPLE = 1 << 16


class _Lines:
    """The lines of a text, which remember whether they were used up."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self.used_up = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        try:
            return next(self._lines)
        except StopIteration:
            self.used_up = True
            raise


@contextmanager
def open_text(stream: BinaryIO, codec: str) -> Iterator[io.TextIOWrapper]:
    """The text from the start of a stream, which stays open afterwards; line ends as they are."""
    stream.seek(0)
    text = io.TextIOWrapper(stream, encoding=codec, newline="")
    try:
        yield text
    finally:
        if not stream.closed:  # else whoever owns the stream closed it in the middle of an iteration
            text.detach()


def read_delimited(stream: BinaryIO, codec: str, delimiter: str, cell_limit: int) -> Iterator[tuple[int, list[str]]]:
    """(row number, cells) of each row, blank lines left out but counted; the first row of the file is 1.

    A row is a record as a spreadsheet shows it: line breaks within quotation marks do not count.
    Raises UnreadableFile: cell_too_large, unclosed_quote.
    """
    with open_text(stream, codec) as text:
        if not _separator_hint(text):
            text.seek(0)
        lines = _Lines(text)
        reader = csv.reader(lines, delimiter=delimiter)
        number = 0
        while True:
            number += 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:  # the reader's own limit on a cell, met before the cell is whole
                raise UnreadableFile("cell_too_large", row=number, limit=cell_limit) from error
            if lines.used_up:
                # The reader asks for a line after the last one only within quotation marks.
                raise UnreadableFile("unclosed_quote", row=number)
            if cells:
                yield number, cells


def find_delimiter(stream: BinaryIO, codec: str) -> str:
    """The separator that cuts the beginning of the file most evenly; a comma when nothing tells."""
    with open_text(stream, codec) as text:
        hint = _separator_hint(text)
        if hint:
            return hint
        text.seek(0)
        sample = text.read(SAMPLE)
    cut = len(sample) == SAMPLE
    return max(DELIMITER_NAMES, key=lambda delimiter: _evenness(sample, delimiter, cut))


def _separator_hint(text: io.TextIOWrapper) -> str:
    """Spreadsheets write `sep=;` as a first line of their own, which is no row; otherwise empty."""
    line = text.readline(16).rstrip("\r\n")
    return line[4:] if line[:4].lower() == "sep=" and line[4:] in DELIMITER_NAMES else ""


def _evenness(sample: str, delimiter: str, cut: bool) -> tuple[bool, float, int]:
    try:
        rows = [row for row in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter) if row]
    except csv.Error:
        return False, 0.0, 0
    if cut and len(rows) > 1:
        rows.pop()
    if not rows:
        return False, 0.0, 0
    width = len(rows[0])
    even = sum(len(row) == width for row in rows) / len(rows)
    cuts_most = 2 * sum(len(row) > 1 for row in rows) >= len(rows)
    return width > 1 and cuts_most, even, width
