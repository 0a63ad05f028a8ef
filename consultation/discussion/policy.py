"""Who may comment."""

import uuid
from datetime import datetime

from consultation.convening.models import Consultation
from consultation.convening.policy import phase_allows, voice_in
from consultation.convening.states import Act
from consultation.kernel.permissions import ALLOWED, Actor, Decision, Permission, Reason, policy
from consultation.kernel.roles import Role
from consultation.proposals.models import Proposal
from consultation.proposals.policy import speaks_for
from consultation.proposals.states import PUBLIC_STATES

IN_THEIR_OWN_NAME = frozenset({Role.MODERATOR, Role.ORGANIZER})


def comments_as(actor: Actor, consultation: Consultation, organization_id: uuid.UUID | None) -> Decision:
    """Whether the actor may comment for this organization; for none, those who conduct the discussion may."""
    if organization_id is None and actor.roles & IN_THEIR_OWN_NAME:
        return ALLOWED
    return speaks_for(actor, organization_id) and voice_in(actor, consultation, Act.COMMENT, organization_id)


@policy(Permission.COMMENT_POST)
def may_post(actor: Actor, proposal: Proposal, now: datetime) -> Decision:
    """On what is public, in a phase of discussion; the proposal's consultation and its phases are loaded."""
    if actor.is_operator:
        return ALLOWED
    if proposal.state not in PUBLIC_STATES:
        return Decision(Reason.STATE)
    if not (decision := phase_allows(proposal.consultation, Permission.COMMENT_POST, now)):
        return decision
    if actor.roles & IN_THEIR_OWN_NAME:
        return ALLOWED
    return voice_in(actor, proposal.consultation, Act.COMMENT)
