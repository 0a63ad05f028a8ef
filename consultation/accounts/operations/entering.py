"""Ways of signing in, and the tries that failed."""

import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import case, func, select, update
from sqlalchemy.orm import Session

from consultation.accounts import rules
from consultation.accounts.models import SignInLink, User
from consultation.accounts.passwords import Passwords
from consultation.accounts.queries import digest, user_by_email, user_by_id
from consultation.accounts.vault import Vault

LINK_LIFETIME = timedelta(minutes=10)
INVITATION_LIFETIME = timedelta(hours=24)


def create_sign_in_link(session: Session, user: User, *, now: datetime, lifetime: timedelta = LINK_LIFETIME) -> str:
    """A token that signs the person in once, until ``lifetime`` has passed. Only its digest is kept."""
    token = secrets.token_urlsafe(32)
    session.add(SignInLink(token_sha256=digest(token), user_id=user.id, created_at=now, expires_at=now + lifetime))
    session.flush()
    return token


def create_mailed_link(
    session: Session, user: User, *, browser_sha256: str, vault: Vault, now: datetime
) -> tuple[str, str]:
    """A link as above, and a code of six digits that does the same in the browser that asked for it."""
    token, code = secrets.token_urlsafe(32), f"{secrets.randbelow(10**rules.CODE_DIGITS):0{rules.CODE_DIGITS}d}"
    kept = digest(token)
    session.add(
        SignInLink(
            token_sha256=kept,
            user_id=user.id,
            created_at=now,
            expires_at=now + LINK_LIFETIME,
            browser_sha256=browser_sha256,
            code_digest=vault.digest(code, about=kept),
        )
    )
    session.flush()
    return token, code


def take_code_tries(session: Session, browser: str, *, now: datetime) -> Sequence[tuple[str, str]]:
    """Count one try of a code in this browser, before it is looked at: what the tried code may open. To be committed by
    itself, so that of many tries at the same moment no more than five are answered."""
    rows = session.execute(
        update(SignInLink)
        .where(
            SignInLink.browser_sha256 == digest(browser),
            SignInLink.used_at.is_(None),
            SignInLink.expires_at > now,
            SignInLink.tries < rules.CODE_TRIES,
        )
        .values(tries=SignInLink.tries + 1)
        .returning(SignInLink.token_sha256, SignInLink.code_digest)
        .execution_options(synchronize_session=False)
    )
    return [(token, code or "") for token, code in rows]


def use_code(
    session: Session, tried: Sequence[tuple[str, str]], code: str, *, vault: Vault, now: datetime
) -> User | None:
    """The person to whom the code was mailed, once. For an address that opens no account there is nothing to compare
    with, and a decoy is compared instead."""
    given = "".join(character for character in code if character.isdigit())
    opened = None
    for token_sha256, code_digest in tried or [("", "")]:
        if hmac.compare_digest(vault.digest(given, about=token_sha256), code_digest):
            opened = token_sha256
    return None if opened is None else _use(session, opened, now)


def use_link(session: Session, token: str, *, now: datetime) -> User | None:
    """The person whom the token signs in, with their roles; nobody when it was used, has expired or never was."""
    return _use(session, digest(token), now)


def _use(session: Session, token_sha256: str, now: datetime) -> User | None:
    """One statement takes the link, so that of two uses at the same moment one comes too late."""
    taken = session.scalar(
        update(SignInLink)
        .where(SignInLink.token_sha256 == token_sha256, SignInLink.used_at.is_(None), SignInLink.expires_at > now)
        .values(used_at=now)
        .returning(SignInLink.user_id)
        .execution_options(synchronize_session=False)
    )
    user = None if taken is None else user_by_id(session, taken)
    if user is not None:
        welcome(session, user)
    return user


def link_stands(session: Session, token: str, *, now: datetime) -> bool:
    """Whether the link could be used now; asking does not use it."""
    return (
        session.scalar(
            select(SignInLink.user_id).where(
                SignInLink.token_sha256 == digest(token), SignInLink.used_at.is_(None), SignInLink.expires_at > now
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
    welcome(session, user)
    return user


def check_own_password(user: User, password: str, *, passwords: Passwords, now: datetime) -> bool:
    """Whether this is the password of somebody who is signed in, for them to show again that it is them. Failures are
    counted and refused as when signing in."""
    matches = passwords.matches(user.password_hash, password[: rules.MAXIMUM_PASSWORD_LENGTH])
    return matches and not rules.password_refused(user.failed_sign_ins, user.last_failed_at, now)


def note_failed_sign_in(session: Session, email: str, *, now: datetime) -> None:
    """Count a failure; the count begins anew after a quiet quarter of an hour. Does nothing for unknown addresses."""
    quiet = func.coalesce(User.last_failed_at <= now - rules.FAILURES_FORGOTTEN_AFTER, True)
    session.execute(
        update(User)
        .where(User.email == email.strip().lower())
        .values(failed_sign_ins=case((quiet, 1), else_=User.failed_sign_ins + 1), last_failed_at=now)
        .execution_options(synchronize_session=False)
    )


def welcome(session: Session, user: User) -> None:
    """The person has shown who they are: tries that failed before count no more."""
    user.failed_sign_ins = 0
    user.last_failed_at = None
    session.flush()
