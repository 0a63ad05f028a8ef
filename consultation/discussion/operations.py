"""The verb of a discussion: to post a comment."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Update, bindparam, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from consultation.convening.models import Consultation
from consultation.discussion.events import CommentPosted
from consultation.discussion.models import Comment
from consultation.discussion.policy import comments_as
from consultation.discussion.rules import checked
from consultation.discussion.states import Stance, Visibility
from consultation.kernel.ids import uuid7
from consultation.kernel.outbox import record
from consultation.kernel.permissions import Actor, Decision, Denied, Permission, Reason, require
from consultation.proposals.models import Proposal
from consultation.proposals.states import PUBLIC_STATES


def post(
    session: Session,
    proposal: Proposal,
    *,
    body: str,
    language: str,
    stance: Stance = Stance.NONE,
    answers: Comment | None = None,
    organization_id: uuid.UUID | None = None,
    author_id: uuid.UUID | None = None,
    author_label: str | None = None,
    created_at: datetime | None = None,
    hidden_reason: str | None = None,
    import_identity: str | None = None,
    original: Mapping[str, Any] | None = None,
    actor: Actor,
    now: datetime,
) -> Comment:
    """Add a comment, or a reply when it ``answers`` one: a reply to a reply stands in the same thread.

    With ``import_identity`` it is an import, which needs the permission to import, asks no phase, and may arrive
    hidden. Otherwise the proposal's consultation and its phases are loaded. Hidden comments are not counted.

    Raises:
        Denied: when the actor may not.
        InvalidComment: when the text cannot be taken.
        ValueError: when it answers a comment on another proposal.
    """
    imported = import_identity is not None
    if imported:
        require(actor, Permission.IMPORT_RUN, proposal, now=now)
    else:
        _require_post(proposal, answers, organization_id, actor, now)
    if answers is not None and answers.proposal_id != proposal.id:
        raise ValueError("The comment answered is on another proposal.")
    comment = Comment(
        id=uuid7(),
        proposal_id=proposal.id,
        thread_id=None if answers is None else answers.thread_id or answers.id,
        answers_id=None if answers is None else answers.id,
        author_id=author_id if imported else author_id or actor.user_id,
        organization_id=organization_id,
        author_label=author_label,
        language=language,
        stance=stance,
        body=checked(body, language, imported=imported),
        visibility=Visibility.VISIBLE if hidden_reason is None else Visibility.HIDDEN,
        hidden_reason=hidden_reason,
        created_at=created_at or now,
        import_identity=import_identity,
        original=dict(original or {}),
    )
    session.add(comment)
    posted = CommentPosted(comment.id, proposal.id, comment.answers_id, organization_id)
    record(session, posted, actor=actor, now=now)
    session.flush()
    if comment.visibility == Visibility.VISIBLE:
        count(session, comment, proposal, 1)
    return comment


def count(session: Session, comment: Comment, proposal: Proposal, step: int) -> None:
    """Count a comment that became visible (``step`` 1) or was hidden (-1) where visible ones are counted: at its
    thread, its proposal and, while the proposal is public, its consultation."""
    if comment.thread_id is not None:
        session.execute(_COUNT_REPLY, {"of": comment.thread_id, "step": step})
    # The state as it is under the row's lock: somebody may have declined the proposal a moment ago.
    if session.scalar(_COUNT_COMMENT, {"of": proposal.id, "step": step}) in PUBLIC_STATES:
        session.execute(_COUNT_OVERALL, {"of": proposal.consultation_id, "step": step})


def _counting(total: InstrumentedAttribute[int]) -> Update:
    """Composed once: whoever else comments waits meanwhile."""
    counted = total.class_
    add = update(counted).where(counted.id == bindparam("of")).values({total.key: total + bindparam("step")})
    return add.execution_options(synchronize_session=False)


_COUNT_REPLY = _counting(Comment.reply_count)
_COUNT_COMMENT = _counting(Proposal.comment_count).returning(Proposal.state)
_COUNT_OVERALL = _counting(Consultation.comment_count)


def _require_post(
    proposal: Proposal, answers: Comment | None, organization_id: uuid.UUID | None, actor: Actor, now: datetime
) -> None:
    require(actor, Permission.COMMENT_POST, proposal, now=now)
    if not (decision := comments_as(actor, proposal.consultation, organization_id)):
        raise Denied(Permission.COMMENT_POST, decision)
    if answers is not None and answers.visibility == Visibility.HIDDEN:
        raise Denied(Permission.COMMENT_POST, Decision(Reason.STATE))
