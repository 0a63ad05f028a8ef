"""A moderator's decisions. Each takes a lock, so that of two moderators the second learns that it is decided."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from consultation.discussion.models import Comment
from consultation.discussion.operations import count
from consultation.discussion.states import Visibility
from consultation.kernel.ids import uuid7
from consultation.kernel.moves import WrongState, apply
from consultation.kernel.outbox import record
from consultation.kernel.permissions import Actor, Permission, require
from consultation.kernel.states import Transition
from consultation.moderation import policy as _policy  # noqa: F401 - registers the predicates that are asked below
from consultation.moderation.events import (
    CommentHidden,
    CommentRestored,
    ProposalChangesRequested,
    ProposalDeclined,
    ProposalPublished,
)
from consultation.moderation.models import ModerationAction
from consultation.moderation.operations.claiming import end_by_decision
from consultation.moderation.states import ActionKind, ReasonCode
from consultation.proposals.models import Proposal
from consultation.proposals.operations import Outdated, count_public
from consultation.proposals.states import CHANGE_REQUEST, DECLINE, PUBLIC_STATES, PUBLICATION, ProposalState

HIDING = Transition("hiding", frozenset({Visibility.VISIBLE}), Visibility.HIDDEN, Permission.COMMENT_HIDE)
RESTORING = Transition("restoring", frozenset({Visibility.HIDDEN}), Visibility.VISIBLE, Permission.COMMENT_HIDE)


class ReasonMissing(ValueError):
    """A refusal says why, in words."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What the moderator had before their eyes: nobody decides on words that they have not read, nor declines as new
    what somebody else has just published."""

    state: ProposalState
    revision: int


def publish(
    session: Session,
    proposal: Proposal,
    *,
    seen: Seen | None = None,
    past_claim: uuid.UUID | None = None,
    actor: Actor,
    now: datetime,
) -> ModerationAction:
    """Make a submitted proposal public. ``past_claim``: although somebody else holds it by this claim, which the
    moderator has been shown.

    Raises:
        Outdated: when the text is no longer the one that was seen.
        HeldByAnother: when somebody else holds it by another claim.
        Denied, WrongState: see ``kernel.moves.apply``.
    """
    _take(session, proposal, PUBLICATION, seen, past_claim, actor=actor, now=now)
    action = _action(ActionKind.PUBLISH, actor=actor, now=now, proposal=proposal)
    event = ProposalPublished(proposal.id, proposal.consultation_id, action.id)
    apply(session, proposal, PUBLICATION, event=event, actor=actor, now=now)
    proposal.published_at = now
    session.add(action)
    count_public(session, proposal, 1)
    session.flush()
    return action


def request_changes(
    session: Session,
    proposal: Proposal,
    *,
    code: ReasonCode,
    reason: str,
    seen: Seen | None = None,
    past_claim: uuid.UUID | None = None,
    actor: Actor,
    now: datetime,
) -> ModerationAction:
    """Send a submitted proposal back to its author, with what to change.

    Raises:
        ReasonMissing: without words.
        Outdated: when the text is no longer the one that was seen.
        HeldByAnother: see ``publish``.
        Denied, WrongState: see ``kernel.moves.apply``.
    """
    _take(session, proposal, CHANGE_REQUEST, seen, past_claim, actor=actor, now=now)
    action = _action(ActionKind.REQUEST_CHANGES, code, reason, actor=actor, now=now, proposal=proposal)
    event = ProposalChangesRequested(proposal.id, proposal.consultation_id, action.id, code.value)
    apply(session, proposal, CHANGE_REQUEST, event=event, actor=actor, now=now)
    session.add(action)
    session.flush()
    return action


def decline(
    session: Session,
    proposal: Proposal,
    *,
    code: ReasonCode,
    reason: str,
    seen: Seen | None = None,
    past_claim: uuid.UUID | None = None,
    actor: Actor,
    now: datetime,
) -> ModerationAction:
    """Decline a submitted or published proposal. The public reads the code as a sentence in its language;
    the words are for the author.

    Raises:
        ReasonMissing: without words.
        Outdated: when the text is no longer the one that was seen.
        HeldByAnother: see ``publish``.
        Denied, WrongState: see ``kernel.moves.apply``.
    """
    _take(session, proposal, DECLINE, seen, past_claim, actor=actor, now=now)
    was_public = proposal.state in PUBLIC_STATES
    action = _action(ActionKind.DECLINE, code, reason, actor=actor, now=now, proposal=proposal)
    event = ProposalDeclined(proposal.id, proposal.consultation_id, action.id, code.value)
    apply(session, proposal, DECLINE, event=event, actor=actor, now=now)
    proposal.declined_at = now
    proposal.decline_code, proposal.decline_reason = code.value, action.reason
    session.add(action)
    if was_public:
        count_public(session, proposal, -1)
    session.flush()
    return action


def hide(
    session: Session, comment: Comment, *, code: ReasonCode, reason: str, actor: Actor, now: datetime
) -> ModerationAction:
    """Hide a comment from the public. Its text stays, so that an appeal can be judged; the counters fall by one.

    Raises:
        ReasonMissing: without words.
        Denied: when the actor may not.
        WrongState: when it is hidden already.
    """
    action = _action(ActionKind.HIDE, code, reason, actor=actor, now=now, comment=comment)
    event = CommentHidden(comment.id, comment.proposal_id, action.id, code.value)
    _show(session, comment, HIDING, hidden_reason=code.value, actor=actor, now=now)
    record(session, event, actor=actor, now=now)
    session.add(action)
    session.flush()
    return action


def restore(session: Session, comment: Comment, *, actor: Actor, now: datetime) -> ModerationAction:
    """Show a hidden comment again.

    Raises:
        Denied: when the actor may not.
        WrongState: when it is visible.
    """
    action = _action(ActionKind.RESTORE, actor=actor, now=now, comment=comment)
    _show(session, comment, RESTORING, hidden_reason=None, actor=actor, now=now)
    record(session, CommentRestored(comment.id, comment.proposal_id, action.id), actor=actor, now=now)
    session.add(action)
    session.flush()
    return action


def _action(
    kind: ActionKind,
    code: ReasonCode | None = None,
    reason: str = "",
    *,
    actor: Actor,
    now: datetime,
    proposal: Proposal | None = None,
    comment: Comment | None = None,
) -> ModerationAction:
    """A row that is not in the session yet: it joins it once the decision is allowed."""
    reason = reason.strip()
    if code is not None and not reason:
        raise ReasonMissing(kind)
    return ModerationAction(
        id=uuid7(),
        kind=kind,
        proposal_id=None if proposal is None else proposal.id,
        comment_id=None if comment is None else comment.id,
        moderator_id=actor.user_id,
        reason_code=code,
        reason=reason,
        created_at=now,
    )


def _take(
    session: Session,
    proposal: Proposal,
    move: Transition,
    seen: Seen | None,
    past_claim: uuid.UUID | None,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Read the proposal's state again under a lock: what another moderator or its author committed meanwhile counts.
    Then end the claim that stands on it; what is held by somebody else is refused before anything has changed."""
    session.refresh(proposal, ["state", "revision"], with_for_update={"of": Proposal})
    if seen is not None and proposal.state != seen.state:
        raise WrongState(move, proposal.state)
    if seen is not None and proposal.revision != seen.revision:
        raise Outdated(proposal.code)
    require(actor, move.permission, proposal, now=now)
    end_by_decision(session, proposal, past_claim=past_claim, actor=actor, now=now)


def _show(
    session: Session, comment: Comment, move: Transition, *, hidden_reason: str | None, actor: Actor, now: datetime
) -> None:
    proposal = session.get_one(Proposal, comment.proposal_id)
    require(actor, move.permission, comment, now=now)
    session.refresh(comment, ["visibility", "hidden_reason"], with_for_update={"of": Comment})
    if comment.visibility not in move.sources:
        raise WrongState(move, comment.visibility)
    comment.visibility = Visibility(move.target)
    comment.hidden_reason = hidden_reason
    count(session, comment, proposal, 1 if hidden_reason is None else -1)
