"""Whether a connection that rested in the pool is still one: found out without asking PostgreSQL each time.

A server that ended, or that ended the connection, has said so, and what it said waits to be read. So a connection on
which nothing waits, and which was used a moment ago, is lent as it is. Otherwise the server is asked, since a network
that went away says nothing.
"""

import select
import time
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.exc import InvalidatePoolError

RESTED_SECONDS = 5.0
_SINCE = "rests since"


def look_before_lending(engine: Engine) -> None:
    """Replace a connection that is none any more, and with it all that rest in the pool, before anybody gets it."""

    @event.listens_for(engine, "checkin")
    def _rests(_connection: Any, record: Any) -> None:
        record.info[_SINCE] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def _lend(connection: Any, record: Any, _lent: Any) -> None:
        since = record.info.pop(_SINCE, None)
        if since is None or (time.monotonic() - since < RESTED_SECONDS and _is_silent(connection)):
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError from error


def _is_silent(connection: Any) -> bool:
    if connection.closed:
        return False
    waiting = select.poll()
    waiting.register(connection.fileno(), select.POLLIN | select.POLLPRI)
    return not waiting.poll(0)
