"""Refusals: a file, a mapping or an option that cannot be used, said to the person who gave it.

Each has a stable ``code`` (for programs), ``params`` (facts about the file) and an English message template
that serves as the gettext message id: what happened, then what to do.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def N_(message: str) -> str:  # noqa: N802 - the name that gettext tools look for
    """Mark a message for the catalogues; it is translated where it is shown."""
    return message


MESSAGES: dict[str, str] = {
    "empty_file": N_("The file is empty. Check that it was exported or uploaded completely."),
    "too_large": N_(
        "The file has %(size)s MB; at most %(limit)s MB can be read at once. "
        "Split it into several files and import them one after the other."
    ),
    "too_many_rows": N_(
        "The file has more than %(limit)s rows. Split it into several files and import them one after the other."
    ),
    "too_many_columns": N_(
        "Row %(row)s has more than %(limit)s columns. Check that the right separator was chosen, "
        "and remove the columns that are not needed."
    ),
    "cell_too_large": N_(
        "A cell in row %(row)s holds more than %(limit)s characters. Often a quotation mark before it was never "
        "closed. Correct that row, or shorten its text, and import the file again."
    ),
    "row_too_large": N_(
        "Row %(row)s holds more than %(limit)s characters. Correct or shorten it, and import the file again."
    ),
    "unclosed_quote": N_(
        "A quotation mark opened in row %(row)s is never closed, so that the rest of the file would be read "
        "as one cell. Close or double it, and import the file again."
    ),
    "binary_file": N_(
        "This is not a table: the file holds binary data. Save it as CSV (UTF-8), XLSX or JSON, and import that file."
    ),
    "web_page": N_(
        "This is a web page, not a table. Often a download that needs a sign-in gives such a page in place of the "
        "file. Download the table again, and open it once before you import it."
    ),
    "old_spreadsheet": N_(
        "This is a spreadsheet of the old XLS format. Open it and save it as XLSX or CSV (UTF-8), and import that file."
    ),
    "password_protected": N_(
        "The spreadsheet is protected by a password. Save a copy without the password, and import the copy."
    ),
    "not_a_spreadsheet": N_(
        "This compressed file is not an XLSX spreadsheet. Save the table as XLSX or CSV (UTF-8), and import that file."
    ),
    "damaged_spreadsheet": N_(
        "The spreadsheet is damaged and cannot be read. Open it, save it again as XLSX or CSV (UTF-8), "
        "and import that file."
    ),
    "expands_too_much": N_(
        "Unpacked, the spreadsheet would take %(size)s MB, which is more than the %(limit)s MB that are safe to read. "
        "Copy its values alone into a new spreadsheet, and import that file."
    ),
    "damaged_text": N_(
        "The text is damaged at byte %(offset)s, near line %(line)s: it is written in %(encoding)s up to there, "
        "and what follows is not. The file may have been cut off, or put together from files with different "
        "encodings. Export it again as UTF-8."
    ),
    "unknown_encoding": N_(
        "The encoding %(encoding)s is not known here. Choose one of these: %(choices)s, or save the file as UTF-8."
    ),
    "undetected_encoding": N_(
        "The encoding of the file could not be recognized: byte %(offset)s, near line %(line)s, is neither UTF-8 nor "
        "Windows-1252. Export the file again as UTF-8."
    ),
    "unknown_delimiter": N_("%(delimiter)s is not a separator that can be used. Choose one of these: %(choices)s."),
    "no_header": N_(
        "The first row does not hold column names. Add a first row that names each column, and import the file again."
    ),
    "no_rows": N_("The file has column names, and no row below them. Check that the export was complete."),
    "invalid_json": N_(
        "The file is not valid JSON: an error stands in line %(line)s, column %(column)s. It may have been cut off. "
        "Export it again."
    ),
    "no_list": N_(
        "The JSON file holds no list of objects. Give a list with one object for each row, "
        "or an object that holds one such list."
    ),
    "several_lists": N_(
        "The JSON file holds several lists (%(names)s), and which of them to read is not clear. "
        "Keep the one that you want to import."
    ),
    "not_an_object": N_(
        "Entry %(row)s of the JSON list is not an object with named fields. Correct it, and import the file again."
    ),
    "wrong_columns": N_(
        "None of the columns is known. The file has: %(found)s. Expected are: %(expected)s. "
        "Rename the columns, or say which is which."
    ),
    "one_column": N_(
        "The file was read as a single column, named %(found)s. Its columns must be separated by commas, semicolons or "
        "tabs. Save it like that, and import that file."
    ),
    "field_missing": N_(
        "No column was recognized for what every row needs: %(needed)s. The file has: %(found)s. "
        "Say which column it is."
    ),
    "bad_map": N_(
        "%(given)s cannot be read as a mapping. Write the name of the column, an equals sign and "
        "the name of the field: --map COLUMN=FIELD."
    ),
    "unknown_column": N_("The file has no column named %(column)s. It has: %(found)s."),
    "unknown_field": N_("There is no field named %(field)s. The fields are: %(expected)s."),
    "field_mapped_twice": N_(
        "The field %(field)s can come from one column only, and was given several: %(columns)s. Choose one of them."
    ),
    "column_mapped_twice": N_(
        "The column %(column)s was given two fields: %(fields)s. A column can go to one field only; choose one of them."
    ),
    "bad_language": N_(
        "%(language)s is not a language code. Give a code of two or three letters, such as en, fr or es."
    ),
    "bad_state": N_(
        "%(given)s cannot be read as a state. Write the value in the file, an equals sign and one of these: "
        "%(choices)s."
    ),
}


class ReadingError(ValueError):
    """Something given for an import cannot be used. Nothing was imported."""

    def __init__(self, code: str, **params: Any) -> None:
        self.code = code
        self.params = params
        super().__init__(self.message())

    def message(self, gettext: Callable[[str], str] = N_) -> str:
        """The sentence for people, in the language of ``gettext``."""
        return gettext(MESSAGES[self.code]) % self.params


class UnreadableFile(ReadingError):
    """The file as a whole is refused. May also be raised in the middle of iterating over its rows."""


class BadMapping(ReadingError):
    """The columns do not fit the fields, or ``--map``, ``--state`` or ``--language`` were given wrongly."""
