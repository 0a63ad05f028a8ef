"""Asking whether there is mail, without a write lock, and who wants which."""

import uuid
from datetime import datetime

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from consultation.kernel.letters.models import Letter, LetterRefusal


def stirring(session: Session, *, now: datetime) -> bool:
    """Whether a letter is due, or too old to be kept."""
    return bool(session.scalar(select(exists().where(or_(Letter.due_at <= now, Letter.expires_at <= now)))))


def refused(session: Session, user_id: uuid.UUID) -> frozenset[str]:
    """The kinds of letters that the person has turned off."""
    return frozenset(session.scalars(select(LetterRefusal.kind).where(LetterRefusal.user_id == user_id)))
