"""Roles of people and kinds of mandate; pure data that both the rooms and the permission table name."""

from enum import StrEnum


class Role(StrEnum):
    DELEGATE = "delegate"
    MODERATOR = "moderator"
    ORGANIZER = "organizer"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"


class MandateKind(StrEnum):
    """What a person may do for an organization: a delegate votes, a deputy does when the delegate cannot, an editor
    writes."""

    DELEGATE = "delegate"
    DEPUTY = "deputy"
    EDITOR = "editor"
