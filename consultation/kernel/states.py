"""States as data: a transition names where it starts, where it ends, and the permission it needs."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from consultation.kernel.outbox import Event, record
from consultation.kernel.permissions import Actor, Permission, may, require


@dataclass(frozen=True, slots=True)
class Transition:
    """A move from any of ``sources`` to ``target``. ``name`` is the verb, as in ``POST …/publication``."""

    name: str
    sources: frozenset[StrEnum]
    target: StrEnum
    permission: Permission


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
