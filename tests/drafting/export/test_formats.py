"""Every format holds the same agenda, in three languages, literally and reproducibly."""

import io
import itertools
import json
import re
import zipfile

import docx
import pikepdf
import pytest
from docx.oxml.ns import qn

from consultation.drafting.export import FORMATS, LANGUAGES, file_name, items_of, seal
from consultation.drafting.export.csv import COLUMNS
from consultation.drafting.export.document import Heading, plain
from consultation.drafting.export.outline import build
from consultation.drafting.export.pdf import displayable
from consultation.drafting.export.print_fonts import installed
from consultation.drafting.export.voice import Voice
from consultation.kernel.tables import BOM, neutral
from tests.databases import absent
from tests.drafting.export.reading import READERS, flat, from_json, page_of, pdf_text, text_of
from tests.drafting.export.sample import NASTY, snapshot, submitted, words
from tests.drafting.export.speaking import PLAIN, Marking

SNAPSHOT = snapshot(4)
MADE: dict[tuple[str, str], bytes] = {}


def made(name: str, lang: str = "en") -> bytes:
    """The sample in a format, made once."""
    if (name, lang) not in MADE:
        MADE[name, lang] = FORMATS[name].render(SNAPSHOT, lang, PLAIN)
    return MADE[name, lang]


def on_paper(text: str) -> str:
    """How the PDF spells what its fonts cannot show."""
    shown = displayable("".join(sorted(set(text))))
    return re.sub(
        f"[^{re.escape(''.join(sorted(shown | {' '})))}]+",
        lambda found: f"[{' '.join(f'U+{ord(c):04X}' for c in found[0])}]",
        text,
    )


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", FORMATS)
def test_formats_agree_on_order_number_title_and_rank(name, lang):
    expected = from_json(made("json", lang), lang)
    assert [line.number for line in expected] == [item["number"] for item in items_of(SNAPSHOT)]
    if name == "pdf":
        expected = [line._replace(title=flat(on_paper(line.title))) for line in expected]
    assert READERS[name](made(name, lang), lang) == expected


def test_who_pays_is_not_stated_rather_than_nobody():
    """An empty field says nothing; that nobody pays would be a claim."""
    shown = made("md").decode().partition("## ")[0]
    assert "- **Funded by:** Not stated\n" in shown


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", FORMATS)
def test_every_proposal_behind_an_item_is_named(name, lang):
    text = text_of(name, made(name, lang))
    codes = [source["proposal"] for item in items_of(SNAPSHOT) for source in item["provenance"]]
    assert [code for code in codes if code not in text] == []
    assert len(codes) == 2 * (4 + len(NASTY))


@pytest.mark.parametrize("nasty", NASTY)
@pytest.mark.parametrize("name", FORMATS)
def test_hostile_text_survives_literally(name, nasty):
    text = text_of(name, made(name))
    if name == "pdf":
        text, nasty = re.sub(r"\s", "", text), re.sub(r"\s", "", on_paper(nasty))
        if "\u202e" in nasty:  # the bookmarks hold it as written; pdftotext gives the letters as they are seen
            text, nasty = re.sub("[\u200e\u200f\u202a-\u202e]", "", text), "עברית"
        assert nasty in text
    else:
        assert flat(nasty) in text


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_snapshot_gives_the_same_bytes(name):
    assert FORMATS[name].render(json.loads(json.dumps(SNAPSHOT)), "en", PLAIN) == made(name)


@pytest.mark.parametrize("name", ["pdf", "docx", "html", "md"])
def test_protected_organizations_appear_by_their_label(name):
    assert "Organisme protégé 7, communautaire, Ontario" in text_of(name, made(name, "fr"))


def test_nothing_falls_back_silently():
    item = next(one for one in items_of(SNAPSHOT) if one["number"] == 1)
    assert "fr" not in item["barrier"]["translations"]
    page = made("html", "fr").decode()
    shown = '<span lang="en" dir="auto">Nobody can tell who is left out.</span>'
    mark = '<em class="aside"> [Translation pending]</em>'
    assert shown + mark in page
    assert '<span lang="en">Nobody can tell who is left out.</span>' in made("md", "fr").decode()
    languages = {
        run.get(qn("w:val")) for run in docx.Document(io.BytesIO(made("docx", "fr"))).element.body.iter("{*}lang")
    }
    assert languages == {"en", "es"}


@pytest.mark.parametrize(
    ("state", "mark"),
    [("reviewed", ""), ("translated", ""), ("stale", " [Translation older than the original]")],
)
def test_a_translation_says_its_state_beside_it(state, mark):
    data = snapshot(1)
    data["sections"][0]["items"][0]["remedy"] = submitted("Original", "es", fr=(state, "Traduit"))
    document = build(seal(data), "fr", PLAIN)
    assert f"Traduit{mark}" in [plain(block.line) for block in document.blocks if type(block).__name__ == "Paragraph"]


