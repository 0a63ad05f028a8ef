"""What waits for a moderator, whose it is to decide, and what was decided."""

from consultation.moderation.queries.looking_up import (
    claim_on,
    claims_standing,
    comment_to_judge,
    consultation_choices,
    latest_refusal,
    proposal_to_judge,
    submitted,
    summaries,
    zone_of_proposal,
)
from consultation.moderation.queries.waiting import (
    OTHER_LANGUAGE,
    Context,
    Filters,
    Holder,
    Waiting,
    context_of,
    entry,
    queue,
    waiting_counts,
)

__all__ = [
    "OTHER_LANGUAGE",
    "Context",
    "Filters",
    "Holder",
    "Waiting",
    "claim_on",
    "claims_standing",
    "comment_to_judge",
    "consultation_choices",
    "context_of",
    "entry",
    "latest_refusal",
    "proposal_to_judge",
    "queue",
    "submitted",
    "summaries",
    "waiting_counts",
    "zone_of_proposal",
]
