"""A file of rows, whatever its format: ``open_table`` finds out what it is and refuses what is unsafe to read."""

from __future__ import annotations

import io
import os
import re
import tempfile
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

from consultation.exchange.reading.delimited import (
    DELIMITER_NAMES,
    DELIMITERS,
    find_delimiter,
    read_delimited,
)
from consultation.exchange.reading.encoding import PUBLIC_NAMES, detect_encoding
from consultation.exchange.reading.errors import N_, UnreadableFile
from consultation.exchange.reading.objects import Cell, read_objects
from consultation.exchange.reading.spreadsheet import OLE_START, ZIP_START, Workbook, refuse_ole

NUMBER = re.compile(r"[-+]?\d+([.,]\d+)?")
LONGEST_NAME = 500


@dataclass(frozen=True, slots=True)
class Limits:
    """What is safe to read: bytes of the file and of an unpacked spreadsheet; characters of a cell and of a row."""

    bytes: int = 50_000_000
    unpacked: int = 400_000_000
    cell: int = 100_000
    row: int = 1_000_000
    rows: int = 200_000
    columns: int = 1000


@dataclass(frozen=True, slots=True)
class Notice:
    """Something about the file as a whole that a person should know, and that stops nothing."""

    code: str
    params: dict[str, Any]

    def message(self, gettext: Callable[[str], str] = N_) -> str:
        """The sentence for people, in the language of ``gettext``."""
        return gettext(NOTICES[self.code]) % self.params


