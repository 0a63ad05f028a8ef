"""The agenda as DOCX, for the staff to finish: real heading styles, a contents field, page numbers."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime

from consultation.drafting.export.outline import build
from consultation.drafting.export.voice import Snapshot, Translator

_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time a ZIP can carry: given to every member, so that the same snapshot gives the same bytes."""


def render(snapshot: Snapshot, lang: str, translator: Translator) -> bytes:
    """Office Open XML. Raise `SnapshotError` for what may not be exported."""
    from consultation.drafting.export.docx_writer import Writer  # python-docx: loaded only where it is used

    document = build(snapshot, lang, translator)
    released = datetime.fromisoformat(document.released_at).replace(microsecond=0).astimezone(UTC).replace(tzinfo=None)
    picture = io.BytesIO()
    import segno

    segno.make(document.cover.url, error="m", micro=False).save(picture, kind="png", scale=6, border=4)
    writer = Writer(document, released)
    writer.cover(picture.getvalue())
    writer.contents()
    for block in document.blocks:
        writer.put(block)
    return _undated(writer.save())


def _undated(archive: bytes) -> bytes:
    """The same ZIP with fixed times."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            entry = zipfile.ZipInfo(member.filename, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, old.read(member))
    return out.getvalue()
