"""Finding people, and who is signed in."""

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, bindparam, case, func, null, select
from sqlalchemy.orm import Session, joinedload

from consultation.accounts.models import Authenticator, Passkey, RecoveryCode, User, UserSession
from consultation.accounts.states import ShownAs

# Built once, since every request of somebody signed in begins with it, and what they speak for.
SIGNED_IN = (
    select(UserSession, User)
    .join(User, User.id == UserSession.user_id)
    .where(
        UserSession.token_sha256 == bindparam("token_sha256"),
        UserSession.expires_at > bindparam("at"),
        UserSession.epoch == User.session_epoch,
        User.active,
    )
    .options(joinedload(User.role_rows))
)


def digest(token: str) -> str:
    """What is kept of a secret that is long enough not to be guessed."""
    return hashlib.sha256(token.encode()).hexdigest()


def user_by_id(session: Session, user_id: uuid.UUID) -> User | None:
    """An active user with their roles, in one query."""
    query = select(User).where(User.id == user_id, User.active).options(joinedload(User.role_rows))
    return session.scalars(query).unique().one_or_none()


def user_by_email(session: Session, email: str) -> User | None:
    return (
        session.scalars(
            select(User).where(User.email == email.strip().lower(), User.active).options(joinedload(User.role_rows))
        )
        .unique()
        .one_or_none()
    )


def session_by_id(session: Session, session_id: uuid.UUID) -> UserSession | None:
    return session.scalars(select(UserSession).where(UserSession.id == session_id)).one_or_none()


def sessions_of(session: Session, user: User, now: datetime) -> Sequence[UserSession]:
    """The person's sessions that are open, the newest first."""
    return session.scalars(
        select(UserSession)
        .where(UserSession.user_id == user.id, UserSession.expires_at > now, UserSession.epoch == user.session_epoch)
        .order_by(UserSession.created_at.desc(), UserSession.id.desc())
    ).all()


def public_name() -> ColumnElement[str | None]:
    """As ``User.public_name``, for queries over the table itself: null for whoever is not to be named."""
    user = User.__table__.c
    return case(
        (user.shown_as == ShownAs.NAME, user.name), (user.shown_as == ShownAs.PSEUDONYM, user.pseudonym), else_=null()
    )


@dataclass(frozen=True, slots=True)
class SecondSteps:
    """What a person has for the second step of signing in."""

    authenticator: bool
    passkeys: int
    recovery_codes: int

    def asked_for(self, *, required: bool) -> bool:
        """Whether signing in by something known or received is not enough: for whoever has set up an authenticator, and
        where the role requires it for whoever has a passkey. (Who must have a second step and has none gets in to set
        one up, with their roles withheld: see ``Actor.withheld``.)"""
        return self.authenticator or (required and self.passkeys > 0)


def second_steps(session: Session, user: User) -> SecondSteps:
    confirmed = select(Authenticator.user_id).where(
        Authenticator.user_id == user.id, Authenticator.confirmed_at.is_not(None)
    )
    left = (
        select(func.count())
        .select_from(RecoveryCode)
        .where(RecoveryCode.user_id == user.id, RecoveryCode.used_at.is_(None))
    )
    keys = select(func.count()).select_from(Passkey).where(Passkey.user_id == user.id)
    asked = select(confirmed.exists(), keys.scalar_subquery(), left.scalar_subquery())
    found, passkeys, codes = session.execute(asked).one()
    return SecondSteps(authenticator=bool(found), passkeys=int(passkeys), recovery_codes=int(codes))


def passkeys_of(session: Session, user: User) -> Sequence[Passkey]:
    """The person's passkeys, the oldest first."""
    return session.scalars(
        select(Passkey).where(Passkey.user_id == user.id).order_by(Passkey.created_at, Passkey.id)
    ).all()


def passkey_by_credential(session: Session, credential_id: str) -> Passkey | None:
    return session.scalars(select(Passkey).where(Passkey.credential_id == credential_id)).one_or_none()


def unconfirmed_authenticator(session: Session, user: User) -> Authenticator | None:
    """One whose setting up is under way."""
    query = select(Authenticator).where(Authenticator.user_id == user.id, Authenticator.confirmed_at.is_(None))
    return session.scalars(query).one_or_none()
