"""Texts that stand in one line. Pure."""

import re

_BREAKABLE = re.compile(r"[^\S\u00a0\u202f]+")


def one_line(text: str) -> str:
    """The text with single spaces for whatever parted its words, and none around it. Spaces that must not break stay:
    French sets them before a colon and inside guillemets, French and Spanish inside a number."""
    return _BREAKABLE.sub(" ", text).strip()
