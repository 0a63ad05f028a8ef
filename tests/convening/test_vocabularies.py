"""The vocabulary files are complete and consistent, and the reader refuses what is not."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from consultation.convening.vocabularies import KINDS, LANGUAGES, Term, VocabularyError, load, parse

ROOT = Path(__file__).resolve().parents[2]
NBSP = "\u00a0"


def texts(term: Term, language: str) -> list[str]:
    return [term.labels[language], *([term.short[language]] if term.short else [])]


def iso(country: str, parts: str) -> list[str]:
    return [f"{country}-{part}" for part in parts.split()]


def with_level(country: str, level: str) -> list[str]:
    return [t.code for t in load("jurisdictions") if (t.data["country"], t.data["level"]) == (country, level)]


# --- every vocabulary -------------------------------------------------------------------------------------


def test_every_file_has_a_kind_and_every_kind_a_file() -> None:
    folder = ROOT / "consultation/convening/vocabularies"
    assert sorted(path.stem for path in folder.glob("*.json")) == sorted(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_codes_are_unique_whatever_their_case_and_safe_in_an_address(kind: str) -> None:
    codes = [term.code for term in load(kind)]
    assert [code for code, n in Counter(code.lower() for code in codes).items() if n > 1] == []
    assert [code for code in codes if not re.fullmatch(r"[A-Za-z0-9]+([-_][A-Za-z0-9]+)*", code)] == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_labels_are_clean_and_typographic(kind: str, language: str) -> None:
    found = [text for term in load(kind) for text in texts(term, language)]
    assert [text for text in found if text != text.strip() or "  " in text] == []
    assert [text for text in found if "'" in text or '"' in text] == []
    assert [text for text in found if re.search(r"[\u0000-\u001f\u200b\ufeff]", text)] == []


@pytest.mark.parametrize("kind", KINDS)
def test_labels_differ_within_a_vocabulary(kind: str) -> None:
    siblings = [(term.parent, language, term.labels[language]) for term in load(kind) for language in LANGUAGES]
    assert [label for label, n in Counter(siblings).items() if n > 1] == []


@pytest.mark.parametrize("kind", KINDS)
def test_french_spacing_is_canadian(kind: str) -> None:
    """OQLF: no-break space inside guillemets and before the colon, none before ; ! ?"""
    found = [text for term in load(kind) for text in texts(term, "fr")]
    wrong = re.compile(rf"«[^{NBSP}]|[^{NBSP}]»|[^{NBSP}]:|\s[;!?]|[“”]|n° ")
    assert [text for text in found if wrong.search(text)] == []


@pytest.mark.parametrize("kind", KINDS)
def test_short_labels_are_not_longer_than_full_ones(kind: str) -> None:
    pairs = [(t.short[lang], t.labels[lang]) for t in load(kind) if t.short for lang in LANGUAGES]
    assert [pair for pair in pairs if len(pair[0]) > len(pair[1])] == []


def test_terms_are_shared_and_so_read_only() -> None:
    term = load("legal_instruments")[0]
    with pytest.raises(TypeError):
        term.labels["en"] = "changed"  # type: ignore[index]
    with pytest.raises(TypeError):
        term.data["year"] = 1900  # type: ignore[index]
    assert load("legal_instruments")[0] is term
    assert json.loads(json.dumps(dict(term.data)))["official"] == {"en": True, "fr": True, "es": True}
    assert len({hash(t) for t in load("themes")}) == 8


# --- themes, issues, sectors ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "codes"),
    [
        ("themes", [f"T{n}" for n in range(1, 9)]),
        ("issues", [f"I{n:02}" for n in range(1, 12)]),
        (
            "sectors",
            [
                *("community", "business", "media", "academia", "education"),
                *("philanthropic", "labour", "arts", "sport", "health"),
            ],
        ),
    ],
)
def test_the_network_s_own_lists(kind: str, codes: list[str]) -> None:
    assert [term.code for term in load(kind)] == codes
    assert {term.parent for term in load(kind)} == {None}


@pytest.mark.parametrize("kind", ["themes", "issues"])
def test_themes_and_issues_have_slugs_and_short_labels(kind: str) -> None:
    slugs = [term.data["slug"] for term in load(kind)]
    assert len(set(slugs)) == len(slugs)
    assert [slug for slug in slugs if not re.fullmatch(r"[a-z]+(-[a-z]+)*", slug)] == []
    assert [term.code for term in load(kind) if term.short is None] == []


# --- jurisdictions ----------------------------------------------------------------------------------------


def test_jurisdictions_have_a_level_and_a_country_that_exist() -> None:
    levels = {term.code for term in load("jurisdiction_levels")}
    assert {term.data["level"] for term in load("jurisdictions")} == levels
    assert {term.data["country"] for term in load("jurisdictions")} == {"CA", "US", "MX", None}
    assert {frozenset(term.data) for term in load("jurisdictions")} == {frozenset({"country", "level"})}


def test_codes_begin_with_the_country() -> None:
    wrong = [
        term.code
        for term in load("jurisdictions")
        if not (term.code + "-").startswith(f"{term.data['country'] or 'x'}-")
    ]
    assert wrong == []


def test_countries_and_their_federal_and_municipal_orders() -> None:
    for country in ("CA", "US", "MX"):
        assert with_level(country, "country") == [country]
        assert with_level(country, "federal") == [f"{country}-x-federal"]
        assert with_level(country, "municipal") == [f"{country}-x-municipal"]


def test_all_provinces_and_territories_of_canada() -> None:
    provinces, territories = with_level("CA", "province"), with_level("CA", "territory")
    assert sorted(provinces) == iso("CA", "AB BC MB NB NL NS ON PE QC SK")
    assert sorted(territories) == iso("CA", "NT NU YT")


def test_all_states_of_the_united_states_and_the_district_of_columbia() -> None:
    states = iso(
        "US",
        "AK AL AR AZ CA CO CT DC DE FL GA HI IA ID IL IN KS KY LA MA MD ME MI MN MO MS MT NC ND NE NH NJ NM NV NY "
        "OH OK OR PA RI SC SD TN TX UT VA VT WA WI WV WY",
    )
    assert len(states) == 51
    assert sorted(with_level("US", "state")) == states
    assert sorted(with_level("US", "territory")) == iso("US", "AS GU MP PR VI")


def test_all_entities_of_mexico() -> None:
    entities = iso(
        "MX",
        "AGU BCN BCS CAM CHH CHP CMX COA COL DUR GRO GUA HID JAL MEX MIC MOR NAY NLE OAX PUE QUE ROO SIN SLP SON "
        "TAB TAM TLA VER YUC ZAC",
    )
    assert len(entities) == 32
    assert sorted(with_level("MX", "state")) == entities


def test_orders_of_government_belong_to_their_country() -> None:
    inside = {"federal", "province", "territory", "state", "municipal"}
    wrong = [t.code for t in load("jurisdictions") if t.data["level"] in inside and t.parent != t.data["country"]]
    assert wrong == []


def test_indigenous_governments_stand_under_no_other_government() -> None:
    nations = [term for term in load("jurisdictions") if term.data["level"] == "indigenous"]
    assert [term.code for term in nations if term.parent is None] == ["x-indigenous"]
    assert {term.parent for term in nations} == {None, "x-indigenous"}
    assert with_level("CA", "indigenous") == ["CA-x-first-nations", "CA-x-inuit", "CA-x-metis"]
    assert {term.data["country"] for term in nations} == {None, "CA", "US", "MX"}


# --- legal instruments ------------------------------------------------------------------------------------

#: Who adopts an instrument in a given scope, by the level of its jurisdiction.
SCOPES = {
    "international": {"international"},
    "regional": {"international", "cross_border"},
    "national": {"country", "federal"},
    "subnational": {"province", "territory", "state"},
}


def test_instruments_have_a_complete_record() -> None:
    required = {"scope", "country", "jurisdiction", "kind", "year", "official"}
    assert {frozenset(t.data) - {"citation"} for t in load("legal_instruments")} == {frozenset(required)}
    assert {term.data["kind"] for term in load("legal_instruments")} == {
        *("convention", "declaration", "constitution", "act", "code")
    }
    assert {term.data["scope"] for term in load("legal_instruments")} == set(SCOPES)
    assert [t.code for t in load("legal_instruments") if not 1787 <= t.data["year"] <= 2026] == []
    assert [t.code for t in load("legal_instruments") if t.data.get("citation", "-").strip() == ""] == []


def test_instruments_belong_to_a_jurisdiction_of_their_scope() -> None:
    places = {term.code: term for term in load("jurisdictions")}
    for term in load("legal_instruments"):
        place = places[term.data["jurisdiction"]]
        assert place.data["country"] == term.data["country"], term.code
        assert place.data["level"] in SCOPES[term.data["scope"]], term.code


def test_a_provision_shares_the_jurisdiction_of_its_instrument() -> None:
    instruments = {term.code: term for term in load("legal_instruments")}
    children = [term for term in instruments.values() if term.parent]
    assert [
        t.code for t in children if instruments[t.parent or ""].data["jurisdiction"] != t.data["jurisdiction"]
    ] == []
    assert [t.code for t in children if instruments[t.parent or ""].data["year"] > t.data["year"]] == []


@pytest.mark.parametrize(
    ("country", "languages"),
    [(None, {"en", "fr", "es"}), ("US", {"en"}), ("MX", {"es"})],
)
def test_official_languages_follow_the_legislator(country: str | None, languages: set[str]) -> None:
    here = [term for term in load("legal_instruments") if term.data["country"] == country]
    assert {frozenset(x for x, yes in t.data["official"].items() if yes) for t in here} == {frozenset(languages)}


def test_official_languages_in_canada() -> None:
    bilingual = {"CA", "CA-x-federal", "CA-QC", "CA-ON", "CA-MB"}
    for term in (t for t in load("legal_instruments") if t.data["country"] == "CA"):
        expected = {"en": True, "fr": term.data["jurisdiction"] in bilingual, "es": False}
        assert dict(term.data["official"]) == expected, term.code


def test_each_country_and_the_world_are_represented() -> None:
    count = Counter(term.data["country"] for term in load("legal_instruments"))
    assert {country: n >= 10 for country, n in count.items()} == dict.fromkeys(["CA", "US", "MX", None], True)


# --- the reader refuses -----------------------------------------------------------------------------------


def entry(**changes: Any) -> dict[str, Any]:
    labels = {"en": "Media", "fr": "Médias", "es": "Medios"}
    return {"code": "media", "parent": None, "labels": labels, "short": None, "weight": [1], **changes}


def test_parse_keeps_what_the_kind_adds() -> None:
    (term,) = parse(json.dumps([entry()]), "sectors")
    assert (term.code, term.parent, dict(term.data)) == ("media", None, {"weight": [1]})


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ([], "at least one term"),
        ({}, "expected a list"),
        (["media"], "term 1: expected an object"),
        ([{"code": "media"}], "term 1: expected an object with code, labels, parent, short"),
        ([entry(code=" ")], "the code is empty"),
        ([entry(parent=3)], "the parent must be a code or null"),
        ([entry(), entry()], "'media' stands twice"),
        ([entry(parent="press")], "the parent 'press'"),
        ([entry(parent="media")], "the parent 'media'"),
        ([entry(code="a", parent="media"), entry()], "the parent 'media'"),
        (
            [entry(labels={"en": "Media", "fr": "Médias"})],
            "labels: expected exactly the languages en, fr, es",
        ),
        ([entry(labels={"en": "Media", "fr": " ", "es": "Medios"})], "labels: the text in 'fr' is empty"),
        ([entry(short={"en": "M", "fr": "M", "es": ""})], "short: the text in 'es' is empty"),
    ],
)
def test_parse_refuses_and_says_why(entries: Any, message: str) -> None:
    with pytest.raises(VocabularyError, match=re.escape(message)):
        parse(json.dumps(entries), "sectors")


def test_parse_refuses_what_is_not_json() -> None:
    with pytest.raises(VocabularyError, match="sectors: not valid JSON"):
        parse("[", "sectors")


def test_an_unknown_vocabulary_is_named_with_the_known_ones() -> None:
    with pytest.raises(VocabularyError, match=r"no vocabulary 'colours'. Use one of: themes, issues"):
        load("colours")
