"""A table of the bundle: named columns with their meaning, and rows."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from consultation.kernel.tables import BOM, neutral

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Column:
    """``type``: a type of JSON Schema, or several with a space between; ``meaning`` is for readers of the schema."""

    name: str
    type: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Table:
    """``rows`` hold plain values (texts, numbers, lists, objects; instants are written in UTC) by column name."""

    name: str
    meaning: str
    columns: tuple[Column, ...]
    rows: Sequence[Row]

    def json(self) -> bytes:
        """A list of objects, with the texts as they are."""
        rows = [{column.name: plain(row[column.name]) for column in self.columns} for row in self.rows]
        return pretty(rows)

    def csv(self) -> bytes:
        """UTF-8 with a mark, comma, CRLF (RFC 4180). A cell that a spreadsheet could take for a formula gets an
        apostrophe before it; lists and objects are JSON texts."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow([column.name for column in self.columns])
        for row in self.rows:
            writer.writerow([_cell(plain(row[column.name])) for column in self.columns])
        return (BOM + out.getvalue()).encode()

    def schema(self) -> dict[str, Any]:
        """JSON Schema 2020-12 of the JSON file."""
        properties = {
            column.name: {"type": _types(column.type), "description": column.meaning} for column in self.columns
        }
        return {
            "description": self.meaning,
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": [column.name for column in self.columns],
                "properties": properties,
            },
        }


def columns(described: Mapping[str, tuple[str, str]]) -> tuple[Column, ...]:
    """Columns from name → (type, meaning)."""
    return tuple(Column(name, kind, meaning) for name, (kind, meaning) in described.items())


def plain(value: Any) -> Any:
    """A value as JSON has it."""
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if value is None or isinstance(value, bool | int | float | str | list | dict):
        return value
    return str(value)


def pretty(value: Any) -> bytes:
    """JSON for people to read: UTF-8, two spaces."""
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()


def _types(named: str) -> str | list[str]:
    types = named.split()
    return types[0] if len(types) == 1 else types


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | dict):
        value = json.dumps(value, ensure_ascii=False)
    return neutral(value)
