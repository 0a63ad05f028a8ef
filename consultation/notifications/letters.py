"""Letters about what happened to what people brought."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from consultation.accounts.models import User
from consultation.accounts.queries import session_by_id
from consultation.kernel.letters import Content, Letter, LetterKind
from consultation.kernel.two_steps import TwoStepRequest
from consultation.notifications.wording import ACCOUNT_CHANGES, NEXT_STEPS, NOTICES, PAGES, TWO_STEPS, VERIFICATIONS


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


def _two_step(session: Session, letter: Letter, now: datetime) -> Content | None:
    """To one who can confirm; of what is decided meanwhile nobody is told."""
    user, asked = session.get(User, letter.user_id), session.get(TwoStepRequest, UUID(letter.details["request_id"]))
    if user is None or not user.active or asked is None or not asked.stands(now):
        return None
    values = {"name": user.name, "what": TWO_STEPS[asked.kind], "reason": asked.reason, "until": asked.expires_at}
    return Content(user.email, user.language, values)


TWO_STEP = LetterKind("two_step", _two_step, timedelta(days=7))


def _account_changed(session: Session, letter: Letter, _now: datetime) -> Content | None:
    """What happened to the account; of a sign-in the device too, as far as the session still tells of it."""
    user, details = session.get(User, letter.user_id), letter.details
    if user is None or not user.active:
        return None
    begun = session_by_id(session, UUID(details["session_id"])) if "session_id" in details else None
    values = {
        "name": user.name,
        "what": ACCOUNT_CHANGES[details["event"]],
        "at": letter.created_at,
        "browser": begun.browser if begun else "",
        "system": begun.system if begun else "",
        "left": details.get("left"),
    }
    return Content(user.email, user.language, values)


ACCOUNT_CHANGED = LetterKind("account_changed", _account_changed, timedelta(days=7))
