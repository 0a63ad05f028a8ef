"""Sessions: begun at each sign-in under a new secret of their own, listed, and ended."""

import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, exists, select, update
from sqlalchemy.orm import Session

from consultation.accounts import rules
from consultation.accounts.devices import Device
from consultation.accounts.events import AllSessionsEnded, SessionEnded, UserSignedIn
from consultation.accounts.models import KnownDevice, User, UserSession
from consultation.accounts.queries import digest
from consultation.kernel.outbox import record
from consultation.kernel.permissions import Actor


@dataclass(frozen=True, slots=True)
class Begun:
    """A session that has begun, and the two secrets that only the browser keeps: the one that opens the session, and
    the one by which the browser is known again at its next sign-in."""

    session: UserSession
    token: str
    device_token: str


def begin_session(
    session: Session,
    user: User,
    *,
    method: str,
    second_step: bool,
    device: Device,
    device_token: str | None,
    now: datetime,
) -> Begun:
    """Sign the person in by ``method``; ``user.role_rows`` is loaded. What has expired of anybody's goes on the way."""
    session.execute(delete(UserSession).where(UserSession.expires_at <= now).execution_options(**_APART))
    token, device_token = secrets.token_urlsafe(32), device_token or secrets.token_urlsafe(32)
    new_device = _remember(session, user, device_token, now)
    begun = UserSession(
        token_sha256=digest(token),
        user_id=user.id,
        epoch=user.session_epoch,
        method=method,
        browser=device.browser,
        system=device.system,
        created_at=now,
        last_used_at=now,
        confirmed_at=now,
        second_step_at=now if second_step else None,
        expires_at=now + rules.SESSION_LIFETIME,
    )
    session.add(begun)
    user.last_signed_in_at = now
    session.flush()
    signed_in = UserSignedIn(subject_id=user.id, method=method, session_id=begun.id, new_device=new_device)
    record(session, signed_in, actor=_self(user), now=now)
    session.flush()
    return Begun(begun, token, device_token)


def _remember(session: Session, user: User, device_token: str, now: datetime) -> bool:
    """Whether this browser is new to the person; the first one that they ever use is not called new."""
    forgotten = KnownDevice.last_used_at <= now - rules.DEVICE_FORGOTTEN_AFTER
    session.execute(delete(KnownDevice).where(forgotten).execution_options(**_APART))
    known_as = digest(f"{user.id} {device_token}")
    known = session.execute(
        update(KnownDevice)
        .where(KnownDevice.device_sha256 == known_as)
        .values(last_used_at=now)
        .execution_options(**_APART)
    )
    if known.rowcount:  # type: ignore[attr-defined]
        return False
    others = session.scalar(select(exists().where(KnownDevice.user_id == user.id)))
    session.add(KnownDevice(device_sha256=known_as, user_id=user.id, created_at=now, last_used_at=now))
    return bool(others)


def note_use(session: Session, kept: UserSession, *, now: datetime) -> None:
    """The session is in use; written at most once an hour, and only along with what is written anyway."""
    if now - kept.last_used_at >= rules.USE_NOTED_EVERY:
        session.execute(
            update(UserSession)
            .where(UserSession.token_sha256 == kept.token_sha256)
            .values(last_used_at=now)
            .execution_options(**_APART)
        )


def end_session(session: Session, session_id: uuid.UUID, *, actor: Actor, now: datetime) -> bool:
    """End one of the actor's own sessions. Nothing happens to those of others; whether it was there is told."""
    ended = session.scalar(
        delete(UserSession)
        .where(UserSession.id == session_id, UserSession.user_id == actor.user_id)
        .returning(UserSession.user_id)
        .execution_options(**_APART)
    )
    if ended is None:
        return False
    record(session, SessionEnded(subject_id=ended, session_id=session_id), actor=actor, now=now)
    session.flush()
    return True


def end_own_sessions(session: Session, user: User, *, actor: Actor, now: datetime) -> None:
    """Sign the person out everywhere, by their own wish."""
    end_sessions(session, user.id)
    record(session, AllSessionsEnded(subject_id=user.id), actor=actor, now=now)
    session.flush()


def end_sessions(session: Session, user_id: uuid.UUID) -> None:
    """End all sessions of the person, on every device. Besides taking them away it raises the epoch, so that one which
    begins in the same moment, unseen by this transaction, is not valid either."""
    session.execute(delete(UserSession).where(UserSession.user_id == user_id).execution_options(**_APART))
    session.execute(update(User).where(User.id == user_id).values(session_epoch=User.session_epoch + 1))


def _self(user: User) -> Actor:
    return Actor(user_id=user.id, roles=user.roles)


#: Rows that are deleted or changed by a statement alone; what this process holds of them is not looked at again.
_APART = {"synchronize_session": False}
