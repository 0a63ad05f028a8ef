"""Letters about getting in."""

from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy.orm import Session

from consultation.accounts.models import User
from consultation.accounts.operations import LINK_LIFETIME, create_mailed_link
from consultation.accounts.queries import digest, user_by_email
from consultation.kernel import letters
from consultation.kernel.letters import Content, Letter, LetterKind


def _sign_in_link(session: Session, letter: Letter, now: datetime) -> Content | None:
    """The token and the code are made as the letter leaves, so that neither waits in the queue. For an address without
    an account there is nothing to send, and nobody learns of it."""
    user = user_by_email(session, letter.address or "")
    if user is None:
        return None
    vault = current_app.extensions["vault"]
    browser = letter.details["browser"]
    token, code = create_mailed_link(session, user, browser_sha256=browser, vault=vault, now=now)
    minutes = int(LINK_LIFETIME.total_seconds() // 60)
    values = {"name": user.name, "token": token, "code": f"{code[:3]} {code[3:]}", "minutes": minutes}
    return Content(user.email, letter.details["language"], values)


def _password_changed(session: Session, letter: Letter, _now: datetime) -> Content | None:
    user = session.get(User, letter.user_id)
    if user is None or not user.active:
        return None
    values = {"name": user.name, "at": letter.created_at}
    return Content(user.email, user.language, values)


#: Not worth much when it is late: by then the person has asked again.
SIGN_IN_LINK = LetterKind("sign_in_link", _sign_in_link, timedelta(hours=1))
PASSWORD_CHANGED = LetterKind("password_changed", _password_changed, timedelta(days=7))


def ask_for_link(session: Session, email: str, *, browser: str, language: str, now: datetime) -> None:
    """Have a sign-in link sent to this address, if it opens an account. Whether it does shows neither in what is done
    here nor in how long it takes. The code beside the link works only in the ``browser`` that asks, known
    by a secret that it keeps."""
    details = {"language": language, "browser": digest(browser)}
    letters.post(session, SIGN_IN_LINK, address=email.strip().lower(), details=details, now=now)
