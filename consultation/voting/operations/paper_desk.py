"""The paper desk: two people read a paper ballot, each for themselves, and when they agree it goes into the box.

Of a reading only its digest under the contest's key is kept, so that nobody can look up what the first person read: the
ballot that goes into the box is the one that the second person typed. No event tells whose ballot was read or that one
went in (decision 24).
"""

import hmac
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from consultation.kernel.outbox import EventRecord, record
from consultation.kernel.permissions import Actor, Decision, Denied, Permission, Reason, require
from consultation.voting import chain, letters
from consultation.voting.events import PaperDeskUsed, PaperReadingsDiffered, PaperReadingsDropped
from consultation.voting.keys import KeyStore, key_store
from consultation.voting.locking import lock
from consultation.voting.models import Contest, RollEntry
from consultation.voting.operations.box import Box, label_voter, limits_of, voter_text
from consultation.voting.operations.importing import put_in
from consultation.voting.paper import PaperOutcome, PaperRefused, check_blank
from consultation.voting.paper_models import MOST_READINGS, PaperReading
from consultation.voting.policy import PaperBallot
from consultation.voting.rules import check, to_content
from consultation.voting.signing import Signer, signer_of
from consultation.voting.states import ContestState, Secrecy
from consultation.voting.tally import BallotRow

LONGEST_LABEL = 80


@dataclass(frozen=True, slots=True)
class _Voter:
    """Whose paper ballot it is: code or label, how the tag names it, and the organization, if it is on a roll; where
    delegates vote, also the person."""

    label: str
    named: str
    organization_id: uuid.UUID | None = None
    user_id: uuid.UUID | None = None


def read_paper(
    session: Session,
    contest: Contest,
    *,
    voter: str,
    ballot: Sequence[Sequence[str]],
    first: bool,
    blank: bool = False,
    actor: Actor,
    now: datetime,
    keys: KeyStore | None = None,
    signer: Signer | None = None,
) -> PaperOutcome:
    """Take one person's reading of a voter's paper ballot. Two that agree put it into the box, where it uses up the
    voter's entry of the roll as an imported ballot does.

    ``voter``: its code on the roll, or a label where the contest claims none. ``first``: whether it begins, or checks
    what somebody else has begun. ``blank`` says that the paper is; an empty ballot alone does not.

    That the voter has cast a ballot itself is told only once two people have read its paper, so that nobody finds out
    alone who has voted.

    Raises:
        Denied: the actor may not, is no person, or speaks for the voter; or the contest is not open.
        PaperRefused: as there.
        InvalidVote: the contest does not take such a ballot.
        KeyMissing: the contest's key file, or the signing key, is gone.
    """
    reader = _at_the_desk(session, contest, actor, now)
    found = _voter(session, contest, voter)
    require(actor, Permission.PAPER_ENTER, PaperBallot(contest, found.organization_id, found.user_id), now=now)
    check_blank(ballot, blank)
    row = BallotRow(check(ballot, limits_of(contest)))
    key = (keys or key_store(session)).read(contest.id)
    box = Box(session, contest, key, signer or signer_of(session), now)
    reading = chain.keyed_digest(key, chain.PAPER, contest.code, box.tag(found.named), to_content(row))
    before = readings_of(session, contest.id, found.label)
    if first and before:
        raise PaperRefused("reading_waits")
    if not first and not before:
        raise PaperRefused("no_reading_waits")
    if any(one.reader_id == reader for one in before):
        raise PaperRefused("same_person")
    taken = {one.number for one in before}
    number = next(one for one in range(1, MOST_READINGS + 1) if one not in taken)
    kept = {"contest_id": contest.id, "voter": found.label, "reader_id": reader}
    session.add(PaperReading(**kept, number=number, reading=reading, read_at=now))
    _leave_a_trace(session, contest, actor, now)
    # Written also where it is settled at once: the database's keys say that another person has read.
    session.flush()
    if not before:
        return PaperOutcome.WAITS
    if not any(hmac.compare_digest(one.reading, reading) for one in before):
        return _differ(session, contest, found.label, number, actor, now)
    _forget(session, contest.id, found.label)
    return _into_the_box(session, box, found, row, now)


