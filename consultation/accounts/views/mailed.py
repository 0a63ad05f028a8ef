"""Codes that are mailed, and the browser that asked for them."""

import secrets

from flask import current_app
from flask import session as cookie

from consultation.accounts import operations
from consultation.accounts.models import User
from consultation.web.authorize import present
from consultation.web.transactions import session, unit_of_work

ASKED = "asked"


def asking() -> str:
    """The secret by which this browser is known as the one that asked; only its digest leaves the cookie."""
    if ASKED not in cookie:
        cookie[ASKED] = secrets.token_urlsafe(32)
    return str(cookie[ASKED])


def right_mailed_code(code: str) -> User | None:
    """Whom the code lets in, in this browser. The try is counted, and saved, before the code is looked at."""
    now = present()
    with unit_of_work() as own:
        tried = operations.take_code_tries(own, str(cookie.get(ASKED, "")), now=now)
    return operations.use_code(session(), tried, code, vault=current_app.extensions["vault"], now=now)
