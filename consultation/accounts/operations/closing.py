"""Deactivating an account, and activating it again. Mandates stay as they are: nobody can use them meanwhile."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, delete, select
from sqlalchemy.orm import Session, joinedload

from consultation.accounts.address_models import AddressChange
from consultation.accounts.closing_letters import ACCOUNT_CLOSED, ACCOUNT_OPENED
from consultation.accounts.closing_models import AccountClosure
from consultation.accounts.events import AccountActivated, AccountDeactivated
from consultation.accounts.models import PasskeyChallenge, SignInLink, User, UserRole
from consultation.accounts.operations.sessions import end_sessions
from consultation.kernel import letters
from consultation.kernel.outbox import record
from consultation.kernel.permissions import Actor, Decision, Denied, Permission, Reason, require
from consultation.kernel.roles import Role


class LastAdministrator(Exception):
    """Nobody else could administer the site."""


def deactivate(session: Session, user: User, *, reason: str, actor: Actor, now: datetime) -> bool:
    """Close the account: every session ends, and no way of signing in knows it any more. The person is told by mail.
    Whether it was active is told.

    Raises:
        Denied: when the actor is no administrator, or it is their own account.
        LastAdministrator: when nobody else is one.
        ValueError: without a reason.
    """
    require(actor, Permission.USER_DEACTIVATE, now=now)
    if actor.user_id == user.id:
        raise Denied(Permission.USER_DEACTIVATE, Decision(Reason.OWN_MATTER))
    if not reason.strip():
        raise ValueError("Say why.")
    # Locked, so that of two administrators who deactivate one another at the same moment one stays.
    administrators = session.scalars(
        select(User.id)
        .join(UserRole, UserRole.user_id == User.id)
        .where(UserRole.role == Role.ADMINISTRATOR, User.active)
        .order_by(User.id)
        .with_for_update(of=User)
    ).all()
    if administrators == [user.id]:
        raise LastAdministrator
    session.refresh(user, ["active"], with_for_update=True)
    if not user.active:
        return False
    user.active = False
    closure = AccountClosure(user_id=user.id, reason=reason.strip(), closed_at=now, closed_by=actor.user_id)
    session.add(closure)
    session.flush()
    _shut(session, user)
    letters.post(session, ACCOUNT_CLOSED, user_id=user.id, now=now)
    record(session, AccountDeactivated(user.id, closure.id), actor=actor, now=now)
    session.flush()
    return True


def activate(session: Session, user: User, *, actor: Actor, now: datetime) -> bool:
    """Open the account again. What was open before stays shut: the person signs in anew. Whether it was closed is told;
    an erased account stays so.

    Raises:
        Denied: when the actor is no administrator.
    """
    require(actor, Permission.USER_DEACTIVATE, now=now)
    session.refresh(user, ["active", "erased_at"], with_for_update=True)
    if user.active or user.erased_at is not None:
        return False
    user.active = True
    standing = select(AccountClosure).where(AccountClosure.user_id == user.id, AccountClosure.opened_at.is_(None))
    for closure in session.scalars(standing):
        closure.opened_at, closure.opened_by = now, actor.user_id
    session.flush()
    _shut(session, user)
    letters.post(session, ACCOUNT_OPENED, user_id=user.id, now=now)
    record(session, AccountActivated(user.id), actor=actor, now=now)
    session.flush()
    return True


def person_by_email(session: Session, email: str) -> User | None:
    """Whose address it is, also when the account is deactivated."""
    query = select(User).where(User.email == email.strip().lower(), User.erased_at.is_(None))
    return session.scalars(query.options(joinedload(User.role_rows))).unique().one_or_none()


def closed_accounts(session: Session) -> Sequence[tuple[User, AccountClosure | None]]:
    """Deactivated accounts with why, the newest first."""
    standing = and_(AccountClosure.user_id == User.id, AccountClosure.opened_at.is_(None))
    rows = session.execute(
        select(User, AccountClosure)
        .outerjoin(AccountClosure, standing)
        .where(User.active.is_(False), User.erased_at.is_(None))
        .order_by(AccountClosure.closed_at.desc(), User.id)
    )
    return [(user, closure) for user, closure in rows]


def _shut(session: Session, user: User) -> None:
    """End every session, and what could open one or was under way."""
    for gone in (
        delete(SignInLink).where(SignInLink.user_id == user.id),
        delete(PasskeyChallenge).where(PasskeyChallenge.user_id == user.id),
        delete(AddressChange).where(AddressChange.user_id == user.id),
    ):
        session.execute(gone.execution_options(synchronize_session=False))
    end_sessions(session, user.id)
