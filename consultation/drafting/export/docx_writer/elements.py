"""What python-docx has no call for, as elements of WordprocessingML."""

from typing import Any

from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor

from consultation.kernel.look import colours

SOFT, INK, ACCENT = (RGBColor.from_string(colours()[name][1:]) for name in ("soft", "ink", "accent"))
SMALL = Pt(8.5)


def soft(run: Any) -> None:
    run.font.size, run.font.color.rgb = SMALL, SOFT


def border(side: str, eighths: int) -> Any:
    """A paragraph border, its width in eighths of a point."""
    borders, line = OxmlElement("w:pBdr"), OxmlElement(f"w:{side}")
    for name, value in (("val", "single"), ("sz", str(eighths)), ("space", "8"), ("color", str(ACCENT))):
        line.set(qn(f"w:{name}"), value)
    borders.append(line)
    return borders


def rules() -> Any:
    """Table borders: a rule under each row, none between columns."""
    borders = OxmlElement("w:tblBorders")
    for side in ("top", "bottom", "insideH"):
        rule = OxmlElement(f"w:{side}")
        for name, value in (("val", "single"), ("sz", "4"), ("space", "0"), ("color", colours()["line"][1:].upper())):
            rule.set(qn(f"w:{name}"), value)
        borders.append(rule)
    return borders


def outline_level(paragraph: Any, level: int) -> None:
    """Take a heading out of the contents (level 9 is body text)."""
    element = OxmlElement("w:outlineLvl")
    element.set(qn("w:val"), str(level))
    paragraph._p.get_or_add_pPr().append(element)


def mark(paragraph: Any, kind: str, size: Any = None) -> Any:
    """The beginning, the middle or the end of a field."""
    run = paragraph.add_run()
    run.font.size = size
    made = OxmlElement("w:fldChar")
    made.set(qn("w:fldCharType"), kind)
    run._r.append(made)
    return made


def field_start(paragraph: Any, instruction: str, size: Any = None) -> None:
    mark(paragraph, "begin", size).set(qn("w:dirty"), "true")
    code = OxmlElement("w:instrText")
    code.set(qn("xml:space"), "preserve")
    code.text = f" {instruction} "
    paragraph.add_run()._r.append(code)
    mark(paragraph, "separate", size)


def field(paragraph: Any, instruction: str, shown: str) -> None:
    """A field such as PAGE, with what stands there until it is computed."""
    field_start(paragraph, instruction, SMALL)
    soft(paragraph.add_run(shown))
    mark(paragraph, "end", SMALL)
