"""Changing who votes in a contest that is made and not open yet: a second person confirms it."""

from datetime import datetime

from sqlalchemy.orm import Session

from consultation.kernel.outbox import record
from consultation.kernel.permissions import Actor, Permission
from consultation.kernel.roles import COLLECTIVE, MemberKind
from consultation.kernel.two_steps import TwoStepKind, TwoStepRequest
from consultation.voting.events import ElectorateChanged
from consultation.voting.locking import lock
from consultation.voting.models import Contest
from consultation.voting.operations.configuring import ContestNotReady, narrow
from consultation.voting.states import AffiliatesCount, Secrecy, VotingUnit


def _change(session: Session, asked: TwoStepRequest, actor: Actor, now: datetime) -> None:
    contest = session.get_one(Contest, asked.subject_id)
    lock(session, contest)
    narrow(session, contest, asked.payload.get("electorate", contest.electorate))
    people = {MemberKind(kind) for kind in asked.payload["people"]} - {MemberKind.OBSERVER}
    contest.voters = sorted(COLLECTIVE | people)
    contest.affiliates_count = AffiliatesCount(asked.payload["affiliates_count"])
    unit = VotingUnit(asked.payload.get("unit", contest.unit))
    if unit is VotingUnit.DELEGATES and contest.secrecy is Secrecy.NO_ROLL:
        raise ContestNotReady("delegates_need_roll")
    contest.unit = unit
    changed = ElectorateChanged(
        contest.id,
        contest.code,
        contest.voters,
        contest.affiliates_count.value,
        contest.electorate,
        contest.unit.value,
    )
    record(session, changed, actor=actor, now=now)


ELECTORATE = TwoStepKind("electorate", Permission.CONTEST_CONFIGURE, Permission.CONTEST_CONFIGURE, _change)
