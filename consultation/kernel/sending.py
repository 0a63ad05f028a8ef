"""Sending a statement without waiting for its answer, where nobody reads it.

While a lock is held, each answer that a process waits for keeps everybody else waiting too: the way to the database and
back, and the turn of the thread among the others of its process. PostgreSQL takes the next statement before it has
answered the one before, and runs them in order, each seeing what was committed until then.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Engine, Executable, event


def send_ahead(connection: Connection, statement: Executable, values: Mapping[str, Any]) -> None:
    """Execute a statement that returns nothing of interest. On PostgreSQL it only leaves: its answer comes with that of
    what is executed next, or of the commit, and an error of its own is raised there. On SQLite, which has no way to go,
    it is executed at once."""
    if connection.dialect.name != "postgresql":
        connection.execute(statement, values)
        return
    driver: Any = connection.connection.driver_connection
    with driver.ahead():
        connection.execute(statement, values)


def connect_by_our_driver(engine: Engine) -> None:
    """Let a PostgreSQL engine open connections of ``kernel/postgresql.py``."""

    @event.listens_for(engine, "do_connect")
    def _connect(_dialect: Any, _record: Any, arguments: list[Any], options: dict[str, Any]) -> Any:
        from consultation.kernel.postgresql import Connection

        return Connection.connect(*arguments, **options)
