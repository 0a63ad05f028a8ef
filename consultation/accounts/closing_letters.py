"""Letters about an account that was deactivated or activated again. The reason is not in them."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from consultation.accounts.models import User
from consultation.kernel.letters import Content, Letter, LetterKind


def _closed(session: Session, letter: Letter, _now: datetime) -> Content | None:
    return _about(session, letter, active=False)


def _opened(session: Session, letter: Letter, _now: datetime) -> Content | None:
    return _about(session, letter, active=True)


def _about(session: Session, letter: Letter, *, active: bool) -> Content | None:
    """Nothing to say once it is otherwise again, or the person is erased."""
    user = session.get(User, letter.user_id)
    if user is None or user.erased_at is not None or user.active is not active:
        return None
    return Content(user.email, user.language, {"name": user.name, "at": letter.created_at})


#: About the account itself: they cannot be turned off.
ACCOUNT_CLOSED = LetterKind("account_closed", _closed, timedelta(days=7))
ACCOUNT_OPENED = LetterKind("account_opened", _opened, timedelta(days=7))
