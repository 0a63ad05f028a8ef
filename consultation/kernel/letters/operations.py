"""Queueing letters, and taking them out."""

import uuid
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from consultation.kernel.letters.kinds import LetterKind
from consultation.kernel.letters.models import Letter, LetterRefusal
from consultation.kernel.orm import inserting

FIRST_REST = timedelta(minutes=1)
LONGEST_REST = timedelta(hours=1)
_BLURRED = uuid.UUID("6f2d3d0e-6d0c-4c37-9f0b-0a4f0f6a7b11")
#: How long everything waits when the mail server was away.
PATIENCE = timedelta(seconds=30)


def post(
    session: Session,
    kind: LetterKind,
    *,
    user_id: uuid.UUID | None = None,
    address: str | None = None,
    details: Mapping[str, Any] | None = None,
    now: datetime,
) -> None:
    """Queue a letter in the caller's transaction: to a person with an account, or to an address."""
    session.add(
        Letter(
            kind=kind.name,
            user_id=user_id,
            address=address,
            details=dict(details or {}),
            created_at=now,
            due_at=now,
            expires_at=now + kind.lifetime,
        )
    )


def post_blurred(
    session: Session,
    kind: LetterKind,
    recipients: Iterable[uuid.UUID],
    *,
    about: str,
    details: Mapping[str, Any],
    every: timedelta,
    now: datetime,
) -> None:
    """Queue letters that do not tell when what they tell of happened: they are dated, and leave, at the next whole
    ``every`` of the clock, in an order that has nothing to do with it, and one for all that happened until then.

    ``about`` and the person name the letter, so that its id holds neither a time nor a number in a row.
    """
    people = sorted(set(recipients))
    if not people:
        return
    due = now + every - (now - datetime.min.replace(tzinfo=UTC)) % every
    rows = [
        {
            "id": uuid.uuid5(_BLURRED, f"{kind.name} {user_id} {about} {due.timestamp():.0f}"),
            "kind": kind.name,
            "user_id": user_id,
            "details": dict(details),
            "attempts": 0,
            "created_at": due,
            "due_at": due,
            "expires_at": due + kind.lifetime,
        }
        for user_id in people
    ]
    session.execute(inserting(session, Letter).on_conflict_do_nothing(index_elements=["id"]), rows)


def take(session: Session, *, now: datetime) -> Letter | None:
    """The letter that has waited longest, to be tried now; until it is dropped it comes again, each time later.

    So a worker that dies while it sends leaves a letter that is sent again, rather than one that is lost. Two workers
    take different letters.
    """
    letter = session.scalars(
        select(Letter)
        .where(Letter.due_at <= now, Letter.expires_at > now)
        .order_by(Letter.due_at, Letter.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).one_or_none()
    if letter is not None:
        letter.due_at = now + min(FIRST_REST * 2**letter.attempts, LONGEST_REST)
        letter.attempts += 1
        session.flush()
    return letter


def drop(session: Session, letter_id: uuid.UUID) -> None:
    """It is sent, or has nothing to say any more."""
    session.execute(delete(Letter).where(Letter.id == letter_id))


def postpone(session: Session, *, until: datetime) -> None:
    """Nothing can be sent before then: all that would be due waits until then."""
    session.execute(
        update(Letter).where(Letter.due_at < until).values(due_at=until).execution_options(synchronize_session=False)
    )


def purge(session: Session, *, now: datetime) -> int:
    """Let go of what is too old to be news. Returns how many of them were tried in vain; others were old from the
    beginning, such as those of a log that is read for the first time."""
    return sum(
        attempts > 0
        for attempts in session.scalars(delete(Letter).where(Letter.expires_at <= now).returning(Letter.attempts))
    )


def refuse(session: Session, user_id: uuid.UUID, kinds: Collection[str], *, now: datetime) -> None:
    """The kinds that the person wants no more, in place of those named before."""
    session.execute(delete(LetterRefusal).where(LetterRefusal.user_id == user_id))
    session.add_all(LetterRefusal(user_id=user_id, kind=kind, created_at=now) for kind in sorted(set(kinds)))
    session.flush()
