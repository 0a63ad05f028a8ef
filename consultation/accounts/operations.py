"""Accounts: creating them, and the two ways of signing in."""

import hashlib
import secrets
import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import case, func, select, update
from sqlalchemy.orm import Session

from consultation.accounts import rules
from consultation.accounts.events import PasswordChanged, UserCreated, UserSignedIn
from consultation.accounts.models import SignInLink, User, UserRole
from consultation.accounts.passwords import Passwords
from consultation.accounts.queries import user_by_email, user_by_id
from consultation.kernel.outbox import record
from consultation.kernel.permissions import Actor, Permission, require
from consultation.kernel.roles import Role

LINK_LIFETIME = timedelta(minutes=10)
INVITATION_LIFETIME = timedelta(hours=24)


class AddressTaken(Exception):
    """Somebody has this address already."""


def create_user(
    session: Session,
    *,
    email: str,
    name: str,
    language: str,
    roles: Iterable[Role],
    password: str | None = None,
    passwords: Passwords | None = None,
    actor: Actor,
    now: datetime,
) -> User:
    """A new account. Without a password the person signs in by link.

    ``passwords`` hashes it (the application's own; otherwise one of the default cost).

    Raises:
        Denied: when the actor may not invite people.
        AddressTaken: when the address has an account, active or not.
        BadAddress, WeakPassword: for what cannot be one.
    """
    require(actor, Permission.USER_INVITE, now=now)
    kept = rules.address(email)
    if session.scalar(select(User.id).where(User.email == kept)) is not None:
        raise AddressTaken(kept)
    hashed = None if password is None else _hashed(password, passwords)
    return _add(session, kept, name, language, sorted(set(roles)), actor, now, password_hash=hashed)


def enrol(session: Session, *, email: str, name: str, language: str, now: datetime) -> User:
    """An account for somebody who has answered from their own address, as a delegate.

    Raises:
        BadAddress: when the address cannot be one.
    """
    return _add(session, rules.address(email), name, language, [Role.DELEGATE], Actor(), now)


def _add(
    session: Session,
    email: str,
    name: str,
    language: str,
    roles: Sequence[Role],
    actor: Actor,
    now: datetime,
    *,
    password_hash: str | None = None,
) -> User:
    user = User(
        email=email,
        name=" ".join(name.split()) or email.partition("@")[0],
        language=language,
        password_hash=password_hash,
        created_at=now,
        role_rows=[UserRole(role=role) for role in roles],
    )
    session.add(user)
    session.flush()
    created = UserCreated(subject_id=user.id, roles=[role.value for role in roles], language=language)
    record(session, created, actor=actor, now=now)
    session.flush()
    return user


def create_sign_in_link(session: Session, user: User, *, now: datetime, lifetime: timedelta = LINK_LIFETIME) -> str:
    """A token that signs the person in once, until ``lifetime`` has passed. Only its digest is kept."""
    token = secrets.token_urlsafe(32)
    session.add(SignInLink(token_sha256=_digest(token), user_id=user.id, created_at=now, expires_at=now + lifetime))
    session.flush()
    return token


def use_link(session: Session, token: str, *, now: datetime) -> User | None:
    """The person whom the token signs in, with their roles; nobody when it was used, has expired or never was.

    One statement takes the link, so that of two uses at the same moment one comes too late.
    """
    taken = session.scalar(
        update(SignInLink)
        .where(SignInLink.token_sha256 == _digest(token), SignInLink.used_at.is_(None), SignInLink.expires_at > now)
        .values(used_at=now)
        .returning(SignInLink.user_id)
        .execution_options(synchronize_session=False)
    )
    user = None if taken is None else user_by_id(session, taken)
    if user is not None:
        welcome(session, user, "link", now)
    return user


def link_stands(session: Session, token: str, *, now: datetime) -> bool:
    """Whether the link could be used now; asking does not use it."""
    return (
        session.scalar(
            select(SignInLink.user_id).where(
                SignInLink.token_sha256 == _digest(token), SignInLink.used_at.is_(None), SignInLink.expires_at > now
            )
        )
        is not None
    )


def sign_in_with_password(
    session: Session, email: str, password: str, *, passwords: Passwords, now: datetime
) -> User | None:
    """The person whose address and password these are, or nobody.

    A hash is computed in every case (a decoy's for an unknown address), so that the time says nothing. Nobody is
    returned either when too many tries failed lately; the caller notes each failure with ``note_failed_sign_in``, in
    a transaction that survives the refusal.
    """
    user = user_by_email(session, email)
    matches = passwords.matches(user.password_hash if user else None, password[: rules.MAXIMUM_PASSWORD_LENGTH])
    if user is None or not matches or rules.password_refused(user.failed_sign_ins, user.last_failed_at, now):
        return None
    welcome(session, user, "password", now)
    return user


def note_failed_sign_in(session: Session, email: str, *, now: datetime) -> None:
    """Count a failure; the count begins anew after a quiet quarter of an hour. Does nothing for unknown addresses."""
    quiet = func.coalesce(User.last_failed_at <= now - rules.FAILURES_FORGOTTEN_AFTER, True)
    session.execute(
        update(User)
        .where(User.email == email.strip().lower())
        .values(failed_sign_ins=case((quiet, 1), else_=User.failed_sign_ins + 1), last_failed_at=now)
        .execution_options(synchronize_session=False)
    )


def set_password(
    session: Session, user: User, password: str, *, passwords: Passwords | None = None, actor: Actor, now: datetime
) -> None:
    """Give the person a new password and end all their sessions.

    Raises:
        Denied: when it is somebody else's account and the actor may not invite people.
        WeakPassword: when it is too short or too long.
    """
    if actor.user_id != user.id:
        require(actor, Permission.USER_INVITE, now=now)
    user.password_hash = _hashed(password, passwords)
    user.session_epoch += 1
    record(session, PasswordChanged(subject_id=user.id), actor=actor, now=now)
    session.flush()


def end_sessions(session: Session, user_id: uuid.UUID) -> None:
    """End all sessions of the person, on every device."""
    session.execute(
        update(User)
        .where(User.id == user_id)
        .values(session_epoch=User.session_epoch + 1)
        .execution_options(synchronize_session=False)
    )


def welcome(session: Session, user: User, method: str, now: datetime) -> None:
    """Note that the person has signed in, by ``link``, ``password`` or ``invitation``."""
    user.failed_sign_ins = 0
    user.last_failed_at = None
    actor = Actor(user_id=user.id, roles=user.roles)
    record(session, UserSignedIn(subject_id=user.id, method=method), actor=actor, now=now)
    session.flush()


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _hashed(password: str, passwords: Passwords | None) -> str:
    rules.check_password(password)
    return (passwords or _default_passwords()).hash(password)


@cache
def _default_passwords() -> Passwords:
    return Passwords.with_cost(time_cost=3, memory_kib=65536)
