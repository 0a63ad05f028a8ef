"""Readers of ballot files: the ending of the name tells the form."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from .jsonlines import read_json_lines
from .pabulib import read_budget
from .preflib import read_categories, read_orders
from .scottish import read_ward
from .source import Election, ReadError, Source

READERS: dict[str, Callable[[Source], Election]] = {
    **{f".{kind}": partial(read_orders, kind=kind) for kind in ("soc", "soi", "toc", "toi")},
    ".cat": read_categories,
    ".pb": read_budget,
    ".csv": read_ward,
    ".jsonl": read_json_lines,
    ".ndjson": read_json_lines,
}


def read(path: Path) -> Election:
    """The ballots of a file. Raises ReadError: the file, the line, and what was expected there."""
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise ReadError(path.name, None, f"the ending {path.suffix!r} is not known; known are {' '.join(READERS)}")
    return reader(Source.open(path))


__all__ = ["READERS", "Election", "ReadError", "read"]
