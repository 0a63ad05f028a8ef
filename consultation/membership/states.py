"""What member organizations are, how they stand, and the moves between their states."""

from enum import StrEnum

from consultation.kernel.permissions import Permission
from consultation.kernel.states import Transition


class OrganizationState(StrEnum):
    APPLIED = "applied"
    INFORMATION_ASKED = "information_asked"
    VERIFIED = "verified"
    REFUSED = "refused"
    SUSPENDED = "suspended"
    MERGED = "merged"


class Step(StrEnum):
    """What somebody did about an organization's verification; the log keeps each."""

    APPROVAL = "approval"
    VOUCHING = "vouching"
    QUESTION = "question"
    ANSWER = "answer"
    REFUSAL = "refusal"
    SUSPENSION = "suspension"


OPEN = frozenset({OrganizationState.APPLIED, OrganizationState.INFORMATION_ASKED, OrganizationState.SUSPENDED})

VERIFICATION = Transition("verification", OPEN, OrganizationState.VERIFIED, Permission.ORGANIZATION_VERIFY)
QUESTION = Transition(
    "question",
    frozenset({OrganizationState.APPLIED, OrganizationState.INFORMATION_ASKED}),
    OrganizationState.INFORMATION_ASKED,
    Permission.ORGANIZATION_VERIFY,
)
ANSWER = Transition(
    "answer",
    frozenset({OrganizationState.INFORMATION_ASKED}),
    OrganizationState.APPLIED,
    Permission.ORGANIZATION_MANAGE,
)
REFUSAL = Transition(
    "refusal",
    frozenset({OrganizationState.APPLIED, OrganizationState.INFORMATION_ASKED}),
    OrganizationState.REFUSED,
    Permission.ORGANIZATION_VERIFY,
)
SUSPENSION = Transition(
    "suspension",
    frozenset({OrganizationState.VERIFIED}),
    OrganizationState.SUSPENDED,
    Permission.ORGANIZATION_VERIFY,
)
MERGING = Transition(
    "merging",
    frozenset(OrganizationState) - {OrganizationState.MERGED},
    OrganizationState.MERGED,
    Permission.ORGANIZATION_VERIFY,
)
