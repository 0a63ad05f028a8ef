"""Who may comment."""

import uuid
from datetime import datetime

from consultation.convening.policy import phase_allows
from consultation.kernel.permissions import ALLOWED, Actor, Decision, Permission, Reason, policy
from consultation.kernel.roles import Role
from consultation.proposals.models import Proposal
from consultation.proposals.policy import speaks_for, speaks_for_any
from consultation.proposals.states import PUBLIC_STATES

IN_THEIR_OWN_NAME = frozenset({Role.MODERATOR, Role.ORGANIZER})


def comments_as(actor: Actor, organization_id: uuid.UUID | None) -> Decision:
    """Whether the actor may comment for this organization; for none, those who conduct the discussion may."""
    if organization_id is None and actor.roles & IN_THEIR_OWN_NAME:
        return ALLOWED
    return speaks_for(actor, organization_id)


@policy(Permission.COMMENT_POST)
def may_post(actor: Actor, proposal: Proposal, now: datetime) -> Decision:
    """On what is public, in a phase of discussion; the proposal's consultation and its phases are loaded."""
    if actor.is_operator:
        return ALLOWED
    if proposal.state not in PUBLIC_STATES:
        return Decision(Reason.STATE)
    if not (decision := phase_allows(proposal.consultation, Permission.COMMENT_POST, now)):
        return decision
    return ALLOWED if actor.roles & IN_THEIR_OWN_NAME else speaks_for_any(actor)
