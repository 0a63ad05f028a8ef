"""The injected clock: code that needs the time is given one, and tests give a fixed one."""

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        ...


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


class FixedClock:
    """A clock that stands still until it is told to move.

    Raises:
        ValueError: when set to an instant without a zone.
    """

    def __init__(self, instant: datetime) -> None:
        self.set(instant)

    def set(self, instant: datetime) -> None:
        if instant.tzinfo is None:
            raise ValueError("A clock needs an instant with a zone.")
        self._instant = instant.astimezone(UTC)

    def advance(self, **delta: float) -> None:
        self._instant += timedelta(**delta)

    def now(self) -> datetime:
        return self._instant
