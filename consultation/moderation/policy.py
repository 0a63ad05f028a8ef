"""Nobody decides on their own matter: not on what they wrote, nor on what an organization brought for which they
speak."""

from datetime import datetime
from typing import Protocol
from uuid import UUID

from consultation.discussion.models import Comment
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
@policy(Permission.PROPOSAL_ANNOTATE)
def not_ones_own(actor: Actor, contribution: Contribution, _now: datetime) -> Decision:
    """A moderator may decide on what is not theirs."""
    return Decision(Reason.OWN_MATTER) if _is_own(actor, contribution) else ALLOWED


@policy(Permission.CASE_CLAIM)
def somebody_whose_matter_it_is_not(actor: Actor, contribution: Contribution, now: datetime) -> Decision:
    """A moderator may hold what they may decide. The operator is nobody in particular, whom the others could ask."""
    return Decision(Reason.ROLE) if actor.user_id is None else not_ones_own(actor, contribution, now)


@policy(Permission.COMMENT_HIDE)
def neither_ones_own_nor_on_ones_own(actor: Actor, comment: Comment, now: datetime) -> Decision:
    """Nor may one judge what is said about one's own proposal; ``comment.proposal`` is loaded."""
    return not_ones_own(actor, comment, now) and not_ones_own(actor, comment.proposal, now)


def _is_own(actor: Actor, contribution: Contribution) -> bool:
    own = actor.user_id is not None and contribution.author_id == actor.user_id
    return own or actor.mandate_for(contribution.organization_id) is not None
