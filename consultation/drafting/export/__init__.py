"""The exported agenda: one frozen snapshot, the same content in every format.

`check` says what is wrong with a snapshot, `seal` enters its hash, and `FORMATS[name].render(snapshot,
lang, translator)` writes it. No database, no request, no clock: the same snapshot gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from consultation.drafting.export import csv, docx, html, json, markdown, pdf
from consultation.drafting.export.snapshot import (
    SnapshotError,
    check,
    digest,
    items_of,
    require,
    same_agenda,
    schema,
    seal,
)
from consultation.drafting.export.voice import LANGUAGES, Snapshot, Translator

__all__ = [
    "FORMATS",
    "LANGUAGES",
    "Format",
    "Snapshot",
    "SnapshotError",
    "Translator",
    "check",
    "digest",
    "file_name",
    "items_of",
    "require",
    "same_agenda",
    "schema",
    "seal",
]


@dataclass(frozen=True, slots=True)
class Format:
    """How one format is served, and what writes it."""

    media_type: str
    extension: str
    render: Callable[[Snapshot, str, Translator], bytes]


FORMATS: Mapping[str, Format] = {
    "pdf": Format("application/pdf", "pdf", pdf.render),
    "docx": Format("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx", docx.render),
    "html": Format("text/html; charset=utf-8", "html", html.render),
    "md": Format("text/markdown; charset=utf-8", "md", markdown.render),
    "csv": Format("text/csv; charset=utf-8; header=present", "csv", csv.render),
    "json": Format("application/json", "json", json.render),
}


def file_name(snapshot: Snapshot, lang: str, name: str) -> str:
    """A name for the download: consultation, version and language, in plain ASCII."""
    meta = snapshot["meta"]
    language = "" if name == "json" else f"-{lang}"
    return f"{meta['consultation']['slug']}-agenda-{meta['release']}{language}.{FORMATS[name].extension}"
