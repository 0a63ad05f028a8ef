"""Filling a database from an archive, in one transaction: either all of it is there afterwards, or all is as before."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Engine, inspect

from consultation.commands.backup.archive import NotABackup, Reader
from consultation.commands.backup.dumping import LEFT_OUT
from consultation.commands.backup.values import decoders
from consultation.kernel import append_only
from consultation.kernel.orm import Base, intending_to_write

BATCH = 2_000
PATIENCE_MS = 10_000
"""How long a restore waits for others to leave the tables."""


class BrokenReferences(Exception):
    """The archive's rows name others that it does not hold, or break another rule of the database."""


@contextmanager
def filling(engine: Engine) -> Iterator[Connection]:
    """A connection in a transaction that fills the database: without the guards and foreign keys that would refuse it,
    which stand again at its end. It commits when nothing was raised."""
    with engine.connect() as connection, intending_to_write():
        sqlite = engine.dialect.name == "sqlite"
        if sqlite:
            # The pragma does nothing inside a transaction. The connection is not used again.
            connection.connection.dbapi_connection.execute("PRAGMA foreign_keys=OFF")  # type: ignore[union-attr]
        try:
            with connection.begin():
                if not sqlite:
                    connection.exec_driver_sql(f"SET LOCAL lock_timeout = {PATIENCE_MS}")
                append_only.remove(connection)
                references = [] if sqlite else _drop_references(connection)
                yield connection
                _add_references(connection, references)
                append_only.install(connection)
                if sqlite:
                    _check_references(connection)
        finally:
            connection.invalidate()


def load(connection: Connection, archive: Reader, tell: Callable[[str], None]) -> int:
    """Empty every table and fill it from the archive. Returns the number of rows.

    Raises:
        NotABackup: a table or a column is not the database's, or a value is not of its kind.
    """
    _empty(connection)
    total = 0
    known = {table: {one["name"] for one in inspect(connection).get_columns(table)} for table in _present(connection)}
    for name, entry in archive.tables.items():
        if not set(entry.names) <= known.get(name, set()):
            raise NotABackup(f"The table {name} is not one of this version's.")
        try:
            convert = decoders(entry.kinds, connection.dialect.name)
            rows = ([one(value) for one, value in zip(convert, row, strict=True)] for row in archive.rows(name))
            total += _fill(connection, name, entry.names, rows)
        except (KeyError, ValueError, TypeError) as error:
            raise NotABackup(f"The table {name} holds a value that is none.") from error
        tell(name)
    if connection.dialect.name == "postgresql":
        _go_on_counting(connection)
    return total


def _present(connection: Connection) -> list[str]:
    return [name for name in inspect(connection).get_table_names() if name in Base.metadata.tables]


def _empty(connection: Connection) -> None:
    present = _present(connection)
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"TRUNCATE {', '.join(map(_quoted, present))}")
    else:
        for name in present:
            connection.exec_driver_sql(f"DELETE FROM {_quoted(name)}")  # noqa: S608 - a name of our own metadata


def _fill(connection: Connection, name: str, names: list[str], rows: Iterator[list[Any]]) -> int:
    listed, count = ", ".join(map(_quoted, names)), 0
    if connection.dialect.name == "postgresql":
        return _copy(connection, f"COPY {_quoted(name)} ({listed}) FROM STDIN", rows)
    marks = ", ".join("?" * len(names))
    while batch := list(islice(rows, BATCH)):
        connection.exec_driver_sql(
            f"INSERT INTO {_quoted(name)} ({listed}) VALUES ({marks})",  # noqa: S608 - names of our own metadata
            [tuple(row) for row in batch],
        )
        count += len(batch)
    return count


def _copy(connection: Connection, order: str, rows: Iterator[list[Any]]) -> int:
    """By the driver itself, whose errors SQLAlchemy does not see."""
    from psycopg import DataError, IntegrityError

    count = 0
    try:
        with connection.connection.cursor().copy(order) as copy:
            for row in rows:
                copy.write_row(row)
                count += 1
    except (IntegrityError, DataError) as error:
        raise BrokenReferences from error
    return count


def _drop_references(connection: Connection) -> list[tuple[str, str, str]]:
    """Take PostgreSQL's foreign keys away, since rows come in no order that keeps all of them. Returns what adds them
    again: table, name and definition."""
    found = connection.exec_driver_sql(
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE contype = 'f' AND connamespace = current_schema()::regnamespace ORDER BY 1, 2"
    ).all()
    references = [(table, name, definition) for table, name, definition in found]
    for table, name, _definition in references:
        connection.exec_driver_sql(f"ALTER TABLE {table} DROP CONSTRAINT {_quoted(name)}")
    return references


def _add_references(connection: Connection, references: list[tuple[str, str, str]]) -> None:
    from sqlalchemy.exc import IntegrityError

    try:
        for table, name, definition in references:
            connection.exec_driver_sql(f"ALTER TABLE {table} ADD CONSTRAINT {_quoted(name)} {definition}")
    except IntegrityError as error:
        raise BrokenReferences from error


def _check_references(connection: Connection) -> None:
    if connection.exec_driver_sql("SELECT 1 FROM pragma_foreign_key_check LIMIT 1").first() is not None:
        raise BrokenReferences


def _go_on_counting(connection: Connection) -> None:
    """PostgreSQL's counters go on after the largest number that was restored."""
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if column.identity is not None and table.name not in LEFT_OUT:
                connection.exec_driver_sql(
                    f"SELECT setval(pg_get_serial_sequence('{table.name}', '{column.name}'), "  # noqa: S608 - our own names
                    f"GREATEST((SELECT max({column.name}) FROM {_quoted(table.name)}), 1))"
                )


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