def test_every_word_of_the_platform_goes_through_the_catalogue():
    document = build(snapshot(1), "en", Marking())
    unmarked = [
        plain(block.line)
        for block in document.blocks
        if isinstance(block, Heading) and not plain(block.line).startswith("‹") and not block.anchor.startswith("item-")
    ]
    assert unmarked == ["Lived experience", "Justice system"]


def test_an_unknown_language_is_refused():
    with pytest.raises(ValueError, match="not in 'de'"):
        FORMATS["html"].render(SNAPSHOT, "de", PLAIN)


def test_csv_has_the_documented_columns_and_a_byte_order_mark():
    text = made("csv").decode()
    assert text.startswith(BOM)
    assert text.removeprefix(BOM).split("\r\n")[0].split(",") == list(COLUMNS)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_csv_cells_that_look_like_formulas_are_neutralized_and_readable(start):
    assert neutral(f"{start}1+1") == f"'{start}1+1"
    assert neutral("1+1") == "1+1"


def test_csv_neutralizes_in_the_file():
    assert "'=cmd()|' /C calc'!A0" in made("csv").decode()
    assert not re.search(r"(^|,)\"?[=+@-]", made("csv").decode(), re.MULTILINE)


def test_html_stands_alone():
    page = page_of(made("html", "fr"))
    assert sorted({"script", "img", "iframe", "object", "form"} & set(page.tags)) == []
    text = made("html", "fr").decode()
    assert text.startswith('<!DOCTYPE html>\n<html lang="fr-CA">')
    assert re.findall(r"(?:src=|@import|url\()", text) == []
    links = '<a href="#item-SMP-I001">1</a>, <a href="#item-SMP-I002">2</a>'
    assert links in text
    levels = [int(tag[1]) for tag in page.tags if re.fullmatch("h[1-6]", tag)]
    assert levels.count(1) == 1
    assert [pair for pair in itertools.pairwise(levels) if pair[1] - pair[0] > 1] == []
    anchors = set(re.findall(r' id="([^"]+)"', text))
    assert set(re.findall(r'href="#([^"]+)"', text)) - anchors == set()


@pytest.mark.parametrize(("lang", "tag"), [("en", "en-CA"), ("fr", "fr-CA"), ("es", "es-MX")])
def test_pdf_is_tagged_titled_and_in_its_language(lang, tag):
    with pikepdf.open(io.BytesIO(made("pdf", lang))) as file:
        root = file.Root
        assert str(root.Lang) == tag
        assert bool(root.MarkInfo.Marked)
        assert bool(root.ViewerPreferences.DisplayDocTitle)
        assert root.StructTreeRoot.Type == "/StructTreeRoot"
        with file.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"
            assert metadata["dc:title"] == SNAPSHOT["meta"]["consultation"]["title"][lang]
        kinds = {
            str(element.S)
            for element in file.objects
            if isinstance(element, pikepdf.Dictionary) and "/S" in element and "/P" in element
        }
        assert {
            "/H1",
            "/H2",
            "/H3",
            "/Table",
            "/TH",
            "/TD",
            "/L",
            "/LI",
            "/TOC",
            "/Figure",
            "/Caption",
        } - kinds == set()
        alternatives = [
            str(e.Alt) for e in file.objects if isinstance(e, pikepdf.Dictionary) and e.get("/S") == "/Figure"
        ]
        assert alternatives == [f"QR code of the address {SNAPSHOT['meta']['addresses'][lang]}"]


def test_pdf_holds_no_file_and_runs_nothing():
    assert "root:" not in pdf_text(made("pdf"))
    with pikepdf.open(io.BytesIO(made("pdf"))) as file:
        actions = {str(o.S) for o in file.objects if isinstance(o, pikepdf.Dictionary) and o.get("/Type") == "/Action"}
        assert actions - {"/URI"} == set()
        assert "/Names" not in file.Root or "/JavaScript" not in file.Root.Names


