"""Writes the blocks of a document with python-docx, and by hand what it has no call for."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

import docx
from docx.enum.style import WD_STYLE_TYPE
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
from consultation.kernel.look import colours, face, theme_colour

SOFT, INK, ACCENT = (RGBColor.from_string(colours()[name][1:]) for name in ("soft", "ink", "accent"))
SERIF, SANS = face("serif"), face("sans")
_SMALL = Pt(8.5)
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
        self._styles()
        self._page()

    def save(self) -> bytes:
        out = io.BytesIO()
        self.file.save(out)
        return out.getvalue()

    # -- the look ---------------------------------------------------------------------------------

    def _styles(self) -> None:
        styles = self.file.styles
        defaults = styles.element.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}")
        language = defaults.find(qn("w:lang"))
        language.set(qn("w:val"), self.document.tag)
        for name, size, before, after in (
            ("Normal", 11, 0, 6),
            ("Title", 28, 12, 8),
            ("Subtitle", 14, 0, 10),
            ("Heading 1", 18, 28, 10),
            ("Heading 2", 14, 20, 8),
            ("Heading 3", 11, 12, 4),
            ("Caption", 10, 10, 4),
            ("List Bullet", 11, 0, 4),
        ):
            style = styles[name]
            letters = SANS if name in ("Heading 3", "Caption") else SERIF
            style.font.name, style.font.size, style.font.color.rgb = letters, Pt(size), INK
            fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
            for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
                fonts.attrib.pop(qn(f"w:{theme}"), None)
            for script in ("ascii", "hAnsi", "cs"):
                fonts.set(qn(f"w:{script}"), letters)
            style.font.bold = name.startswith(("Heading", "Caption"))
            style.font.italic = False
            style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
            style.paragraph_format.keep_with_next = name.startswith(("Heading", "Caption"))
        styles["Heading 3"].font.color.rgb = ACCENT
        note = styles.add_style("Agenda Note", WD_STYLE_TYPE.PARAGRAPH)
        note.base_style = styles["Normal"]
        note.paragraph_format.left_indent = Cm(0.8)
        note.element.get_or_add_pPr().append(_border("left", 18))
        for level in (1, 2):
            entry = styles.add_style(f"TOC {level}", WD_STYLE_TYPE.PARAGRAPH)
            entry.base_style = styles["Normal"]
            entry.paragraph_format.left_indent = Cm(0.7 * (level - 1))
            entry.paragraph_format.space_after = Pt(3)
            entry.font.bold = level == 1
        for border in styles["Title"].element.iter(qn("w:bottom")):
            border.set(qn("w:color"), str(INK))
        update = OxmlElement("w:updateFields")
        update.set(qn("w:val"), "true")
        self.file.settings.element.append(update)

    def _page(self) -> None:
        section = self.file.sections[0]
        section.page_width, section.page_height = Cm(21.59), Cm(27.94)
        section.left_margin = section.right_margin = Cm(2.4)
        section.top_margin = section.bottom_margin = Cm(2.3)
        section.different_first_page_header_footer = True
        header = section.header.paragraphs[0]
        _soft(header.add_run(self.document.running))
        footer = section.footer.paragraphs[0]
        footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
        before, _, rest = self.document.page.partition("%(page)s")
        between, _, after = rest.partition("%(pages)s")
        _soft(footer.add_run(before))
        _field(footer, "PAGE", "1")
        _soft(footer.add_run(between))
        _field(footer, "NUMPAGES", "1")
        _soft(footer.add_run(after))

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
                _field_start(paragraph, 'TOC \\o "1-2" \\h \\z \\u')
            self._line(paragraph, tuple(Run(r.text, r.lang, r.tone, f"#{heading.anchor}") for r in heading.line))
            if position == len(headings) - 1:
                _mark(paragraph, "end")
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
                    _outline_level(paragraph, 9)
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
        table._tbl.tblPr.append(_rules())
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
        for mark in (start, end):
            mark.set(qn("w:id"), name[1:])
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


def _soft(run: Any) -> None:
    run.font.size, run.font.color.rgb = _SMALL, SOFT


def _border(side: str, eighths: int) -> Any:
    """A paragraph border, its width in eighths of a point."""
    borders, border = OxmlElement("w:pBdr"), OxmlElement(f"w:{side}")
    for name, value in (("val", "single"), ("sz", str(eighths)), ("space", "8"), ("color", str(ACCENT))):
        border.set(qn(f"w:{name}"), value)
    borders.append(border)
    return borders


def _rules() -> Any:
    """Table borders: a rule under each row, none between columns."""
    borders = OxmlElement("w:tblBorders")
    for side in ("top", "bottom", "insideH"):
        rule = OxmlElement(f"w:{side}")
        for name, value in (("val", "single"), ("sz", "4"), ("space", "0"), ("color", colours()["line"][1:].upper())):
            rule.set(qn(f"w:{name}"), value)
        borders.append(rule)
    return borders


def _outline_level(paragraph: Any, level: int) -> None:
    """Take a heading out of the contents (level 9 is body text)."""
    element = OxmlElement("w:outlineLvl")
    element.set(qn("w:val"), str(level))
    paragraph._p.get_or_add_pPr().append(element)


def _mark(paragraph: Any, kind: str, size: Any = None) -> Any:
    run = paragraph.add_run()
    run.font.size = size
    mark = OxmlElement("w:fldChar")
    mark.set(qn("w:fldCharType"), kind)
    run._r.append(mark)
    return mark


def _field_start(paragraph: Any, instruction: str, size: Any = None) -> None:
    _mark(paragraph, "begin", size).set(qn("w:dirty"), "true")
    code = OxmlElement("w:instrText")
    code.set(qn("xml:space"), "preserve")
    code.text = f" {instruction} "
    paragraph.add_run()._r.append(code)
    _mark(paragraph, "separate", size)


def _field(paragraph: Any, instruction: str, shown: str) -> None:
    """A field such as PAGE, with what stands there until it is computed."""
    _field_start(paragraph, instruction, _SMALL)
    _soft(paragraph.add_run(shown))
    _mark(paragraph, "end", _SMALL)
