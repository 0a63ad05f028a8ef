"""What a comment may be. Pure."""

from enum import StrEnum

from consultation.proposals.rules import LANGUAGE_TAG, tidy

MAXIMUM_BODY = 5_000


class Fault(StrEnum):
    """What is wrong with a comment. The codes are stable."""

    BODY_MISSING = "body_missing"
    BODY_TOO_LONG = "body_too_long"
    LANGUAGE_UNKNOWN = "language_unknown"


class InvalidComment(ValueError):
    """The comment cannot be taken as it is."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault = fault


def checked(body: str, language: str, *, imported: bool) -> str:
    """The text, tidied and found good. What is imported may be of any length: it exists already.

    Raises:
        InvalidComment: with the first fault found.
    """
    body = tidy(body)
    if not body:
        raise InvalidComment(Fault.BODY_MISSING)
    if len(body) > MAXIMUM_BODY and not imported:
        raise InvalidComment(Fault.BODY_TOO_LONG)
    if not LANGUAGE_TAG.fullmatch(language):
        raise InvalidComment(Fault.LANGUAGE_UNKNOWN)
    return body
