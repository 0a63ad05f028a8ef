"""What a snapshot may hold, its hash, and when two of them are the same agenda."""

import json
from copy import deepcopy
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from consultation.drafting.export import FORMATS, SnapshotError, check, digest, same_agenda, schema, seal
from tests.drafting.export.reading import text_of
from tests.drafting.export.sample import item, snapshot, words
from tests.drafting.export.speaking import PLAIN


def objects(rule: Any, path: str = "") -> list[tuple[str, dict[str, Any]]]:
    """Every subschema that describes an object, with where it stands."""
    found = []
    if isinstance(rule, dict):
        if (rule.get("type") == "object" and "properties" in rule and "additionalProperties" in rule) or (
            rule.get("type") == "object" and "anyOf" not in path
        ):
            found.append((path, rule))
        for key, member in rule.items():
            found += objects(member, f"{path}/{key}")
    elif isinstance(rule, list):
        for position, member in enumerate(rule):
            found += objects(member, f"{path}/{position}")
    return found


def test_the_schema_is_valid_and_every_object_in_it_is_closed():
    Draft202012Validator.check_schema(schema())
    assert [path for path, rule in objects(schema()) if rule.get("additionalProperties") is not False] == []


def test_the_sample_may_be_exported():
    assert check(snapshot()) == []


