"""The second step of signing in: an authenticator app's codes (RFC 6238), and recovery codes for when it is lost."""

import hmac
import secrets
import uuid
from datetime import datetime

from sqlalchemy import case, delete, exists, func, or_, select, update
from sqlalchemy.orm import Session

from consultation.accounts import rules
from consultation.accounts.events import (
    AuthenticatorAdded,
    AuthenticatorRemoved,
    RecoveryCodesRenewed,
    RecoveryCodeUsed,
)
from consultation.accounts.models import Authenticator, RecoveryCode, User, UserSession
from consultation.accounts.queries import digest, second_steps
from consultation.accounts.vault import Vault
from consultation.kernel.outbox import record
from consultation.kernel.permissions import Actor

RECOVERY_CODES = 10
RECOVERY_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
RECOVERY_GROUPS, RECOVERY_GROUP_LENGTH = 4, 4
_APART = {"synchronize_session": False}


class AuthenticatorStands(Exception):
    """There is one that counts; it must be removed before another is set up."""


def begin_authenticator(session: Session, user: User, *, vault: Vault, now: datetime) -> None:
    """Make a new secret, which does not count before a code has confirmed it.

    Raises:
        AuthenticatorStands: when one counts already.
    """
    import pyotp

    kept = session.get(Authenticator, user.id)
    if kept is not None and kept.confirmed_at is not None:
        raise AuthenticatorStands
    if kept is not None:
        session.delete(kept)
        session.flush()
    sealed = vault.seal(pyotp.random_base32(), about=_about(user.id))
    session.add(Authenticator(user_id=user.id, secret=sealed, created_at=now))
    session.flush()


def authenticator_secret(kept: Authenticator, *, vault: Vault) -> str | None:
    """The secret in letters, to be shown while it is being set up."""
    return vault.open(kept.secret, about=_about(kept.user_id))


def take_try(session: Session, user_id: uuid.UUID, *, now: datetime) -> bool:
    """Count a try of a code, before it is looked at. To be committed by itself: so that of many tries at the same
    moment no more than these are answered, and a refusal does not give the try back."""
    quiet = or_(
        Authenticator.tries_since.is_(None), Authenticator.tries_since <= now - rules.CODE_TRIES_FORGOTTEN_AFTER
    )
    counted = session.execute(
        update(Authenticator)
        .where(Authenticator.user_id == user_id, or_(quiet, Authenticator.tries < rules.CODE_TRIES))
        .values(
            tries=case((quiet, 1), else_=Authenticator.tries + 1),
            tries_since=case((quiet, now), else_=Authenticator.tries_since),
        )
        .execution_options(**_APART)
    )
    return bool(counted.rowcount)  # type: ignore[attr-defined]


def confirm_authenticator(session: Session, user: User, *, actor: Actor, now: datetime) -> None:
    """The authenticator counts from now on: its first code was right (``check_code``)."""
    session.execute(
        update(Authenticator)
        .where(Authenticator.user_id == user.id)
        .values(confirmed_at=now)
        .execution_options(**_APART)
    )
    record(session, AuthenticatorAdded(subject_id=user.id), actor=actor, now=now)
    session.flush()


def check_code(
    session: Session, user_id: uuid.UUID, code: str, *, vault: Vault, confirmed: bool = True, now: datetime
) -> bool:
    """Whether the authenticator shows this code within half a minute of now; each code is taken once.

    The step of the code is taken by one statement, so that of two uses at the same moment one comes too late.
    """
    kept = session.execute(
        select(Authenticator.secret, Authenticator.last_step).where(
            Authenticator.user_id == user_id, Authenticator.confirmed_at.is_not(None) == confirmed
        )
    ).one_or_none()
    secret = None if kept is None else vault.open(kept.secret, about=_about(user_id))
    step = None if secret is None else _step(secret, code, now)
    if step is None:
        return False
    taken = session.execute(
        update(Authenticator)
        .where(Authenticator.user_id == user_id, or_(Authenticator.last_step.is_(None), Authenticator.last_step < step))
        .values(last_step=step, tries=0, tries_since=None)
        .execution_options(**_APART)
    )
    return bool(taken.rowcount)  # type: ignore[attr-defined]


