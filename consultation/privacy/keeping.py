"""What is kept for how long. Pure data: the worker acts on it, and the privacy notice shows it, so that the two cannot
differ."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Keeping:
    """``name`` says what, and from when the time runs (the words are in ``wording.KEEPINGS``)."""

    name: str
    time: timedelta


APPLICATIONS = Keeping("applications", timedelta(days=365))
REFUSED = Keeping("refused", timedelta(days=90))
INVITATIONS = Keeping("invitations", timedelta(days=30))
LINKS = Keeping("links", timedelta(days=7))
SESSIONS = Keeping("sessions", timedelta(days=14))
DEVICES = Keeping("devices", timedelta(days=365))
ADDRESS_CHANGES = Keeping("address_changes", timedelta(days=1))
LETTERS = Keeping("letters", timedelta(days=14))
NOTICES = Keeping("notices", timedelta(days=365))
JOBS = Keeping("jobs", timedelta(days=90))
UPLOADS = Keeping("uploads", timedelta(days=1))
BALLOT_FILES = Keeping("ballot_files", timedelta(hours=1))
ACCOUNTS = Keeping("accounts", timedelta(days=730))

KEEPINGS = (
    ACCOUNTS,
    SESSIONS,
    DEVICES,
    LINKS,
    ADDRESS_CHANGES,
    LETTERS,
    NOTICES,
    INVITATIONS,
    APPLICATIONS,
    REFUSED,
    UPLOADS,
    BALLOT_FILES,
    JOBS,
)
"""In the order in which the privacy notice tells them."""
