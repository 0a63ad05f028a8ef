"""PostgreSQL's driver, told to leave out what nobody asks for, and able to send without waiting.

Loaded when something first connects: processes on SQLite load no psycopg. ``kernel/sending.py`` is what rooms use.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any, Self

import psycopg


class Connection(psycopg.Connection[Any]):
    """A connection on which a statement can be sent ahead: its answer is awaited with that of the statement, or of the
    commit, that follows, and whichever that is raises what the first one raises."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.cursor_factory = Cursor
        self.outstanding: ExitStack | None = None
        self.sending = False

    @contextmanager
    def ahead(self) -> Iterator[None]:
        """What is executed in here is sent, and not waited for."""
        if self.outstanding is None:
            self.outstanding = ExitStack()
            self.outstanding.enter_context(self.pipeline())
        self.sending = True
        try:
            yield
        finally:
            self.sending = False

    def awaiting(self) -> ExitStack:
        """Leaving this waits for all that was sent ahead, and raises the first error among the answers."""
        outstanding, self.outstanding = self.outstanding, None
        return outstanding or ExitStack()

    def cursor(self, name: str = "", **options: Any) -> Any:
        if name:  # the server's own cursors cannot be opened before the answers came
            self.awaiting().close()
        return super().cursor(name, **options)

    def commit(self) -> None:
        try:
            with self.awaiting():
                super().commit()
        except psycopg.Error:
            # The server skips a commit after an error, but no commit, failed or not, leaves a transaction behind.
            with suppress(psycopg.Error):
                super().rollback()
            raise

    def rollback(self) -> None:
        with suppress(psycopg.Error):  # it is undone, whatever became of it
            self.awaiting().close()
        super().rollback()


class Cursor(psycopg.Cursor[Any]):
    """Says of a column its name and type, which is all that SQLAlchemy asks. psycopg's own description knows far more,
    and takes a tenth of the time of a request made of a few statements."""

    @property
    def description(self) -> Any:
        result = self.pgresult
        if result is None or not result.nfields:
            return super().description
        return [
            (result.fname(at).decode(), result.ftype(at), None, None, None, None, None)  # type: ignore[union-attr]
            for at in range(result.nfields)
        ]

    def execute(self, *arguments: Any, **options: Any) -> Self:
        connection: Any = self.connection
        if connection.sending or connection.outstanding is None:
            return super().execute(*arguments, **options)
        with connection.awaiting():
            return super().execute(*arguments, **options)

    def executemany(self, *arguments: Any, **options: Any) -> None:
        with self.connection.awaiting():  # type: ignore[attr-defined]
            super().executemany(*arguments, **options)
