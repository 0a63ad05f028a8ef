"""What a consultation's address, prefix and dates must look like, and where it stands in its phases. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import MAXYEAR, UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, Protocol, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from consultation.convening.states import MEMBERS_BY_DEFAULT, RULED, Act, PhaseName
from consultation.kernel.roles import COLLECTIVE, MemberKind

MAXIMUM_SLUG_LENGTH = 60
RESERVED_SLUGS = frozenset({"confirmations", "pages", "people"})
"""What stands under ``/organize`` itself."""
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_PREFIX = re.compile(r"[A-Z][A-Z0-9]{1,7}")
_CODE = re.compile(r"[A-Za-z0-9]+([-_][A-Za-z0-9]+)*")
_YEAR = re.compile(r"(19|20)(\d\d)")


class Problem(StrEnum):
    """What is wrong with something that a consultation is given."""

    SLUG_SHAPE = "slug_shape"
    SLUG_TAKEN = "slug_taken"
    PREFIX_SHAPE = "prefix_shape"
    PREFIX_TAKEN = "prefix_taken"
    TITLE_MISSING = "title_missing"
    LABEL_MISSING = "label_missing"
    ZONE_UNKNOWN = "zone_unknown"
    DATE_SHAPE = "date_shape"
    DATE_TWICE_OR_NEVER = "date_twice_or_never"
    CLOSES_WITHOUT_OPENING = "closes_without_opening"
    CLOSES_TOO_EARLY = "closes_too_early"
    CODE_SHAPE = "code_shape"
    CODE_TAKEN = "code_taken"


SENTENCES = {
    Problem.SLUG_SHAPE: "The short address takes small letters, digits and single hyphens, 60 at the most, "
    "as in national-gathering-2027.",
    Problem.SLUG_TAKEN: "Another consultation has this short address. Choose another one.",
    Problem.PREFIX_SHAPE: "The prefix takes 2 to 8 capital letters and digits and begins with a letter, as in NG27.",
    Problem.PREFIX_TAKEN: "Another consultation has this prefix. Choose another one.",
    Problem.TITLE_MISSING: "The title is needed in English, French and Spanish.",
    Problem.LABEL_MISSING: "The label is needed in English, French and Spanish.",
    Problem.ZONE_UNKNOWN: "There is no time zone of this name. Use one such as America/Toronto.",
    Problem.DATE_SHAPE: "Write the date as 2027-03-01, or with a time as 2027-03-01T09:00.",
    Problem.DATE_TWICE_OR_NEVER: "On that day the clocks change, and this time comes twice or never. Choose another.",
    Problem.CLOSES_WITHOUT_OPENING: "A phase that closes also needs a date on which it opens.",
    Problem.CLOSES_TOO_EARLY: "A phase closes after it opens.",
    Problem.CODE_SHAPE: "The code takes letters, digits and single hyphens.",
    Problem.CODE_TAKEN: "Another term of this vocabulary has this code. Choose another one.",
}


class Unusable(ValueError):
    """A value cannot be used. ``field`` names it, ``problem`` says why; the text is an English sentence."""

    def __init__(self, field: str, problem: Problem) -> None:
        super().__init__(SENTENCES[problem])
        self.field = field
        self.problem = problem


def check_slug(slug: str) -> str:
    """Raises ``Unusable`` unless the text can stand in an address."""
    if len(slug) > MAXIMUM_SLUG_LENGTH or not _SLUG.fullmatch(slug):
        raise Unusable("slug", Problem.SLUG_SHAPE)
    if slug in RESERVED_SLUGS:
        raise Unusable("slug", Problem.SLUG_TAKEN)
    return slug


def check_prefix(prefix: str) -> str:
    """Raises ``Unusable`` unless the text can begin the codes of proposals (``NG27-042``)."""
    if not _PREFIX.fullmatch(prefix):
        raise Unusable("prefix", Problem.PREFIX_SHAPE)
    return prefix


def complete(texts: Iterable[str]) -> bool:
    """Whether a text says something in each of its languages."""
    return all(text.strip() for text in texts)


def check_code(code: str) -> str:
    """Raises ``Unusable`` unless the text can be the code of a term."""
    if not _CODE.fullmatch(code):
        raise Unusable("code", Problem.CODE_SHAPE)
    return code


def check_zone(name: str) -> ZoneInfo:
    """The time zone of a name.

    Raises:
        Unusable: when there is none.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Unusable("zone", Problem.ZONE_UNKNOWN) from error


