"""How the file looks: its styles, and its page with head and foot."""

from typing import Any

from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from consultation.drafting.export.docx_writer.elements import ACCENT, INK, border, field, soft
from consultation.kernel.look import face

SERIF, SANS = face("serif"), face("sans")


def set_styles(file: Any, tag: str) -> None:
    """The styles of the site, in place of Word's own; `tag` is the language of the text."""
    styles = file.styles
    defaults = styles.element.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}")
    language = defaults.find(qn("w:lang"))
    language.set(qn("w:val"), tag)
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
    note.element.get_or_add_pPr().append(border("left", 18))
    for level in (1, 2):
        entry = styles.add_style(f"TOC {level}", WD_STYLE_TYPE.PARAGRAPH)
        entry.base_style = styles["Normal"]
        entry.paragraph_format.left_indent = Cm(0.7 * (level - 1))
        entry.paragraph_format.space_after = Pt(3)
        entry.font.bold = level == 1
    for line in styles["Title"].element.iter(qn("w:bottom")):
        line.set(qn("w:color"), str(INK))
    update = OxmlElement("w:updateFields")
    update.set(qn("w:val"), "true")
    file.settings.element.append(update)


def set_page(file: Any, running: str, numbered: str) -> None:
    """A page of letter size, with `running` at its head and `numbered` at its foot, the numbers in their places."""
    section = file.sections[0]
    section.page_width, section.page_height = Cm(21.59), Cm(27.94)
    section.left_margin = section.right_margin = Cm(2.4)
    section.top_margin = section.bottom_margin = Cm(2.3)
    section.different_first_page_header_footer = True
    header = section.header.paragraphs[0]
    soft(header.add_run(running))
    footer = section.footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
    before, _, rest = numbered.partition("%(page)s")
    between, _, after = rest.partition("%(pages)s")
    soft(footer.add_run(before))
    field(footer, "PAGE", "1")
    soft(footer.add_run(between))
    field(footer, "NUMPAGES", "1")
    soft(footer.add_run(after))
