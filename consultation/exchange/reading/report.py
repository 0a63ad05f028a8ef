"""What became of every row of an import, as figures, as JSON and as sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from consultation.exchange.reading.errors import N_
from consultation.exchange.reading.fields import ColumnMap
from consultation.exchange.reading.reasons import Reason
from consultation.exchange.reading.rows import Row
from consultation.exchange.reading.tables import Notice, Table

Status = Literal["imported", "unchanged", "flagged", "rejected"]


@dataclass(frozen=True, slots=True)
class RowReport:
    """One line of the report."""

    row: int
    ref: str | None
    status: Status
    reasons: tuple[Reason, ...]

    def to_dict(self) -> dict[str, Any]:
        """As in the JSON report."""
        return {
            "row": self.row,
            "ref": self.ref,
            "status": self.status,
            "reasons": [reason.value for reason in self.reasons],
        }

    def explanations(self, gettext: Callable[[str], str] = N_) -> list[str]:
        """The reasons as sentences, in the language of ``gettext``."""
        return [gettext(reason.explanation) for reason in self.reasons]


@dataclass
class ImportReport:
    """The report of one import; each row of the file is added once, with what was done with it."""

    format: str
    encoding: str | None
    delimiter: str | None
    mapped: dict[str, tuple[str, ...]]
    unmapped: tuple[str, ...]
    notices: tuple[Notice, ...] = ()
    rows: list[RowReport] = field(default_factory=list)

    @classmethod
    def of(cls, table: Table, columns: ColumnMap) -> ImportReport:
        """An empty report that says how the file was read."""
        return cls(table.format, table.encoding, table.delimiter, columns.fields, columns.unmapped, table.notices)

    def add(self, row: Row, *, stored: bool = True, unchanged: bool = False, also: Iterable[Reason] = ()) -> RowReport:
        """Add a row. ``stored``: it was imported, now or (``unchanged``) before; ``also``: reasons found meanwhile.

        A row that its own reasons reject counts as rejected; one that was imported for a reason counts as flagged.
        """
        reasons = tuple(dict.fromkeys((*row.reasons, *also)))
        status: Status = "flagged" if reasons else "imported"
        if row.rejected or not stored:
            status = "rejected"
        elif unchanged:
            status = "unchanged"
        line = RowReport(row.number, row.ref, status, reasons)
        self.rows.append(line)
        return line

    @property
    def counts(self) -> dict[str, int]:
        """read = imported + unchanged + flagged + rejected."""
        by_status = Counter(line.status for line in self.rows)
        return {
            "read": len(self.rows),
            "imported": by_status["imported"],
            "unchanged": by_status["unchanged"],
            "flagged": by_status["flagged"],
            "rejected": by_status["rejected"],
        }

    @property
    def reasons(self) -> Counter[Reason]:
        """How many rows each reason was found in, whatever their status."""
        return Counter(reason for line in self.rows for reason in line.reasons)

    def to_dict(self) -> dict[str, Any]:
        """The JSON report of the contract; what follows ``rows`` are additions to it."""
        return {
            **self.counts,
            "rows": [line.to_dict() for line in self.rows],
            "reasons": {reason.value: count for reason, count in sorted(self.reasons.items())},
            "columns": {name: list(sources) for name, sources in self.mapped.items()},
            "unmapped": list(self.unmapped),
            "format": self.format,
            "encoding": self.encoding,
            "delimiter": self.delimiter,
            "notices": [
                {"code": notice.code, "message": notice.message(), "params": notice.params} for notice in self.notices
            ],
        }

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> ImportReport:
        """The report again, from its JSON."""
        return cls(
            format=kept["format"],
            encoding=kept["encoding"],
            delimiter=kept["delimiter"],
            mapped={name: tuple(sources) for name, sources in kept["columns"].items()},
            unmapped=tuple(kept["unmapped"]),
            notices=tuple(Notice(notice["code"], notice["params"]) for notice in kept["notices"]),
            rows=[
                RowReport(line["row"], line["ref"], line["status"], tuple(map(Reason, line["reasons"])))
                for line in kept["rows"]
            ],
        )
