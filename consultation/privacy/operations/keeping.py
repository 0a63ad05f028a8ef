"""Letting go of what has been kept long enough: each rule in a transaction of its own, looked at every ten minutes."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import ColumnElement, CursorResult, Engine, and_, delete, exists, func, or_, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from consultation.accounts.address_models import AddressChange
from consultation.accounts.models import KnownDevice, SignInLink, User, UserRole, UserSession
from consultation.kernel.due import DueAct
from consultation.kernel.jobs.models import Job
from consultation.kernel.orm import Base
from consultation.kernel.outbox import record
from consultation.kernel.permissions import OPERATOR
from consultation.kernel.roles import COLLECTIVE, Role
from consultation.membership.models import Invitation, MemberOrganization, VerificationStep
from consultation.membership.states import OrganizationState
from consultation.notifications.models import Notice
from consultation.privacy.events import KeptLongEnough
from consultation.privacy.keeping import (
    ACCOUNTS,
    ADDRESS_CHANGES,
    APPLICATIONS,
    DEVICES,
    INVITATIONS,
    JOBS,
    LINKS,
    NOTICES,
    REFUSED,
    SESSIONS,
    Keeping,
)
from consultation.privacy.models import Erasure
from consultation.privacy.operations.erasing import ask_erasure, obstacles
from consultation.privacy.states import AskedBy

EVERY = timedelta(minutes=10)
_RULES = uuid.UUID("0192f0f4-9c1c-7d3e-8a51-6f2d6c1b7a11")

Condition = ColumnElement[bool]


def _expired_links(before: datetime) -> Condition:
    return SignInLink.expires_at <= before


def _lapsed_changes(before: datetime) -> Condition:
    return AddressChange.expires_at <= before


def _ended_sessions(before: datetime) -> Condition:
    # A session ends by itself when its time is over; the row goes at once then.
    return UserSession.expires_at <= before + SESSIONS.time


def _forgotten_devices(before: datetime) -> Condition:
    return KnownDevice.last_used_at <= before


def _old_notices(before: datetime) -> Condition:
    return Notice.created_at <= before


def _ended_jobs(before: datetime) -> Condition:
    return Job.finished_at <= before


def _ended_invitations(before: datetime) -> Condition:
    return func.coalesce(Invitation.accepted_at, Invitation.withdrawn_at, Invitation.expires_at) <= before


def _left_applications(before: datetime) -> Condition:
    """Nobody has done anything about it for long, and nothing hangs on it."""
    waiting = MemberOrganization.state.in_((OrganizationState.APPLIED, OrganizationState.INFORMATION_ASKED))
    return and_(waiting, _last_step() <= before, *_nothing_hangs_on_it())


def _last_step() -> ColumnElement[datetime]:
    last = (
        select(func.max(VerificationStep.created_at))
        .where(VerificationStep.organization_id == MemberOrganization.id)
        .scalar_subquery()
    )
    return func.coalesce(last, MemberOrganization.created_at)


def _nothing_hangs_on_it() -> list[Condition]:
    own = MemberOrganization.__table__
    return [
        ~exists().where(other.c[column.name] == own.c.id)
        for table in Base.metadata.sorted_tables
        for other in [table.alias()]
        for column in table.columns
        for key in column.foreign_keys
        if key.column.table is own and key.ondelete is None
    ]


_DELETED: Mapping[Keeping, tuple[type[Base], Callable[[datetime], Condition]]] = {
    LINKS: (SignInLink, _expired_links),
    ADDRESS_CHANGES: (AddressChange, _lapsed_changes),
    SESSIONS: (UserSession, _ended_sessions),
    DEVICES: (KnownDevice, _forgotten_devices),
    NOTICES: (Notice, _old_notices),
    JOBS: (Job, _ended_jobs),
    INVITATIONS: (Invitation, _ended_invitations),
    APPLICATIONS: (MemberOrganization, _left_applications),
}


def _refused_with_data(before: datetime) -> Condition:
    """What it told of itself, or of those who were to answer for it, is still there."""
    invited = exists().where(Invitation.organization_id == MemberOrganization.id)
    person = MemberOrganization.kind.not_in(COLLECTIVE) & (MemberOrganization.name != MemberOrganization.code)
    told = or_(MemberOrganization.existence != "", MemberOrganization.works_at != "", invited, person)
    return and_(MemberOrganization.state == OrganizationState.REFUSED, _last_step() <= before, told)


def _forget_refused(session: Session, before: datetime) -> int:
    ids = session.scalars(select(MemberOrganization.id).where(_refused_with_data(before))).all()
    chosen = MemberOrganization.id.in_(ids)
    apart = {"synchronize_session": False}
    session.execute(delete(Invitation).where(Invitation.organization_id.in_(ids)).execution_options(**apart))
    emptied = {"existence": "", "works_at": "", "expertise": "", "communities": "", "original": {}}
    session.execute(update(MemberOrganization).where(chosen).values(emptied).execution_options(**apart))
    people = chosen & MemberOrganization.kind.not_in(COLLECTIVE)
    named = {"name": MemberOrganization.code, "protected": True}
    session.execute(update(MemberOrganization).where(people).values(named).execution_options(**apart))
    return len(ids)


def _identifier(rule: Keeping) -> uuid.UUID:
    return uuid.uuid5(_RULES, rule.name)


_BY_ID = {_identifier(rule): rule for rule in (*_DELETED, REFUSED)}
# When each database was last looked at by this process. In memory: a look more costs nothing but itself.
_looked: WeakKeyDictionary[Engine, dict[str, datetime]] = WeakKeyDictionary()


def _looks(session: Session, name: str, now: datetime) -> bool:
    """Whether it is time to look again."""
    bind = session.get_bind()
    times = _looked.setdefault(bind.engine if isinstance(bind, Connection) else bind, {})
    if timedelta(0) <= now - times.get(name, now - EVERY) < EVERY:
        return False
    times[name] = now
    return True


def _waiting(session: Session, now: datetime) -> Sequence[uuid.UUID]:
    if not _looks(session, "keeping", now):
        return ()
    return [identifier for identifier, rule in _BY_ID.items() if session.scalar(select(_found(rule, now)))]


def _found(rule: Keeping, now: datetime) -> Condition:
    if rule is REFUSED:
        return exists(MemberOrganization.id).where(_refused_with_data(now - rule.time))
    table, condition = _DELETED[rule]
    return exists().select_from(table).where(condition(now - rule.time))


def _act(session: Session, identifier: uuid.UUID, now: datetime) -> None:
    rule = _BY_ID[identifier]
    if rule is REFUSED:
        rows = _forget_refused(session, now - rule.time)
    else:
        table, condition = _DELETED[rule]
        gone: CursorResult[Any] = session.execute(  # type: ignore[assignment]
            delete(table).where(condition(now - rule.time)).execution_options(synchronize_session=False)
        )
        rows = gone.rowcount
    if rows:
        record(session, KeptLongEnough(identifier, rule.name, rows), actor=OPERATOR, now=now)
    session.flush()


def _asleep(session: Session, now: datetime) -> Sequence[uuid.UUID]:
    """People without a task here who have not signed in for long and are not told yet."""
    if not _looks(session, "sleeping", now):
        return ()
    staff = exists().where(UserRole.user_id == User.id, UserRole.role != Role.DELEGATE)
    told = exists().where(Erasure.user_id == User.id, Erasure.withdrawn_at.is_(None), Erasure.done_at.is_(None))
    seen = func.coalesce(User.last_signed_in_at, User.created_at)
    query = select(User.id).where(User.active, seen <= now - ACCOUNTS.time, ~staff, ~told)
    return [one for one in session.scalars(query.order_by(User.id)).all() if not obstacles(session, one, now=now)]


def _tell(session: Session, user_id: uuid.UUID, now: datetime) -> None:
    user = session.get_one(User, user_id, with_for_update=True)
    ask_erasure(session, user, asked_by=AskedBy.INACTIVITY, actor=OPERATOR, now=now)


KEEPING = DueAct("keeping", _waiting, _act)
#: Only where mail leaves: nobody is erased without having been told.
SLEEPING = DueAct("sleeping", _asleep, _tell)
