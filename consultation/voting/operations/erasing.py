"""Giving back the space of what was deleted, so that no deleted ballot stays readable in the database's files; and
forgetting in which transactions the rest was written."""

import logging

from sqlalchemy import Engine
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

PATIENCE_MS = 5_000
_EMPTIED = "ballot_content, cast_key, ballot_draft, letter, paper_reading"
_WRITTEN_ANEW = (("ballot_chain", "entry_hash"), ("ballot_content", "nonce"), ("checkpoint", "signature"))
_log = logging.getLogger(__name__)


def forget_order(session: Session) -> None:
    """On PostgreSQL: write the ballot box anew, each table in one transaction. To run after the commit.

    It keeps with each row the number of the transaction that wrote it, and so does the event log. Side by side they
    would date every entry of the chain for ever, to the moments at which people signed in to vote. No value changes,
    and no trigger is asked.
    """
    engine = _engine_of(session)
    if engine.dialect.name == "sqlite":
        return
    for table, column in _WRITTEN_ANEW:
        # An expression, since nothing is written anew for a column of which PostgreSQL sees that it stays as it is.
        _alone(engine, f"ALTER TABLE {table} ALTER COLUMN {column} TYPE text USING {column} || ''")


def give_space_back(session: Session, emptied: str = _EMPTIED) -> None:
    """Rewrite what was emptied and cut the write-ahead log. To run after the commit, on a connection of its own.

    Somebody else's long transaction can stand in the way: that is logged, and the next close, or the operator's
    VACUUM, does it.
    """
    engine = _engine_of(session)
    if engine.dialect.name != "sqlite":
        _alone(engine, f"VACUUM (FULL) {emptied}")
        return
    try:
        _rewrite_sqlite(engine)
    except engine.dialect.loaded_dbapi.Error as error:
        _log.warning("space_not_given_back", extra={"kind": type(error).__name__})


def _engine_of(session: Session) -> Engine:
    bind = session.get_bind()
    return bind.engine if isinstance(bind, Connection) else bind


def _rewrite_sqlite(engine: Engine) -> None:
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        (timeout,) = cursor.execute("PRAGMA busy_timeout").fetchone()
        cursor.execute(f"PRAGMA busy_timeout = {PATIENCE_MS}")
        try:
            cursor.execute("VACUUM")
            (blocked, *_) = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            if blocked:
                _log.warning("space_not_given_back", extra={"kind": "readers"})
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {timeout}")
            cursor.close()
    finally:
        connection.close()


def _alone(engine: Engine, statement: str) -> None:
    """A statement of PostgreSQL's that needs a table for itself, which is waited for a moment."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        driver = connection.connection.cursor()
        try:
            driver.execute(f"SET lock_timeout = {PATIENCE_MS}")
            driver.execute(statement)
        except engine.dialect.loaded_dbapi.Error as error:
            _log.warning("space_not_given_back", extra={"kind": type(error).__name__})
        finally:
            driver.execute("RESET lock_timeout")
            driver.close()
