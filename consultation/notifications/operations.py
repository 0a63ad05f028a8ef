"""Putting notices into inboxes."""

import uuid
from collections.abc import Iterable

from sqlalchemy.orm import Session

from consultation.kernel.ids import uuid7
from consultation.kernel.orm import inserting
from consultation.kernel.outbox import EventRecord
from consultation.notifications.models import Notice


def notify(
    session: Session,
    recipients: Iterable[uuid.UUID],
    event: EventRecord,
    *,
    subject_code: str,
    subject_title: str,
    detail: str = "",
) -> None:
    """One notice of the event for each person; somebody who has it already gets no second one."""
    rows = [
        {
            "id": uuid7(),
            "user_id": user_id,
            "event_position": event.position,
            "name": event.name,
            "subject_code": subject_code,
            "subject_title": subject_title,
            "detail": detail,
            "created_at": event.occurred_at,
        }
        for user_id in dict.fromkeys(recipients)
    ]
    if rows:
        session.execute(
            inserting(session, Notice).values(rows).on_conflict_do_nothing(index_elements=["user_id", "event_position"])
        )
