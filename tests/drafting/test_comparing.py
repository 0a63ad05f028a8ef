"""What changed since the last release."""

from consultation.drafting.comparing import changes_since


def _item(code, title="a title"):
    return {"code": code, "title": title, "decision": None, "barrier": "b", "evidence": [], "remedy": "r"}


def _snapshot(release, *items):
    return {"meta": {"release": release}, "sections": [{"items": list(items)}]}


def test_nothing_changed():
    same = _snapshot("0.1", _item("A1"), _item("A2"))
    assert changes_since(same, same) == {"since": "0.1", "entries": []}


def test_added_removed_edited_and_moved():
    before = _snapshot("0.1", _item("A1"), _item("A2"), _item("A3"))
    after = _snapshot("0.2", _item("A2", "another title"), _item("A1"), _item("A4"))
    changes = changes_since(before, after)
    assert [(entry["kind"], entry["item"]) for entry in changes["entries"]] == [
        ("edited", "A2"),
        ("moved", "A2"),
        ("moved", "A1"),
        ("added", "A4"),
        ("removed", "A3"),
    ]
    assert changes["entries"][1]["text"] == {
        "en": "Moved from place 2 to place 1.",
        "fr": "Passé de la place 2 à la place 1.",
        "es": "Pasó del lugar 2 al lugar 1.",
    }
