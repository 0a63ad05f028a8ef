"""How far the consumers of events are behind: what the readiness page tells and the worker asks."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from consultation.kernel.outbox import ConsumerCursor, EventRecord, Subscription


@dataclass(frozen=True, slots=True)
class Backlog:
    """Events that at least one consumer has not read, and when the oldest of them happened."""

    events: int
    since: datetime | None


def behind(session: Session, subscriptions: Iterable[Subscription]) -> list[Subscription]:
    """The subscriptions with events still to read. Two queries that write nothing."""
    last = session.scalar(select(func.max(EventRecord.position))) or 0
    reached = _reached(session)
    return [one for one in subscriptions if reached.get(one.name, 0) < last]


def backlog(session: Session, subscriptions: Iterable[Subscription]) -> Backlog:
    """How much waits for the slowest of the subscriptions; nothing when there are none."""
    names = [one.name for one in subscriptions]
    if not names:
        return Backlog(0, None)
    reached = _reached(session)
    slowest = min(reached.get(name, 0) for name in names)
    count, since = session.execute(
        select(func.count(), func.min(EventRecord.occurred_at)).where(EventRecord.position > slowest)
    ).one()
    return Backlog(count, since)


def _reached(session: Session) -> dict[str, int]:
    rows = session.execute(select(ConsumerCursor.consumer, ConsumerCursor.position))
    return {row.consumer: row.position for row in rows}
