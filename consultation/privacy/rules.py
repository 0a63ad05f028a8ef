"""What has to be agreed to. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from consultation.privacy.states import AGREED, Consent, PageName

MAXIMUM_TEXT = 60_000


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
