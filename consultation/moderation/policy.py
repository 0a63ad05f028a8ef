"""Nobody decides on their own matter: not on what they wrote, nor on what an organization brought for which they
speak."""

from datetime import datetime
from typing import Protocol
from uuid import UUID

from consultation.kernel.permissions import ALLOWED, Actor, Decision, Permission, Reason, policy


class Contribution(Protocol):
    """What is judged: a proposal or a comment."""

    @property
    def author_id(self) -> UUID | None: ...

    @property
    def organization_id(self) -> UUID | None: ...


@policy(Permission.PROPOSAL_PUBLISH)
@policy(Permission.PROPOSAL_REQUEST_CHANGES)
@policy(Permission.PROPOSAL_DECLINE)
@policy(Permission.COMMENT_HIDE)
def not_ones_own(actor: Actor, contribution: Contribution, _now: datetime) -> Decision:
    """A moderator may decide on what is not theirs."""
    own = actor.user_id is not None and contribution.author_id == actor.user_id
    if own or actor.mandate_for(contribution.organization_id) is not None:
        return Decision(Reason.OWN_MATTER)
    return ALLOWED
