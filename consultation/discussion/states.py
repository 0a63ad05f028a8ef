"""What a comment may say it is, and whether it is shown."""

from enum import StrEnum


class Stance(StrEnum):
    FOR = "for"
    AGAINST = "against"
    QUESTION = "question"
    EVIDENCE = "evidence"
    NONE = "none"


class Visibility(StrEnum):
    VISIBLE = "visible"
    HIDDEN = "hidden"
