"""A state changes only through a declared move, by somebody who may, and leaves an event."""

import uuid
from dataclasses import dataclass
from enum import StrEnum

import pytest
from sqlalchemy import select

from consultation.kernel.events import Event
from consultation.kernel.moves import WrongState, apply, available
from consultation.kernel.outbox import EventRecord
from consultation.kernel.permissions import ANONYMOUS, OPERATOR, Actor, Denied, Permission, Reason
from consultation.kernel.roles import Role
from consultation.kernel.states import Transition

SUBJECT = uuid.UUID(int=1)
ORGANIZER = Actor(user_id=uuid.UUID(int=2), roles=frozenset({Role.ORGANIZER}))


class Light(StrEnum):
    RED = "red"
    GREEN = "green"


class LightTurned(Event):
    subject_id: uuid.UUID
    by_hand: bool


@dataclass
class Lamp:
    state: Light = Light.RED


TURN = Transition("turning", frozenset({Light.RED}), Light.GREEN, Permission.VOCABULARY_EDIT)


def test_a_move_sets_the_state_and_records_the_event(session, clock):
    lamp = Lamp()
    apply(session, lamp, TURN, event=LightTurned(SUBJECT, by_hand=True), actor=ORGANIZER, now=clock.now())
    rows = session.scalars(select(EventRecord)).all()
    assert lamp.state == Light.GREEN
    assert [(row.name, row.subject_id, row.actor_kind, row.actor_id, row.payload) for row in rows] == [
        ("LightTurned", SUBJECT, "user", ORGANIZER.user_id, {"by_hand": True})
    ]


def test_a_move_from_another_state_is_refused_and_leaves_nothing(session, clock):
    lamp = Lamp(Light.GREEN)
    with pytest.raises(WrongState):
        apply(session, lamp, TURN, event=LightTurned(SUBJECT, by_hand=True), actor=OPERATOR, now=clock.now())
    assert session.scalars(select(EventRecord)).all() == []


def test_a_move_by_somebody_who_may_not_is_refused(session, clock):
    lamp = Lamp()
    with pytest.raises(Denied) as refusal:
        apply(session, lamp, TURN, event=LightTurned(SUBJECT, by_hand=False), actor=ANONYMOUS, now=clock.now())
    assert (lamp.state, refusal.value.decision.reason) == (Light.RED, Reason.SIGN_IN)


def test_buttons_are_the_moves_that_are_possible_now(clock):
    assert available(Lamp(), [TURN], actor=ORGANIZER, now=clock.now()) == (TURN,)
    assert available(Lamp(Light.GREEN), [TURN], actor=ORGANIZER, now=clock.now()) == ()
    assert available(Lamp(), [TURN], actor=ANONYMOUS, now=clock.now()) == ()
