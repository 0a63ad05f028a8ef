"""States of a member organization and the moves between them."""

from enum import StrEnum

from consultation.kernel.permissions import Permission
from consultation.kernel.states import Transition


class OrganizationState(StrEnum):
    APPLIED = "applied"
    VERIFIED = "verified"
    REFUSED = "refused"
    SUSPENDED = "suspended"


VERIFICATION = Transition(
    "verification",
    frozenset({OrganizationState.APPLIED, OrganizationState.SUSPENDED}),
    OrganizationState.VERIFIED,
    Permission.ORGANIZATION_VERIFY,
)
