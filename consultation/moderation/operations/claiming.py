"""Taking a proposal to decide, so that the others see that somebody reads it. A claim locks nothing: it ends by itself,
and the others may take it over or decide past it, once they were shown whose it is."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Select, delete, or_, select
from sqlalchemy.orm import Session

from consultation.kernel.due import DueAct
from consultation.kernel.ids import uuid7
from consultation.kernel.moves import WrongState
from consultation.kernel.outbox import record
from consultation.kernel.permissions import OPERATOR, Actor, Permission, require
from consultation.moderation import policy as _policy  # noqa: F401 - registers the predicates that are asked below
from consultation.moderation.events import CaseClaimed, CaseClaimRenewed, CaseReleased, CaseTakenOver
from consultation.moderation.models import Claim
from consultation.moderation.states import CLAIMING, ClaimEnd
from consultation.proposals.models import Proposal

LASTS = timedelta(minutes=20)
RENEWED_AFTER = timedelta(minutes=1)
"""Acts that follow one another closely are not worth a write and an event each."""


class HeldByAnother(Exception):
    """Somebody else holds the proposal, by another claim than the one that the moderator was shown."""

    def __init__(self, held: Claim) -> None:
        super().__init__(held.id)
        self.held = held


def claim(session: Session, proposal: Proposal, *, actor: Actor, now: datetime) -> Claim:
    """Take a submitted proposal to decide; one that is the moderator's already is theirs for longer.

    Raises:
        Denied: when the actor may not decide it, or is nobody (the operator).
        WrongState: when it does not wait any more.
        HeldByAnother: when somebody else holds it.
    """
    held = _standing(session, proposal, actor=actor, now=now)
    if held is None:
        made = _begin(session, proposal, actor=actor, now=now)
        event = CaseClaimed(proposal.id, proposal.consultation_id, made.id)
        record(session, event, actor=actor, now=now)
        session.flush()
        return made
    if held.moderator_id != actor.user_id:
        raise HeldByAnother(held)
    _lengthen(session, held, proposal.consultation_id, actor=actor, now=now)
    return held


def take_over(session: Session, proposal: Proposal, *, seen: uuid.UUID, actor: Actor, now: datetime) -> Claim:
    """Take it from the one who holds it by the claim ``seen``; if that has ended meanwhile, it is simply taken.

    Raises:
        HeldByAnother: when it is held by another claim than the one that was seen.
        Denied, WrongState: see ``claim``.
    """
    held = _standing(session, proposal, actor=actor, now=now)
    if held is None or held.moderator_id == actor.user_id:
        return claim(session, proposal, actor=actor, now=now)
    if held.id != seen:
        raise HeldByAnother(held)
    holder = held.moderator_id
    made = _begin(session, proposal, actor=actor, now=now)
    record(session, CaseTakenOver(proposal.id, proposal.consultation_id, made.id, holder), actor=actor, now=now)
    session.flush()
    return made


def renew(session: Session, proposal_id: uuid.UUID, *, actor: Actor, now: datetime) -> None:
    """What is the moderator's stays theirs for longer, because they just did something with it."""
    held = session.scalar(_held(proposal_id, now).with_for_update())
    if held is None or held.moderator_id != actor.user_id or held.until - now > LASTS - RENEWED_AFTER:
        return
    consultation_id = session.get_one(Proposal, proposal_id).consultation_id
    _lengthen(session, held, consultation_id, actor=actor, now=now)


def release(session: Session, proposal: Proposal, *, actor: Actor, now: datetime) -> bool:
    """Give it back; the operator gives back anybody's. Whether there was something to give back is told.

    Raises:
        Denied: when the actor is no moderator.
        HeldByAnother: when somebody else holds it.
    """
    require(actor, Permission.CASE_CLAIM, now=now)
    held = session.scalar(_held(proposal.id, now).with_for_update())
    if held is None:
        return False
    if held.moderator_id != actor.user_id and not actor.is_operator:
        raise HeldByAnother(held)
    _end(session, held, proposal.consultation_id, ClaimEnd.HAND, actor=actor, now=now)
    return True


def end_by_decision(
    session: Session, proposal: Proposal, *, past_claim: uuid.UUID | None, actor: Actor, now: datetime
) -> None:
    """Whoever held it, it is decided. The proposal is locked.

    Raises:
        HeldByAnother: when somebody else holds it, but by the claim that the moderator decides past.
    """
    held = session.scalar(_held(proposal.id, now).with_for_update())
    if held is None:
        return
    if held.moderator_id != actor.user_id and held.id != past_claim:
        raise HeldByAnother(held)
    _end(session, held, proposal.consultation_id, ClaimEnd.DECISION, actor=actor, now=now)


def _standing(session: Session, proposal: Proposal, *, actor: Actor, now: datetime) -> Claim | None:
    """The claim that stands, under a lock of the proposal, once the actor may hold one."""
    session.refresh(proposal, ["state"], with_for_update={"of": Proposal})
    require(actor, CLAIMING.permission, proposal, now=now)
    if proposal.state not in CLAIMING.sources:
        raise WrongState(CLAIMING, proposal.state)
    return session.scalar(_held(proposal.id, now))


def _held(proposal_id: uuid.UUID, now: datetime) -> Select[Claim]:
    return select(Claim).where(Claim.proposal_id == proposal_id, Claim.until > now)


def _begin(session: Session, proposal: Proposal, *, actor: Actor, now: datetime) -> Claim:
    """A claim of the actor's in place of the one before, whether that has ended by its time or is taken over."""
    assert actor.user_id is not None  # noqa: S101 - the policy lets nobody hold one who is nobody
    session.execute(delete(Claim).where(Claim.proposal_id == proposal.id))
    made = Claim(id=uuid7(), proposal_id=proposal.id, moderator_id=actor.user_id, claimed_at=now, until=now + LASTS)
    session.add(made)
    session.flush()
    return made


def _lengthen(session: Session, held: Claim, consultation_id: uuid.UUID, *, actor: Actor, now: datetime) -> None:
    held.until = now + LASTS
    record(session, CaseClaimRenewed(held.proposal_id, consultation_id, held.id), actor=actor, now=now)
    session.flush()


def _end(
    session: Session, held: Claim, consultation_id: uuid.UUID, how: ClaimEnd, *, actor: Actor, now: datetime
) -> None:
    event = CaseReleased(held.proposal_id, consultation_id, held.id, held.moderator_id, how.value)
    session.delete(held)
    record(session, event, actor=actor, now=now)
    session.flush()


def _over(session: Session, now: datetime) -> Sequence[uuid.UUID]:
    """Claims whose time has passed, or whose proposal waits no more: its author has withdrawn it."""
    query = select(Claim.id).join(Proposal, Proposal.id == Claim.proposal_id)
    query = query.where(or_(Claim.until <= now, Proposal.state.not_in(CLAIMING.sources)))
    return session.scalars(query.order_by(Claim.until, Claim.id)).all()


def _lapse(session: Session, claim_id: uuid.UUID, now: datetime) -> None:
    held = session.get(Claim, claim_id, with_for_update=True)
    if held is None:
        return
    proposal = session.get_one(Proposal, held.proposal_id)
    if held.until <= now or proposal.state not in CLAIMING.sources:
        _end(session, held, proposal.consultation_id, ClaimEnd.TIME, actor=OPERATOR, now=now)


LAPSING = DueAct("claims-lapsing", _over, _lapse)
