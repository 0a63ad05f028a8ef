"""Which version of the database one sees: equal values promise that nothing was committed in between."""

import threading
from typing import Any

from sqlalchemy import Engine, text


class DatabaseVersion:
    """Asks the database, cheaply, for a value that changes with every commit of anybody.

    SQLite: ``PRAGMA data_version`` of a connection that never writes, which changes when any other connection, of this
    process or another, commits. The connection belongs to the process that opened it: make one reader in each.
    PostgreSQL: ``pg_current_snapshot()``; the same snapshot sees the same transactions, so the same rows.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._connection: Any = None

    def __call__(self) -> str:
        """The version now, taken before reading what is to be kept under it.

        Raises:
            OperationalError: when the database does not answer.
        """
        if self._engine.dialect.name == "sqlite":
            return self._of_sqlite()
        with self._engine.connect() as connection:
            autocommit = connection.execution_options(isolation_level="AUTOCOMMIT")
            return str(autocommit.scalar(_SNAPSHOT))

    def _of_sqlite(self) -> str:
        with self._lock:
            if self._connection is None:
                # Out of the pool for good: a connection that is lent would see its own commits as no change.
                self._connection = self._engine.raw_connection()
                self._connection.detach()
            return str(self._connection.dbapi_connection.execute("PRAGMA data_version").fetchone()[0])


_SNAPSHOT = text("SELECT pg_current_snapshot()::text")
