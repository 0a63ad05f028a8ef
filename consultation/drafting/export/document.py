"""The agenda as a document: ordered blocks that know nothing of any file format.

`outline.build` makes a `Document`; HTML, Markdown, DOCX and PDF each write the same blocks in
their own notation, so that no format can say more, less, or in another order than the others.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of plain text.

    `lang` is None where the text is in the document's language. `tone` "aside" marks words of the
    platform about a text (such as "Translation pending"). `href` is `#anchor` or a web address.
    """

    text: str
    lang: str | None = None
    tone: Literal["plain", "strong", "aside"] = "plain"
    href: str | None = None


Line = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """Level 1 is a part of the document, 2 an item or sub-part, 3 a part of an item."""

    level: Literal[1, 2, 3]
    line: Line
    anchor: str
    listed: bool = True
    """Whether the table of contents shows it."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    line: Line


@dataclass(frozen=True, slots=True)
class Bullets:
    items: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Definitions:
    """Pairs of a term and its value. Formats set `Document.colon` after the term where they need one."""

    pairs: tuple[tuple[Line, Line], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table with one header row. The first cell of each row is the row's own header.

    `numeric` holds the indexes of columns to align as numbers; `widths` the relative column widths.
    """

    caption: Line
    header: tuple[Line, ...]
    rows: tuple[tuple[Line, ...], ...]
    numeric: tuple[int, ...] = ()
    widths: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Note:
    """A text set apart: a minority note, or the statement of whose text this is."""

    title: Line
    paragraphs: tuple[Paragraph, ...]


Block = Heading | Paragraph | Bullets | Definitions | Table | Note


@dataclass(frozen=True, slots=True)
class Cover:
    """The first page."""

    kicker: Line
    title: Line
    subtitle: Line
    status: str
    facts: Definitions
    statement: Line
    url: str
    qr_alt: str


@dataclass(frozen=True, slots=True)
class Document:
    """One agenda in one language.

    `running` is the short line for headers and footers; `page` a template with `%(page)s` and
    `%(pages)s`; `released_at` an ISO 8601 instant, the only time a file may carry.
    """

    lang: str
    region: str
    title: str
    author: str
    running: str
    page: str
    contents_title: str
    colon: str
    released_at: str
    cover: Cover
    blocks: tuple[Block, ...]

    @property
    def tag(self) -> str:
        """Language tag with region, such as fr-CA."""
        return f"{self.lang}-{self.region}"

    def contents(self) -> Iterator[Heading]:
        """The headings that the table of contents lists, in order."""
        return (block for block in self.blocks if isinstance(block, Heading) and block.listed)


def plain(line: Line) -> str:
    """The text of a line without its languages and links."""
    return "".join(run.text for run in line)


def as_data(node: Any) -> Any:
    """A node of the document as JSON-ready data; each block is named by `type` (for templates that
    cannot see Python classes)."""
    if is_dataclass(node) and not isinstance(node, type):
        members = {field.name: as_data(getattr(node, field.name)) for field in fields(node)}
        return members if isinstance(node, Run) else {"type": type(node).__name__.lower(), **members}
    if isinstance(node, tuple):
        return [as_data(member) for member in node]
    return node
