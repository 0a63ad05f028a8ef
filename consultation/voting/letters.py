"""Letters about the ballot box: to an organization's other delegates, or to a delegate who votes themselves, that a
ballot was recorded, and to witnesses what the chain is.

Who casts when must not be read from them: they say nothing of the ballot, and leave at whole quarters and hours, in no
order (decision 19).
"""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, bindparam, delete, insert, select
from sqlalchemy.orm import Session

from consultation.accounts.models import User, UserRole
from consultation.accounts.queries import user_by_id
from consultation.convening.models import Consultation
from consultation.kernel.letters import Content, Letter, LetterKind, post_blurred
from consultation.kernel.roles import Role
from consultation.membership.models import Mandate, MemberOrganization
from consultation.membership.queries import actor_for
from consultation.voting.models import Contest
from consultation.voting.policy import VOTING_MANDATES
from consultation.voting.queries import checkpoints
from consultation.voting.states import CheckpointKind, VotingUnit

BALLOT_EVERY, STEP_EVERY, AT_ONCE = timedelta(minutes=15), timedelta(hours=1), timedelta(seconds=1)


def _recorded(session: Session, letter: Letter, now: datetime) -> Content | None:
    """That a ballot was recorded, and nothing more; to whoever still votes for the organization, or in a contest of
    delegates by its mandate."""
    user = user_by_id(session, letter.user_id) if letter.user_id else None
    contest = session.get(Contest, uuid.UUID(letter.details["contest_id"]))
    organization = session.get(MemberOrganization, uuid.UUID(letter.details["organization_id"]))
    if user is None or contest is None or organization is None:
        return None
    mandate = actor_for(session, user, now).mandate_for(organization.id)
    if mandate is None or mandate.kind not in VOTING_MANDATES:
        return None
    consultation = session.get_one(Consultation, contest.consultation_id)
    values = {
        "name": user.name,
        "organization": organization.name_in(user.language),
        "contest": contest.code,
        "own": contest.unit is VotingUnit.DELEGATES,
        "closes": contest.closes_at,
        "slug": consultation.slug,
    }
    return Content(user.email, user.language, values)


BALLOT_RECORDED = LetterKind("ballot_recorded", _recorded, timedelta(days=7))


def _checkpoint(session: Session, letter: Letter, _now: datetime) -> Content | None:
    """The newest checkpoint of when it leaves."""
    user = session.get(User, letter.user_id)
    contest = session.get(Contest, uuid.UUID(letter.details["contest_id"]))
    signed = [] if contest is None else checkpoints(session, [contest])[contest.id]
    if user is None or not user.active or contest is None or not signed:
        return None
    consultation = session.get_one(Consultation, contest.consultation_id)
    values = {
        "name": user.name,
        "contest": contest.code,
        "checkpoint": signed[-1].file().decode().strip(),
        "slug": consultation.slug,
    }
    return Content(user.email, user.language, values)


CHECKPOINT = LetterKind("checkpoint", _checkpoint, timedelta(days=14))


def voters_for(organization_id: Any) -> Select[Any]:
    """Those who vote for an organization, for statements that are told which."""
    return (
        select(Mandate.user_id)
        .join(User, User.id == Mandate.user_id)
        .where(
            Mandate.organization_id == organization_id,
            Mandate.kind.in_(VOTING_MANDATES),
            Mandate.revoked_at.is_(None),
            User.active,
        )
    )


_VOTERS = voters_for(bindparam("organization_id"))
_VOTERS_BESIDE = _VOTERS.where(User.id != bindparam("user_id"))


def to_be_told(
    session: Session,
    contest: Contest,
    organization_id: uuid.UUID,
    user_id: uuid.UUID | None,
    beside: Sequence[uuid.UUID] | None = None,
) -> Sequence[uuid.UUID]:
    """Who hears of a ballot that this person casts: those who vote for the organization beside them, or, where each
    delegate votes, the person alone, so that nobody else votes in their name unseen. Read before the lock is taken: it
    is nobody's secret. ``beside``: who votes for the organization beside the person, where it is known already."""
    if contest.unit is VotingUnit.DELEGATES:
        return [] if user_id is None else [user_id]
    if beside is not None:
        return beside
    query, values = _VOTERS, {"organization_id": organization_id}
    if user_id is not None:
        query, values = _VOTERS_BESIDE, {**values, "user_id": user_id}
    return session.connection().execute(query, values).scalars().all()


def tell_of_ballot(
    session: Session, contest: Contest, organization_id: uuid.UUID, recipients: Sequence[uuid.UUID], now: datetime
) -> None:
    """Queue the letter that a ballot was recorded: the organization's, or the recipient's own."""
    details = {"contest_id": str(contest.id), "organization_id": str(organization_id)}
    about = f"{contest.id} {organization_id}"
    post_blurred(session, BALLOT_RECORDED, recipients, about=about, details=details, every=BALLOT_EVERY, now=now)


_AUDITORS = select(User.id).join(UserRole).where(UserRole.role == Role.AUDITOR, User.active)


def tell_witnesses(session: Session, contest: Contest, kind: CheckpointKind, now: datetime) -> None:
    """Queue the letter with the newest checkpoint to everybody whose role is auditor: the outside witnesses."""
    auditors = session.connection().execute(_AUDITORS).scalars().all()
    post_blurred(
        session,
        CHECKPOINT,
        auditors,
        about=f"{contest.id} {kind.value}",
        details={"contest_id": str(contest.id)},
        every=STEP_EVERY if kind is CheckpointKind.STEP else AT_ONCE,
        now=now,
    )


def shuffle(session: Session, contest: Contest) -> None:
    """At the close: the letters about ballots that still wait lie in the order in which they were queued, which is the
    chain's; they are queued anew in that of their names."""
    waiting = session.execute(select(*Letter.__table__.columns).where(Letter.kind == BALLOT_RECORDED.name)).mappings()
    rows = [dict(row) for row in waiting if row["details"].get("contest_id") == str(contest.id)]
    if rows:
        session.execute(delete(Letter).where(Letter.id.in_([row["id"] for row in rows])))
        session.execute(insert(Letter), sorted(rows, key=lambda row: row["id"]))
