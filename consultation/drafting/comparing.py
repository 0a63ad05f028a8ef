"""What changed from one release to the next. Pure: two snapshots in, entries out."""

from collections.abc import Mapping
from typing import Any

from consultation.drafting.wording import filled, sentence

TEXTS = ("title", "decision", "barrier", "evidence", "remedy")


def _lines(snapshot: Mapping[str, Any]) -> dict[str, tuple[int, dict[str, Any]]]:
    """Each item by code with its place in the document, counted from one."""
    items = [item for section in snapshot["sections"] for item in section["items"]]
    return {item["code"]: (place, item) for place, item in enumerate(items, start=1)}


def changes_since(previous: Mapping[str, Any], current: Mapping[str, Any]) -> dict[str, Any]:
    """Items added, taken out, edited and moved, in the order of the new document and then of the old."""
    before, after = _lines(previous), _lines(current)
    entries: list[dict[str, Any]] = []
    for code, (place, item) in after.items():
        if code not in before:
            entries.append({"kind": "added", "item": code, "text": sentence("changes", "added")})
            continue
        old_place, old_item = before[code]
        if any(item[field] != old_item[field] for field in TEXTS):
            entries.append({"kind": "edited", "item": code, "text": sentence("changes", "edited")})
        if place != old_place:
            text = filled("changes", "moved", old=str(old_place), new=str(place))
            entries.append({"kind": "moved", "item": code, "text": text})
    entries += [
        {"kind": "removed", "item": code, "text": sentence("changes", "removed")}
        for code in before
        if code not in after
    ]
    return {"since": previous["meta"]["release"], "entries": entries}
