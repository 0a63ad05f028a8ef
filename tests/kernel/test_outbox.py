"""The log is written with what it tells of, never changed, and read by each consumer once and in order."""

import uuid

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from consultation.kernel.events import Event
from consultation.kernel.orm import intending_to_write
from consultation.kernel.outbox import deliver, record, subscription
from consultation.kernel.permissions import OPERATOR


class KettleBoiled(Event):
    subject_id: uuid.UUID
    degrees: int


class KettleCooled(Event):
    subject_id: uuid.UUID


def _boil(session, clock, *degrees):
    for value in degrees:
        record(session, KettleBoiled(uuid.UUID(int=1), value), actor=OPERATOR, now=clock.now())
    session.commit()


def test_a_consumer_reads_each_event_once_in_order(session, clock):
    seen = []
    tea = subscription("tea", [KettleBoiled], lambda _session, event: seen.append(event.payload["degrees"]))
    with intending_to_write():
        _boil(session, clock, 80, 100)
        record(session, KettleCooled(uuid.UUID(int=1)), actor=OPERATOR, now=clock.now())
        session.commit()
        assert deliver(session, tea) == 3
        session.commit()
        _boil(session, clock, 95)
        assert deliver(session, tea) == 1
        assert deliver(session, tea) == 0
    assert seen == [80, 100, 95]


def test_what_fails_is_read_again(session, clock):
    seen = []

    def fragile(_session, event):
        if not seen:
            seen.append("failed")
            raise RuntimeError
        seen.append(event.payload["degrees"])

    tea = subscription("tea", [KettleBoiled], fragile)
    with intending_to_write():
        _boil(session, clock, 100)
        with pytest.raises(RuntimeError):
            deliver(session, tea)
        session.rollback()
        deliver(session, tea)
        session.commit()
    assert seen == ["failed", 100]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event SET name = 'Forged'",
        "DELETE FROM event",
        (
            "INSERT INTO event (position, name, subject_id, actor_kind, occurred_at, payload) "
            "SELECT position, 'Forged', subject_id, actor_kind, occurred_at, payload FROM event"
        ),
    ],
)
def test_the_log_refuses_every_change(session, clock, statement):
    with intending_to_write():
        _boil(session, clock, 100)
        with pytest.raises(DatabaseError):
            session.execute(text(statement))
        session.rollback()
    assert session.scalar(text("SELECT name FROM event")) == "KettleBoiled"


@pytest.mark.sqlite
def test_replacing_a_row_is_refused_too(session, clock):
    with intending_to_write():
        _boil(session, clock, 100)
        with pytest.raises(DatabaseError, match="append-only"):
            session.execute(
                text(
                    "INSERT OR REPLACE INTO event (position, name, subject_id, actor_kind, occurred_at, payload) "
                    "SELECT position, 'Forged', subject_id, actor_kind, occurred_at, payload FROM event"
                )
            )
        session.rollback()


@pytest.mark.postgres
def test_truncating_is_refused(session, clock):
    _boil(session, clock, 100)
    with pytest.raises(DatabaseError, match="append-only"):
        session.execute(text("TRUNCATE event"))
    session.rollback()
