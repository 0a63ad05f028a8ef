"""Letters about a person's data."""

import uuid
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from consultation.accounts.models import User
from consultation.kernel.letters import Content, Letter, LetterKind
from consultation.privacy.models import Erasure
from consultation.privacy.states import AskedBy


def _erasure_asked(session: Session, letter: Letter, _now: datetime) -> Content | None:
    """Nothing to say once it was taken back, or is done."""
    asked = session.get(Erasure, uuid.UUID(letter.details["erasure_id"]))
    user = session.get(User, letter.user_id)
    if asked is None or asked.withdrawn_at or asked.done_at or user is None or not user.active:
        return None
    values = {"name": user.name, "due_at": asked.due_at, "sleeps": asked.asked_by is AskedBy.INACTIVITY}
    return Content(user.email, user.language, values)


#: About the safety of the account: it cannot be turned off.
ERASURE_ASKED = LetterKind("erasure_asked", _erasure_asked, timedelta(days=14))
