"""Letters about what happened to what people brought."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from consultation.accounts.models import User
from consultation.kernel.letters import Content, Letter, LetterKind
from consultation.notifications.wording import NEXT_STEPS, NOTICES, PAGES, VERIFICATIONS


def _compose(session: Session, letter: Letter, _now: datetime) -> Content | None:
    """To the person's address of today. Somebody who has left is written to no more."""
    user = session.get(User, letter.user_id)
    if user is None or not user.active:
        return None
    event = letter.details["event"]
    values = {"name": user.name, **letter.details, "what": NOTICES[event], "next_step": NEXT_STEPS[event]}
    return Content(user.email, user.language, values)


def _verification(session: Session, letter: Letter, _now: datetime) -> Content | None:
    user = session.get(User, letter.user_id)
    if user is None or not user.active:
        return None
    event = letter.details["event"]
    values = {
        "name": user.name,
        **letter.details,
        "what": VERIFICATIONS[event],
        "next_step": NEXT_STEPS.get(event, ""),
        "page": PAGES.get(event, "directory.people"),
    }
    return Content(user.email, user.language, values)


DECISION = LetterKind("decision", _compose, timedelta(days=7), optional=True)
VERIFICATION = LetterKind("verification", _verification, timedelta(days=7), optional=True)
