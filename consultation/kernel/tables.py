"""Cells of tables that people open in a spreadsheet."""

BOM = "\ufeff"
"""Tells spreadsheet programs that the file is UTF-8."""

ACTIVE = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""Beginnings that a spreadsheet may take for a formula (OWASP, CSV Injection), full-width forms included."""


def neutral(value: object) -> str:
    """A cell that no spreadsheet takes for a formula: an apostrophe goes before one that looks like it."""
    cell = "" if value is None else str(value)
    return f"'{cell}" if cell.startswith(ACTIVE) and not isinstance(value, int) else cell
