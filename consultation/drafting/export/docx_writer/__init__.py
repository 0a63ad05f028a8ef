"""Writes the blocks of a document with python-docx, and by hand what it has no call for."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

import docx
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Emu, Pt, RGBColor
from docx.text.paragraph import Paragraph as TextParagraph

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
    plain,
)
from consultation.drafting.export.docx_writer.elements import SOFT, field_start, mark, outline_level, rules
from consultation.drafting.export.docx_writer.look import set_page, set_styles
from consultation.kernel.look import theme_colour

_MANY_COLUMNS = 9
_IN_CONTENTS = 2
"""Heading levels that the contents field shows."""


class Writer:
    """One DOCX in the making. `released` is the only date it carries (UTC, naive as python-docx wants it)."""

    def __init__(self, document: Document, released: datetime) -> None:
        self.document, self.file = document, docx.Document()
        self.names = {
            block.anchor: f"b{position}" for position, block in enumerate(document.blocks) if isinstance(block, Heading)
        }
        properties = self.file.core_properties
        properties.title, properties.author = document.title[:255], document.author[:255]
        properties.subject, properties.language = document.running[:255], document.tag
        properties.comments = ""
        properties.created = properties.modified = released
        properties.last_modified_by = ""
        set_styles(self.file, document.tag)
        set_page(self.file, document.running, document.page)

    def save(self) -> bytes:
        out = io.BytesIO()
        self.file.save(out)
        return out.getvalue()

    # -- parts ------------------------------------------------------------------------------------

    def cover(self, picture: bytes) -> None:
        """Title page with the QR code."""
        page = self.document.cover
        self._line(self.file.add_paragraph(style="Normal"), page.kicker)
        self._line(self.file.add_paragraph(style="Title"), page.title)
        if page.subtitle:
            self._line(self.file.add_paragraph(style="Subtitle"), page.subtitle)
        self.file.add_paragraph().add_run(page.status).bold = True
        self.put(page.facts)
        shape = self.file.add_paragraph().add_run().add_picture(io.BytesIO(picture), width=Emu(Cm(3.4)))
        shape._inline.docPr.set("descr", page.qr_alt)
        self._line(self.file.add_paragraph(), page.statement)

    def contents(self) -> None:
        """A contents field: filled with the headings, and brought up to date with page numbers on opening."""
        start = self.file.add_paragraph(style="Subtitle")
        start.paragraph_format.page_break_before = True
        start.add_run(self.document.contents_title).bold = True
        headings = [heading for heading in self.document.contents() if heading.level <= _IN_CONTENTS]
        for position, heading in enumerate(headings):
            paragraph = self.file.add_paragraph(style=f"TOC {heading.level}")
            if position == 0:
                field_start(paragraph, 'TOC \\o "1-2" \\h \\z \\u')
            self._line(paragraph, tuple(Run(r.text, r.lang, r.tone, f"#{heading.anchor}") for r in heading.line))
            if position == len(headings) - 1:
                mark(paragraph, "end")
        self.file.add_paragraph().add_run().add_break(WD_BREAK.PAGE)

    def put(self, node: Block) -> None:
        """One block of the document."""
        match node:
            case Heading(level, words, anchor, listed):
                paragraph = self.file.add_paragraph(style=f"Heading {level}")
                self._bookmarked(paragraph, anchor, words)
                if anchor.startswith("theme-"):
                    for run in paragraph.runs:
                        run.font.color.rgb = RGBColor.from_string(theme_colour(anchor.removeprefix("theme-"))[1:])
                if not listed and level <= _IN_CONTENTS:
                    outline_level(paragraph, 9)
            case Paragraph(words):
                self._line(self.file.add_paragraph(), words)
            case Bullets(items):
                for words in items:
                    self._line(self.file.add_paragraph(style="List Bullet"), words)
            case Definitions(pairs):
                for term, value in pairs:
                    paragraph = self.file.add_paragraph()
                    paragraph.paragraph_format.left_indent = Cm(1)
                    paragraph.paragraph_format.first_line_indent = Cm(-1)
                    paragraph.paragraph_format.space_after = Pt(3)
                    self._line(paragraph, (Run(plain(term) + self.document.colon, tone="strong"), Run(" "), *value))
            case Table():
                self._table(node)
            case Note(title, paragraphs):
                first = self.file.add_paragraph(style="Agenda Note")
                first.paragraph_format.keep_with_next = True
                self._line(first, tuple(Run(r.text, r.lang, "strong") for r in title))
                for part in paragraphs:
                    self._line(self.file.add_paragraph(style="Agenda Note"), part.line)

    def _table(self, node: Table) -> None:
        self._line(self.file.add_paragraph(style="Caption"), node.caption)
        widths = node.widths or (1,) * len(node.header)
        table = self.file.add_table(len(node.rows) + 1, len(node.header))
        table.autofit = False
        table._tbl.tblPr.append(rules())
        room = Cm(21.59 - 4.8)
        sizes = [Emu(int(room * width / sum(widths))) for width in widths]
        for column, size in zip(table._tbl.tblGrid.findall(qn("w:gridCol")), sizes, strict=True):
            column.set(qn("w:w"), str(int(size.twips)))
        for row, element in zip((node.header, *node.rows), table._tbl.tr_lst, strict=True):
            properties = element.get_or_add_trPr()
            properties.append(OxmlElement("w:cantSplit"))
            if row is node.header:
                properties.append(OxmlElement("w:tblHeader"))
            for position, (words, cell) in enumerate(zip(row, element.tc_lst, strict=True)):
                cell.width = sizes[position]
                paragraph = TextParagraph(cell.p_lst[0], table)
                paragraph.paragraph_format.space_after = Pt(2)
                if position in node.numeric:
                    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
                shown = tuple(Run(r.text, r.lang, "strong", r.href) for r in words) if row is node.header else words
                self._line(paragraph, shown, size=Pt(7.5 if len(node.header) > _MANY_COLUMNS else 9.5))
        self.file.add_paragraph().paragraph_format.space_after = Pt(4)

    # -- lines ------------------------------------------------------------------------------------

    def _bookmarked(self, paragraph: Any, anchor: str, words: Line) -> None:
        name = self.names[anchor]
        start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
        for one in (start, end):
            one.set(qn("w:id"), name[1:])
        start.set(qn("w:name"), name)
        paragraph._p.append(start)
        self._line(paragraph, words)
        paragraph._p.append(end)

    def _line(self, paragraph: Any, words: Line, size: Any = None) -> None:
        for word in words:
            run = paragraph.add_run(word.text)
            run.bold = True if word.tone == "strong" else None
            if word.tone == "aside":
                run.italic = True
                run.font.color.rgb = SOFT
            if size is not None:
                run.font.size = size
            if word.lang:
                language = OxmlElement("w:lang")
                language.set(qn("w:val"), word.lang)
                run._r.get_or_add_rPr().append(language)
            if word.href:
                self._linked(paragraph, run, word.href)

    def _linked(self, paragraph: Any, run: Any, href: str) -> None:
        link = OxmlElement("w:hyperlink")
        if href.startswith("#"):
            link.set(qn("w:anchor"), self.names[href[1:]])
        else:
            link.set(qn("r:id"), paragraph.part.relate_to(href, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
        run.underline = None if paragraph.style.name.startswith("TOC") else True
        link.append(run._r)
        paragraph._p.append(link)
