"""Changing one's address: asked for on one's own page, taken by a link that goes to the new address."""

import uuid
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from consultation.accounts import rules
from consultation.accounts.address_letters import NEW_ADDRESS, OLD_ADDRESS
from consultation.accounts.address_models import AddressChange
from consultation.accounts.events import AddressChangeAsked, AddressChanged, AddressChangeWithdrawn
from consultation.accounts.models import SignInLink, User
from consultation.accounts.operations.sessions import end_sessions
from consultation.accounts.queries import digest
from consultation.kernel import letters
from consultation.kernel.outbox import record
from consultation.kernel.permissions import Actor, Permission, require

_APART = {"synchronize_session": False}


class SameAddress(Exception):
    """The account has this address already."""


def ask_address_change(session: Session, user: User, email: str, *, actor: Actor, now: datetime) -> None:
    """Have a link sent to the new address, and word of it to the one of today; what was asked before lapses.

    Whether somebody has the new address is not looked at here, so that neither the answer nor its time tells.

    Raises:
        BadAddress: when it cannot be one.
        SameAddress: when it is the person's own.
        Denied: when nobody is signed in.
        ValueError: when it is somebody else's account.
    """
    _themselves(user, actor, now)
    kept = rules.address(email)
    if kept == user.email:
        raise SameAddress
    session.execute(delete(AddressChange).where(AddressChange.user_id == user.id).execution_options(**_APART))
    asked = AddressChange(user_id=user.id, email=kept, created_at=now, expires_at=now + rules.ADDRESS_CHANGE_WITHIN)
    session.add(asked)
    session.flush()
    letters.post(session, NEW_ADDRESS, address=kept, details={"change_id": str(asked.id)}, now=now)
    _tell_old(session, user, changed=False, now=now)
    record(session, AddressChangeAsked(user.id), actor=actor, now=now)
    session.flush()


def standing_change(session: Session, user_id: uuid.UUID, *, now: datetime) -> AddressChange | None:
    """What the person has asked for and can still take."""
    query = select(AddressChange).where(AddressChange.user_id == user_id, AddressChange.expires_at > now)
    return session.scalars(query).one_or_none()


def change_by_token(session: Session, user_id: uuid.UUID, token: str, *, now: datetime) -> AddressChange | None:
    """What the link would change, for the person who asked for it alone; looking does not use it."""
    standing = standing_change(session, user_id, now=now)
    return standing if standing is not None and standing.token_sha256 == digest(token) else None


def take_address_change(session: Session, user: User, token: str, *, actor: Actor, now: datetime) -> bool:
    """Give the account its new address, once; whether the link was good is told. All sessions end, and so does every
    link and code that was mailed to the old address.

    One statement takes the link, so that of two uses at the same moment one comes too late. An address that somebody
    got in between stays theirs.

    Raises:
        Denied: when nobody is signed in.
        ValueError: when it is somebody else's account.
    """
    _themselves(user, actor, now)
    email = session.scalar(
        delete(AddressChange)
        .where(
            AddressChange.user_id == user.id,
            AddressChange.token_sha256 == digest(token),
            AddressChange.expires_at > now,
        )
        .returning(AddressChange.email)
        .execution_options(**_APART)
    )
    if email is None or session.scalar(select(User.id).where(User.email == email)) is not None:
        return False
    _tell_old(session, user, changed=True, now=now)
    user.email = email
    session.execute(delete(SignInLink).where(SignInLink.user_id == user.id).execution_options(**_APART))
    end_sessions(session, user.id)
    record(session, AddressChanged(user.id), actor=actor, now=now)
    session.flush()
    return True


def withdraw_address_change(session: Session, user: User, *, actor: Actor, now: datetime) -> bool:
    """Keep the address of today; whether there was something to take back is told.

    Raises:
        Denied: when nobody is signed in.
        ValueError: when it is somebody else's account.
    """
    _themselves(user, actor, now)
    gone = delete(AddressChange).where(AddressChange.user_id == user.id).returning(AddressChange.id)
    if session.scalar(gone.execution_options(**_APART)) is None:
        return False
    record(session, AddressChangeWithdrawn(user.id), actor=actor, now=now)
    session.flush()
    return True


def _themselves(user: User, actor: Actor, now: datetime) -> None:
    require(actor, Permission.ACCOUNT_USE, now=now)
    if actor.user_id != user.id:
        raise ValueError("Everybody changes their own address.")


def _tell_old(session: Session, user: User, *, changed: bool, now: datetime) -> None:
    details = {"user_id": str(user.id), "changed": changed}
    letters.post(session, OLD_ADDRESS, address=user.email, details=details, now=now)
