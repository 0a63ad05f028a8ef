"""The design's colours and letters where no style sheet reaches: in mail and in documents. They are read from the
tokens' own file, so that a letter, a document and a page cannot disagree. Here, at the bottom, since rooms that know no
web framework need them too."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from consultation.config import ROOT

FILE = ROOT / "static" / "css" / "design" / "tokens.css"
_COLOUR = re.compile(r"--([a-z0-9-]+): (#[0-9a-f]{6});")
_PAIR = re.compile(r"--([a-z0-9-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)")
_FACES = re.compile(r"--(sans|serif|code): ([^;]+);")


@cache
def colours(file: Path = FILE) -> Mapping[str, str]:
    """The light colours by their names, ``paper`` or ``theme-1``, as ``#rrggbb``: paper and mail have one scheme."""
    found: dict[str, str] = {}
    for name, value in _COLOUR.findall(file.read_text("utf-8")):
        found.setdefault(name, value)
    return found


@cache
def schemes(file: Path = FILE) -> Mapping[str, tuple[str, str]]:
    """Each colour in light and in dark, for files that a browser shows without our style sheet."""
    return {name: (light, dark) for name, light, dark in _PAIR.findall(file.read_text("utf-8"))}


@cache
def faces(file: Path = FILE) -> Mapping[str, str]:
    """The families of ``sans``, ``serif`` and ``code`` as CSS writes them, ours first and then what stands in for it;
    without the fallbacks that exist in our style sheet alone."""
    return {
        name: ", ".join(family for family in families.split(", ") if "Fallback" not in family)
        for name, families in _FACES.findall(file.read_text("utf-8"))
    }


def face(name: str) -> str:
    """The first family of a kind of letters: Source Serif 4 for ``serif``."""
    return faces()[name].partition(",")[0].strip('"')


def theme_colour(code: str) -> str:
    """A theme's colour by its code, T1 to T8; the accent for what has none."""
    return colours().get(f"theme-{code.removeprefix('T')}", colours()["accent"])
