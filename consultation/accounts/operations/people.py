"""Accounts: creating them, and their passwords."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from consultation.accounts import rules
from consultation.accounts.events import PasswordChanged, UserCreated
from consultation.accounts.guessing import refuse_guessable
from consultation.accounts.models import User, UserRole
from consultation.accounts.operations.granting import POWERFUL
from consultation.accounts.operations.sessions import end_sessions
from consultation.accounts.passwords import Passwords
from consultation.kernel.outbox import record
from consultation.kernel.permissions import Actor, Decision, Denied, Permission, Reason, require
from consultation.kernel.roles import Role


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
        Denied: when the actor may not invite people, or alone asks for a role that takes two.
        AddressTaken: when the address has an account, active or not.
        BadAddress, WeakPassword: for what cannot be one.
    """
    require(actor, Permission.USER_INVITE, now=now)
    roles = sorted(set(roles))
    if not actor.is_operator and POWERFUL & set(roles):
        raise Denied(Permission.USER_INVITE, Decision(Reason.SECOND_PERSON))
    kept = rules.address(email)
    if session.scalar(select(User.id).where(User.email == kept)) is not None:
        raise AddressTaken(kept)
    hashed = None if password is None else _hashed(password, passwords, (name, kept))
    return _add(session, kept, name, language, roles, actor, now, password_hash=hashed)


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


def set_password(
    session: Session, user: User, password: str, *, passwords: Passwords | None = None, actor: Actor, now: datetime
) -> None:
    """Give the person a new password and end all their sessions.

    Raises:
        Denied: when it is somebody else's account and the actor may not invite people.
        WeakPassword: when it is too short, too long or easily guessed.
    """
    if actor.user_id != user.id:
        require(actor, Permission.USER_INVITE, now=now)
    user.password_hash = _hashed(password, passwords, (user.name, user.email))
    end_sessions(session, user.id)
    record(session, PasswordChanged(subject_id=user.id), actor=actor, now=now)
    session.flush()


def _hashed(password: str, passwords: Passwords | None, about: tuple[str, str]) -> str:
    rules.check_password(password)
    refuse_guessable(password, about)
    return (passwords or _default_passwords()).hash(password)


@cache
def _default_passwords() -> Passwords:
    return Passwords.with_cost(time_cost=3, memory_kib=65536)
