"""Putting tables into a ZIP file that is the same, byte for byte, whenever the data are the same."""

import hashlib
import io
import zipfile
from collections.abc import Iterable
from typing import Any

from consultation.exchange.bundle.tables import Table, pretty
from consultation.exchange.bundle.wording import README, licence_text

FORMAT = 1
EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a ZIP file can hold."""


def archive(about: dict[str, Any], tables: Iterable[Table]) -> bytes:
    """The bundle. ``about`` describes the consultation."""
    tables = list(tables)
    files = {
        "README.txt": README.format(title=about["title"]["en"], tables=_listed(tables)).encode(),
        "LICENCE.txt": licence_text().encode(),
        "consultation.json": pretty(about),
        "schema.json": pretty(_schema(tables)),
    }
    for table in tables:
        files[f"json/{table.name}.json"] = table.json()
        files[f"csv/{table.name}.csv"] = table.csv()
    files["manifest.json"] = pretty(
        {
            "format": FORMAT,
            "consultation": about["slug"],
            "rows": {table.name: len(table.rows) for table in tables},
            "files": {
                name: {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
                for name, content in sorted(files.items())
            },
        }
    )
    return _zipped(files)


def _zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as bundle:
        for name, content in sorted(files.items()):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            bundle.writestr(entry, content)
    return out.getvalue()


def _schema(tables: Iterable[Table]) -> dict[str, Any]:
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Open data of a consultation: each definition describes the file of that name in the folder json",
        "$defs": {table.name: table.schema() for table in tables},
    }


def _listed(tables: Iterable[Table]) -> str:
    return "\n".join(f"  {table.name:<14} {table.meaning}" for table in tables)