NOTICES = {
    "unnamed_column": N_("Column %(position)s has no name. It is called %(name)s here."),
    "repeated_column": N_("Two columns are named %(column)s. The second is called %(name)s here."),
    "other_sheets": N_("The sheet %(sheet)s was read. Other sheets were not: %(others)s."),
}


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row: its number as a person sees it, and its cells by column name; every column is present.

    ``surplus``: the row has more cells than the header; these stand at the end, named by their position.
    """

    number: int
    cells: dict[str, Cell]
    surplus: bool = False


@dataclass
class Table:
    """The rows of a file; iterate as often as needed while it is open. Use as a context manager, or ``close()``.

    Row numbers: in CSV and XLSX as a spreadsheet shows them, so the header is row 1 and the first row of data 2,
    blank lines counted; in JSON the entry of the list, from 1.
    Iterating may raise UnreadableFile for what shows only then (too_many_rows, cell_too_large and the like).
    """

    format: str
    columns: tuple[str, ...]
    encoding: str | None
    delimiter: str | None
    notices: tuple[Notice, ...]
    limits: Limits
    _rows: Callable[[], Iterable[TableRow]] = field(repr=False)
    _resources: ExitStack = field(repr=False)

    def __iter__(self) -> Iterator[TableRow]:
        limits = self.limits
        for count, row in enumerate(self._rows(), start=1):
            if count > limits.rows:
                raise UnreadableFile("too_many_rows", limit=limits.rows)
            if len(row.cells) > limits.columns:
                raise UnreadableFile("too_many_columns", row=row.number, limit=limits.columns)
            total = 0
            for cell in row.cells.values():
                size = len(cell) if isinstance(cell, str) else sum(map(len, cell))
                if size > limits.cell:
                    raise UnreadableFile("cell_too_large", row=row.number, limit=limits.cell)
                total += size
            if total > limits.row:
                raise UnreadableFile("row_too_large", row=row.number, limit=limits.row)
            yield row

    def close(self) -> None:
        """Close what was opened here; a stream that was handed in stays open."""
        self._resources.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


def open_table(
    source: str | os.PathLike[str] | BinaryIO,
    *,
    filename: str | None = None,
    delimiter: str = "auto",
    encoding: str = "auto",
    limits: Limits | None = None,
) -> Table:
    """Open a CSV, JSON or XLSX file, by path or as a binary stream.

    ``filename`` tells a JSON file from CSV by its ending; the content decides in all other matters.
    ``delimiter``: auto, or ``,`` ``;`` tab (also by name). ``encoding``: auto, or a common name of one.
    The size is looked at before anything is read. Raises UnreadableFile with a stable code.
    """
    limits = limits or Limits()
    name = filename or (str(source) if isinstance(source, str | os.PathLike) else "")
    resources = ExitStack()
    try:
        stream = _open(source, resources, limits)
        start = stream.read(8192)
        if not start.strip(b"\xef\xbb\xbf \t\r\n"):
            raise UnreadableFile("empty_file")
        if start.startswith(OLE_START):
            refuse_ole(stream)
        if start.startswith(ZIP_START):
            table = _spreadsheet(stream, limits, resources)
        else:
            codec = detect_encoding(stream, encoding)
            opens = start.decode(codec, errors="ignore").lstrip("\ufeff \t\r\n")[:1]
            suffix = Path(name).suffix.lower()
            if suffix in {".json", ".jsonl", ".ndjson"} or (
                suffix not in {".csv", ".tsv", ".txt"} and opens in {"[", "{"}
            ):
                table = _objects(stream, codec, limits, resources)
            else:
                table = _delimited(stream, codec, delimiter, limits, resources)
        if len(table.columns) > limits.columns:
            raise UnreadableFile("too_many_columns", row=1, limit=limits.columns)
        if next(iter(table), None) is None:
            raise UnreadableFile("no_rows")
    except BaseException:
        resources.close()
        raise
    return table


def _open(source: str | os.PathLike[str] | BinaryIO, resources: ExitStack, limits: Limits) -> BinaryIO:
    """A seekable stream at its start, of a size within the limit."""
    if isinstance(source, str | os.PathLike):
        _check_size(os.stat(source).st_size, limits)
        source = resources.enter_context(Path(source).open("rb"))  # noqa: SIM115 - it is
    if source.seekable():
        source.seek(0, io.SEEK_END)  # not every stream answers with its position
        _check_size(source.tell(), limits)
        source.seek(0)
        return source
    spool: BinaryIO = resources.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 - it is
    seen = 0
    while chunk := source.read(1 << 20):
        seen += len(chunk)
        _check_size(seen, limits)
        spool.write(chunk)
    spool.seek(0)
    return spool


def _check_size(size: int, limits: Limits) -> None:
    if size > limits.bytes:
        megabytes = f"{size / 1_000_000:.0f}" if size >= 1.5 * limits.bytes else f"{size / 1_000_000:.1f}"
        raise UnreadableFile("too_large", size=megabytes, limit=f"{limits.bytes / 1_000_000:g}")


def _delimited(stream: BinaryIO, codec: str, delimiter: str, limits: Limits, resources: ExitStack) -> Table:
    if delimiter.lower() == "auto":
        separator = find_delimiter(stream, codec)
    else:
        separator = DELIMITERS.get(delimiter) or DELIMITERS.get(delimiter.lower()) or ""
        if not separator:
            choices = ", ".join(("auto", *DELIMITER_NAMES.values()))
            raise UnreadableFile("unknown_delimiter", delimiter=delimiter, choices=choices)

    def records() -> Iterator[tuple[int, list[str]]]:
        return read_delimited(stream, codec, separator, limits.cell)

    columns, notices = _header(records())
    return Table(
        "csv",
        columns,
        PUBLIC_NAMES[codec],
        separator,
        notices,
        limits,
        lambda: _named(records(), columns),
        resources,
    )


def _spreadsheet(stream: BinaryIO, limits: Limits, resources: ExitStack) -> Table:
    book = Workbook(stream, unpacked_limit=limits.unpacked)
    columns, notices = _header(book.rows())
    if book.others:
        notices += (Notice("other_sheets", {"sheet": book.sheet, "others": ", ".join(book.others)}),)
    return Table("xlsx", columns, None, None, notices, limits, lambda: _named(book.rows(), columns), resources)


def _objects(stream: BinaryIO, codec: str, limits: Limits, resources: ExitStack) -> Table:
    names, entries = read_objects(stream, codec)
    columns, notices = _names(names)
    renamed = dict(zip(names, columns, strict=True))

    def rows() -> Iterator[TableRow]:
        for number, cells in entries:
            row: dict[str, Cell] = dict.fromkeys(columns, "")
            row.update((renamed[name], cell) for name, cell in cells.items())
            yield TableRow(number, row)

    return Table("json", columns, PUBLIC_NAMES[codec], None, notices, limits, rows, resources)


def _header(records: Iterator[tuple[int, list[str]]]) -> tuple[tuple[str, ...], tuple[Notice, ...]]:
    """Column names from the first row that is not blank."""
    first = next(records, None)
    if first is None:
        raise UnreadableFile("empty_file")
    names = [cell.strip() for cell in first[1]]
    filled = [name for name in names if name]
    if not filled or all(NUMBER.fullmatch(name) for name in filled) or max(map(len, filled)) > LONGEST_NAME:
        raise UnreadableFile("no_header")
    return _names(names)


def _names(names: list[str]) -> tuple[tuple[str, ...], tuple[Notice, ...]]:
    """Clean, non-empty, distinct names, and what was done to get them."""
    result: list[str] = []
    notices: list[Notice] = []
    for position, raw in enumerate(names, start=1):
        text = unicodedata.normalize("NFC", raw)
        clean = " ".join("".join(c if unicodedata.category(c)[0] != "C" else " " for c in text).split())
        unused = base = clean or f"column_{position}"
        count = 1
        while unused in result or (unused != clean and unused in names):
            count += 1
            unused = f"{base}_{count}"
        if not clean:
            notices.append(Notice("unnamed_column", {"position": position, "name": unused}))
        elif unused != clean:
            notices.append(Notice("repeated_column", {"column": clean, "name": unused}))
        result.append(unused)
    return tuple(result), tuple(notices)


def _named(records: Iterator[tuple[int, list[str]]], columns: tuple[str, ...]) -> Iterator[TableRow]:
    """The rows below the header, their cells by name."""
    next(records)
    width = len(columns)
    for number, cells in records:
        named: dict[str, Cell] = dict(zip(columns, cells, strict=False))
        for name in columns[len(cells) :]:
            named[name] = ""
        surplus = {f"column_{place}": cell for place, cell in enumerate(cells[width:], width + 1) if cell.strip()}
        for name, cell in surplus.items():
            named[f"{name}_surplus" if name in named else name] = cell
        yield TableRow(number, named, bool(surplus))
