"""JSON: a list of objects, an object that holds one such list, or one object a line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, BinaryIO

from consultation.exchange.reading.delimited import open_text
from consultation.exchange.reading.errors import UnreadableFile

Cell = str | list[str]
LARGEST_EXACT = 2**53

# Which list to read where an object holds several.
LIST_NAMES = (
    "rows",
    "items",
    "data",
    "results",
    "records",
    "proposals",
    "comments",
    "organizations",
    "ballots",
    "votes",
)


def read_objects(stream: BinaryIO, codec: str) -> tuple[list[str], list[tuple[int, dict[str, Cell]]]]:
    """Column names in the order of their first appearance, and the rows, numbered from 1 as entries of the list.

    A value becomes text; a list of plain values stays a list of texts; anything nested is kept as JSON text.
    Raises UnreadableFile: invalid_json, no_list, several_lists, not_an_object.
    """
    with open_text(stream, codec) as text:
        source = text.read()
    rows: list[tuple[int, dict[str, Cell]]] = []
    columns: dict[str, None] = {}
    for number, entry in enumerate(_entries(source), start=1):
        if not isinstance(entry, dict):
            raise UnreadableFile("not_an_object", row=number)
        cells = {name: as_cell(value) for name, value in entry.items()}
        columns.update(dict.fromkeys(cells))
        rows.append((number, cells))
    return list(columns), rows


def as_cell(value: Any) -> Cell:
    """A JSON value as text, or as a list of texts."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return number_text(value)
    if isinstance(value, list) and all(entry is None or isinstance(entry, str | int | float) for entry in value):
        return [cell for entry in value if isinstance(cell := as_cell(entry), str)]
    return json.dumps(value, ensure_ascii=False)


def number_text(value: float) -> str:
    """A number as people write it: 7, not 7.0, as far as whole numbers are exact."""
    return str(int(value)) if value.is_integer() and abs(value) < LARGEST_EXACT else repr(value)


def _entries(source: str) -> list[Any]:
    try:
        document = json.loads(source, object_pairs_hook=_distinct)
    except json.JSONDecodeError as error:
        lines = list(_one_a_line(source))
        if lines:
            return lines
        raise UnreadableFile("invalid_json", line=error.lineno, column=error.colno) from error
    except (
        RecursionError,
        ValueError,
    ) as error:  # nested a thousand deep, or a number of thousands of digits
        raise UnreadableFile("invalid_json", line=1, column=1) from error
    if isinstance(document, list):
        return document
    if not isinstance(document, dict):
        raise UnreadableFile("no_list")
    lists = {
        name: value
        for name, value in document.items()
        if isinstance(value, list) and all(isinstance(entry, dict) for entry in value)
    }
    filled = {name: value for name, value in lists.items() if value} or lists
    if len(filled) > 1:
        filled = {name: value for name, value in filled.items() if name.lower() in LIST_NAMES} or filled
    if len(filled) > 1:
        raise UnreadableFile("several_lists", names=", ".join(filled))
    if filled:
        return next(iter(filled.values()))
    if "\n" not in source.strip():  # a single line of a file with one object a line
        return [document]
    raise UnreadableFile("no_list")


def _one_a_line(source: str) -> Iterator[Any]:
    """The objects of a file with one a line; nothing when its first line is not an object by itself."""
    lines = [(number, line) for number, line in enumerate(source.split("\n"), start=1) if line.strip()]
    for position, (number, line) in enumerate(lines):
        try:
            entry = json.loads(line, object_pairs_hook=_distinct)
        except (RecursionError, ValueError) as error:
            if position == 0:
                return
            column = error.colno if isinstance(error, json.JSONDecodeError) else 1
            raise UnreadableFile("invalid_json", line=number, column=column) from error
        if position == 0 and not isinstance(entry, dict):
            return
        yield entry


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object with nothing lost where a name stands in it twice."""
    result = dict(pairs)
    if len(result) == len(pairs):
        return result
    result = {}
    for name, value in pairs:
        unused, count = name, 1
        while unused in result:
            count += 1
            unused = f"{name}_{count}"
        result[unused] = value
    return result