def prefix_from(slug: str) -> str:
    """A prefix made of a short address: the words' initials and the year's last digits (national-gathering-2027 gives
    NG27). A single word gives its first four characters."""
    words = slug.upper().split("-")
    if len(words) == 1:
        made = words[0][:4]
    else:
        made = "".join(_YEAR.sub(r"\2", word) if word.isdigit() else word[0] for word in words)[:8]
    return made if _PREFIX.fullmatch(made) else f"C{made}"[:8]


def read_moment(text: str, zone: ZoneInfo, *, field: str = "date") -> datetime:
    """An ISO date or date-time as an instant: a date is that day's beginning in the zone, a time without an offset is
    the zone's.

    Raises:
        Unusable: for another shape, or for a time that the zone's change of clocks skips or repeats.
    """
    try:
        moment = datetime.combine(date.fromisoformat(text), time())
    except ValueError:
        try:
            moment = datetime.fromisoformat(text)
        except ValueError as error:
            raise Unusable(field, Problem.DATE_SHAPE) from error
    if not 1 < moment.year < MAXYEAR:
        raise Unusable(field, Problem.DATE_SHAPE)
    if moment.tzinfo is not None:
        return moment.astimezone(UTC)
    first, second = (moment.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if first.utcoffset() != second.utcoffset():
        raise Unusable(field, Problem.DATE_TWICE_OR_NEVER)
    return first.astimezone(UTC)


def check_window(opens_at: datetime | None, closes_at: datetime | None) -> None:
    """Raises ``Unusable`` unless the closing has an opening before it."""
    if closes_at is None:
        return
    if opens_at is None:
        raise Unusable("opens", Problem.CLOSES_WITHOUT_OPENING)
    if closes_at <= opens_at:
        raise Unusable("closes", Problem.CLOSES_TOO_EARLY)


class Window(Protocol):
    """What the rules read of a phase."""

    @property
    def name(self) -> PhaseName: ...
    @property
    def opens_at(self) -> datetime | None: ...
    @property
    def closes_at(self) -> datetime | None: ...


P = TypeVar("P", bound=Window)


class Standing(StrEnum):
    """How a phase stands at an instant."""

    OVER = "over"
    OPEN = "open"
    PLANNED = "planned"
    UNDATED = "undated"


def standing(phase: Window, now: datetime) -> Standing:
    """The window is ``[opens_at, closes_at)``: open at its first instant, over at its last."""
    if phase.opens_at is None:
        return Standing.UNDATED
    if now < phase.opens_at:
        return Standing.PLANNED
    return Standing.OPEN if phase.closes_at is None or now < phase.closes_at else Standing.OVER


def open_phases(phases: Iterable[P], now: datetime) -> list[P]:
    """The phases open now, in their order; more than one may be."""
    return [phase for phase in phases if standing(phase, now) is Standing.OPEN]


def next_phase(phases: Sequence[P], now: datetime) -> P | None:
    """The phase that opens next, if one is planned."""
    planned = [phase for phase in phases if standing(phase, now) is Standing.PLANNED]
    return min(planned, key=lambda phase: phase.opens_at or now, default=None)


def last_day(closes_at: datetime, zone: ZoneInfo) -> date:
    """The last day on which something is open that closes at an instant: closing at midnight ends the day before."""
    return (closes_at - timedelta(microseconds=1)).astimezone(zone).date()


def fold(text: str) -> str:
    """Small letters without accents or outer spaces, for comparing what people type."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(mark for mark in decomposed if not unicodedata.combining(mark)).split())


def members_who_may(rule: Mapping[str, Any], act: Act) -> frozenset[MemberKind]:
    """Which kinds of members may do this under a consultation's rule."""
    if act.value not in rule:
        return MEMBERS_BY_DEFAULT[act]
    return COLLECTIVE | {kind for kind in RULED if kind.value in rule[act.value]}
