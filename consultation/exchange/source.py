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

Progress = Callable[[int, int], None]
"""Told how many of how many rows are done."""


def in_silence(_done: int, _of: int) -> None:
    """Nobody watches the import."""


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

    def read(self, kind: Kind, zone: tzinfo = UTC) -> tuple[list[Any], ColumnMap, ImportReport]:
        """All rows, their mapping, and a report without lines yet.

        The whole file is read before anything is written, so that one which is damaged near its end changes nothing.
        Raises ReadingError.
        """
        options = Options(
            language=parse_language(self.language),
            states=parse_states(self.states),
            default_state="published" if self.publish else "submitted",
            zone=zone,
        )
        with self.opened(kind) as (table, columns):
            return list(read_rows(table, columns, options)), columns, ImportReport.of(table, columns)
