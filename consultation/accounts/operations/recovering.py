"""For whoever has lost everything by which they took the second step: the operator takes it away to begin anew."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from consultation.accounts.models import Passkey, User
from consultation.accounts.operations.factors import remove_authenticator
from consultation.accounts.operations.passkeys import remove_passkey
from consultation.accounts.operations.sessions import end_sessions
from consultation.kernel.permissions import Actor, Decision, Denied, Permission, Reason


def forget_second_steps(session: Session, user: User, *, actor: Actor, now: datetime) -> None:
    """Remove the authenticator app, the passkeys and the recovery codes, and end all sessions. The person is told of
    each by mail.

    Raises:
        Denied: when it is not the operator who asks: whoever administers accounts must not be able to weaken one alone.
    """
    if not actor.is_operator:
        raise Denied(Permission.USER_INVITE, Decision(Reason.SECOND_PERSON))
    for passkey_id in session.scalars(select(Passkey.id).where(Passkey.user_id == user.id)).all():
        remove_passkey(session, passkey_id, user, actor=actor, now=now)
    remove_authenticator(session, user, actor=actor, now=now)
    end_sessions(session, user.id)
