"""What moderators do: they take a proposal to decide, and decide."""

from consultation.moderation.operations.claiming import (
    LAPSING,
    HeldByAnother,
    claim,
    release,
    renew,
    take_over,
)
from consultation.moderation.operations.deciding import (
    ReasonMissing,
    Seen,
    decline,
    hide,
    publish,
    request_changes,
    restore,
)

__all__ = [
    "LAPSING",
    "HeldByAnother",
    "ReasonMissing",
    "Seen",
    "claim",
    "decline",
    "hide",
    "publish",
    "release",
    "renew",
    "request_changes",
    "restore",
    "take_over",
]
