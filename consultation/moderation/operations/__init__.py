"""What moderators do: they take a proposal to decide, decide, and say what a text speaks of."""

from consultation.moderation.operations.annotating import annotate
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
    "annotate",
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
