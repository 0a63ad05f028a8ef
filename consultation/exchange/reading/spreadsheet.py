"""XLSX: the first sheet that can be seen, streamed; formulas are never evaluated, their stored results are read."""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Iterator
from typing import Any, BinaryIO

from consultation.exchange.reading.errors import UnreadableFile
from consultation.exchange.reading.objects import number_text

OLE_START = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP_START = b"PK\x03\x04"
# A sheet of repeated text shrinks fifty-fold; beyond two hundred nobody typed it.
SAFE_RATIO = 200
RATIO_COUNTS_FROM = 20_000_000
MAX_PARTS = 2000
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def refuse_ole(stream: BinaryIO) -> None:
    """Refuse the container of old spreadsheets and of those protected by a password."""
    stream.seek(0)
    protected = _ENCRYPTED in stream.read()
    raise UnreadableFile("password_protected" if protected else "old_spreadsheet")


class Workbook:
    """An opened spreadsheet: ``sheet``, the name of the one that is read, and ``others``, which are not."""

    def __init__(self, stream: BinaryIO, *, unpacked_limit: int) -> None:
        """Raises UnreadableFile: not_a_spreadsheet, damaged_spreadsheet, expands_too_much, password_protected."""
        _check_parts(stream, unpacked_limit)
        # Here, for start-up must stay fast.
        from openpyxl import load_workbook

        stream.seek(0)
        try:
            self._book = load_workbook(stream, read_only=True, data_only=True, keep_links=False)
            sheets = self._book.worksheets
        except Exception as error:  # a forged file can fail anywhere within the library
            raise UnreadableFile("damaged_spreadsheet") from error
        visible = [sheet for sheet in sheets if sheet.sheet_state == "visible"] or sheets
        if not visible:
            raise UnreadableFile("damaged_spreadsheet")
        self._sheet = visible[0]
        self.sheet: str = self._sheet.title
        self.others: tuple[str, ...] = tuple(sheet.title for sheet in sheets if sheet is not self._sheet)

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """(row number, cells) of each row, rows without anything left out but counted; the first is 1."""
        try:
            self._sheet.reset_dimensions()  # what the file claims about its size is often wrong
            for number, values in enumerate(self._sheet.iter_rows(values_only=True), start=1):
                cells = [_as_text(value) for value in values]
                while cells and not cells[-1]:
                    cells.pop()
                if cells:
                    yield number, cells
        except UnreadableFile:
            raise
        except Exception as error:
            raise UnreadableFile("damaged_spreadsheet") from error


def _check_parts(stream: BinaryIO, unpacked_limit: int) -> None:
    """Look at the declared sizes only; zipfile never unpacks more of a part than it declares."""
    stream.seek(0, 2)
    size = stream.tell()
    stream.seek(0)
    try:
        with zipfile.ZipFile(stream) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise UnreadableFile("damaged_spreadsheet") from error
    if any(part.flag_bits & 1 for part in parts):
        raise UnreadableFile("password_protected")
    if not any(part.filename == "xl/workbook.xml" for part in parts):
        raise UnreadableFile("not_a_spreadsheet")
    unpacked = sum(part.file_size for part in parts)
    limit = min(unpacked_limit, max(RATIO_COUNTS_FROM, size * SAFE_RATIO))
    if unpacked > limit or len(parts) > MAX_PARTS:
        raise UnreadableFile("expands_too_much", size=unpacked // 1_000_000, limit=limit // 1_000_000)


def _as_text(value: Any) -> str:
    """A cell as the text that a CSV of the same sheet would hold, dates in ISO form."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return number_text(value)
    if isinstance(value, dt.datetime):
        midnight = value.time() == dt.time()
        return value.date().isoformat() if midnight else value.isoformat(sep=" ", timespec="seconds")
    return str(value)
