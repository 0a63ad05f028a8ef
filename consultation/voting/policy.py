"""Who may vote, and when.

The written rule: the roll is frozen at the opening and decides which organizations vote. For an organization on it, a
person votes who holds its mandate as delegate or deputy at that moment; an editor does not. An organization whose
verification is taken back while voting goes on casts no further ballot, and the one it cast counts. Where delegates
vote themselves the roll decides which people do, each by the mandate of one organization. Whose mandate ends while
voting goes on, or whose organization is verified no more, casts no further ballot, and the one they cast counts.
Whoever gets a mandate meanwhile is not on the roll.

The contest's own window decides, not the consultation's phase: a ballot box that was frozen and announced does not shut
because somebody moves a phase. For the same reason nobody closes a contest before the closing that was announced; one
without a date is closed by hand.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime

from consultation.kernel.permissions import (
    ALLOWED,
    Actor,
    Decision,
    Permission,
    Reason,
    policy,
)
from consultation.kernel.roles import MandateKind
from consultation.voting.models import Contest
from consultation.voting.states import ContestState

VOTING_MANDATES = frozenset({MandateKind.DELEGATE, MandateKind.DEPUTY})


@dataclass(frozen=True, slots=True)
class Voting:
    """The subject of ``ballot:cast``: a ballot in a contest, the organization whose it is or by whose mandate a
    delegate casts their own, and whether the roll holds this voter."""

    contest: Contest
    organization_id: uuid.UUID
    on_roll: bool


@dataclass(frozen=True, slots=True)
class Objecting:
    """The subject of ``roll:object``: a member's objection to a contest's provisional roll."""

    contest: Contest
    organization_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class PaperBallot:
    """The subject of ``paper:enter``: the paper ballot of a voter, of this organization where there is a roll, and of
    this person where delegates vote."""

    contest: Contest
    organization_id: uuid.UUID | None
    user_id: uuid.UUID | None = None


def objections_open(contest: Contest, now: datetime) -> bool:
    """Whether the provisional roll is shown and members may object to it now."""
    if contest.state is not ContestState.CONFIGURED or contest.objections_until is None:
        return False
    return now < contest.objections_until


def window_open(contest: Contest, now: datetime) -> bool:
    """Whether ballots are taken now: the contest is open and ``now`` lies in ``[opens_at, closes_at)``."""
    if contest.state is not ContestState.OPEN or (contest.opens_at is not None and now < contest.opens_at):
        return False
    return contest.closes_at is None or now < contest.closes_at


def is_voting(kind: MandateKind) -> bool:
    """Whether a mandate of this kind votes."""
    return kind in VOTING_MANDATES


@policy(Permission.BALLOT_CAST)
def may_cast(actor: Actor, voting: Voting, now: datetime) -> Decision:
    mandate = actor.mandate_for(voting.organization_id)
    if mandate is None or not is_voting(mandate.kind):
        return Decision(Reason.NO_MANDATE)
    if not mandate.verified:
        return Decision(Reason.NOT_VERIFIED)
    if not voting.on_roll:
        return Decision(Reason.NOT_ON_ROLL)
    return ALLOWED if window_open(voting.contest, now) else Decision(Reason.WINDOW)


@policy(Permission.PAPER_ENTER)
def may_enter_paper(actor: Actor, paper: PaperBallot, _now: datetime) -> Decision:
    """Nobody reads the ballot of whom they speak for. Paper that arrived in time may be entered until somebody closes
    the contest."""
    speaks = paper.organization_id is not None and actor.mandate_for(paper.organization_id) is not None
    if speaks or (paper.user_id is not None and paper.user_id == actor.user_id):
        return Decision(Reason.OWN_MATTER)
    return ALLOWED if paper.contest.state is ContestState.OPEN else Decision(Reason.WINDOW)


@policy(Permission.BALLOTS_AUDIT)
def may_audit(_actor: Actor, contest: Contest, _now: datetime) -> Decision:
    """Before the publication nobody sees a ballot, auditors neither."""
    return ALLOWED if contest.state is ContestState.PUBLISHED else Decision(Reason.STATE)


@policy(Permission.CONTEST_CLOSE)
def may_close(_actor: Actor, contest: Contest, now: datetime) -> Decision:
    if contest.closes_at is not None and now < contest.closes_at and contest.state is ContestState.OPEN:
        return Decision(Reason.NOT_OVER)
    return ALLOWED


@policy(Permission.ROLL_OBJECT)
def may_object(actor: Actor, objecting: Objecting, now: datetime) -> Decision:
    """A member that is not verified may: that it is missing is what it would say."""
    mandate = actor.mandate_for(objecting.organization_id)
    if mandate is None or not is_voting(mandate.kind):
        return Decision(Reason.NO_MANDATE)
    return ALLOWED if objections_open(objecting.contest, now) else Decision(Reason.WINDOW)
