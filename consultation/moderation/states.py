"""Kinds of moderation and the reasons a moderator chooses from."""

from enum import StrEnum


class ActionKind(StrEnum):
    PUBLISH = "publish"
    REQUEST_CHANGES = "request_changes"
    DECLINE = "decline"
    HIDE = "hide"
    RESTORE = "restore"


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
