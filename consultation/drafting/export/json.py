"""The agenda as JSON: the snapshot itself, described by agenda.schema.json. One file for all languages."""

from __future__ import annotations

import json

from consultation.drafting.export.snapshot import require
from consultation.drafting.export.voice import Snapshot, Translator


def render(snapshot: Snapshot, lang: str, translator: Translator) -> bytes:
    """Indented UTF-8 with sorted keys. `lang` and `translator` are accepted as in every format, and not used:
    the data holds the three languages side by side. Raise `SnapshotError` for what may not be exported."""
    require(snapshot)
    return (json.dumps(snapshot, sort_keys=True, ensure_ascii=False, indent=2, allow_nan=False) + "\n").encode()
