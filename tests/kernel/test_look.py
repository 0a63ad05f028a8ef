"""Colours and letters come from the tokens alone: a document, a letter and a page cannot disagree."""

import io
import re
from pathlib import Path

import docx
import pytest

from consultation.drafting.export import FORMATS
from consultation.drafting.export.print_fonts import installed
from consultation.kernel.look import FILE, colours, face, faces, schemes, theme_colour
from tests.databases import absent
from tests.drafting.export.sample import snapshot
from tests.drafting.export.speaking import PLAIN

ROOT = Path(__file__).resolve().parent.parent.parent
DRESSED = (
    *sorted((ROOT / "templates" / "drafting").rglob("*.html")),
    *sorted((ROOT / "templates" / "mail").rglob("*")),
    *sorted((ROOT / "consultation" / "drafting" / "export").glob("*.py")),
    ROOT / "consultation" / "drafting" / "export" / "agenda.typ",
)
HEX = re.compile(r"(?<![&\w])#[0-9a-fA-F]{3,8}\b|RGBColor\(0x|rgb\(\"")
COLOUR = re.compile(r"#[0-9a-fA-F]{6}\b")
FEATURE = "light-dark(#000, #fff)"


@pytest.mark.parametrize("file", DRESSED, ids=lambda file: file.name)
def test_no_document_and_no_letter_has_a_colour_of_its_own(file):
    assert HEX.findall(file.read_text("utf-8").replace(FEATURE, "")) == []


def test_every_colour_has_a_dark_one_and_the_light_ones_agree():
    assert {name: light for name, (light, _dark) in schemes().items()} == dict(colours())
    assert {f"theme-{number}" for number in range(1, 9)} <= set(colours())
    assert (theme_colour("T3"), theme_colour("none")) == (colours()["theme-3"], colours()["accent"])


def test_letters_are_those_of_the_style_sheet_without_its_own_fallbacks():
    assert faces()["serif"] == '"Source Serif 4", Georgia, serif'
    assert (face("serif"), face("sans")) == ("Source Serif 4", "Atkinson Hyperlegible Next")


def test_another_token_is_another_colour(tmp_path):
    changed = tmp_path / "tokens.css"
    changed.write_text(FILE.read_text("utf-8").replace(colours()["accent"], "#123456"), "utf-8")
    assert (colours(changed)["accent"], schemes(changed)["accent"][0]) == ("#123456", "#123456")


def test_the_word_file_wears_the_tokens_and_the_colour_of_each_theme():
    file = docx.Document(io.BytesIO(FORMATS["docx"].render(snapshot(), "en", PLAIN)))
    runs = [(p, run) for p in file.paragraphs for run in p.runs if run.font.color and run.font.color.rgb]
    used = {f"#{run.font.color.rgb}".lower() for _paragraph, run in runs}
    styled = {f"#{style.font.color.rgb}".lower() for style in file.styles if _coloured(style)}
    assert used <= set(colours().values())
    assert {colours()["ink"], colours()["accent"]} <= styled
    titles = [str(run.font.color.rgb) for paragraph, run in runs if paragraph.style.name == "Heading 1"]
    themes = [theme_colour(section["id"])[1:].upper() for section in snapshot()["sections"]]
    assert list(dict.fromkeys(titles)) == list(dict.fromkeys(themes))
    assert {file.styles["Normal"].font.name, file.styles["Heading 3"].font.name} == {face("serif"), face("sans")}


def _coloured(style):
    return style.type == 1 and style.font.color.rgb is not None and style.name in ("Normal", "Heading 1", "Heading 3")


def test_the_stand_alone_page_wears_the_tokens_in_light_and_dark():
    page = FORMATS["html"].render(snapshot(), "en", PLAIN).decode()
    style = page.partition("<style>")[2].partition("</style>")[0].replace(FEATURE, "")
    both = {colour for pair in schemes().values() for colour in pair}
    assert set(COLOUR.findall(style)) == both
    assert faces()["serif"] in style


def test_the_bar_of_a_phone_has_the_colour_of_the_page():
    frame = (ROOT / "templates" / "base.html").read_text("utf-8")
    assert tuple(re.findall(r'name="theme-color" content="(#\w+)"', frame)) == schemes()["paper"]


def test_print_has_our_letters_and_those_for_syllabics():
    if not installed():
        absent("npm brought no fonts, so that documents are set in those of the Typst wheel")
    assert {name for name, _font in installed()} == {
        "sans-400.ttf",
        "sans-700.ttf",
        "serif-400-italic.ttf",
        "serif-400.ttf",
        "serif-600.ttf",
        "syllabics-400.ttf",
    }
