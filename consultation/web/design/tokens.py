"""The design's colours where no style sheet reaches: in mail and in documents. They are read from the tokens' own file,
so that a letter and a page cannot disagree."""

import re
from functools import cache
from pathlib import Path

from consultation.config import ROOT

FILE = ROOT / "static" / "css" / "design" / "tokens.css"
_COLOUR = re.compile(r"--([a-z0-9-]+): (#[0-9a-f]{6});")


@cache
def colours(file: Path = FILE) -> dict[str, str]:
    """The light colours by their names, ``paper`` or ``theme-1``, as ``#rrggbb``: paper and mail have one scheme."""
    found: dict[str, str] = {}
    for name, value in _COLOUR.findall(file.read_text("utf-8")):
        found.setdefault(name, value)
    return found
