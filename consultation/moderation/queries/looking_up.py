"""Single things that are judged, and lists of them for commands."""

import uuid
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from consultation.accounts.models import User
from consultation.convening.models import Consultation
from consultation.discussion.models import Comment
from consultation.moderation.models import Claim, ModerationAction
from consultation.moderation.states import CLAIMING, ActionKind
from consultation.proposals.models import Proposal
from consultation.proposals.states import ProposalState


def consultation_choices(session: Session) -> list[Any]:
    """Id, short address, title and zone of each consultation, the newest first."""
    query = select(Consultation.id, Consultation.slug, Consultation.title, Consultation.zone)
    return list(session.execute(query.order_by(Consultation.created_at.desc())).all())


def proposal_to_judge(session: Session, code: str) -> Proposal | None:
    """A proposal that was submitted at some time; drafts are nobody's to judge."""
    return session.scalar(select(Proposal).where(Proposal.code == code, Proposal.state != ProposalState.DRAFT))


def comment_to_judge(session: Session, comment_id: uuid.UUID) -> Comment | None:
    """A comment with its proposal, visible or hidden."""
    return session.scalar(select(Comment).where(Comment.id == comment_id).options(joinedload(Comment.proposal)))


def submitted(session: Session, consultation_id: uuid.UUID) -> list[Proposal]:
    """Everything of a consultation that waits to be published, in the order in which it came."""
    query = select(Proposal).where(
        Proposal.consultation_id == consultation_id, Proposal.state == ProposalState.SUBMITTED
    )
    return list(session.scalars(query.order_by(Proposal.number)))


def latest_refusal(session: Session, proposal_id: uuid.UUID) -> ModerationAction | None:
    """The last time a moderator sent the proposal back or declined it: what its author should read."""
    refusals = (ActionKind.REQUEST_CHANGES, ActionKind.DECLINE)
    return session.scalar(
        select(ModerationAction)
        .where(ModerationAction.proposal_id == proposal_id, ModerationAction.kind.in_(refusals))
        .order_by(ModerationAction.id.desc())
        .limit(1)
    )


def _claims(now: datetime) -> Select[*tuple[Any, ...]]:
    """Those that hold something: their time is not over, and the proposal still waits."""
    return (
        select(Claim.id, Claim.until, Claim.moderator_id, Proposal.code, User.name.label("holder_name"))
        .join(Proposal, Proposal.id == Claim.proposal_id)
        .join(User, User.id == Claim.moderator_id)
        .where(Claim.until > now, Proposal.state.in_(CLAIMING.sources))
    )


def claim_on(session: Session, proposal_id: uuid.UUID, now: datetime) -> Any:
    """Id, end and holder of the claim that stands on a proposal, if one does."""
    return session.execute(_claims(now).where(Claim.proposal_id == proposal_id)).one_or_none()


def claims_standing(session: Session, now: datetime) -> list[Any]:
    """All claims that stand, what ends first first."""
    return list(session.execute(_claims(now).order_by(Claim.until, Claim.id)).all())


def zone_of_proposal(session: Session, proposal: Proposal) -> ZoneInfo:
    """The zone in which times about a proposal are told."""
    zone = session.scalar(select(Consultation.zone).where(Consultation.id == proposal.consultation_id))
    return ZoneInfo(str(zone))


def summaries(
    session: Session, *, consultation_id: uuid.UUID | None = None, state: ProposalState | None = None
) -> list[Any]:
    """Code, state, language and title of what was submitted, in the order of the codes' numbers."""
    query = select(Proposal.code, Proposal.state, Proposal.language, Proposal.title)
    query = query.where(Proposal.state != ProposalState.DRAFT)
    if consultation_id is not None:
        query = query.where(Proposal.consultation_id == consultation_id)
    if state is not None:
        query = query.where(Proposal.state == state)
    return list(session.execute(query.order_by(Proposal.consultation_id, Proposal.number)).all())
