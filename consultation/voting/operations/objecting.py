"""Objecting to a provisional roll, and answering."""

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from consultation.kernel.ids import uuid7
from consultation.kernel.outbox import record
from consultation.kernel.permissions import Actor, Decision, Denied, Permission, Reason, require
from consultation.voting.events import RollObjectionAnswered, RollObjectionRaised
from consultation.voting.locking import lock
from consultation.voting.models import Contest
from consultation.voting.policy import Objecting
from consultation.voting.roll_models import RollObjection
from consultation.voting.states import ObjectionKind


class AlreadyAnswered(Exception):
    """Somebody has answered the objection meanwhile."""


class ObjectionRepeated(Exception):
    """The same member has objected the same, and waits for the answer."""


def raise_objection(
    session: Session,
    contest: Contest,
    *,
    organization_id: uuid.UUID,
    kind: ObjectionKind,
    about: str,
    text: str,
    actor: Actor,
    now: datetime,
) -> RollObjection:
    """Say for a member what is wrong with the provisional roll; its voters read it, and an organizer answers.

    Raises:
        Denied: no mandate that votes, not verified, or outside the time for objections.
        ObjectionRepeated: the same waits already.
    """
    require(actor, Permission.ROLL_OBJECT, Objecting(contest, organization_id), now=now)
    lock(session, contest)
    require(actor, Permission.ROLL_OBJECT, Objecting(contest, organization_id), now=now)
    same = select(RollObjection.id).where(
        RollObjection.contest_id == contest.id,
        RollObjection.organization_id == organization_id,
        RollObjection.kind == kind,
        RollObjection.about == about,
        RollObjection.answered_at.is_(None),
    )
    if session.scalar(same) is not None:
        raise ObjectionRepeated
    objection = RollObjection(
        id=uuid7(),
        contest_id=contest.id,
        organization_id=organization_id,
        kind=kind,
        about=about,
        text=text,
        raised_by=actor.user_id,
        raised_at=now,
    )
    session.add(objection)
    record(session, RollObjectionRaised(contest.id, contest.code, objection.id, kind.value), actor=actor, now=now)
    session.flush()
    return objection


def answer_objection(
    session: Session,
    contest: Contest,
    objection: RollObjection,
    *,
    upheld: bool,
    answer: str,
    actor: Actor,
    now: datetime,
) -> RollObjection:
    """Answer an objection. An upheld one changes nothing by itself: the member is verified, or who votes is changed,
    where that is done.

    Raises:
        Denied: no organizer, or the one who raised it.
        AlreadyAnswered: somebody was quicker.
    """
    require(actor, Permission.CONTEST_CONFIGURE, contest, now=now)
    if actor.user_id is not None and actor.user_id == objection.raised_by:
        raise Denied(Permission.CONTEST_CONFIGURE, Decision(Reason.OWN_MATTER))
    session.refresh(objection, ["answered_at"], with_for_update=True)
    if objection.answered_at is not None:
        raise AlreadyAnswered
    objection.upheld, objection.answer = upheld, answer
    objection.answered_by, objection.answered_at = actor.user_id, now
    answered = RollObjectionAnswered(contest.id, contest.code, objection.id, upheld)
    record(session, answered, actor=actor, now=now)
    session.flush()
    return objection
