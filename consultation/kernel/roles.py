"""Roles of people and kinds of mandate; pure data that both the rooms and the permission table name."""

from enum import StrEnum


class Role(StrEnum):
    DELEGATE = "delegate"
    MODERATOR = "moderator"
    ORGANIZER = "organizer"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"


class MemberKind(StrEnum):
    """What a member is. A Nation or an Indigenous government is a government, not an organization. People are members
    in their own name: an expert says in what, an observer reads only."""

    ORGANIZATION = "organization"
    NATION = "nation"
    INDIVIDUAL = "individual"
    EXPERT = "expert"
    OBSERVER = "observer"


#: Members for which several people may speak; the others are one person each.
COLLECTIVE = frozenset({MemberKind.ORGANIZATION, MemberKind.NATION})


class MandateKind(StrEnum):
    """What a person may do for an organization: a delegate votes, a deputy does when the delegate cannot, an editor
    writes."""

    DELEGATE = "delegate"
    DEPUTY = "deputy"
    EDITOR = "editor"
