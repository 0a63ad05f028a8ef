"""What an e-mail address and a password must be like, when too many sign-ins have failed, and how long things last."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from consultation.kernel.roles import Role

MAXIMUM_ADDRESS_LENGTH = 254
MINIMUM_PASSWORD_LENGTH = 12
MAXIMUM_PASSWORD_LENGTH = 1024
SHORTEST_OWN_WORD = 3
LEFT_WITHOUT_OWN_WORDS = 8
FAILURES_ALLOWED = 10
FAILURES_FORGOTTEN_AFTER = timedelta(minutes=15)
CODE_DIGITS = 6
CODE_TRIES = 5
CODE_TRIES_FORGOTTEN_AFTER = timedelta(minutes=15)
SECOND_STEP_WITHIN = timedelta(minutes=10)
PROVIDER_WITHIN = timedelta(minutes=10)
CHALLENGE_LIFETIME = timedelta(minutes=5)
RECENT = timedelta(minutes=10)
ADDRESS_CHANGE_WITHIN = timedelta(hours=1)
NEED_SECOND_STEP = frozenset({Role.MODERATOR, Role.ORGANIZER, Role.ADMINISTRATOR})
SESSION_LIFETIME = timedelta(days=14)
USE_NOTED_EVERY = timedelta(hours=1)
DEVICE_FORGOTTEN_AFTER = timedelta(days=365)

# The shape that mail servers accept in practice: no spaces, no control characters, one @, a dotted domain.
_ADDRESS = re.compile(r"[^\s@<>\",;:()\[\]\\\x00-\x1f\x7f]+@[^\s@<>\",;:()\[\]\\\x00-\x1f\x7f]+\.[^\s@.]{2,}")


class BadAddress(ValueError):
    """This is not an e-mail address."""


class WeakPassword(ValueError):
    """The password is too short or too long."""


class GuessablePassword(WeakPassword):
    """The password is one of those that are tried first."""


def address(written: str) -> str:
    """The address as it is kept: without spaces around it, in small letters.

    Raises:
        BadAddress: when it cannot be one.
    """
    kept = written.strip().lower()
    if len(kept) > MAXIMUM_ADDRESS_LENGTH or not _ADDRESS.fullmatch(kept):
        raise BadAddress(written)
    return kept


def check_password(password: str) -> None:
    """No mixture of characters is asked of a password, only length, and that it is not among those that are tried first
    (NIST SP 800-63B, section 5.1.1.2; see ``guessing``).

    Raises:
        WeakPassword: below 12 or above 1024 characters.
    """
    if not MINIMUM_PASSWORD_LENGTH <= len(password) <= MAXIMUM_PASSWORD_LENGTH:
        raise WeakPassword


def made_of_own_words(password: str, about: Iterable[str]) -> bool:
    """Whether little is left of the password without the person's own name and address."""
    left = password.casefold()
    words = {word for text in about for word in re.split(r"[\W_]+", text.casefold()) if len(word) >= SHORTEST_OWN_WORD}
    for word in sorted(words, key=len, reverse=True):
        left = left.replace(word, "")
    return left != password.casefold() and sum(character.isalnum() for character in left) < LEFT_WITHOUT_OWN_WORDS


def password_refused(failures: int, last_failed_at: datetime | None, now: datetime) -> bool:
    """Whether so many sign-ins failed lately that passwords are not looked at any more. A sign-in link still lets the
    person in, so that nobody can lock somebody else out."""
    return (
        failures >= FAILURES_ALLOWED and last_failed_at is not None and now - last_failed_at < FAILURES_FORGOTTEN_AFTER
    )
