"""Values between the database, the archive and the database of another kind. Pure, but for what SQLAlchemy calls types.

In the archive an instant is ISO 8601 in UTC, an identifier its 36 characters, bytes are base64, and JSON is itself.
"""

import base64
import json
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Boolean, Column, Date, Integer, LargeBinary, Text, Uuid

from consultation.kernel.orm import EnumText, PlainData, UTCDateTime

KINDS: tuple[tuple[type, str], ...] = (
    (Uuid, "uuid"),
    (UTCDateTime, "instant"),
    (PlainData, "json"),
    (LargeBinary, "bytes"),
    (Boolean, "boolean"),
    (Date, "date"),
    (Integer, "integer"),
    (EnumText, "text"),
    (Text, "text"),
)


def kind_of(column: Column[Any]) -> str:
    """What the archive calls the column's type.

    Raises:
        LookupError: it has no name for it yet.
    """
    found = next((kind for type_, kind in KINDS if isinstance(column.type, type_)), None)
    if found is None:
        raise LookupError(f"No backup knows the type of {column.table.name}.{column.name}.")
    return found


def _encode_instant(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="microseconds")


_ENCODERS: Mapping[str, Callable[[Any], Any]] = {
    "uuid": str,
    "instant": _encode_instant,
    "json": lambda value: value,
    "bytes": lambda value: base64.b64encode(value).decode(),
    "boolean": bool,
    "date": lambda value: value.isoformat(),
    "integer": int,
    "text": str,
}

#: How a driver is given a value that the archive holds: SQLite's columns hold plain text and numbers.
_FOR_SQLITE: Mapping[str, Callable[[Any], Any]] = {
    "uuid": lambda value: uuid.UUID(value).hex,
    "instant": lambda value: datetime.fromisoformat(value).astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f"),
    "json": json.dumps,
    "bytes": lambda value: base64.b64decode(value, validate=True),
    "boolean": lambda value: int(bool(value)),
    "date": lambda value: date.fromisoformat(value).isoformat(),
    "integer": int,
    "text": str,
}
_FOR_POSTGRESQL: Mapping[str, Callable[[Any], Any]] = {
    **_FOR_SQLITE,
    "uuid": lambda value: str(uuid.UUID(value)),
    "instant": lambda value: _encode_instant(datetime.fromisoformat(value)),
    "boolean": bool,
}


def encoders(kinds: list[str]) -> list[Callable[[Any], Any]]:
    """From the database to the archive, column by column; what is NULL stays so."""
    return [_unless_none(_ENCODERS[kind]) for kind in kinds]


def decoders(kinds: list[str], dialect: str) -> list[Callable[[Any], Any]]:
    """From the archive to a database's driver.

    Raises:
        KeyError: a kind that this version does not know.
    """
    table = _FOR_SQLITE if dialect == "sqlite" else _FOR_POSTGRESQL
    return [_unless_none(table[kind]) for kind in kinds]


def _unless_none(convert: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: None if value is None else convert(value)
