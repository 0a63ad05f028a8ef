"""Erasing an account: asked, waited for, done. What others need stays under an id that leads to nobody."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from consultation.accounts.models import User, UserRole
from consultation.accounts.operations import end_sessions
from consultation.accounts.states import ShownAs
from consultation.kernel import letters
from consultation.kernel.afterwards import after_commit
from consultation.kernel.due import DueAct
from consultation.kernel.orm import Base
from consultation.kernel.outbox import record
from consultation.kernel.permissions import OPERATOR, Actor, Permission, require
from consultation.kernel.roles import COLLECTIVE, Role
from consultation.membership.events import MandateRevoked
from consultation.membership.models import Mandate, MemberOrganization
from consultation.membership.policy import MANAGING
from consultation.membership.states import OrganizationState
from consultation.privacy.events import ErasureAsked, ErasureTakenBack, PersonErased
from consultation.privacy.inventory import ADDRESSES, HOLDINGS, Fate, Holding
from consultation.privacy.letters import ERASURE_ASKED
from consultation.privacy.models import Erasure
from consultation.privacy.operations.scrubbing import scrub
from consultation.privacy.queries import own_memberships, standing_erasure
from consultation.privacy.rules import WAITS
from consultation.privacy.states import AskedBy
from consultation.voting.operations.erasing import give_space_back

_NO_ADDRESS = "erased.invalid"
_DELETED = [one for one in (*HOLDINGS, *ADDRESSES.values()) if isinstance(one, Holding) and one.fate is Fate.DELETED]
_EMPTIED = ", ".join(sorted({'"user"', *(f'"{one.table}"' for one in _DELETED)}))


@dataclass(frozen=True, slots=True)
class Obstacles:
    """What somebody must hand over before they go: organizations that nobody else could manage or vote for, and the
    administration of the site, which nobody else has."""

    organizations: tuple[MemberOrganization, ...] = ()
    last_administrator: bool = False

    def __bool__(self) -> bool:
        return bool(self.organizations) or self.last_administrator


class InTheWay(Exception):
    """Something must be handed over first."""

    def __init__(self, obstacles: Obstacles) -> None:
        super().__init__(obstacles)
        self.obstacles = obstacles


def obstacles(session: Session, user_id: uuid.UUID, *, now: datetime) -> Obstacles:
    held, others = Mandate, aliased(Mandate)
    alone = ~exists().where(
        others.organization_id == held.organization_id,
        others.user_id != user_id,
        others.user_id.in_(select(User.id).where(User.active)),
        _manages(others, now),
    )
    organizations = session.scalars(
        select(MemberOrganization)
        .join(held, held.organization_id == MemberOrganization.id)
        .where(held.user_id == user_id, _manages(held, now), alone)
        .where(MemberOrganization.kind.in_(COLLECTIVE), MemberOrganization.state == OrganizationState.VERIFIED)
        .order_by(MemberOrganization.name)
    ).all()
    administrators = session.scalars(
        select(UserRole.user_id)
        .join(User, User.id == UserRole.user_id)
        .where(UserRole.role == Role.ADMINISTRATOR, User.active)
    ).all()
    return Obstacles(tuple(organizations), administrators == [user_id])


def _manages(mandate: Any, now: datetime) -> ColumnElement[bool]:
    in_force: ColumnElement[bool] = (
        mandate.kind.in_(MANAGING)
        & mandate.revoked_at.is_(None)
        & (mandate.starts_at <= now)
        & or_(mandate.ends_at.is_(None), mandate.ends_at > now)
    )
    return in_force


def ask_erasure(
    session: Session,
    user: User,
    *,
    asked_by: AskedBy = AskedBy.PERSON,
    actor: Actor,
    now: datetime,
) -> Erasure:
    """Have the account erased once the time to take it back is over; the person is told by mail. Asking again changes
    nothing.

    Raises:
        Denied: when nobody is signed in.
        InTheWay: when something must be handed over first.
        ValueError: when it is somebody else's account.
    """
    if asked_by is AskedBy.PERSON:
        require(actor, Permission.ACCOUNT_USE, now=now)
        if user.id != actor.user_id:
            raise ValueError("Everybody asks for themselves.")
    standing = standing_erasure(session, user.id)
    if standing is not None:
        return standing
    if found := obstacles(session, user.id, now=now):
        raise InTheWay(found)
    asked = Erasure(user_id=user.id, asked_by=asked_by, asked_at=now, due_at=now + WAITS[asked_by])
    session.add(asked)
    session.flush()
    letters.post(session, ERASURE_ASKED, user_id=user.id, details={"erasure_id": str(asked.id)}, now=now)
    record(session, ErasureAsked(user.id, asked.id, asked_by.value), actor=actor, now=now)
    session.flush()
    return asked


def take_back(session: Session, user_id: uuid.UUID, *, actor: Actor, now: datetime) -> bool:
    """Stay. Whether there was something to take back is told.

    Raises:
        Denied: when nobody is signed in.
        ValueError: when it is somebody else's account.
    """
    require(actor, Permission.ACCOUNT_USE, now=now)
    if user_id != actor.user_id:
        raise ValueError("Everybody decides for themselves.")
    standing = standing_erasure(session, user_id, lock=True)
    if standing is None:
        return False
    standing.withdrawn_at = now
    record(session, ErasureTakenBack(user_id, standing.id), actor=actor, now=now)
    session.flush()
    return True


def erase_at_once(session: Session, user: User, *, whatever_follows: bool = False, actor: Actor, now: datetime) -> None:
    """For an administrator whom the person has asked. ``whatever_follows``: also when an organization is left with
    nobody to speak for it; the site is never left without an administrator.

    Raises:
        Denied: when the actor is no administrator.
        InTheWay: when something must be handed over first.
    """
    require(actor, Permission.USER_ERASE, now=now)
    found = obstacles(session, user.id, now=now)
    if found.last_administrator or (found and not whatever_follows):
        raise InTheWay(found)
    _erase(session, user.id, AskedBy.ADMINISTRATOR, actor=actor, now=now)


def _erase(session: Session, user_id: uuid.UUID, asked_by: AskedBy, *, actor: Actor, now: datetime) -> None:
    user = session.get_one(User, user_id, with_for_update=True)
    if user.erased_at is not None:
        return
    words = words_of(session, user)
    _end_mandates(session, user_id, actor, now)
    for member in own_memberships(session, user_id):
        _forget_member(member)
    end_sessions(session, user_id)
    _delete_rows(session, user)
    _forget(session, user, now)
    scrub(session, words)
    standing = standing_erasure(session, user_id, lock=True)
    if standing is None:
        standing = Erasure(user_id=user_id, asked_by=asked_by, asked_at=now, due_at=now)
        session.add(standing)
    standing.done_at = now
    record(session, PersonErased(user_id, asked_by.value), actor=actor, now=now)
    session.flush()
    after_commit(session, partial(give_space_back, session, _EMPTIED))


def words_of(session: Session, user: User) -> list[str]:
    """What names the person in what anybody wrote: their address and pseudonym, and their name where it has two words
    or more and nobody else has it. A single word, or a name that two people share, may mean somebody else."""
    words = [user.email, *([user.pseudonym] if user.pseudonym else [])]
    namesakes = select(func.count()).where(func.lower(User.name) == user.name.lower(), User.id != user.id)
    if " " in user.name and not session.scalar(namesakes):
        words.append(user.name)
    return words


def _end_mandates(session: Session, user_id: uuid.UUID, actor: Actor, now: datetime) -> None:
    for mandate in session.scalars(select(Mandate).where(Mandate.user_id == user_id, Mandate.revoked_at.is_(None))):
        mandate.revoked_at = now
        revoked = MandateRevoked(subject_id=mandate.organization_id, mandate_id=mandate.id, user_id=user_id)
        record(session, revoked, actor=actor, now=now)
    session.flush()


def _forget_member(member: MemberOrganization) -> None:
    """Of a person who was a member themselves: the code stays, since what they brought bears it."""
    member.name, member.name_fr, member.name_es, member.acronym = member.code, None, None, None
    member.communities = member.existence = member.expertise = member.works_at = ""
    member.website, member.languages, member.original = None, [], {}
    member.protected, member.listed = True, False
    if member.state is OrganizationState.VERIFIED:
        member.state, member.verified_at = OrganizationState.SUSPENDED, None


def _delete_rows(session: Session, user: User) -> None:
    tables = Base.metadata.tables
    for holding in _DELETED:
        named: Any = user.email if (holding.table, holding.column) in ADDRESSES else user.id
        table = tables[holding.table]
        session.execute(delete(table).where(table.c[holding.column] == named))
    session.expire_all()


def _forget(session: Session, user: User, now: datetime) -> None:
    session.refresh(user)
    user.email, user.name, user.language = f"{user.id.hex}@{_NO_ADDRESS}", "", "en"
    user.password_hash = user.pseudonym = user.pseudonym_key = None
    user.shown_as = ShownAs.DELEGATE
    user.failed_sign_ins, user.last_failed_at, user.last_signed_in_at = 0, None, None
    user.active, user.erased_at = False, now
    session.flush()


def _due(session: Session, now: datetime) -> Sequence[uuid.UUID]:
    query = select(Erasure.id).where(Erasure.due_at <= now, Erasure.withdrawn_at.is_(None), Erasure.done_at.is_(None))
    return session.scalars(query.order_by(Erasure.due_at, Erasure.id)).all()


def _act(session: Session, erasure_id: uuid.UUID, now: datetime) -> None:
    asked = session.get_one(Erasure, erasure_id, with_for_update=True)
    if asked.withdrawn_at is not None or asked.done_at is not None or asked.due_at > now:
        return
    user = session.get_one(User, asked.user_id)
    came_back = user.last_signed_in_at is not None and user.last_signed_in_at >= asked.asked_at
    if asked.asked_by is AskedBy.INACTIVITY and came_back:
        asked.withdrawn_at = now
        record(session, ErasureTakenBack(user.id, asked.id), actor=OPERATOR, now=now)
        session.flush()
    else:
        _erase(session, asked.user_id, asked.asked_by, actor=OPERATOR, now=now)


ERASING = DueAct("erasing", _due, _act)
