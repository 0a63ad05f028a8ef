"""Content notes: what a text speaks of, under which it is covered until a reader opens it."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from consultation.kernel.ids import uuid7
from consultation.kernel.moves import WrongState
from consultation.kernel.outbox import record
from consultation.kernel.permissions import Actor, require
from consultation.moderation.events import ProposalAnnotated
from consultation.moderation.models import ModerationAction
from consultation.moderation.operations.claiming import renew
from consultation.moderation.states import ANNOTATION, ActionKind
from consultation.proposals.models import Proposal
from consultation.proposals.rules import known_notes


def annotate(
    session: Session, proposal: Proposal, *, notes: Iterable[str], reason: str = "", actor: Actor, now: datetime
) -> ModerationAction | None:
    """Say what a proposal's text speaks of, or that it needs no note. From then on the moderators decide on it, and no
    longer its author, who is told; with nothing changed nothing is done. ``reason``: words for the author, if any.

    Raises:
        ValueError: of a note that there is not.
        Denied: when the actor may not.
        WrongState: when it is a draft, declined or withdrawn.
    """
    chosen = known_notes(notes)
    session.refresh(proposal, ["state", "content_notes", "notes_settled"], with_for_update={"of": Proposal})
    require(actor, ANNOTATION.permission, proposal, now=now)
    if proposal.state not in ANNOTATION.sources:
        raise WrongState(ANNOTATION, proposal.state)
    renew(session, proposal.id, actor=actor, now=now)
    if chosen == proposal.content_notes:
        return None
    proposal.content_notes, proposal.notes_settled = chosen, True
    action = ModerationAction(
        id=uuid7(),
        kind=ActionKind.ANNOTATE,
        proposal_id=proposal.id,
        moderator_id=actor.user_id,
        reason=reason.strip(),
        content_notes=chosen,
        created_at=now,
    )
    session.add(action)
    event = ProposalAnnotated(proposal.id, proposal.consultation_id, action.id, tuple(chosen))
    record(session, event, actor=actor, now=now)
    session.flush()
    return action
