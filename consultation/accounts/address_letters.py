"""Letters about a change of address: the link to the new one, and word of it to the old one."""

import secrets
import uuid
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from consultation.accounts import rules
from consultation.accounts.address_models import AddressChange
from consultation.accounts.models import User
from consultation.accounts.queries import digest
from consultation.kernel.letters import Content, Letter, LetterKind


def _new_address(session: Session, letter: Letter, now: datetime) -> Content | None:
    """To the new address. The token is made as the letter leaves; of a letter that goes twice, the later one opens.

    It names nobody, since it may reach a stranger. Where somebody has the address already it holds no link and tells
    them, as the page told nobody.
    """
    change_id = uuid.UUID(letter.details["change_id"])
    asked = session.scalars(select(AddressChange).where(AddressChange.id == change_id)).one_or_none()
    user = None if asked is None or asked.expires_at <= now else session.get(User, asked.user_id)
    if asked is None or user is None or not user.active:
        return None
    if session.scalar(select(User.id).where(User.email == asked.email)) is not None:
        return Content(asked.email, user.language, {"name": "", "token": None})
    token = secrets.token_urlsafe(32)
    asked.token_sha256 = digest(token)
    session.flush()
    return Content(asked.email, user.language, {"name": "", "token": token, "until": asked.expires_at})


def _old_address(session: Session, letter: Letter, _now: datetime) -> Content | None:
    """To the address that the person had when it was written, which the account may have no more."""
    user = session.get(User, uuid.UUID(letter.details["user_id"]))
    if user is None or user.erased_at is not None or letter.address is None:
        return None
    values = {"name": user.name, "at": letter.created_at, "changed": letter.details["changed"]}
    return Content(letter.address, user.language, values)


NEW_ADDRESS = LetterKind("new_address", _new_address, rules.ADDRESS_CHANGE_WITHIN)
#: About the safety of the account: it cannot be turned off.
OLD_ADDRESS = LetterKind("old_address", _old_address, timedelta(days=7))
