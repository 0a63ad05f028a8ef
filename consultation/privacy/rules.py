"""What has to be agreed to, and what a pseudonym is like. Pure."""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from consultation.privacy.states import AGREED, AskedBy, Consent, PageName

MAXIMUM_TEXT = 60_000
#: How long an erasure can be taken back, by who asked for it.
WAITS = {
    AskedBy.PERSON: timedelta(days=14),
    AskedBy.ADMINISTRATOR: timedelta(0),
    AskedBy.INACTIVITY: timedelta(days=60),
}
SHORTEST_PSEUDONYM, LONGEST_PSEUDONYM = 3, 40


@dataclass(frozen=True, slots=True)
class Said:
    """One row of the ledger, of one person: to which version of which page they said yes, or took it back."""

    page: PageName
    version: int
    step: Consent
    at: datetime


def outstanding(asked: Mapping[PageName, int], said: Iterable[Said]) -> tuple[PageName, ...]:
    """The pages that a person must agree to before the next act. ``asked``: of each page the newest version that asks
    for a new agreement, if any ever did. Whoever took an agreement back is asked in any case."""
    last: dict[PageName, Said] = {}
    for one in sorted(said, key=lambda one: one.at):
        last[one.page] = one
    return tuple(page for page in AGREED if _is_missing(asked.get(page), last.get(page)))


def _is_missing(asked: int | None, last: Said | None) -> bool:
    if last is not None and last.step is Consent.WITHDRAWN:
        return True
    return asked is not None and (last is None or last.version < asked)


class Flaw(StrEnum):
    LENGTH = "length"
    LETTERS = "letters"
    TAKEN = "taken"


class BadPseudonym(ValueError):
    """This cannot be somebody's pseudonym."""

    def __init__(self, flaw: Flaw) -> None:
        super().__init__(flaw)
        self.flaw = flaw


def pseudonym(written: str) -> str:
    """The pseudonym as it is kept and shown: letters of any script, digits, and what stands between them in names.

    Raises:
        BadPseudonym: when it is too short or too long, or holds anything else.
    """
    kept = " ".join(unicodedata.normalize("NFC", written).split())
    if not SHORTEST_PSEUDONYM <= len(kept) <= LONGEST_PSEUDONYM:
        raise BadPseudonym(Flaw.LENGTH)
    if not all(one.isalnum() or unicodedata.category(one) in ("Mn", "Mc") or one in " -'’." for one in kept):
        raise BadPseudonym(Flaw.LETTERS)
    if len(looks_like(kept)) < SHORTEST_PSEUDONYM:
        raise BadPseudonym(Flaw.LENGTH)
    return kept


def looks_like(name: str) -> str:
    """What two names have in common that differ in capitals, accents, spaces and marks alone."""
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    return "".join(one for one in decomposed if one.isalnum())
