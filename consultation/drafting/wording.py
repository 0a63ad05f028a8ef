"""What the exported agenda says of itself, in three languages, kept as data beside this file.

A snapshot holds all three languages at once, so these sentences cannot come from the language of a request."""

import json
from functools import cache
from importlib.resources import files
from typing import Any

from consultation.kernel.orm import LANGUAGES

Localized = dict[str, str]


@cache
def _wording() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(files(__package__).joinpath("wording.json").read_text(encoding="utf-8"))
    return loaded


def sentence(*path: str) -> Localized:
    """The sentence at a path of the file, in each language."""
    found: Any = _wording()
    for step in path:
        found = found[step]
    return dict(found)


def licence() -> dict[str, Any]:
    """Under which licence everything public may be used: its ``name`` in each language and its ``url``. The agenda
    and the bundle of open data both take it from here."""
    return {"name": sentence("licence", "name"), "url": str(_wording()["licence"]["url"])}


def sentences(name: str) -> list[Localized]:
    return [dict(entry) for entry in _wording()[name]]


def filled(*path: str, **values: str | Localized) -> Localized:
    """The sentence with its ``%(name)s`` filled in; a value may itself differ by language."""
    pattern = sentence(*path)
    return {
        language: pattern[language]
        % {name: value[language] if isinstance(value, dict) else value for name, value in values.items()}
        for language in LANGUAGES
    }
