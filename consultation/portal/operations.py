"""What a person does on their account page."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CursorResult, update
from sqlalchemy.orm import Session

from consultation.kernel.permissions import Actor, Permission, require
from consultation.notifications.models import Notice


def mark_read(session: Session, notice_id: uuid.UUID | None = None, *, actor: Actor, now: datetime) -> int:
    """Mark one of the actor's own notices as read, or, without an id, all of them. Returns how many were unread.

    Raises:
        Denied: when nobody is signed in.
    """
    require(actor, Permission.ACCOUNT_USE, now=now)
    query = update(Notice).where(Notice.user_id == actor.user_id, Notice.read_at.is_(None)).values(read_at=now)
    if notice_id is not None:
        query = query.where(Notice.id == notice_id)
    result: CursorResult[Any] = session.execute(query.execution_options(synchronize_session=False))  # type: ignore[assignment]
    return result.rowcount
