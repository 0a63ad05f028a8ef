"""States of a proposal and the moves between them."""

from enum import StrEnum

from consultation.kernel.permissions import Permission
from consultation.kernel.states import Transition


class ProposalState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    NEEDS_CHANGES = "needs_changes"
    PUBLISHED = "published"
    PLACED = "placed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


PUBLIC_STATES = frozenset({ProposalState.PUBLISHED, ProposalState.PLACED})


class EvidenceKind(StrEnum):
    STATISTICS = "statistics"
    STUDY = "study"
    TESTIMONY = "testimony"
    LAW = "law"
    NEWS = "news"
    FINDING = "finding"
    OTHER = "other"


class ContentNote(StrEnum):
    """What a text speaks of, so that readers choose whether to open it. In the order in which a note names them."""

    VIOLENCE = "violence"
    SEXUAL_VIOLENCE = "sexual_violence"
    RACISM = "racism"
    SUICIDE = "suicide"
    RESIDENTIAL_SCHOOLS = "residential_schools"


class TranslationState(StrEnum):
    """How a text stands in a language other than its own."""

    TRANSLATED = "translated"
    REVIEWED = "reviewed"
    STALE = "stale"


SUBMISSION = Transition(
    "submission",
    frozenset({ProposalState.DRAFT, ProposalState.NEEDS_CHANGES}),
    ProposalState.SUBMITTED,
    Permission.PROPOSAL_SUBMIT,
)
WITHDRAWAL = Transition(
    "withdrawal",
    frozenset(
        {
            ProposalState.DRAFT,
            ProposalState.SUBMITTED,
            ProposalState.NEEDS_CHANGES,
            ProposalState.PUBLISHED,
        }
    ),
    ProposalState.WITHDRAWN,
    Permission.PROPOSAL_WITHDRAW,
)
PUBLICATION = Transition(
    "publication",
    frozenset({ProposalState.SUBMITTED}),
    ProposalState.PUBLISHED,
    Permission.PROPOSAL_PUBLISH,
)
CHANGE_REQUEST = Transition(
    "change-request",
    frozenset({ProposalState.SUBMITTED}),
    ProposalState.NEEDS_CHANGES,
    Permission.PROPOSAL_REQUEST_CHANGES,
)
DECLINE = Transition(
    "decline",
    frozenset({ProposalState.SUBMITTED, ProposalState.PUBLISHED}),
    ProposalState.DECLINED,
    Permission.PROPOSAL_DECLINE,
)
PLACEMENT = Transition(
    "placement",
    frozenset({ProposalState.PUBLISHED}),
    ProposalState.PLACED,
    Permission.ITEM_ADMIT,
)
MODERATION = (PUBLICATION, CHANGE_REQUEST, DECLINE)
