"""Making the moves that the rooms' ``states`` declare: checked, set and recorded in one place."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from consultation.kernel.events import Event
from consultation.kernel.outbox import record
from consultation.kernel.permissions import Actor, may, require
from consultation.kernel.states import Transition


class WrongState(Exception):
    """The thing is not in a state from which the move is possible (somebody else may have been quicker)."""

    def __init__(self, transition: Transition, state: StrEnum) -> None:
        super().__init__(f"cannot {transition.name} from {state}")
        self.transition = transition
        self.state = state


def apply(session: Session, subject: Any, transition: Transition, *, event: Event, actor: Actor, now: datetime) -> None:
    """Check permission and state, set ``subject.state``, record the event. The caller flushes.

    Raises:
        Denied: when the actor may not.
        WrongState: when the subject's state is not among the sources.
    """
    require(actor, transition.permission, subject, now=now)
    if subject.state not in transition.sources:
        raise WrongState(transition, subject.state)
    subject.state = transition.target
    record(session, event, actor=actor, now=now)


def available(
    subject: Any, transitions: Iterable[Transition], *, actor: Actor, now: datetime
) -> tuple[Transition, ...]:
    """The moves that the actor could make now; pages render one button for each."""
    return tuple(
        transition
        for transition in transitions
        if subject.state in transition.sources and may(actor, transition.permission, subject, now=now)
    )
