"""The event log and the outbox: what happened, recorded in the transaction in which it happened, and read by
consumers that each keep a cursor. Rows are immutable (a trigger refuses changes). Secrets, ballot content and any
link from a voter to a ballot never enter an event."""

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, FetchedValue, Identity, Index, Integer, Select, select, text
from sqlalchemy.orm import Session

from consultation.kernel.events import Event
from consultation.kernel.orm import Base, Mapped, mapped_column
from consultation.kernel.permissions import Actor

BATCH = 200


class EventRecord(Base):
    """One row of the log. ``position`` orders rows; on PostgreSQL ``transaction_id`` tells which rows may still have
    uncommitted neighbours below them."""

    __tablename__ = "event"
    __table_args__ = (Index(None, "subject_id", "position"),)

    position: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer(), "sqlite"), Identity(always=True), primary_key=True
    )
    transaction_id: Mapped[int | None] = mapped_column(BigInteger, FetchedValue())
    name: Mapped[str]
    subject_id: Mapped[uuid.UUID]
    actor_kind: Mapped[str]
    actor_id: Mapped[uuid.UUID | None]
    occurred_at: Mapped[datetime]
    payload: Mapped[dict[str, Any]]


class ConsumerCursor(Base):
    """How far a consumer has read."""

    __tablename__ = "consumer_cursor"

    consumer: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(BigInteger, default=0)


def record(session: Session, event: Event, *, actor: Actor, now: datetime) -> None:
    """Add the event to the log, within the caller's transaction."""
    payload = {name: _plain(getattr(event, name)) for name in event.told if name != "subject_id"}
    session.add(
        EventRecord(
            name=type(event).__name__,
            subject_id=event.subject_id,
            actor_kind=actor.kind,
            actor_id=actor.user_id,
            occurred_at=now,
            payload=payload,
        )
    )


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, uuid.UUID) else value


Consumer = Callable[[Session, EventRecord], None]


@dataclass(frozen=True, slots=True)
class Subscription:
    """A consumer by name, with the events that it reacts to and the idempotent function that does."""

    name: str
    events: frozenset[str]
    react: Consumer


def subscription(name: str, events: Iterable[type], react: Consumer) -> Subscription:
    return Subscription(name, frozenset(event.__name__ for event in events), react)


def deliver(session: Session, subscriber: Subscription) -> int:
    """Hand the subscriber its next events and move its cursor; the caller commits. Returns how many rows were read."""
    cursor = session.get(ConsumerCursor, subscriber.name, with_for_update=True)
    if cursor is None:
        cursor = ConsumerCursor(consumer=subscriber.name, position=0)
        session.add(cursor)
    rows = list(session.scalars(_next_events(session, cursor.position)))
    for row in rows:
        if row.name in subscriber.events:
            subscriber.react(session, row)
        cursor.position = row.position
    session.flush()
    return len(rows)


def _next_events(session: Session, after: int) -> Select[EventRecord]:
    query = select(EventRecord).where(EventRecord.position > after).order_by(EventRecord.position).limit(BATCH)
    if session.get_bind().dialect.name == "postgresql":
        # Positions are drawn before commit, so a lower one may become visible later: read only what lies
        # below every transaction still running.
        query = query.where(text("event.transaction_id < pg_snapshot_xmin(pg_current_snapshot())::text::bigint"))
    return query
