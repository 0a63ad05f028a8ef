"""Declaring a contest void: two organizers and a reason. Nothing of it is counted then, and what its ballots say is
destroyed."""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from consultation.kernel import two_steps
from consultation.kernel.afterwards import after_commit
from consultation.kernel.moves import WrongState, apply
from consultation.kernel.permissions import Actor, Decision, Denied, Permission, Reason, require
from consultation.kernel.two_steps import TwoStepKind, TwoStepRequest
from consultation.voting import letters
from consultation.voting.events import ContestVoided
from consultation.voting.keys import key_store
from consultation.voting.locking import lock
from consultation.voting.models import BallotContent, BallotDraft, CastKey, Contest, Explanation, StoredTally
from consultation.voting.operations.closing import forget_traces
from consultation.voting.paper_models import PaperReading
from consultation.voting.states import VOIDING


def ask_to_void(session: Session, contest: Contest, *, reason: str, actor: Actor, now: datetime) -> TwoStepRequest:
    """Ask that another organizer declare the contest void with this reason, which is then public.

    Raises:
        Denied, WrongState: as for every move.
        AlreadyAsked: the same is asked already.
        ValueError: without a reason.
    """
    require(actor, Permission.CONTEST_VOID, contest, now=now)
    if contest.state not in VOIDING.sources:
        raise WrongState(VOIDING, contest.state)
    return two_steps.ask(session, VOID, subject_id=contest.id, payload={}, reason=reason, actor=actor, now=now)


def void_contest(session: Session, contest: Contest, *, reason: str, actor: Actor, now: datetime) -> Contest:
    """Declare a contest void, as the operator.

    The chain stays, as evidence of how many ballots there were; what they say, drafts and tallies are deleted, and the
    key is destroyed.

    Raises:
        Denied, WrongState: as for every move; denied to anybody else, who asks (``ask_to_void``).
        ValueError: without a reason.
    """
    require(actor, Permission.CONTEST_VOID, contest, now=now)
    if not actor.is_operator:
        raise Denied(Permission.CONTEST_VOID, Decision(Reason.SECOND_PERSON))
    return _void(session, contest, reason, actor, now)


def _second(session: Session, asked: TwoStepRequest, actor: Actor, now: datetime) -> None:
    _void(session, session.get_one(Contest, asked.subject_id), asked.reason, actor, now)


VOID = TwoStepKind("void", Permission.CONTEST_VOID, Permission.CONTEST_VOID, _second)


def _void(session: Session, contest: Contest, reason: str, actor: Actor, now: datetime) -> Contest:
    if not reason.strip():
        raise ValueError("Say why, in a sentence.")
    lock(session, contest)
    voided = ContestVoided(contest.id, contest.code, contest.state.value)
    contest_id, opened = contest.id, contest.opened_at is not None
    apply(session, contest, VOIDING, event=voided, actor=actor, now=now)
    contest.voided_at, contest.void_reason = now, reason.strip()
    contest.record = contest.record_sha256 = None  # what a close has counted, by groups too
    for held in (BallotContent, CastKey, BallotDraft, PaperReading, StoredTally, Explanation):
        session.execute(delete(held).where(held.contest_id == contest.id).execution_options(synchronize_session=False))
    letters.shuffle(session, contest)
    session.flush()
    if opened:
        store = key_store(session)
        after_commit(session, lambda: store.destroy(contest_id))
        forget_traces(session)
    return contest
