"""The words of the sample: complete in three languages, labelled as a sample, resting on sources that are listed."""

import re
from collections import Counter
from urllib.parse import urlsplit

import pytest

from consultation.convening import vocabularies
from consultation.demo.sample import LANGUAGES, MODERATED, interleaved, read
from consultation.discussion.rules import MAXIMUM_BODY
from consultation.discussion.states import Stance
from consultation.moderation.states import ReasonCode
from consultation.proposals.rules import ProposalText, Source, source_faults, text_faults
from consultation.proposals.states import EvidenceKind

LABELS = {"en": "sample", "fr": "exemple", "es": "muestra"}
UNSOURCED = {"en": "Sample evidence:", "fr": "Preuve d’exemple\u00a0:", "es": "Evidencia de muestra:"}
PARTS = ("title", "barrier", "evidence", "remedy")
NBSP = "\u00a0"


def consultations() -> dict[str, dict]:
    return {entry["slug"]: entry for entry in read()["consultations"]}


def texts() -> list[dict]:
    return [text for entry in read()["consultations"] for text in [*entry["proposals"], *entry["moderated"]]]


def comments() -> list[dict]:
    said = [comment for text in texts() for comment in text.get("comments", ())]
    return said + [reply for comment in said for reply in comment.get("replies", ())]


def written(language: str) -> list[str]:
    """Every passage of the sample in this language."""
    own = [text for text in texts() if text["language"] == language]
    passages = [text[part] for text in own for part in (*PARTS, "remedy_revised") if part in text]
    passages += [
        text["translations"][language][part]
        for text in texts()
        for part in PARTS
        if language in text.get("translations", {})
    ]
    passages += [text["reason"]["words"] for text in own if "reason" in text]
    passages += [said["hidden"]["words"] for said in comments() if said["language"] == language and "hidden" in said]
    passages += [said["body"] for said in comments() if said["language"] == language]
    for entry in read()["consultations"]:
        passages += [entry[name][language] for name in ("title", "summary", "convener", "funder", "decider")]
        passages += [entry["contest"]["question"][language]] if "contest" in entry else []
    name = {"en": "name", "fr": "name_fr", "es": "name_es"}[language]
    passages += [organization[name] for organization in read()["organizations"]]
    return passages + [source["title"] for source in read()["sources"].values() if source["language"] == language]


def test_each_consultation_stands_in_another_stage():
    counted = {slug: (len(one["proposals"]), len(one["moderated"])) for slug, one in consultations().items()}
    assert counted == {"sample-agenda-2026": (14, 1), "sample-ranking": (22, 0), "sample-open": (24, 4)}
    stages = {slug: (one["admitted"], one["released"]) for slug, one in consultations().items()}
    assert stages == {
        "sample-agenda-2026": (True, True),
        "sample-ranking": (True, False),
        "sample-open": (False, False),
    }
    fates = Counter(text["fate"] for text in consultations()["sample-open"]["moderated"])
    assert fates == {"waiting": 3, "changes": 1}


@pytest.mark.parametrize(("kind", "name"), [("themes", "theme"), ("issues", "issues")])
def test_every_theme_and_issue_has_at_least_three_proposals(kind: str, name: str):
    named = Counter(code for text in texts() for code in ([text[name]] if isinstance(text[name], str) else text[name]))
    known = {term.code for term in vocabularies.load(kind)}
    assert set(named) == known
    assert [code for code, count in named.items() if count < 3] == []


def test_the_finished_agenda_has_every_theme_and_every_consultation_every_language():
    themes = {term.code for term in vocabularies.load("themes")}
    assert {text["theme"] for text in consultations()["sample-agenda-2026"]["proposals"]} == themes
    for entry in consultations().values():
        assert {text["language"] for text in entry["proposals"]} == set(LANGUAGES)
    shares = Counter(text["language"] for text in texts())
    assert [language for language in LANGUAGES if shares[language] / shares.total() < 0.2] == []


