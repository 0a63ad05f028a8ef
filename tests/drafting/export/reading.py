"""Reads each exported format back into (number, title, rank) of its items, without the code that wrote it."""

from __future__ import annotations

import csv
import io
import itertools
import json
import re
from html.parser import HTMLParser
from typing import NamedTuple

import docx
import pikepdf
import pypdfium2
from markdown_it import MarkdownIt

from consultation.kernel.tables import ACTIVE

HEADING = re.compile(r"^(\d+)\. (.*)$", re.DOTALL)
PENDING = " [Translation pending]"
INVISIBLE = str.maketrans("", "", "\u200b\u2068\u2069")


class Line(NamedTuple):
    number: int
    title: str
    rank: int | None


def flat(text: str) -> str:
    return " ".join(text.split())


def from_json(data: bytes, lang: str) -> list[Line]:
    found = []
    for section in json.loads(data)["sections"]:
        for item in section["items"]:
            title = item["title"]
            said = {title["language"]: title["text"]} | {k: v.get("text") for k, v in title["translations"].items()}
            found.append(Line(item["number"], flat(said.get(lang) or title["text"]), item["rank"]))
    return found


def from_csv(data: bytes, lang: str) -> list[Line]:
    del lang
    rows = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    titles = [(row, row["title"][1:] if row["title"][:2].startswith("'") else row["title"]) for row in rows]
    return [Line(int(row["number"]), flat(title), int(row["rank"])) for row, title in titles]


class Page(HTMLParser):
    """Text of each element that matters, by its tag; `texts` is all that is read aloud."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[tuple[str, str, str]] = []
        self.tags: list[str] = []
        self.langs: list[str] = []
        self.open: list[tuple[str, str, list[str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        named = dict(attrs)
        if tag == "span" and named.get("lang"):
            self.langs.append(str(named["lang"]))
        if tag in ("h1", "h2", "h3", "h4", "dt", "dd", "p", "td", "th", "li", "title", "style"):
            self.open.append((tag, named.get("id") or "", []))

    def handle_endtag(self, tag: str) -> None:
        if self.open and self.open[-1][0] == tag:
            name, anchor, text = self.open.pop()
            self.parts.append((name, anchor, flat("".join(text))))

    def handle_data(self, data: str) -> None:
        if self.open:
            self.open[-1][2].append(data)


def page_of(data: bytes) -> Page:
    page = Page()
    page.feed(data.decode())
    return page


def paired(parts: list[tuple[str, str]]) -> list[Line]:
    """("item", heading) and ("rank", number) in document order → lines."""
    found: list[Line] = []
    for kind, text in parts:
        if kind == "item" and (match := HEADING.match(text)):
            found.append(Line(int(match[1]), flat(match[2]).removesuffix(PENDING), None))
        elif kind == "rank" and found and found[-1].rank is None:
            found[-1] = found[-1]._replace(rank=int(text.replace(",", "")))
    return found


def from_html(data: bytes, lang: str) -> list[Line]:
    del lang
    parts, term = [], ""
    for tag, anchor, text in page_of(data).parts:
        if tag == "h3" and anchor.startswith("item-"):
            parts.append(("item", text))
        if tag == "dd" and term == "Rank":
            parts.append(("rank", text) if text.isdigit() else ("", ""))
        term = text if tag == "dt" else ""
    return paired(parts)


def markdown_lines(data: bytes) -> list[tuple[str, str]]:
    """(enclosing tag, text) of each inline token, as a Markdown reader shows it."""
    tokens = MarkdownIt("commonmark").enable("table").parse(data.decode())
    lines = []
    for before, token in itertools.pairwise(tokens):
        if token.type == "inline":
            words = (c.content for c in token.children or [] if c.type in ("text", "code_inline", "text_special"))
            lines.append((before.tag, flat("".join(words))))
    return lines


def from_md(data: bytes, lang: str) -> list[Line]:
    del lang
    parts = []
    for tag, text in markdown_lines(data):
        if tag == "h3":
            parts.append(("item", text))
        elif match := re.fullmatch(r"Rank: (\d+)", text):
            parts.append(("rank", match[1]))
    return paired(parts)


def from_docx(data: bytes, lang: str) -> list[Line]:
    del lang
    parts = []
    for paragraph in docx.Document(io.BytesIO(data)).paragraphs:
        text = flat(paragraph.text)
        if paragraph.style and paragraph.style.name == "Heading 2":
            parts.append(("item", text))
        elif match := re.fullmatch(r"Rank: (\d+)", text):
            parts.append(("rank", match[1]))
    return paired(parts)


def from_pdf(data: bytes, lang: str) -> list[Line]:
    """Numbers and titles from the bookmarks; ranks from the text under each of them, in the same order."""
    del lang
    with pikepdf.open(io.BytesIO(data)) as file, file.open_outline() as outline:
        titles = [child.title for top in outline.root for child in top.children]
    lines = paired([("item", flat(title.translate(INVISIBLE))) for title in titles])
    ranks = re.findall(r"^\s*Rank: (\d+)", pdf_text(data), re.MULTILINE)
    return [line._replace(rank=int(rank)) for line, rank in zip(lines, ranks, strict=True)]


def pdf_text(data: bytes) -> str:
    """The text of all pages as PDFium gives it, which browsers use: a line for each line."""
    file = pypdfium2.PdfDocument(data)
    try:
        pages = [page.get_textpage().get_text_range() for page in file]
    finally:
        file.close()
    return "\n".join(pages).replace("\r\n", "\n").translate(INVISIBLE)


def text_of(name: str, data: bytes) -> str:
    """All the words a reader of this format meets, in order, with single spaces."""
    if name == "pdf":
        return flat(pdf_text(data))
    if name == "docx":
        body = docx.Document(io.BytesIO(data)).element.body
        texts = ["".join(t.text or "" for t in p.iter("{*}t")) for p in body.iter("{*}p")]
        return flat(" ".join(texts))
    if name == "html":
        return " ".join(text for _tag, _anchor, text in page_of(data).parts)
    if name == "md":
        return " ".join(text for _tag, text in markdown_lines(data))
    if name == "csv":
        rows = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))
        return flat(
            " ".join(cell[1:] if cell[:1] == "'" and cell[1:].startswith(ACTIVE) else cell for r in rows for cell in r)
        )
    return flat(" ".join(strings(json.loads(data))))


def strings(node: object) -> list[str]:
    if isinstance(node, dict):
        return [text for member in node.values() for text in strings(member)]
    if isinstance(node, list):
        return [text for member in node for text in strings(member)]
    return [node] if isinstance(node, str) else [str(node)]


READERS = {"json": from_json, "csv": from_csv, "html": from_html, "md": from_md, "docx": from_docx, "pdf": from_pdf}
