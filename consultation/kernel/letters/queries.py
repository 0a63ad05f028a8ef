"""Asking whether there is mail, without a write lock."""

from datetime import datetime

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from consultation.kernel.letters.models import Letter


def stirring(session: Session, *, now: datetime) -> bool:
    """Whether a letter is due, or too old to be kept."""
    return bool(session.scalar(select(exists().where(or_(Letter.due_at <= now, Letter.expires_at <= now)))))
