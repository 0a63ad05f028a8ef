"""Accounts at a provider: whom they sign in, and the link between the two."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from consultation.accounts.events import IdentityLinked, IdentityUnlinked
from consultation.accounts.models import LinkedIdentity, UsedState, User
from consultation.accounts.queries import digest, user_by_email, user_by_id
from consultation.kernel.ids import uuid7
from consultation.kernel.orm import inserting
from consultation.kernel.outbox import record
from consultation.kernel.permissions import Actor

_APART = {"synchronize_session": False}


def use_state(session: Session, state: str, *, expires_at: datetime, now: datetime) -> bool:
    """Use a state up; whether it was still good is told. It lies in a cookie, which may be copied, hence the row. To be
    committed by itself, before anything is asked with it. What has expired goes on the way."""
    session.execute(delete(UsedState).where(UsedState.expires_at <= now).execution_options(**_APART))
    used = session.scalar(
        inserting(session, UsedState)
        .values(state_sha256=digest(state), expires_at=expires_at)
        .on_conflict_do_nothing(index_elements=["state_sha256"])
        .returning(UsedState.state_sha256)
    )
    return used is not None and now < expires_at


def identified(session: Session, issuer: str, subject: str, verified_email: str | None) -> User | None:
    """Whom the provider means, with their roles: the person to whom this subject is linked or, for one that is linked
    to nobody, who has the address that the provider says is theirs. Not somebody who is linked to another subject
    there: their address is another person's by now."""
    linked = session.scalar(
        select(LinkedIdentity.user_id).where(LinkedIdentity.issuer == issuer, LinkedIdentity.subject == subject)
    )
    if linked is not None:
        return user_by_id(session, linked)
    user = None if verified_email is None else user_by_email(session, verified_email)
    if user is None or any(identity.issuer == issuer for identity in identities_of(session, user)):
        return None
    return user


def identities_of(session: Session, user: User) -> Sequence[LinkedIdentity]:
    """The person's accounts at providers, the oldest first."""
    return session.scalars(
        select(LinkedIdentity)
        .where(LinkedIdentity.user_id == user.id)
        .order_by(LinkedIdentity.created_at, LinkedIdentity.id)
    ).all()


def link_identity(session: Session, user: User, *, issuer: str, subject: str, now: datetime) -> None:
    """The person has signed in by this account: note it, and link it when that is new. Of two that come at the same
    moment the first stands."""
    its = (LinkedIdentity.issuer == issuer, LinkedIdentity.subject == subject)
    noted = session.execute(
        update(LinkedIdentity)
        .where(*its, LinkedIdentity.user_id == user.id)
        .values(last_used_at=now)
        .execution_options(**_APART)
    )
    if noted.rowcount:  # type: ignore[attr-defined]
        return
    identity_id = uuid7()
    linked = session.scalar(
        inserting(session, LinkedIdentity)
        .values(id=identity_id, user_id=user.id, issuer=issuer, subject=subject, created_at=now, last_used_at=now)
        .on_conflict_do_nothing()
        .returning(LinkedIdentity.id)
    )
    if linked is not None:
        event = IdentityLinked(subject_id=user.id, identity_id=identity_id)
        record(session, event, actor=Actor(user_id=user.id), now=now)
        session.flush()


def unlink_identity(session: Session, identity_id: uuid.UUID, user: User, *, actor: Actor, now: datetime) -> bool:
    """End one of the person's own links; whether it was there is told."""
    ended = session.scalar(
        delete(LinkedIdentity)
        .where(LinkedIdentity.id == identity_id, LinkedIdentity.user_id == user.id)
        .returning(LinkedIdentity.id)
        .execution_options(**_APART)
    )
    if ended is None:
        return False
    record(session, IdentityUnlinked(subject_id=user.id, identity_id=identity_id), actor=actor, now=now)
    session.flush()
    return True
