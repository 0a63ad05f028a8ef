"""Keyset pagination: a cursor names the last row seen, so that the last page costs what the first does."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select
from sqlalchemy.orm import Session

PAGE_SIZE = 20
LONGEST_CURSOR = 400
LARGEST_NUMBER = 2**63
"""One more than the databases' integers hold."""


class BadCursor(ValueError):
    """The cursor in the address was not made by this site."""


@dataclass(frozen=True, slots=True)
class Slice:
    """One page of rows, and the cursor of the next one, if any."""

    rows: Sequence[Any]
    next_cursor: str | None


def encode(values: Sequence[Any]) -> str:
    raw = json.dumps(list(values), separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def decode(cursor: str, *types: type) -> list[Any]:
    """The values of a cursor, of exactly these types, and numbers such as the databases hold.

    Raises:
        BadCursor: for anything else.
    """
    if len(cursor) > LONGEST_CURSOR:
        raise BadCursor(cursor)
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error) as error:
        raise BadCursor(cursor) from error
    if not isinstance(values, list) or [type(value) for value in values] != list(types):
        raise BadCursor(cursor)
    if any(isinstance(value, int) and abs(value) >= LARGEST_NUMBER for value in values):
        raise BadCursor(cursor)
    return values


def take(session: Session, query: Select[Any], key: Any, *, size: int = PAGE_SIZE) -> Slice:
    """Run the query for one row more than a page holds; ``key`` maps a row to its cursor's values."""
    rows = session.execute(query.limit(size + 1)).all()
    if len(rows) <= size:
        return Slice(rows, None)
    return Slice(rows[:size], encode(key(rows[size - 1])))
