"""Who is told when moderators have decided: the author, and those who speak for the organization."""

import uuid

from sqlalchemy.orm import Session

from consultation.discussion.models import Comment
from consultation.kernel.outbox import EventRecord, subscription
from consultation.moderation.events import (
    CommentHidden,
    CommentRestored,
    ProposalChangesRequested,
    ProposalDeclined,
    ProposalPublished,
)
from consultation.moderation.models import ModerationAction
from consultation.notifications.operations import notify
from consultation.notifications.queries import concerned
from consultation.proposals.models import Proposal

ABOUT_PROPOSALS = (ProposalPublished, ProposalChangesRequested, ProposalDeclined)
ABOUT_COMMENTS = (CommentHidden, CommentRestored)


def tell_of_decision(session: Session, event: EventRecord) -> None:
    """A notice with the moderator's words. What has been erased meanwhile is nobody's news."""
    action = session.get(ModerationAction, uuid.UUID(event.payload["action_id"]))
    if action is None:
        return
    comment = session.get(Comment, action.comment_id) if action.comment_id else None
    proposal = session.get(Proposal, comment.proposal_id if comment else action.proposal_id)
    if proposal is None or proposal.code is None:
        return
    about = comment or proposal
    recipients = concerned(
        session, author_id=about.author_id, organization_id=about.organization_id, at=event.occurred_at
    )
    notify(
        session,
        recipients,
        event,
        subject_code=proposal.code,
        subject_title=proposal.title,
        detail=action.reason,
    )


DECISIONS = subscription("notices", (*ABOUT_PROPOSALS, *ABOUT_COMMENTS), tell_of_decision)
