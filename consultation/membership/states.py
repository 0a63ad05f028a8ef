"""States of a member organization."""

from enum import StrEnum


class OrganizationState(StrEnum):
    APPLIED = "applied"
    VERIFIED = "verified"
    REFUSED = "refused"
    SUSPENDED = "suspended"
