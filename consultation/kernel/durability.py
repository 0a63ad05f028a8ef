"""Whether what the database says it has committed survives a power cut. Where it may not, no ballot may be
acknowledged, so the program does not start."""

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

FULL = 2
_JOURNALS = frozenset({"wal", "delete", "truncate", "persist"})


class NotDurable(Exception):
    """The database may forget what it has committed; the message says why and what to do."""


def refuse_forgetful(engine: Engine) -> None:
    """Ask the database how it writes, on a connection as every request gets it.

    Raises:
        NotDurable: SQLite below ``synchronous=FULL`` or without a journal on the disk; PostgreSQL with
            ``synchronous_commit`` or ``fsync`` off; a database that does not answer.
    """
    ask = _sqlite if engine.dialect.name == "sqlite" else _postgresql
    try:
        ask(engine)
    except DBAPIError as error:
        raise NotDurable(f"The database does not answer: {str(error.orig).strip()}") from error


def _sqlite(engine: Engine) -> None:
    with engine.connect() as connection:
        level = int(connection.exec_driver_sql("PRAGMA synchronous").scalar_one())
        journal = str(connection.exec_driver_sql("PRAGMA journal_mode").scalar_one())
    if level < FULL:
        raise NotDurable(
            f"SQLite runs with synchronous={level}: a power cut could lose ballots that were acknowledged. "
            "It must be FULL (2) or EXTRA (3)."
        )
    if journal not in _JOURNALS:
        raise NotDurable(
            f"SQLite runs with journal_mode={journal}: a crash could lose ballots that were acknowledged. "
            "It must be WAL."
        )


def _postgresql(engine: Engine) -> None:
    with engine.connect() as connection:
        for setting in ("synchronous_commit", "fsync"):
            if connection.exec_driver_sql(f"SHOW {setting}").scalar_one() == "off":
                raise NotDurable(
                    f"PostgreSQL runs with {setting}=off: a power cut could lose ballots that were acknowledged. "
                    f"Turn it on for the server, this database and this role."
                )
