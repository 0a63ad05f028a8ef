"""The pages that organizers write, and what people do about them. Pure."""

from enum import StrEnum


class PageName(StrEnum):
    """As in the page's address."""

    PRIVACY = "privacy"
    ACCESSIBILITY = "accessibility"
    TERMS = "terms"
    CONTACT = "contact"


#: What is agreed to before somebody takes part.
AGREED = (PageName.TERMS, PageName.PRIVACY)


class Consent(StrEnum):
    AGREED = "agreed"
    WITHDRAWN = "withdrawn"


class Occasion(StrEnum):
    """Where it was said: in an application, on accepting an invitation, before an act, or on the privacy page."""

    APPLICATION = "application"
    INVITATION = "invitation"
    ACT = "act"
    OWN_PAGE = "own_page"


class AskedBy(StrEnum):
    """Who asked for an erasure: the person, an administrator for them, or nobody for long (an account that sleeps)."""

    PERSON = "person"
    ADMINISTRATOR = "administrator"
    INACTIVITY = "inactivity"
