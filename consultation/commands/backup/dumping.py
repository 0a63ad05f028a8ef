"""Writing the database into an archive, as it was at one moment, while others go on using it."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table, select
from sqlalchemy.orm import Session

from consultation.commands.backup.archive import Writer
from consultation.commands.backup.values import encoders, kind_of
from consultation.kernel.migrations import revision_of
from consultation.kernel.orm import Base
from consultation.voting.models import Contest
from consultation.voting.queries import checkpoints

LEFT_OUT: Mapping[str, str] = {
    "ballot_draft": "it joins members to what they are about to cast",
    "letter": "what waited has left since, and would be mailed twice",
    "paper_reading": "it tells whose paper ballot was read, and by whom",
    "passkey_challenge": "it opens something for some minutes",
    "sign_in_link": "it opens something for some minutes",
    "used_state": "it opens something for some minutes",
    "user_session": "a session that has ended must not begin again",
}
"""Tables whose rows are no part of a backup, and why."""

MADE_ANEW = frozenset({("event", "transaction_id")})
"""Columns that mean something in one database alone."""

BATCH = 2_000


def tables() -> list[Table]:
    """What a backup holds, parents before their children."""
    return [table for table in Base.metadata.sorted_tables if table.name not in LEFT_OUT]


def columns(table: Table) -> list[tuple[str, str]]:
    """The columns of a table in an archive, with their kinds."""
    return [(one.name, kind_of(one)) for one in table.columns if (table.name, one.name) not in MADE_ANEW]


def write(engine: Engine, path: Path, *, now: datetime, tell: Callable[[str], None]) -> int:
    """Write the archive. Returns the number of rows.

    Raises:
        OSError: the disk is full, or the place cannot be written to; what was there stays.
    """
    total = 0
    with engine.connect() as connection, Writer(path) as archive:
        _as_of_one_moment(connection)
        with connection.begin():
            for table in tables():
                total += archive.table(table.name, columns(table), _rows(connection, table))
                tell(table.name)
            archive.finish(
                {
                    "made_at": now.isoformat(),
                    "dialect": engine.dialect.name,
                    "revision": revision_of(connection),
                    "left_out": dict(LEFT_OUT),
                    "checkpoints": _newest_checkpoints(connection),
                }
            )
    return total


def _as_of_one_moment(connection: Connection) -> None:
    """SQLite's read transaction sees one moment by itself; PostgreSQL's has to be asked."""
    if connection.dialect.name == "postgresql":
        connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def _rows(connection: Connection, table: Table) -> Iterator[list[Any]]:
    described = columns(table)
    convert = encoders([kind for _name, kind in described])
    query = select(*(table.columns[name] for name, _kind in described)).order_by(*table.primary_key.columns)
    for row in connection.execute(query.execution_options(yield_per=BATCH)):
        yield [one(value) for one, value in zip(convert, row, strict=True)]


def _newest_checkpoints(connection: Connection) -> list[dict[str, Any]]:
    """Of each contest the last one that was signed: what tells an older backup from a newer one at a glance."""
    with Session(connection, join_transaction_mode="create_savepoint") as session:
        signed = checkpoints(session, session.scalars(select(Contest).order_by(Contest.code)).all())
        return [found[-1].document() for found in signed.values() if found]
