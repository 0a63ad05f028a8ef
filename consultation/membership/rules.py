"""Rules of membership. Pure."""

from collections.abc import Iterable

#: How many people it takes to verify an organization, so that no single account can bring in voters.
APPROVALS_NEEDED = 2
#: How many member organizations make up for papers that show that another exists.
VOUCHINGS_NEEDED = 2
MAXIMUM_NAME = 200
MAXIMUM_NOTE = 4000


def code_from(name: str, taken: Iterable[str]) -> str:
    """A code for an organization that brings none: the initials of its name, or its first letters, with a number where
    another has the same."""
    words = ["".join(letter for letter in word if letter.isalnum()) for word in name.upper().split()]
    words = [word for word in words if word]
    initials = "".join(word[0] for word in words)
    stem = (initials if len(initials) > 1 else "".join(words))[:8] or "ORG"
    used = {code.upper() for code in taken}
    if stem not in used:
        return stem
    number = 2
    while f"{stem}-{number}" in used:
        number += 1
    return f"{stem}-{number}"
