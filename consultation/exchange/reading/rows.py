"""The rows of an import: what one row of a file says, cleaned, with what was noticed about it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Self

from consultation.exchange.reading.objects import Cell
from consultation.exchange.reading.reasons import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What every row has.

    ``number``: as a person sees it in the file. ``occurrence``: 0 for the first row of the file with this ``ref``
    (or, without one, with this content), then 1 and so on. ``digest``: SHA-256 of the cleaned content, in hex; it
    tells whether a row was changed since. ``identity``: SHA-256 in hex of ``ref`` or digest with the occurrence, the
    same in every import of the same file. ``original``: what no field took, and the source of what was altered.
    """

    number: int
    ref: str | None
    occurrence: int
    digest: str
    identity: str
    reasons: tuple[Reason, ...]
    original: dict[str, Cell]

    @property
    def rejected(self) -> bool:
        """Whether nothing of the row can be imported."""
        return any(reason.rejects for reason in self.reasons)

    def noting(self, *reasons: Reason) -> Self:
        """The same row with further reasons, such as those found beside the database before replies are placed."""
        return replace(self, reasons=tuple(dict.fromkeys((*self.reasons, *reasons))))


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganizationRow(Row):
    """A member organization; its code is its ``ref``. ``languages``: codes."""

    name: str
    name_fr: str
    name_es: str
    acronym: str
    sector: str
    jurisdictions: tuple[str, ...]
    languages: tuple[str, ...]
    website: str | None

    @property
    def code(self) -> str | None:
        """The organization's code."""
        return self.ref


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalRow(Row):
    """A proposal; the texts are Markdown source, empty where the file has none. ``created_at`` is in UTC."""

    title: str
    barrier: str
    evidence: str
    remedy: str
    theme: str
    issues: tuple[str, ...]
    sectors: tuple[str, ...]
    jurisdictions: tuple[str, ...]
    language: str | None
    organization: str
    author: str
    created_at: dt.datetime | None
    source_url: str | None
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Where a comment stands: on two levels, whatever the depth of the thread it comes from.

    ``root``: identity of the comment at the top (its own, at the top). ``depth``: 0 or 1. ``answers``: identity of
    what it answers, also where it is shown below the root; none at the top. ``distance``: how many answers lie
    between it and the root; sorted by it, what is answered always comes first. ``item_ref``: its own or its root's.
    """

    root: str
    depth: int
    answers: str | None
    distance: int
    item_ref: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentRow(Row):
    """A comment; ``placement`` is set by ``place_replies``, and stays empty for rejected rows."""

    item_ref: str
    parent_ref: str
    text: str
    author: str
    organization: str
    language: str | None
    created_at: dt.datetime | None
    stance: str | None
    state: str
    placement: Placement | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BallotMark(Row):
    """What one voter said of one item at one time; ``ref`` is not used."""

    voter: str
    item: str
    value: str
    time: dt.datetime | None


AnyRow = OrganizationRow | ProposalRow | CommentRow | BallotMark
