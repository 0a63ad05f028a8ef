"""Rules of membership. Pure."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

#: How many people it takes to verify an organization, so that no single account can bring in voters.
APPROVALS_NEEDED = 2
#: How many member organizations make up for papers that show that another exists.
VOUCHINGS_NEEDED = 2
#: How long the word of a member that it takes part holds.
CONFIRMED_FOR = timedelta(days=365)
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


def would_circle(umbrella_of: Mapping[uuid.UUID, uuid.UUID], umbrella: uuid.UUID, affiliate: uuid.UUID) -> bool:
    """Whether the umbrella stands, at any distance, under the one that is to stand under it."""
    above: uuid.UUID | None = umbrella
    while above is not None:
        if above == affiliate:
            return True
        above = umbrella_of.get(above)
    return False


def family_voters(
    affiliations: Sequence[tuple[uuid.UUID, uuid.UUID]], eligible: Iterable[uuid.UUID]
) -> dict[uuid.UUID, uuid.UUID]:
    """For each eligible organization the one that votes for its family: the topmost umbrella or, failing that, the
    first affiliate that was agreed. ``affiliations`` are pairs of umbrella and affiliate in the order of agreement."""
    umbrella_of = {affiliate: umbrella for umbrella, affiliate in affiliations}
    rank = {affiliate: place for place, (_umbrella, affiliate) in enumerate(affiliations, start=1)}
    families: dict[uuid.UUID, list[uuid.UUID]] = {}
    for member in eligible:
        top = member
        while top in umbrella_of:
            top = umbrella_of[top]
        families.setdefault(top, []).append(member)
    return {member: min(family, key=lambda one: rank.get(one, 0)) for family in families.values() for member in family}
