"""Kinds of moderation and the reasons a moderator chooses from."""

from enum import StrEnum

from consultation.kernel.permissions import Permission
from consultation.kernel.states import Transition
from consultation.proposals.states import PUBLIC_STATES, ProposalState


class ActionKind(StrEnum):
    PUBLISH = "publish"
    REQUEST_CHANGES = "request_changes"
    DECLINE = "decline"
    HIDE = "hide"
    RESTORE = "restore"
    ANNOTATE = "annotate"


class ReasonCode(StrEnum):
    """Why something was sent back, declined or hidden. The public reads the code's sentence; the author also reads
    what the moderator wrote."""

    OUT_OF_SCOPE = "out_of_scope"
    UNCLEAR = "unclear"
    DUPLICATE = "duplicate"
    PERSONAL_DETAILS = "personal_details"
    HARMFUL = "harmful"
    SPAM = "spam"
    IMPORTED_DECISION = "imported_decision"
    OTHER = "other"


class ClaimEnd(StrEnum):
    """How a claim ended: given back, decided, or over by its time."""

    HAND = "hand"
    DECISION = "decision"
    TIME = "time"


CLAIMING = Transition("claiming", frozenset({ProposalState.SUBMITTED}), ProposalState.SUBMITTED, Permission.CASE_CLAIM)
"""Only what waits can be held; holding it changes nothing of it."""

ANNOTATION = Transition(
    "annotation",
    PUBLIC_STATES | {ProposalState.SUBMITTED, ProposalState.NEEDS_CHANGES},
    ProposalState.SUBMITTED,
    Permission.PROPOSAL_ANNOTATE,
)
"""A content note is put on what is, or may become, public; it changes no state, so that the target says nothing."""
