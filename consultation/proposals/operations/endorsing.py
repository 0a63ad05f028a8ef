"""Supporting a proposal: once for each organization, until it is taken back."""

import uuid
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from consultation.convening.states import Act
from consultation.kernel.orm import inserting
from consultation.kernel.outbox import record
from consultation.kernel.permissions import Actor, Permission, require
from consultation.proposals.events import EndorsementWithdrawn, ProposalEndorsed
from consultation.proposals.models import Endorsement, Proposal
from consultation.proposals.policy import require_voice


def endorse(session: Session, proposal: Proposal, *, organization_id: uuid.UUID, actor: Actor, now: datetime) -> bool:
    """Record that the organization supports the proposal; false when it did already.

    Raises:
        Denied: when the actor may not.
    """
    require(actor, Permission.PROPOSAL_ENDORSE, proposal, now=now)
    require_voice(actor, Permission.PROPOSAL_ENDORSE, proposal.consultation, Act.ENDORSE, organization_id)
    added = session.execute(
        inserting(session, Endorsement)
        .values(proposal_id=proposal.id, organization_id=organization_id, endorsed_by=actor.user_id, created_at=now)
        .on_conflict_do_nothing()
        .returning(Endorsement.proposal_id)
    ).first()
    if added is None:
        return False
    proposal.endorsement_count = Proposal.endorsement_count + 1
    record(session, ProposalEndorsed(proposal.id, organization_id), actor=actor, now=now)
    session.flush()
    return True


def withdraw_endorsement(
    session: Session, proposal: Proposal, *, organization_id: uuid.UUID, actor: Actor, now: datetime
) -> bool:
    """Take the organization's endorsement back; false when there was none.

    Raises:
        Denied: when the actor may not.
    """
    require(actor, Permission.PROPOSAL_ENDORSE, proposal, now=now)
    require_voice(actor, Permission.PROPOSAL_ENDORSE, proposal.consultation, Act.ENDORSE, organization_id)
    removed = session.execute(
        delete(Endorsement)
        .where(Endorsement.proposal_id == proposal.id, Endorsement.organization_id == organization_id)
        .returning(Endorsement.proposal_id)
    ).first()
    if removed is None:
        return False
    proposal.endorsement_count = Proposal.endorsement_count - 1
    record(session, EndorsementWithdrawn(proposal.id, organization_id), actor=actor, now=now)
    session.flush()
    return True