def drop_readings(session: Session, contest: Contest, *, voter: str, actor: Actor, now: datetime) -> None:
    """Take back what was read of a voter's paper ballot, so that two people begin again.

    Raises:
        Denied: as for reading.
        PaperRefused: ``no_reading_waits``.
    """
    _at_the_desk(session, contest, actor, now)
    if not readings_of(session, contest.id, voter):
        raise PaperRefused("no_reading_waits")
    _forget(session, contest.id, voter)
    record(session, PaperReadingsDropped(contest.id, contest.code), actor=actor, now=now)
    session.flush()


def require_desk(actor: Actor, *, now: datetime) -> uuid.UUID:
    """Who may be at the desk, by their id. The operator is nobody in particular, and imports ballots.

    Raises:
        Denied: to everybody else.
    """
    require(actor, Permission.PAPER_ENTER, now=now)
    if actor.user_id is None:
        raise Denied(Permission.PAPER_ENTER, Decision(Reason.SECOND_PERSON))
    return actor.user_id


def readings_of(session: Session, contest_id: uuid.UUID, voter: str) -> Sequence[PaperReading]:
    """What waits of a voter's paper ballot, in order."""
    query = select(PaperReading).where(PaperReading.contest_id == contest_id, PaperReading.voter == voter)
    return session.scalars(query.order_by(PaperReading.number)).all()


def _at_the_desk(session: Session, contest: Contest, actor: Actor, now: datetime) -> uuid.UUID:
    """The person who reads; with the lock held and the contest open."""
    reader = require_desk(actor, now=now)
    lock(session, contest)
    if contest.state is not ContestState.OPEN:
        raise Denied(Permission.PAPER_ENTER, Decision(Reason.WINDOW))
    return reader


def _voter(session: Session, contest: Contest, typed: str) -> _Voter:
    label = " ".join(typed.split())
    if not label or len(label) > LONGEST_LABEL:
        raise PaperRefused("no_voter")
    if contest.secrecy is Secrecy.NO_ROLL:
        return _Voter(label, label_voter(label))
    query = select(RollEntry).where(RollEntry.contest_id == contest.id, func.lower(RollEntry.code) == label.lower())
    rows = session.scalars(query).all()
    row = next((one for one in rows if one.code == label), rows[0] if len(rows) == 1 else None)
    if row is None:
        raise PaperRefused("not_on_roll")
    return _Voter(row.code, voter_text(contest.unit, row.voter_id), row.organization_id, row.user_id)


def _differ(session: Session, contest: Contest, voter: str, number: int, actor: Actor, now: datetime) -> PaperOutcome:
    """A person who has read once cannot read again before all begin again: otherwise they could try what the first
    one has read."""
    record(session, PaperReadingsDiffered(contest.id, contest.code), actor=actor, now=now)
    if number == MOST_READINGS:
        _forget(session, contest.id, voter)
        return PaperOutcome.ALL_DIFFER
    session.flush()
    return PaperOutcome.DIFFERS


def _into_the_box(session: Session, box: Box, voter: _Voter, row: BallotRow, now: datetime) -> PaperOutcome:
    done = put_in(session, box, {voter.label: row})
    if done.rejected:
        return PaperOutcome.ALREADY_CAST
    if done.unchanged:
        return PaperOutcome.UNCHANGED
    if voter.organization_id is not None:
        told = letters.to_be_told(session, box.contest, voter.organization_id, voter.user_id)
        letters.tell_of_ballot(session, box.contest, voter.organization_id, told, now)
    session.flush()
    return PaperOutcome.REPLACED if done.revised else PaperOutcome.IN_THE_BOX


def _leave_a_trace(session: Session, contest: Contest, actor: Actor, now: datetime) -> None:
    """That a person reads paper ballots of the contest, once a day: not how many, or when each."""
    today = select(EventRecord.position).where(
        EventRecord.subject_id == contest.id,
        EventRecord.name == PaperDeskUsed.__name__,
        EventRecord.actor_id == actor.user_id,
        EventRecord.occurred_at > now - timedelta(days=1),
    )
    if session.scalar(today.limit(1)) is None:
        record(session, PaperDeskUsed(contest.id, contest.code), actor=actor, now=now)


def _forget(session: Session, contest_id: uuid.UUID, voter: str) -> None:
    session.execute(
        delete(PaperReading)
        .where(PaperReading.contest_id == contest_id, PaperReading.voter == voter)
        .execution_options(synchronize_session="fetch")
    )
