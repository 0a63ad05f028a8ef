"""Reading what is imported: from a file to cleaned rows, threads and ballots, with no database.

with open_table(path) as table:
    columns = map_columns("comments", table.columns, ["comment-body=text"])
    rows = place_replies(read_rows(table, columns, Options(language="fr")))
    report = ImportReport.of(table, columns)
"""

from consultation.exchange.reading.ballots import (
    BallotFigures,
    Ballots,
    assemble_ballots,
    count_latest,
    count_marks,
)
from consultation.exchange.reading.errors import BadMapping, ReadingError, UnreadableFile
from consultation.exchange.reading.fields import (
    FIELDS,
    ColumnMap,
    Kind,
    map_columns,
    parse_language,
    parse_states,
)
from consultation.exchange.reading.reasons import Reason
from consultation.exchange.reading.records import Options, read_rows
from consultation.exchange.reading.report import ImportReport, RowReport
from consultation.exchange.reading.rows import (
    BallotMark,
    CommentRow,
    OrganizationRow,
    Placement,
    ProposalRow,
    Row,
)
from consultation.exchange.reading.tables import Limits, Notice, Table, TableRow, open_table
from consultation.exchange.reading.threads import KnownComment, place_replies

__all__ = [
    "FIELDS",
    "BadMapping",
    "BallotFigures",
    "BallotMark",
    "Ballots",
    "ColumnMap",
    "CommentRow",
    "ImportReport",
    "Kind",
    "KnownComment",
    "Limits",
    "Notice",
    "Options",
    "OrganizationRow",
    "Placement",
    "ProposalRow",
    "ReadingError",
    "Reason",
    "Row",
    "RowReport",
    "Table",
    "TableRow",
    "UnreadableFile",
    "assemble_ballots",
    "count_latest",
    "count_marks",
    "map_columns",
    "open_table",
    "parse_language",
    "parse_states",
    "place_replies",
    "read_rows",
]
