"""What one person alone may not do: one asks and says why, another one confirms, within seven days.

A kind says who may ask, who may confirm, and what then happens. The database itself refuses that whoever asks confirms,
and a second request about the same while one stands. The operator at the command line acts alone, without any of this,
and is logged.
"""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, select
from sqlalchemy.orm import Session

from consultation.kernel.events import Event
from consultation.kernel.ids import uuid7
from consultation.kernel.orm import Base, EnumText, Mapped, mapped_column, one_of, unique_while
from consultation.kernel.outbox import record
from consultation.kernel.permissions import Actor, Decision, Denied, Permission, Reason, require

LASTS = timedelta(days=7)


class Outcome(StrEnum):
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class TwoStepRequest(Base):
    """``subject_id`` is what it is about, ``payload`` holds plain values and opaque ids, nothing personal."""

    __tablename__ = "two_step_request"
    __table_args__ = (
        one_of("outcome", Outcome),
        CheckConstraint("expires_at > asked_at", name="expires_later"),
        CheckConstraint("(outcome IS NULL) = (decided_at IS NULL)", name="decision_is_dated"),
        CheckConstraint("decided_by IS NULL OR outcome IS NOT NULL", name="decider_has_decided"),
        CheckConstraint("outcome = 'withdrawn' OR decided_by <> asked_by", name="two_people"),
        CheckConstraint("outcome <> 'confirmed' OR decided_at < expires_at", name="confirmed_in_time"),
        Index(None, "asked_at"),
        Index(None, "asked_by"),
        Index(None, "decided_by"),
        unique_while("outcome IS NULL", "uq_two_step_request_standing", "kind", "subject_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    kind: Mapped[str]
    subject_id: Mapped[uuid.UUID]
    payload: Mapped[dict[str, Any]]
    reason: Mapped[str]
    asked_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    asked_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    decided_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    decided_at: Mapped[datetime | None]
    outcome: Mapped[Outcome | None] = mapped_column(EnumText(Outcome))

    def stands(self, now: datetime) -> bool:
        """Whether it can be confirmed."""
        return self.outcome is None and now < self.expires_at


@dataclass(frozen=True, slots=True)
class TwoStepKind:
    """``carry_out`` does what was asked, as whoever confirms, in the same transaction."""

    name: str
    asks: Permission
    decides: Permission
    carry_out: Callable[[Session, TwoStepRequest, Actor, datetime], None]


class TwoStepAsked(Event):
    subject_id: uuid.UUID
    request_id: uuid.UUID
    kind: str
    decides: str


class TwoStepDecided(Event):
    subject_id: uuid.UUID
    request_id: uuid.UUID
    kind: str
    outcome: str


class AlreadyAsked(Exception):
    """The same is asked already, and waits for somebody to confirm it."""


class NoLongerStands(Exception):
    """It was decided meanwhile, or its seven days are over."""


def ask(
    session: Session,
    kind: TwoStepKind,
    *,
    subject_id: uuid.UUID,
    payload: Mapping[str, Any],
    reason: str,
    actor: Actor,
    now: datetime,
) -> TwoStepRequest:
    """Ask that somebody else confirm this.

    Raises:
        Denied: when the actor may not ask it.
        AlreadyAsked: when the same stands.
        ValueError: without a reason.
    """
    require(actor, kind.asks, now=now)
    if not reason.strip():
        raise ValueError("Say why, in a sentence.")
    standing = select(TwoStepRequest).where(
        TwoStepRequest.kind == kind.name, TwoStepRequest.subject_id == subject_id, TwoStepRequest.outcome.is_(None)
    )
    for earlier in session.scalars(standing.with_for_update()):
        if earlier.stands(now):
            raise AlreadyAsked
        _decide(session, earlier, Outcome.EXPIRED, None, actor, now)
    asked = TwoStepRequest(
        id=uuid7(),
        kind=kind.name,
        subject_id=subject_id,
        payload=dict(payload),
        reason=reason.strip(),
        asked_by=actor.user_id,
        asked_at=now,
        expires_at=now + LASTS,
    )
    session.add(asked)
    record(session, TwoStepAsked(subject_id, asked.id, kind.name, kind.decides.value), actor=actor, now=now)
    session.flush()
    return asked


def confirm(session: Session, asked: TwoStepRequest, kind: TwoStepKind, *, actor: Actor, now: datetime) -> None:
    """Confirm what somebody else asked, and do it.

    Raises:
        Denied: when the actor may not, or asked it themselves.
        NoLongerStands: when it was decided meanwhile, or is too old.
    """
    require(actor, kind.decides, now=now)
    if actor.user_id is None or actor.user_id == asked.asked_by:
        raise Denied(kind.decides, Decision(Reason.SECOND_PERSON))
    _lock(session, asked, now)
    _decide(session, asked, Outcome.CONFIRMED, actor.user_id, actor, now)
    kind.carry_out(session, asked, actor, now)
    session.flush()


def turn_down(session: Session, asked: TwoStepRequest, kind: TwoStepKind, *, actor: Actor, now: datetime) -> None:
    """Decline what somebody else asked, or take back what one has asked.

    Raises:
        Denied: when the actor may do neither.
        NoLongerStands: when it was decided meanwhile, or is too old.
    """
    own = actor.user_id is not None and actor.user_id == asked.asked_by
    require(actor, kind.asks if own else kind.decides, now=now)
    _lock(session, asked, now)
    _decide(session, asked, Outcome.WITHDRAWN if own else Outcome.DECLINED, actor.user_id, actor, now)
    session.flush()


def standing(session: Session, kind: TwoStepKind, subject_id: uuid.UUID, now: datetime) -> TwoStepRequest | None:
    """What waits to be confirmed of a kind about a subject."""
    query = select(TwoStepRequest).where(
        TwoStepRequest.kind == kind.name, TwoStepRequest.subject_id == subject_id, TwoStepRequest.outcome.is_(None)
    )
    found = session.scalars(query).one_or_none()
    return found if found is not None and found.stands(now) else None


def newest_requests(session: Session, limit: int = 30) -> Sequence[TwoStepRequest]:
    """What was asked lately, the newest first."""
    query = select(TwoStepRequest).order_by(TwoStepRequest.asked_at.desc(), TwoStepRequest.id.desc()).limit(limit)
    return session.scalars(query).all()


def _lock(session: Session, asked: TwoStepRequest, now: datetime) -> None:
    session.refresh(asked, ["outcome", "decided_at", "decided_by"], with_for_update=True)
    if not asked.stands(now):
        raise NoLongerStands


def _decide(
    session: Session, asked: TwoStepRequest, outcome: Outcome, by: uuid.UUID | None, actor: Actor, now: datetime
) -> None:
    asked.outcome, asked.decided_by, asked.decided_at = outcome, by, now
    record(session, TwoStepDecided(asked.subject_id, asked.id, asked.kind, outcome.value), actor=actor, now=now)
    session.flush()
