"""Passkeys of people, and the challenges that each answer of a browser uses up."""

import secrets
import uuid
from datetime import datetime

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from consultation.accounts import rules
from consultation.accounts.events import PasskeyAdded, PasskeyRemoved
from consultation.accounts.models import Passkey, PasskeyChallenge, User
from consultation.accounts.operations.factors import forget_steps_without_any
from consultation.accounts.queries import digest
from consultation.kernel.outbox import record
from consultation.kernel.permissions import Actor

MOST_PASSKEYS = 20
LONGEST_NAME = 60
_APART = {"synchronize_session": False}


class TooManyPasskeys(Exception):
    """Nobody needs so many."""


class PasskeyTaken(Exception):
    """It is there already."""


def give_challenge(session: Session, *, user_id: uuid.UUID | None, now: datetime) -> str:
    """Random bytes for one answer, within five minutes; for making a passkey they are this person's. What has expired
    goes on the way."""
    session.execute(delete(PasskeyChallenge).where(PasskeyChallenge.expires_at <= now).execution_options(**_APART))
    challenge = secrets.token_urlsafe(32)
    expires_at = now + rules.CHALLENGE_LIFETIME
    session.add(PasskeyChallenge(challenge_sha256=digest(challenge), user_id=user_id, expires_at=expires_at))
    session.flush()
    return challenge


def take_challenge(session: Session, challenge: str, *, user_id: uuid.UUID | None, now: datetime) -> bool:
    """Use a challenge up; whether it was good is told. To be committed by itself, before the answer is looked at."""
    whose = PasskeyChallenge.user_id.is_(None) if user_id is None else PasskeyChallenge.user_id == user_id
    taken = session.execute(
        delete(PasskeyChallenge)
        .where(PasskeyChallenge.challenge_sha256 == digest(challenge), PasskeyChallenge.expires_at > now, whose)
        .execution_options(**_APART)
    )
    return bool(taken.rowcount)  # type: ignore[attr-defined]


def add_passkey(
    session: Session,
    user: User,
    *,
    name: str,
    credential_id: str,
    public_key: str,
    sign_count: int,
    actor: Actor,
    now: datetime,
) -> Passkey:
    """Keep a passkey that has proven to be genuine.

    Raises:
        TooManyPasskeys: beyond twenty.
        PasskeyTaken: when it is somebody's already.
    """
    names = session.scalars(select(Passkey.name).where(Passkey.user_id == user.id)).all()
    if len(names) >= MOST_PASSKEYS:
        raise TooManyPasskeys
    if session.scalar(select(Passkey.id).where(Passkey.credential_id == credential_id)) is not None:
        raise PasskeyTaken
    added = Passkey(
        user_id=user.id,
        name=" ".join(name.split())[:LONGEST_NAME],
        credential_id=credential_id,
        public_key=public_key,
        sign_count=sign_count,
        created_at=now,
    )
    session.add(added)
    session.flush()
    record(session, PasskeyAdded(subject_id=user.id, passkey_id=added.id), actor=actor, now=now)
    session.flush()
    return added


def note_passkey_used(session: Session, passkey: Passkey, sign_count: int, *, now: datetime) -> bool:
    """Move the count on. Of two answers with the same count at the same moment one comes too late; authenticators that
    do not count (their count stays 0) rely on the challenge alone."""
    noted = session.execute(
        update(Passkey)
        .where(Passkey.id == passkey.id, or_(Passkey.sign_count < sign_count, Passkey.sign_count == 0))
        .values(sign_count=sign_count, last_used_at=now)
        .execution_options(**_APART)
    )
    return bool(noted.rowcount)  # type: ignore[attr-defined]


def remove_passkey(session: Session, passkey_id: uuid.UUID, user: User, *, actor: Actor, now: datetime) -> bool:
    """Forget one of the person's own passkeys; whether it was there is told."""
    removed = session.scalar(
        delete(Passkey)
        .where(Passkey.id == passkey_id, Passkey.user_id == user.id)
        .returning(Passkey.id)
        .execution_options(**_APART)
    )
    if removed is None:
        return False
    forget_steps_without_any(session, user)
    record(session, PasskeyRemoved(subject_id=user.id, passkey_id=passkey_id), actor=actor, now=now)
    session.flush()
    return True
