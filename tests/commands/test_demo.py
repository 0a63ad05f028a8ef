"""The sample: complete in three languages, labelled as a sample, and rebuilt without losing the one before."""

import re
from pathlib import Path

import pytest

from consultation.commands.demonstration import replace_sample
from consultation.convening import vocabularies
from consultation.demo.sample import read

LANGUAGES = ("en", "fr", "es")
LABELS = {"en": "sample", "fr": "exemple", "es": "muestra"}
NBSP = "\u00a0"


def texts() -> list[dict]:
    return [text for entry in read()["consultations"] for text in [*entry["proposals"], *entry.get("waiting", ())]]


def comments() -> list[dict]:
    said = [comment for text in texts() for comment in text["comments"]]
    return said + [reply for comment in said for reply in comment.get("replies", ())]


def test_three_consultations_one_with_fourteen_proposals_over_the_eight_themes():
    themes = {term.code for term in vocabularies.load("themes")}
    assert len(read()["consultations"]) == 3
    finished = next(entry for entry in read()["consultations"] if entry["released"])
    assert (len(finished["proposals"]), {text["theme"] for text in finished["proposals"]}) == (14, themes)
    assert {text["language"] for text in finished["proposals"]} == set(LANGUAGES)


def test_everything_is_labelled_as_a_sample_in_each_language():
    for entry in read()["consultations"]:
        assert all(LABELS[language] in entry["title"][language].lower() for language in LANGUAGES)
        assert all(
            entry[name][language] for name in ("summary", "convener", "funder", "decider") for language in LANGUAGES
        )
    for organization in read()["organizations"]:
        names = (organization["name"], organization["name_fr"], organization["name_es"])
        assert all(name.endswith(f"({label})") for name, label in zip(names, LABELS.values(), strict=True))
    assert [read()["labels"][language].strip(f": {NBSP}").lower() for language in LANGUAGES] == list(LABELS.values())
    assert all(person["email"].endswith("@example.org") for person in read()["people"])


def test_what_the_sample_names_is_there():
    known = {organization["code"] for organization in read()["organizations"]}
    named = {text["organization"] for text in texts()} | {said["organization"] for said in comments()}
    named |= {code for text in texts() for code in text["endorsed_by"]}
    issues = {term.code for term in vocabularies.load("issues")}
    assert named <= known
    assert {issue for text in texts() for issue in text["issues"]} <= issues
    assert [text["title"] for text in texts() if text["organization"] in text["endorsed_by"]] == []


def test_french_spacing_is_canadian():
    french = [text[name] for text in texts() if text["language"] == "fr" for name in ("title", "barrier", "remedy")]
    french += [said["body"] for said in comments() if said["language"] == "fr"]
    french += [entry[name]["fr"] for entry in read()["consultations"] for name in ("title", "summary", "funder")]
    wrong = re.compile(rf"«[^{NBSP}]|[^{NBSP}]»|[^{NBSP}]:|\s[;!?]|'")
    assert [text for text in french if wrong.search(text)] == []


@pytest.mark.sqlite
def test_a_rebuild_that_fails_leaves_the_old_sample(tmp_path: Path):
    folder = tmp_path / "demo"
    folder.mkdir()
    (folder / "consultation.sqlite").write_text("old")

    def broken(_settings):
        raise RuntimeError("no power")

    with pytest.raises(RuntimeError):
        replace_sample(folder, broken, "http://127.0.0.1:8000")
    assert [path.name for path in tmp_path.iterdir()] == ["demo"]
    assert (folder / "consultation.sqlite").read_text() == "old"
