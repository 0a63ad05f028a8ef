"""When an agenda may be drafted."""

from datetime import datetime

from consultation.kernel.permissions import ALLOWED, Actor, Decision, Permission, Reason, policy
from consultation.voting.models import Contest
from consultation.voting.states import ContestState


@policy(Permission.AGENDA_DRAFT)
def may_draft(_actor: Actor, contest: Contest, _now: datetime) -> Decision:
    """Only from a result that everybody can see."""
    return ALLOWED if contest.state == ContestState.PUBLISHED else Decision(Reason.STATE)