def test_every_organization_and_consultation_is_labelled_in_each_language():
    for entry in read()["consultations"]:
        assert [entry["title"][one].lower().startswith(LABELS[one]) for one in LANGUAGES] == [True] * 3
    for organization in read()["organizations"]:
        names = (organization["name"], organization["name_fr"], organization["name_es"])
        assert [name.endswith(f"({label})") for name, label in zip(names, LABELS.values(), strict=True)] == [True] * 3
    assert [one["email"] for one in read()["people"] if not one["email"].endswith("@example.org")] == []
    assert [text["key"] for text in texts() if text["title"].lower().startswith(tuple(LABELS.values()))] == []


def test_twenty_four_organizations_of_every_sector_in_three_countries():
    organizations = read()["organizations"]
    assert (len(organizations), len({one["code"] for one in organizations})) == (24, 24)
    assert {one["sector"] for one in organizations} == {term.code for term in vocabularies.load("sectors")}
    known = {term.code for term in vocabularies.load("jurisdictions")}
    places = {place for one in organizations for place in one["jurisdictions"]}
    assert places <= known
    assert {place[:2] for place in places} == {"CA", "US", "MX"}
    nations = {place for place in places if place.startswith(("x-indigenous", "CA-x-", "US-x-", "MX-x-"))}
    assert nations == set(), "Nations are governments, not the place of an organization"
    assert {one["languages"][0] for one in organizations} == set(LANGUAGES)


def test_what_the_sample_names_is_there():
    known = {organization["code"] for organization in read()["organizations"]}
    named = {text["organization"] for text in texts()} | {said["organization"] for said in comments()}
    named |= {code for text in texts() for code in text.get("endorsed_by", ())}
    assert named == known
    assert [text["key"] for text in texts() if text["organization"] in text.get("endorsed_by", ())] == []
    assert [text["key"] for text in texts() if _repeats(text.get("endorsed_by", []))] == []
    assert {said["stance"] for said in comments() if "stance" in said} <= set(Stance)
    assert {text["reason"]["code"] for text in texts() if "reason" in text} <= set(ReasonCode)
    refused = {text["key"] for text in texts() if text.get("fate") in ("changes", "declined")}
    assert {text["key"] for text in texts() if "reason" in text} == refused


def _repeats(codes: list[str]) -> bool:
    return len(codes) > len(set(codes))


def test_codes_that_a_moderator_names_are_those_of_the_proposals_meant():
    meant = {"SA26-004": "hate-followup"}
    codes = {
        f"{entry['prefix']}-{number:03d}": text["key"]
        for entry in read()["consultations"]
        for number, text in enumerate(entry["proposals"], start=1)
    }
    words = " ".join(text["reason"]["words"] for text in texts() if "reason" in text)
    assert {code: codes[code] for code in re.findall(r"[A-Z]{2}\d{2}-\d{3}", words)} == meant


def test_every_source_named_is_listed_and_every_one_listed_is_named():
    sources = read()["sources"]
    assert {key for text in texts() for key in text["sources"]} == set(sources)
    made = [
        Source(one["title"], EvidenceKind(one["kind"]), one["publisher"], one["year"], one["place"], one["url"])
        for one in sources.values()
    ]
    assert source_faults(made[:20]) + source_faults(made[20:40]) + source_faults(made[40:]) == []
    for key, one in sources.items():
        assert one["publisher"], key
        assert 2000 <= one["year"] <= 2026, key
        assert urlsplit(one["seen_at"]).hostname, f"{key} says where it was looked up"


def test_evidence_without_a_source_says_that_it_is_a_sample():
    labelled = {text["key"] for text in texts() if text["evidence"].startswith(UNSOURCED[text["language"]])}
    assert labelled == {text["key"] for text in texts() if not text["sources"]}


