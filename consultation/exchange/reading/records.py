"""From the cells of a table to cleaned rows. Nothing is dropped: what cannot be used stays in ``original``."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from consultation.exchange.reading.fields import FIELDS, ColumnMap, Kind, Shape, parse_language
from consultation.exchange.reading.objects import Cell
from consultation.exchange.reading.reasons import Reason
from consultation.exchange.reading.rows import AnyRow, BallotMark, CommentRow, OrganizationRow, ProposalRow
from consultation.exchange.reading.tables import TableRow
from consultation.exchange.reading.text import (
    TITLE_LIMIT,
    clean_line,
    clean_text,
    derive_title,
    shorten,
    storable,
)
from consultation.exchange.reading.values import (
    read_date_parts,
    read_language,
    read_list,
    read_stance,
    read_url,
)
from consultation.proposals.rules import tidy

LINE_LIMIT = 200
ENTRIES_LIMIT = 50
TOP_LEVEL = frozenset({"", "-1", "null", "none", "nil"})
EMPTY_VALUES: dict[Shape, Any] = {"text": "", "line": "", "list": (), "languages": ()}


@dataclass(frozen=True, slots=True)
class Options:
    """What holds for the whole file.

    ``language``: of rows that name none. ``states``: value in the file (casefolded) -> state. ``default_state``: for
    rows without a state, and for values that ``states`` does not name where ``publish`` was asked for (the rest are
    to be published); otherwise such a value is flagged, and the row is submitted. ``zone``: of dates that name none.
    """

    language: str | None = None
    states: Mapping[str, str] | None = None
    default_state: str = "submitted"
    zone: dt.tzinfo = dt.UTC


class _Sheet:
    """One row under the reader: takes values from cells, and notes reasons and sources."""

    def __init__(self, row: TableRow, columns: ColumnMap, options: Options) -> None:
        self.row = row
        self.columns = columns
        self.options = options
        self.reasons: dict[Reason, None] = {}
        mapped = {column for sources in columns.fields.values() for column in sources}
        self.original = {
            name: _storable(cell) for name, cell in row.cells.items() if name not in mapped and _filled(cell)
        }
        if row.surplus:
            self.note(Reason.CELLS_SURPLUS)

    def note(self, reason: Reason | None, sources: Iterable[str] = ()) -> None:
        """Flag the row, and keep the cells that the reason is about."""
        if reason is not None:
            self.reasons[reason] = None
            for name in sources:
                if _filled(cell := self.row.cells[name]):
                    self.original[name] = _storable(cell)

    def read(self, name: str, shape: Shape) -> Any:
        """The value of a field, its empty value where the file has none."""
        sources = self.columns.fields.get(name, ())
        cells = [self.row.cells[source] for source in sources]
        if not any(map(_filled, cells)):
            return EMPTY_VALUES.get(shape)
        if shape == "text":
            return self._text(cells, sources)
        if shape in {"list", "languages"}:
            return self._list(cells, sources, shape)
        plain = [cell if isinstance(cell, str) else ", ".join(cell) for cell in cells]
        value: Any
        if shape == "line":
            value, reasons = clean_line(plain[0])
            for found in reasons:
                self.note(found, sources)
            return value
        if shape == "date":
            value, reason = read_date_parts(plain, self.options.zone)
        elif shape == "language":
            value, reason = read_language(plain[0])
        elif shape == "url":
            value, reason = read_url(plain[0])
        elif shape == "stance":
            value, reason = read_stance(plain[0])
        else:
            value, reason = self._state(plain[0])
        self.note(reason, sources)
        return value

    def _text(self, cells: list[Cell], sources: tuple[str, ...]) -> str:
        paragraphs = []
        for cell, source in zip(cells, sources, strict=True):
            entries = [cell] if isinstance(cell, str) else cell
            cleaned = []
            for entry in entries:
                text, reasons = clean_text(entry)
                for reason in reasons:
                    self.note(reason, (source,))
                if text:
                    cleaned.append(text)
            paragraphs += cleaned if isinstance(cell, str) else ["\n".join(f"- {entry}" for entry in cleaned)]
        return "\n\n".join(paragraph for paragraph in paragraphs if paragraph)

    def _list(self, cells: list[Cell], sources: tuple[str, ...], shape: Shape) -> tuple[str, ...]:
        entries: dict[str, None] = {}
        for cell, source in zip(cells, sources, strict=True):
            for part in read_list(cell) if isinstance(cell, str) else cell:
                entry: str | None
                entry, reasons = clean_line(part)
                for reason in reasons:
                    self.note(reason, (source,))
                if shape == "languages":
                    entry, unknown = read_language(entry or "")
                    self.note(unknown, (source,))
                if entry:
                    entries[self.fit(entry, (source,))] = None
        if len(entries) > ENTRIES_LIMIT:
            self.note(Reason.VALUE_SHORTENED, sources)
        return tuple(entries)[:ENTRIES_LIMIT]

    def _state(self, text: str) -> tuple[str | None, Reason | None]:
        value = text.strip().casefold()
        state = (self.options.states or {}).get(value)
        if state or not value or self.options.default_state != "submitted":
            return state, None
        return None, Reason.STATE_UNKNOWN

    def fit(self, line: str, sources: Iterable[str]) -> str:
        """A line that fits its field."""
        if len(line) <= LINE_LIMIT:
            return line
        self.note(Reason.VALUE_SHORTENED, sources)
        return shorten(line, LINE_LIMIT)


def read_rows(table: Iterable[TableRow], columns: ColumnMap, options: Options | None = None) -> Iterator[AnyRow]:
    """The rows of a table in the order of the file, one for one; those with ``rejected`` are not to be imported.

    Raises BadMapping for an unknown language in the options, and what iterating over the table raises.
    """
    options = options or Options()
    language = parse_language(options.language)
    shapes = [(field.name, field.shape) for field in FIELDS[columns.kind]]
    seen: Counter[str] = Counter()
    for row in table:
        sheet = _Sheet(row, columns, options)
        values = {name: sheet.read(name, shape) for name, shape in shapes}
        digest = _digest({name: value for name, value in values.items() if name != "state"})
        for name, shape in shapes:
            # The title is cut later, for its rest goes to the text.
            if shape == "line" and name != "title":
                values[name] = sheet.fit(values[name], columns.fields.get(name, ()))
        ref = values.pop("code" if columns.kind is Kind.ORGANIZATIONS else "ref", "") or None
        own = f"ref:{ref}" if ref else f"content:{digest}"
        occurrence = seen[own]
        seen[own] += 1
        if ref and occurrence:
            sheet.note(Reason.DUPLICATE_REF)
        if "language" in values and Reason.LANGUAGE_UNKNOWN not in sheet.reasons:
            values["language"] = values["language"] or language
        if "state" in values:
            unclear = Reason.STATE_UNKNOWN in sheet.reasons
            values["state"] = values["state"] or ("submitted" if unclear else options.default_state)
        _FINISH[columns.kind](sheet, values)
        yield _ROWS[columns.kind](
            number=row.number,
            ref=ref,
            occurrence=occurrence,
            digest=digest,
            identity=identity(columns.kind.value, own, occurrence),
            reasons=tuple(sheet.reasons),
            original=sheet.original,
            **values,
        )


def _finish_organization(sheet: _Sheet, values: dict[str, Any]) -> None:
    if not (values["name"] or values["name_fr"] or values["name_es"]):
        sheet.note(Reason.EMPTY)


def _finish_proposal(sheet: _Sheet, values: dict[str, Any]) -> None:
    title = values["title"]
    if not title:
        text = values["remedy"] or values["barrier"] or values["evidence"]
        values["title"] = derive_title(text)
        sheet.note(Reason.TITLE_DERIVED if text else Reason.EMPTY)
    elif len(title) > TITLE_LIMIT:
        values["title"] = shorten(title)
        first = next((name for name in ("barrier", "remedy", "evidence") if values[name]), "remedy")
        values[first] = f"{title}\n\n{values[first]}".rstrip()
        sheet.note(Reason.TITLE_SHORTENED)


def _finish_comment(sheet: _Sheet, values: dict[str, Any]) -> None:
    if values["parent_ref"].lower() in TOP_LEVEL:
        values["parent_ref"] = ""
    # As a comment is stored, so that nothing of its text is left to do while others wait to write.
    values["text"] = tidy(values["text"])
    if not values["text"]:
        sheet.note(Reason.EMPTY)


def _finish_mark(sheet: _Sheet, values: dict[str, Any]) -> None:
    if not values["voter"] or not values["item"]:
        sheet.note(Reason.INCOMPLETE)


_FINISH = {
    Kind.ORGANIZATIONS: _finish_organization,
    Kind.PROPOSALS: _finish_proposal,
    Kind.COMMENTS: _finish_comment,
    Kind.BALLOTS: _finish_mark,
}
_ROWS: dict[Kind, type[AnyRow]] = {
    Kind.ORGANIZATIONS: OrganizationRow,
    Kind.PROPOSALS: ProposalRow,
    Kind.COMMENTS: CommentRow,
    Kind.BALLOTS: BallotMark,
}


def _filled(cell: Cell) -> bool:
    return bool(cell.strip()) if isinstance(cell, str) else any(entry.strip() for entry in cell)


def _storable(cell: Cell) -> Cell:
    return storable(cell) if isinstance(cell, str) else [storable(entry) for entry in cell]


def identity(kind: str, own: str, occurrence: int) -> str:
    """What a row is known by, SHA-256 in hex: its kind, its ``ref:`` or ``content:``, and which one in the file."""
    return _digest([kind, own, occurrence])


def _digest(content: Any) -> str:
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, default=str, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
