"""Who may submit, change, withdraw and endorse proposals, and who sees those that are not public."""

import uuid
from datetime import datetime

from consultation.convening.models import Consultation
from consultation.convening.policy import phase_allows, voice_in
from consultation.convening.states import Act, PhaseName
from consultation.kernel.permissions import ALLOWED, Actor, Decision, Denied, Permission, Reason, policy
from consultation.proposals.models import Proposal
from consultation.proposals.states import PUBLIC_STATES, SUBMISSION, ProposalState

AMENDABLE = frozenset({ProposalState.SUBMITTED, ProposalState.NEEDS_CHANGES, ProposalState.PUBLISHED})


def speaks_for(actor: Actor, organization_id: uuid.UUID | None) -> Decision:
    """Whether the actor holds a mandate for this verified organization."""
    if actor.is_operator:
        return ALLOWED
    held = actor.mandate_for(organization_id)
    if held is None:
        return Decision(Reason.NOT_YOURS if actor.mandates else Reason.NO_MANDATE)
    return ALLOWED if held.verified else Decision(Reason.NOT_VERIFIED)


def owns(actor: Actor, proposal: Proposal) -> Decision:
    """Whether the proposal is the actor's to change: their organization's, or their own where it has none."""
    if proposal.organization_id is None and proposal.author_id is not None and proposal.author_id == actor.user_id:
        return ALLOWED
    return speaks_for(actor, proposal.organization_id)


def is_late(consultation: Consultation, now: datetime) -> bool:
    """Whether the time to propose is over and the consultation still takes proposals, until its ranking opens."""
    windows = {phase.name: (phase.opens_at, phase.closes_at) for phase in consultation.phases}
    closed = windows.get(PhaseName.PROPOSE, (None, None))[1]
    return (
        consultation.late_proposals and closed is not None and closed <= now and not _ranking_opened(consultation, now)
    )


def _ranking_opened(consultation: Consultation, now: datetime) -> bool:
    opens = next((phase.opens_at for phase in consultation.phases if phase.name == PhaseName.RANK), None)
    return opens is not None and opens <= now


@policy(Permission.PROPOSAL_SUBMIT)
def may_submit(actor: Actor, subject: Consultation | Proposal, now: datetime) -> Decision:
    """To a consultation: with a mandate, in its phase. A proposal sent back: by its owner, while changes are taken."""
    if actor.is_operator:
        return ALLOWED
    if isinstance(subject, Proposal):
        if subject.state not in SUBMISSION.sources:
            return Decision(Reason.STATE)
        return owns(actor, subject) and phase_allows(subject.consultation, Permission.PROPOSAL_AMEND, now)
    in_phase = phase_allows(subject, Permission.PROPOSAL_SUBMIT, now)
    if not in_phase and not is_late(subject, now):
        return in_phase
    return voice_in(actor, subject, Act.PROPOSE)


@policy(Permission.PROPOSAL_AMEND)
def may_amend(actor: Actor, proposal: Proposal, now: datetime) -> Decision:
    if actor.is_operator:
        return ALLOWED
    if not (decision := owns(actor, proposal)):
        return decision
    if proposal.state not in AMENDABLE:
        return Decision(Reason.STATE)
    return phase_allows(proposal.consultation, Permission.PROPOSAL_AMEND, now)


@policy(Permission.PROPOSAL_WITHDRAW)
def may_withdraw(actor: Actor, proposal: Proposal, now: datetime) -> Decision:
    """Until the ranking opens; an operator acts for an organization under the same limit."""
    if not (decision := owns(actor, proposal)):
        return decision
    if _ranking_opened(proposal.consultation, now):
        return Decision(Reason.RANKING_OPENED)
    return ALLOWED


@policy(Permission.PROPOSAL_ENDORSE)
def may_endorse(actor: Actor, proposal: Proposal, now: datetime) -> Decision:
    if proposal.state not in PUBLIC_STATES:
        return Decision(Reason.STATE)
    if actor.is_operator:
        return ALLOWED
    in_phase = phase_allows(proposal.consultation, Permission.PROPOSAL_ENDORSE, now)
    return in_phase and voice_in(actor, proposal.consultation, Act.ENDORSE)


@policy(Permission.PROPOSAL_READ_UNPUBLISHED)
def may_read_unpublished(_actor: Actor, proposal: Proposal, _now: datetime) -> Decision:
    """Moderators read what was submitted; a draft is its organization's alone."""
    return Decision(Reason.NOT_YOURS) if proposal.state == ProposalState.DRAFT else ALLOWED


def require_voice(
    actor: Actor, permission: Permission, consultation: Consultation, act: Act, organization_id: uuid.UUID | None
) -> None:
    """Refuse whoever does not speak for the organization, and organizations that the consultation's rule leaves out.

    Raises:
        Denied: with the reason.
    """
    decision = speaks_for(actor, organization_id) and voice_in(actor, consultation, act, organization_id)
    if not decision:
        raise Denied(permission, decision)