def test_docx_has_real_styles_a_contents_field_and_page_numbers():
    file = docx.Document(io.BytesIO(made("docx", "fr")))
    xml = file.element.xml
    assert len(re.findall(r"instrText[^>]*> TOC ", xml)) == 1
    footer = file.sections[0].footer._element.xml
    assert re.findall(r"instrText[^>]*> (\w+) ", footer) == ["PAGE", "NUMPAGES"]
    assert SNAPSHOT["meta"]["short_hash"] in file.sections[0].header.paragraphs[0].text
    assert file.core_properties.language == "fr-CA"
    assert file.core_properties.title == "Programme d’action fictif"
    assert 'w:val="fr-CA"' in file.styles.element.xml
    assert "updateFields" in file.settings.element.xml
    assert all("tblHeader" in table.rows[0]._tr.xml for table in file.tables)
    targets = set(re.findall(r'w:anchor="([^"]+)"', xml))
    assert targets - set(re.findall(r'bookmarkStart [^>]*w:name="([^"]+)"', xml)) == set()


def test_docx_carries_no_time_but_the_release():
    with zipfile.ZipFile(io.BytesIO(made("docx"))) as archive:
        assert {member.date_time for member in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        core = archive.read("docProps/core.xml").decode()
    assert set(re.findall(r"\d{4}-\d{2}-\d{2}T[\d:]+Z", core)) == {"2027-05-01T16:00:00Z"}


def test_file_names_say_version_and_language():
    assert file_name(SNAPSHOT, "fr", "pdf") == "sample-2027-agenda-0.2-fr.pdf"
    assert file_name(SNAPSHOT, "fr", "json") == "sample-2027-agenda-0.2.json"


def test_a_missing_section_title_is_marked():
    document = build(SNAPSHOT, "es", PLAIN)
    assert "Justice system [Translation pending]" in [plain(h.line) for h in document.contents()]
    assert words("a")["fr"] == "a [fr]"


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", ["html", "md", "docx", "pdf"])
def test_a_document_leads_to_the_page_in_its_language(name, lang):
    addresses = SNAPSHOT["meta"]["addresses"]
    text = text_of(name, made(name, lang)).replace(" ", "")
    assert [other for other in LANGUAGES if addresses[other] in text] == [lang]


def test_a_release_of_before_leads_where_it_says():
    data = snapshot(1)
    del data["meta"]["addresses"]
    data["meta"]["schema_version"] = "1.0"
    assert build(seal(data), "fr", PLAIN).cover.url == data["meta"]["url"]


@pytest.mark.parametrize(
    ("lang", "zone", "said"),
    [
        ("en", "America/Toronto", "May 1, 2027, 12:00\u00a0p.m. EDT"),
        ("fr", "America/Toronto", "1er mai 2027, 12\u00a0h\u00a000 HAE"),
        ("es", "America/Toronto", "1 de mayo de 2027, 12:00, hora de verano oriental"),
        ("fr", "America/Vancouver", "1er mai 2027, 9\u00a0h\u00a000 HAP"),
        ("es", "America/Vancouver", "1 de mayo de 2027, 9:00, hora de verano del Pacífico"),
        ("en", "America/Regina", "May 1, 2027, 10:00\u00a0a.m. CST"),
        ("en", "Asia/Tokyo", "May 2, 2027, 1:00\u00a0a.m. Japan Standard Time"),
    ],
)
def test_a_moment_is_said_in_the_consultations_zone_which_is_named(lang, zone, said):
    assert Voice(lang, PLAIN, zone).moment("2027-05-01T16:00:00.123456+00:00") == said


def test_syllabics_are_printed_and_not_spelled():
    """Typst refuses to write a character that no font shows, so each that is not spelled as a number has its glyph."""
    if not installed():
        absent("npm brought no fonts for print")
    syllabics = "".join(chr(point) for point in range(0x1400, 0x1680))
    assert displayable(syllabics) == set(syllabics)
    title = "ᐃᓄᒃᑎᑐᑦ ᐃᓕᓐᓂᐊᖅᑎᑦᑎᔨ ᓄᓇᕗᑦ"
    agenda = snapshot(1)
    agenda["sections"][0]["items"][0]["title"] = submitted(title, "iu")
    file = FORMATS["pdf"].render(seal(agenda), "en", PLAIN)
    assert title in flat(pdf_text(file))
    assert "U+14" not in pdf_text(file)
    with pikepdf.open(io.BytesIO(file)) as pdf:
        fonts = {str(o.BaseFont) for o in pdf.objects if isinstance(o, pikepdf.Dictionary) and "/BaseFont" in o}
    assert [any(name in font for font in fonts) for name in ("Aboriginal", "SourceSerif4", "Atkinson")] == [True] * 3


def test_a_text_in_one_line_keeps_the_spaces_that_must_not_break():
    text = {"fr": "Exemple\u00a0:  «\u00a0oui\u00a0»,\n7\u00a0364\u00a0645"}
    assert plain(Voice("fr", PLAIN).line(text)) == "Exemple\u00a0: «\u00a0oui\u00a0», 7\u00a0364\u00a0645"