def places(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of every object in the data."""
    found: list[tuple[Any, ...]] = []
    if isinstance(node, dict):
        found = [path, *(p for key, member in node.items() for p in places(member, (*path, key)))]
    elif isinstance(node, list):
        found = [p for position, member in enumerate(node[:1]) for p in places(member, (*path, position))]
    return found


def test_no_object_takes_a_field_that_is_not_public():
    unwanted = ("email", "text_hidden", "draft")
    whole = snapshot(1)
    assert len(places(whole)) > 80
    for path in places(whole):
        target = whole
        for step in path:
            target = target[step]
        target.update(dict.fromkeys(unwanted, "someone@example.org"))
        refused = " ".join(check(whole))
        assert [key for key in unwanted if f"'{key}'" not in refused] == [], path
        for key in unwanted:
            del target[key]
    assert check(seal(whole)) == []


def test_no_format_writes_what_may_not_be_exported():
    data = snapshot(1)
    data["sections"][0]["items"][0]["email"] = "someone@example.org"
    for form in FORMATS.values():
        with pytest.raises(SnapshotError, match="email"):
            form.render(data, "en", PLAIN)


def changed(path: str, value: Any) -> dict[str, Any]:
    """The sealed sample with one member replaced."""
    data = snapshot(2)
    *steps, last = path.split(".")
    target: Any = data
    for step in steps:
        target = target[int(step) if step.isdigit() else step]
    target[int(last) if last.isdigit() else last] = value
    return seal(data)


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("meta.status", "WORKING", "meta.status: 'WORKING' is not one of ['DRAFT', 'FINAL']."),
        ("meta.url", "javascript:alert(1)", "meta.url: 'javascript:alert(1)' does not match"),
        ("meta.released_at", "2027-13-01T00:00:00Z", "meta.released_at: '2027-13-01T00:00:00Z' is not a 'date-time'."),
        ("meta.consultation.timezone", "Mars/Olympus", "meta.consultation.timezone: no such time zone."),
        ("sections.0.items.0.minutes", 0, "sections[0].items[0].minutes: 0 is less than the minimum of 1."),
        ("sections.0.items.0.title.text", "bell \x07", "sections[0].items[0].title.text: 'bell \\x07' does not match"),
        ("sections.0.items.0.number", 1, "sections: the item number 1 is used twice."),
        ("sections.0.items.0.evidence.1.number", 1, "item SMP-I006: the source number 1 is used twice."),
        (
            "sections.0.items.0.title.translations",
            {"fr": {"state": "pending", "text": "x"}},
            "sections[0].items[0].title",
        ),
        ("annexes.concordance.0.items", ["SMP-I002"], "annexes.concordance and the provenance of SMP-I001 disagree"),
        (
            "annexes.concordance.0.disposition",
            "not_ranked",
            "annexes.concordance: the disposition of SMP-002 does not fit",
        ),
        (
            "annexes.withheld.0.proposal",
            "SMP-002",
            "annexes.withheld: proposal SMP-002 also stands in the concordance.",
        ),
        ("annexes.tallies.1.pairwise.weights", [[0]], "annexes.tallies: the pairwise table of schulze is not square."),
        ("method.departures.0.item", "SMP-I777", "method.departures: there is no item SMP-I777 in this agenda."),
        ("annexes.participants.0.organization", {"name": None, "label": None}, "annexes.participants[0].organization"),
    ],
)
def test_problems_are_told_in_words_with_their_place(path, value, said):
    problems = check(changed(path, value))
    assert [problem[: len(said)] for problem in problems if problem.startswith(said)][:1] == [said], problems


def test_the_hash_covers_everything_but_itself():
    data = snapshot(1)
    assert digest(data) == data["meta"]["sha256"] == digest(json.loads(json.dumps(data)))
    assert data["meta"]["short_hash"] == data["meta"]["sha256"][:12]
    other = deepcopy(data)
    other["annexes"]["participants_unnamed"] += 1
    assert digest(other) != digest(data)
    assert check(other) == ["meta.sha256: the hash does not fit the content."]


def test_same_agenda_looks_past_ids_times_and_hashes_only():
    data = snapshot(3)
    later = deepcopy(data)
    later["meta"]["released_at"] = "2028-01-01T00:00:00Z"
    later["method"]["phases"][0]["opens"] = "2026-12-01T00:00:00Z"
    later["sections"][0]["items"][0]["id"] = "other"
    later["sign_off"][0]["signed_at"] = "2028-01-01T00:00:00Z"
    later = seal(later)
    assert later["meta"]["sha256"] != data["meta"]["sha256"]
    assert same_agenda(data, later)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("meta.release", "0.3"),
        ("meta.gathering.starts", "2027-06-02"),
        ("sections.0.items.0.rank", 99),
        ("sections.0.items.0.title.text", "Another title"),
        ("sections.0.items.0.provenance.0.consent", "no_reply"),
        ("sections.0.items.0.lead.name", words("Another lead")),
        ("annexes.tallies.1.order.0.score", "1031"),
    ],
)
def test_same_agenda_sees_every_change_of_content(path, value):
    assert not same_agenda(snapshot(2), changed(path, value))


def test_same_agenda_sees_the_order_of_items():
    data = snapshot(2)
    data["sections"][0]["items"].reverse()
    assert not same_agenda(snapshot(2), data)


def test_an_agenda_of_one_bare_item_may_be_exported_in_every_format():
    bare = item(
        1,
        decision=None, barrier=None, remedy=None, evidence=[], addressees=[], jurisdictions=[], issues=[], sectors=[],
        instruments=[], minutes=None, lead=None, rank=None, support=None, represented=[], relation="alone",
        provenance=[], minority_notes=[], indicators=[],
    )  # fmt: skip
    data = snapshot(1)
    data["meta"] |= {"gathering": None, "status": "FINAL", "release": "1.0"}
    data["method"] |= {"phases": [], "contest": None, "departures": [], "limits": []}
    data["sections"] = [{"id": "T1", "title": words("Theme"), "items": [bare]}]
    data["changes"] = {"since": None, "entries": []}
    data["annexes"] |= {
        key: []
        for key in (
            "tallies",
            "concordance",
            "withheld",
            "participants",
            "not_heard",
            "funding",
            "conflicts",
            "translators",
        )
    }
    data["sign_off"] = []
    data = seal(data)
    assert check(data) == []
    for name, form in FORMATS.items():
        assert "Sample item 1: count who is served" in text_of(name, form.render(data, "en", PLAIN))
