"""The document's blocks gathered into parts and items, for the page that lets a reader fold some of them.

Nothing is added, left out or moved: the blocks of an arrangement, read from first to last, are the document's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, cast

from consultation.drafting.export.document import Block, Definitions, Heading, Note

Kind = Literal["front", "theme", "annex"]
THEME = "theme-"


@dataclass(frozen=True, slots=True)
class Passage:
    """A heading of the third level and what stands under it."""

    heading: Heading
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """One item: what is known in a word, what it says, where it comes from, who disagrees, in which languages it is."""

    heading: Heading
    facts: Definitions
    passages: tuple[Passage, ...]
    provenance: Passage
    notes: tuple[Note, ...]
    languages: Definitions


@dataclass(frozen=True, slots=True)
class Part:
    """A heading of the first level; themes hold items, the others only blocks. `code` is a theme's own."""

    heading: Heading
    kind: Kind
    code: str
    blocks: tuple[Block, ...]
    items: tuple[Item, ...]


def arrange(blocks: Sequence[Block]) -> tuple[Part, ...]:
    """The parts in the order of the document."""
    parts: list[Part] = []
    for heading, inner in _under(blocks, 1):
        theme = heading.anchor.startswith(THEME)
        themes_are_over = bool(parts) and parts[-1].kind != "front"
        kind: Kind = "theme" if theme else "annex" if themes_are_over or _is_annex(heading) else "front"
        code = heading.anchor.removeprefix(THEME) if theme else ""
        before = tuple(_before(inner, 2)) if theme else tuple(inner)
        items = tuple(_item(*pair) for pair in _under(inner, 2)) if theme else ()
        parts.append(Part(heading, kind, code, before, items))
    return tuple(parts)


def _is_annex(heading: Heading) -> bool:
    """An agenda without any theme still has its annexes apart."""
    return heading.anchor.startswith("annex-")


def _item(heading: Heading, inner: Sequence[Block]) -> Item:
    facts, languages = cast("Definitions", inner[0]), cast("Definitions", inner[-1])
    notes = tuple(block for block in inner if isinstance(block, Note))
    body = [block for block in inner[:-1] if not isinstance(block, Note)]
    passages = [Passage(title, tuple(under)) for title, under in _under(body, 3)]
    *asked, provenance = passages
    return Item(heading, facts, tuple(asked), provenance, notes, languages)


def _before(blocks: Sequence[Block], level: int) -> Iterator[Block]:
    for block in blocks:
        if isinstance(block, Heading) and block.level == level:
            return
        yield block


def _under(blocks: Sequence[Block], level: int) -> Iterator[tuple[Heading, list[Block]]]:
    """Each heading of a level with the blocks up to the next one; what stands before the first is not among them."""
    heading: Heading | None = None
    inner: list[Block] = []
    for block in blocks:
        if isinstance(block, Heading) and block.level == level:
            if heading is not None:
                yield heading, inner
            heading, inner = block, []
        elif heading is not None:
            inner.append(block)
    if heading is not None:
        yield heading, inner