def _step(secret: str, code: str, now: datetime) -> int | None:
    import pyotp

    generator, given = pyotp.TOTP(secret), code.replace(" ", "").encode()
    current = int(now.timestamp()) // generator.interval
    for step in (current, current - 1, current + 1):
        if hmac.compare_digest(generator.generate_otp(step).encode(), given):
            return step
    return None


def remove_authenticator(session: Session, user: User, *, actor: Actor, now: datetime) -> None:
    """Take the authenticator away, or one that was never confirmed."""
    removed = session.scalar(
        delete(Authenticator)
        .where(Authenticator.user_id == user.id)
        .returning(Authenticator.confirmed_at)
        .execution_options(**_APART)
    )
    if removed is None:
        return
    forget_steps_without_any(session, user)
    record(session, AuthenticatorRemoved(subject_id=user.id), actor=actor, now=now)
    session.flush()


def forget_steps_without_any(session: Session, user: User) -> None:
    """Once no second step is left, no session counts as having taken one, and recovery codes recover nothing."""
    left = second_steps(session, user)
    if left.authenticator or left.passkeys:
        return
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id).execution_options(**_APART))
    session.execute(
        update(UserSession)
        .where(UserSession.user_id == user.id)
        .values(second_step_at=None)
        .execution_options(**_APART)
    )


def take_second_step(session: Session, kept: UserSession, *, now: datetime) -> None:
    """The session has shown both: what the person knows or receives, and what they have."""
    kept.second_step_at = kept.confirmed_at = now
    session.flush()


def confirm_session(session: Session, kept: UserSession, *, now: datetime) -> None:
    """The person at this session has just shown again that it is them."""
    kept.confirmed_at = now
    session.flush()


def renew_recovery_codes(session: Session, user: User, *, actor: Actor, now: datetime) -> list[str]:
    """Ten new codes in place of all before. They are told here and never again: only digests are kept."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id).execution_options(**_APART))
    codes = [_recovery_code() for _ in range(RECOVERY_CODES)]
    session.add_all(RecoveryCode(code_sha256=_kept(user.id, code), user_id=user.id, created_at=now) for code in codes)
    record(session, RecoveryCodesRenewed(subject_id=user.id), actor=actor, now=now)
    session.flush()
    return codes


def use_recovery_code(session: Session, user: User, code: str, *, now: datetime) -> bool:
    """Take one code, once."""
    taken = session.execute(
        update(RecoveryCode)
        .where(RecoveryCode.code_sha256 == _kept(user.id, code), RecoveryCode.used_at.is_(None))
        .values(used_at=now)
        .execution_options(**_APART)
    )
    if not taken.rowcount:  # type: ignore[attr-defined]
        return False
    unused = select(func.count()).where(RecoveryCode.user_id == user.id, RecoveryCode.used_at.is_(None))
    left = session.scalar(unused) or 0
    record(session, RecoveryCodeUsed(subject_id=user.id, left=left), actor=Actor(user_id=user.id), now=now)
    session.flush()
    return True


def recovery_codes_stand(session: Session, user: User, codes: list[str]) -> bool:
    """Whether all of these are the person's, and none is used."""
    kept = [_kept(user.id, code) for code in codes]
    return all(
        session.scalar(select(exists().where(RecoveryCode.code_sha256 == one, RecoveryCode.used_at.is_(None))))
        for one in kept
    )


def _recovery_code() -> str:
    """Four groups of four letters that are not taken for one another: 79 bits, so that a plain digest is safe."""
    return "-".join(
        "".join(secrets.choice(RECOVERY_ALPHABET) for _ in range(RECOVERY_GROUP_LENGTH)) for _ in range(RECOVERY_GROUPS)
    )


def _kept(user_id: uuid.UUID, code: str) -> str:
    written = "".join(character for character in code.lower() if character.isalnum())
    return digest(f"{user_id} {written}")


def _about(user_id: uuid.UUID) -> str:
    return f"authenticator {user_id}"