def test_figures_stand_only_in_evidence_that_names_a_source():
    figure = re.compile(rf"\d[,.{NBSP}]\d|\d\s?%")
    found = [(text["key"], part) for text in texts() for part in ("barrier", "remedy") if figure.search(text[part])]
    bare = [text for text in texts() if not text["sources"]]
    found += [(text["key"], "evidence") for text in bare if re.search(r"\d", text["evidence"])]
    found += [(said["organization"], said["body"]) for said in comments() if figure.search(said["body"])]
    assert found == []


def test_no_title_twice_none_too_long_and_no_text_beyond_the_limits():
    titles = Counter(text["title"].casefold() for text in texts())
    assert [title for title, count in titles.items() if count > 1] == []
    assert [text["title"] for text in texts() if len(text["title"]) > 92] == []
    keys = Counter(text["key"] for text in texts())
    assert [key for key, count in keys.items() if count > 1] == []
    assert [text["key"] for text in texts() if text_faults(ProposalText(*(text[part] for part in PARTS)))] == []
    lengths = {(text["key"], part): len(text[part].split()) for text in texts() for part in PARTS[1:]}
    assert [place for place, words in lengths.items() if not 25 <= words <= 110] == []
    assert [said["body"] for said in comments() if len(said["body"]) > MAXIMUM_BODY] == []


def test_half_of_the_published_proposals_are_discussed_in_three_languages_with_disagreement():
    published = [text for entry in consultations().values() for text in entry["proposals"]]
    assert sum(len(text.get("comments", ())) >= 2 for text in published) >= len(published) / 2
    stances = Counter((said["language"], said["stance"]) for said in comments() if "stance" in said)
    assert {language for language, _stance in stances} == set(LANGUAGES)
    assert {stance for _language, stance in stances} == set(Stance) - {Stance.NONE}
    supports = {len(text["endorsed_by"]) for text in published}
    assert (min(supports), max(supports)) == (0, 9)


def test_ballots_keep_the_contests_limits():
    for entry in consultations().values():
        keys = {text["key"] for text in entry["proposals"]}
        for organization, tiers in entry.get("contest", {}).get("ballots", {}).items():
            marked = [key for tier in tiers for key in tier]
            assert set(marked) <= keys, organization
            assert len(marked) == len(set(marked)) <= 10, organization
            assert len(tiers) <= 2, organization
            assert len(tiers) < 2 or len(tiers[0]) <= 3, organization
    voted = [list(entry["contest"]["ballots"].values()) for entry in consultations().values() if "contest" in entry]
    assert [(len(ballots), ballots.count([])) for ballots in voted] == [(22, 1), (12, 1)]


def test_minutes_are_those_of_a_gathering():
    minutes = [text["minutes"] for entry in consultations().values() for text in entry["proposals"]]
    assert [one for one in minutes if not 10 <= one <= 45] == []


def test_french_typography_is_canadian():
    wrong = re.compile(rf"«(?!{NBSP})|(?<!{NBSP})»|(?<![{NBSP}\d]):(?!//)|\s[;!?]|'|\d %|\d \d{{3}}|\.\.\.")
    assert [passage for passage in written("fr") if wrong.search(passage)] == []


def test_english_and_spanish_typography():
    wrong = re.compile(r"'|\.\.\.| [,.;:!?]|  ")
    assert [passage for language in ("en", "es") for passage in written(language) if wrong.search(passage)] == []
    assert [passage for passage in written("es") if passage.count("?") != passage.count("¿")] == []
    assert [passage for language in LANGUAGES for passage in written(language) if "!" in passage] == []


def test_english_spelling_is_canadian():
    american = re.compile(r"\b(labor|center|color|neighbor|honor|organis|programme)", re.IGNORECASE)
    assert [passage for passage in written("en") if american.search(passage)] == []


def test_lists_are_interleaved_evenly_and_each_keeps_its_order():
    assert interleaved("abcd", "xy", "m") == ["a", "x", "b", "m", "c", "y", "d"]
    assert interleaved([], "ab") == ["a", "b"]
    assert MODERATED == "moderated.json"
