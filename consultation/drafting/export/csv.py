"""The items as a table for spreadsheets: one row for each item, in the order of the document."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any

from consultation.drafting.export.document import plain
from consultation.drafting.export.labels import labels
from consultation.drafting.export.snapshot import require
from consultation.drafting.export.voice import Snapshot, Translator, Voice
from consultation.kernel.tables import BOM, neutral

COLUMNS: Mapping[str, str] = {
    "number": "Permanent number of the item",
    "code": "Public code of the item",
    "theme": "Code of the theme",
    "theme_title": "Title of the theme in the language of the file",
    "title": "Title in the language of the file, or in its original language while the translation is pending",
    "title_language": "Language of the title as given",
    "title_state": "original, translated, reviewed, stale or pending",
    "decision": "Decision sought",
    "barrier": "What is wrong",
    "remedy": "What should change",
    "original_language": "Language the item was written in",
    "pending": "Parts shown in their original language because no translation exists",
    "addressees": "Who is asked to act",
    "jurisdictions": "Jurisdictions",
    "issues": "Critical issues",
    "sectors": "Sectors",
    "instruments": "Legal instruments",
    "minutes": "Minutes asked for at the gathering",
    "lead": "Organization that presents the item, or its protected label",
    "rank": "Rank in the headline tally",
    "supporters": "Voters who support the item; empty when not tallied or too few to publish",
    "newly_served": "Those of them whom no earlier item serves",
    "relation": "How the item was made: alone, grouped, fusion, sequence or dialogue",
    "proposals": "Codes of the proposals it comes from",
    "organizations": "Who made them, in the same order",
    "consents": "Consent of each, in the same order: not_needed, agreed, agreed_with_note, objected, no_reply",
    "minority_notes": "Minority notes, with who asked for them",
    "evidence": "Numbered sources",
    "indicators": "Proposed indicators with baseline and target",
    "release": "Release number of the agenda",
    "status": "DRAFT or FINAL",
}
"""Name → meaning, in order. Several values in one cell are separated by " | "."""


def render(snapshot: Snapshot, lang: str, translator: Translator) -> bytes:
    """UTF-8 with BOM, comma, CRLF (RFC 4180). Raise `SnapshotError` for what may not be exported."""
    require(snapshot)
    voice = Voice(lang, translator)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for section in snapshot["sections"]:
        for item in section["items"]:
            cells = row(voice, snapshot, section, item)
            writer.writerow([neutral(cells[name]) for name in COLUMNS])
    return (BOM + out.getvalue()).encode()


def row(voice: Voice, snapshot: Snapshot, section: Mapping[str, Any], item: Mapping[str, Any]) -> dict[str, object]:
    """One item as named cells."""
    title = voice.read(item["title"])
    support = item["support"] or {"supporters": None, "newly_served": None}
    words = labels(voice.translator)
    parts = [part for part in ("title", "decision", "barrier", "remedy") if item[part]]
    return {
        "number": item["number"],
        "code": item["code"],
        "theme": section["id"],
        "theme_title": voice.read(section["title"]).text,
        "title": title.text,
        "title_language": title.lang or voice.lang,
        "title_state": title.state,
        **{part: voice.read(item[part]).text if item[part] else "" for part in ("decision", "barrier", "remedy")},
        "original_language": item["title"]["language"],
        "pending": listed(part for part in parts if voice.read(item[part]).state == "pending"),
        **{name: listed(voice.read(value).text for value in item[name]) for name in ("addressees", "instruments")},
        **{
            name: listed(voice.read(term["label"]).text for term in item[name])
            for name in ("jurisdictions", "issues", "sectors")
        },
        "minutes": item["minutes"],
        "lead": plain(voice.name(item["lead"])) if item["lead"] else "",
        "rank": item["rank"],
        "supporters": support["supporters"],
        "newly_served": support["newly_served"],
        "relation": item["relation"],
        "proposals": listed(source["proposal"] for source in item["provenance"]),
        "organizations": listed(plain(voice.name(source["organization"])) for source in item["provenance"]),
        "consents": listed(source["consent"] for source in item["provenance"]),
        "minority_notes": listed(
            f"{plain(voice.name(note['organization']))}: {voice.read(note['text']).text}"
            for note in item["minority_notes"]
        ),
        "evidence": listed(
            f"[{entry['number']}] {voice.read(entry['text']).text} ({words['evidence'][entry['kind']]})"
            + (f" {entry['url']}" if entry["url"] else "")
            for entry in item["evidence"]
        ),
        "indicators": listed(
            f"{voice.read(entry['name']).text}: {entry['baseline'] or '–'} → {entry['target'] or '–'}"
            for entry in item["indicators"]
        ),
        "release": snapshot["meta"]["release"],
        "status": snapshot["meta"]["status"],
    }


def listed(values: Iterable[str]) -> str:
    """Several values in one cell."""
    return " | ".join(values)
