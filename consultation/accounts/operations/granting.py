"""Roles with power over others: one administrator asks, somebody else confirms."""

from datetime import datetime

from sqlalchemy.orm import Session

from consultation.accounts.events import RoleGranted
from consultation.accounts.queries import user_by_id
from consultation.kernel.outbox import record
from consultation.kernel.permissions import Actor, Permission
from consultation.kernel.roles import Role
from consultation.kernel.two_steps import TwoStepKind, TwoStepRequest

#: Roles that nobody gives alone.
POWERFUL = frozenset({Role.ORGANIZER, Role.ADMINISTRATOR})


def _grant(session: Session, asked: TwoStepRequest, actor: Actor, now: datetime) -> None:
    user, role = user_by_id(session, asked.subject_id), Role(asked.payload["role"])
    if user is None or role in user.roles:
        return
    user.grant(role)
    record(session, RoleGranted(user.id, role.value), actor=actor, now=now)


ROLE = TwoStepKind("role", Permission.USER_INVITE, Permission.TWO_STEP_DECIDE, _grant)
