"""A file to import, and what the person said about it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, tzinfo
from pathlib import Path
from typing import Any

from consultation.exchange.reading import (
    ColumnMap,
    ImportReport,
    Kind,
    Notice,
    Options,
    Table,
    map_columns,
    open_table,
    parse_language,
    parse_states,
    read_rows,
)

UNDETERMINED = "und"
"""The language tag of a text whose language nobody said (BCP 47, ISO 639-2)."""

EVERY = 500
"""Rows between two reports of progress."""

Progress = Callable[[int, int | None], None]
"""Told how many of how many rows are done; while a file is read, nobody knows of how many."""


def in_silence(_done: int, _of: int | None) -> None:
    """Nobody watches the import."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What a file says, read whole and cleaned: ``rows`` of a kind, and how the file was read."""

    rows: list[Any]
    columns: ColumnMap
    format: str
    encoding: str | None
    delimiter: str | None
    notices: tuple[Notice, ...]

    def report(self) -> ImportReport:
        """A report without lines yet."""
        columns = self.columns
        return ImportReport(self.format, self.encoding, self.delimiter, columns.fields, columns.unmapped, self.notices)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A file and how to read it.

    ``filename`` tells a JSON file from CSV where ``path`` does not. ``mapping``: texts ``COLUMN=FIELD``; ``states``:
    texts ``VALUE=STATE``. ``language``: of rows that name none. ``publish``: rows without a state arrive published.
    """

    path: Path
    filename: str | None = None
    mapping: tuple[str, ...] = ()
    delimiter: str = "auto"
    encoding: str = "auto"
    language: str | None = None
    states: tuple[str, ...] = ()
    publish: bool = False

    @contextmanager
    def opened(self, kind: Kind) -> Iterator[tuple[Table, ColumnMap]]:
        """The table and its mapping. Raises ReadingError."""
        name = self.filename or self.path.name
        with open_table(self.path, filename=name, delimiter=self.delimiter, encoding=self.encoding) as table:
            yield table, map_columns(kind, table.columns, self.mapping, with_states=bool(self.states))

    def check(self, kind: Kind) -> None:
        """Find out, without reading the rows, whether the options and the mapping can be used. Raises ReadingError."""
        self._options(UTC)
        with self.opened(kind):
            pass

    def read(self, kind: Kind, zone: tzinfo = UTC, progress: Progress = in_silence) -> Contents:
        """All rows, cleaned, of dates that are of the zone where they name none. It needs no database.

        The whole file is read before anything is written, so that one which is damaged near its end changes nothing.
        Raises ReadingError.
        """
        options = self._options(zone)
        rows = []
        with self.opened(kind) as (table, columns):
            for row in read_rows(table, columns, options):
                rows.append(row)
                if len(rows) % EVERY == 0:
                    progress(len(rows), None)
            return Contents(rows, columns, table.format, table.encoding, table.delimiter, table.notices)

    def _options(self, zone: tzinfo) -> Options:
        return Options(
            language=parse_language(self.language),
            states=parse_states(self.states),
            default_state="published" if self.publish else "submitted",
            zone=zone,
        )
