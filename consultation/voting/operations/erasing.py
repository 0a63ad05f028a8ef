"""Giving back the space of what was deleted, so that no deleted ballot stays readable in the database's files."""

import logging

from sqlalchemy import Engine
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

PATIENCE_MS = 5_000
_EMPTIED = "ballot_content, cast_key, ballot_draft"
_log = logging.getLogger(__name__)


def give_space_back(session: Session, emptied: str = _EMPTIED) -> None:
    """Rewrite what was emptied and cut the write-ahead log. To run after the commit, on a connection of its own.

    Somebody else's long transaction can stand in the way: that is logged, and the next close, or the operator's
    VACUUM, does it.
    """
    bind = session.get_bind()
    engine = bind.engine if isinstance(bind, Connection) else bind
    try:
        if engine.dialect.name == "sqlite":
            _rewrite_sqlite(engine)
        else:
            _rewrite_postgresql(engine, emptied)
    except engine.dialect.loaded_dbapi.Error as error:
        _log.warning("space_not_given_back", extra={"kind": type(error).__name__})


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


def _rewrite_postgresql(engine: Engine, emptied: str) -> None:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        driver = connection.connection.cursor()
        try:
            driver.execute(f"SET lock_timeout = {PATIENCE_MS}")
            driver.execute(f"VACUUM (FULL) {emptied}")
        finally:
            driver.execute("RESET lock_timeout")
            driver.close()
