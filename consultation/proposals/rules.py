"""What a proposal's text may be, and how text is folded for search. Pure."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from consultation.kernel.one_line import one_line
from consultation.proposals.states import ContentNote, EvidenceKind

MAXIMUM_TITLE = 200
MAXIMUM_TEXT = 20_000
MAXIMUM_SOURCES = 20
MAXIMUM_SOURCE_FIELD = 500
MAXIMUM_SEARCH_TEXT = 150_000
"""Characters of folded text that are searched; PostgreSQL holds at most 1 MiB of words a row."""

LANGUAGE_TAG = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
"""The form of a language tag (BCP 47, without its rarer parts)."""

WEB_ADDRESS = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)


class Fault(StrEnum):
    """What is wrong with a text. The codes are stable."""

    TITLE_MISSING = "title_missing"
    TITLE_TOO_LONG = "title_too_long"
    BARRIER_TOO_LONG = "barrier_too_long"
    EVIDENCE_TOO_LONG = "evidence_too_long"
    REMEDY_TOO_LONG = "remedy_too_long"
    LANGUAGE_UNKNOWN = "language_unknown"
    TOO_MANY_SOURCES = "too_many_sources"
    SOURCE_TITLE_MISSING = "source_title_missing"
    SOURCE_TOO_LONG = "source_too_long"
    SOURCE_URL_INVALID = "source_url_invalid"


class InvalidProposal(ValueError):
    """The text cannot be taken as it is; ``faults`` say why, in the order of the fields."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__(", ".join(self.faults))


@dataclass(frozen=True, slots=True)
class ProposalText:
    """The four parts of a proposal; all but the title may be empty."""

    title: str
    barrier: str = ""
    evidence: str = ""
    remedy: str = ""

    def tidied(self) -> "ProposalText":
        return ProposalText(one_line(tidy(self.title)), *map(tidy, (self.barrier, self.evidence, self.remedy)))


@dataclass(frozen=True, slots=True)
class Source:
    """A source that a proposal rests on, before it is stored. ``url`` begins with http:// or https://."""

    title: str
    kind: EvidenceKind = EvidenceKind.OTHER
    publisher: str = ""
    year: int | None = None
    place: str = ""
    url: str | None = None

    def tidied(self) -> "Source":
        url = tidy(self.url or "") or None
        return Source(tidy(self.title), self.kind, tidy(self.publisher), self.year, tidy(self.place), url)


def tidy(text: str) -> str:
    """The text composed (NFC), with plain line ends, without the characters that no database or screen can hold."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return "".join(
        character for character in text if character in "\n\t" or unicodedata.category(character) not in ("Cc", "Cs")
    ).strip()


_LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})
_NOT_A_WORD = re.compile(r"[\W_]+")


def fold(text: str) -> str:
    """Words for search: small letters and digits without accents, one space between words, nothing else.

    The same fold is applied to what is stored and to what is looked for, so that both databases cut the same words.
    """
    if text.isascii():
        plain = text.lower()
    else:
        decomposed = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
        plain = "".join(character for character in decomposed if not unicodedata.combining(character))
    return _NOT_A_WORD.sub(" ", plain).strip()


def searchable(code: str | None, texts: Iterable[ProposalText]) -> str:
    """All that a proposal is found by: its code and its text in each language, folded."""
    parts = [code or ""]
    for text in texts:
        parts += (text.title, text.barrier, text.evidence, text.remedy)
    return fold(" ".join(parts))[:MAXIMUM_SEARCH_TEXT]


def text_faults(text: ProposalText) -> list[Fault]:
    """What is wrong with the lengths of a tidied text."""
    faults = [] if text.title else [Fault.TITLE_MISSING]
    if len(text.title) > MAXIMUM_TITLE:
        faults.append(Fault.TITLE_TOO_LONG)
    for part, fault in (
        (text.barrier, Fault.BARRIER_TOO_LONG),
        (text.evidence, Fault.EVIDENCE_TOO_LONG),
        (text.remedy, Fault.REMEDY_TOO_LONG),
    ):
        if len(part) > MAXIMUM_TEXT:
            faults.append(fault)
    return faults


def source_faults(sources: Iterable[Source]) -> list[Fault]:
    """What is wrong with tidied sources."""
    faults: list[Fault] = []
    for number, source in enumerate(sources, start=1):
        if number > MAXIMUM_SOURCES:
            return [*faults, Fault.TOO_MANY_SOURCES]
        if not source.title:
            faults.append(Fault.SOURCE_TITLE_MISSING)
        if max(map(len, (source.title, source.publisher, source.place))) > MAXIMUM_SOURCE_FIELD:
            faults.append(Fault.SOURCE_TOO_LONG)
        if source.url is not None and not WEB_ADDRESS.fullmatch(source.url):
            faults.append(Fault.SOURCE_URL_INVALID)
    return faults


def known_notes(codes: Iterable[str]) -> list[str]:
    """Codes of content notes, once each and in their order.

    Raises:
        ValueError: of one that there is not.
    """
    given = {ContentNote(code) for code in codes}
    return [note.value for note in ContentNote if note in given]


def checked(
    text: ProposalText, sources: Iterable[Source], language: str, *, imported: bool
) -> tuple[ProposalText, tuple[Source, ...]]:
    """The text and sources, tidied and found good. What is imported may be of any length: it exists already.

    Raises:
        InvalidProposal: with every fault found.
    """
    text = text.tidied()
    tidied = tuple(source.tidied() for source in sources)
    faults = text_faults(text) + source_faults(tidied)
    if not LANGUAGE_TAG.fullmatch(language):
        faults.append(Fault.LANGUAGE_UNKNOWN)
    if imported:
        faults = [fault for fault in faults if not fault.endswith("_too_long") and fault != Fault.TOO_MANY_SOURCES]
    if faults:
        raise InvalidProposal(dict.fromkeys(faults))
    return text, tidied
