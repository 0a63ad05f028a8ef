"""The agenda as Markdown (CommonMark with pipe tables). Texts are escaped: they show as they were written."""

from __future__ import annotations

import html
import re

from consultation.drafting.export.document import (
    Block,
    Bullets,
    Definitions,
    Document,
    Heading,
    Line,
    Note,
    Paragraph,
    Run,
    Table,
)
from consultation.drafting.export.outline import build
from consultation.drafting.export.voice import Snapshot, Translator

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~&$=+!^-])")
_NUMBERED = re.compile(r"^(\s*\d+)([.)])")
_BARE_ADDRESS = re.compile(r"\b(https?):", re.IGNORECASE)


def render(snapshot: Snapshot, lang: str, translator: Translator) -> bytes:
    """UTF-8. Raise `SnapshotError` for what may not be exported."""
    document = build(snapshot, lang, translator)
    return (
        "\n\n".join([*cover(document), *contents(document), *(block(b, document) for b in document.blocks)]) + "\n"
    ).encode()


def cover(document: Document) -> list[str]:
    page = document.cover
    return [
        f"{line(page.kicker)} · **{escape(page.status)}**",
        f"# {line(page.title)}",
        *([line(page.subtitle)] if page.subtitle else []),
        block(page.facts, document),
        f"> {line(page.statement)}",
    ]


def contents(document: Document) -> list[str]:
    rows = [
        f"{'  ' * (heading.level - 1)}- [{line(tuple(Run(r.text, r.lang) for r in heading.line))}](#{heading.anchor})"
        for heading in document.contents()
    ]
    return [f"## {escape(document.contents_title)}", "\n".join(rows)]


def block(node: Block, document: Document) -> str:
    """One block of the document."""
    match node:
        case Heading(level, words, anchor):
            return f'<a id="{html.escape(anchor)}"></a>\n\n{"#" * (level + 1)} {line(words)}'
        case Paragraph(words):
            return line(words)
        case Bullets(items):
            return "\n".join(f"- {line(words)}" for words in items)
        case Definitions(pairs):
            return "\n".join(f"- **{line(term)}{document.colon}** {line(value)}" for term, value in pairs)
        case Table():
            rows = [node.header, *node.rows]
            cells = [f"| {' | '.join(line(cell) for cell in row)} |" for row in rows]
            rule = "|".join(" ---: " if i in node.numeric else " --- " for i in range(len(node.header)))
            return "\n".join([f"**{line(node.caption)}**", "", cells[0], f"|{rule}|", *cells[1:]])
        case Note(title, paragraphs):
            return "\n>\n".join([f"> **{line(title)}**", *(f"> {line(p.line)}" for p in paragraphs)])


def line(words: Line) -> str:
    """One line; the first run is also kept from starting a numbered list."""
    text = "".join(run(word) for word in words)
    return _NUMBERED.sub(r"\1\\\2", text)


def run(word: Run) -> str:
    text = escape(word.text)
    if word.tone == "strong":
        text = f"**{text}**"
    if word.tone == "aside":
        lead = text[: len(text) - len(text.lstrip())]
        text = f"{lead}*{text.strip()}*"
    if word.lang:
        text = f'<span lang="{html.escape(word.lang)}">{text}</span>'
    if word.href:
        text = f"[{text}](<{word.href}>)"
    return text


def escape(text: str) -> str:
    """Text in which nothing is markup. A web address in it stays text: the colon is written as a reference."""
    flat = " ".join(text.split("\n"))
    return _BARE_ADDRESS.sub(r"\1&#58;", _SPECIAL.sub(r"\\\1", flat))
