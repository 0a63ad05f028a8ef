"""The shared vocabularies in three languages: themes, critical issues, sectors, places, legal instruments.

Each vocabulary is one JSON file beside this module: a list of terms, parents before their children, in the
order in which they are shown. The reader checks a file when it loads it, so that a slip in a translation
shows at start-up and never on a page.

Codes of places follow ISO 3166-1 and 3166-2 where there is one. Our own begin with ``x-``, alone or after a
country (``CA-x-inuit``), as private-use subtags do in BCP 47, so that no code ISO gives out later collides.
Indigenous governments and Nations have a root of their own, ``x-indigenous``: they stand under no country.

The year of a legal instrument is the one in which it was adopted or enacted; later consolidations do not
count. An article has the year of its constitution; an amendment, and a section added to a code, has its own.
``official`` says in which languages the title is the legislator's own; elsewhere, and in what stands
between parentheses or names a section, it is this project's translation and should be shown as such.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

LANGUAGES = ("en", "fr", "es")

#: What can be loaded, each kind after those its terms point to.
KINDS = ("themes", "issues", "sectors", "jurisdiction_levels", "jurisdictions", "legal_instruments")

_OWN_FIELDS = frozenset({"code", "parent", "labels", "short"})


class VocabularyError(ValueError):
    """A vocabulary is unknown, or its file breaks a rule; the message names the file, term and rule."""


@dataclass(frozen=True, slots=True)
class Term:
    """One entry of a vocabulary.

    ``labels`` and ``short`` map a language (``en``, ``fr``, ``es``) to text; ``short`` is a label for tight
    places, None where the full one is short enough. ``data`` holds what the kind adds: ``slug`` (themes,
    issues); ``country``, ``level`` (jurisdictions); ``scope``, ``country``, ``jurisdiction``, ``kind``,
    ``year``, ``official`` and sometimes ``citation`` (legal instruments). All three are read-only, and
    shared: take ``dict(term.data)`` where JSON is wanted.
    """

    code: str
    parent: str | None
    labels: Mapping[str, str] = field(hash=False)
    short: Mapping[str, str] | None = field(hash=False)
    data: Mapping[str, Any] = field(hash=False)


@cache
def load(kind: str) -> tuple[Term, ...]:
    """The terms of a vocabulary, parents before children, in the order of display.

    Raises:
        VocabularyError: when there is no such vocabulary, or its file breaks a rule.
    """
    if kind not in KINDS:
        raise VocabularyError(f"There is no vocabulary {kind!r}. Use one of: {', '.join(KINDS)}.")
    text = files(__name__).joinpath(f"{kind}.json").read_text(encoding="utf-8")
    return parse(text, kind)


def parse(text: str, name: str) -> tuple[Term, ...]:
    """Read and check the JSON ``text`` of a vocabulary; ``name`` says in errors which one it is.

    A code stands once; a parent stands before its children, which also rules out circles; labels, and short
    labels where there are any, are complete in exactly the three languages.

    Raises:
        VocabularyError: when a rule is broken.
    """
    try:
        entries = json.loads(text)
    except json.JSONDecodeError as error:
        raise VocabularyError(f"{name}: not valid JSON ({error}).") from error
    if not isinstance(entries, list) or not entries:
        raise VocabularyError(f"{name}: expected a list with at least one term.")
    terms: dict[str, Term] = {}
    for position, entry in enumerate(entries, start=1):
        term = _term(entry, f"{name}, term {position}")
        if term.code in terms:
            raise VocabularyError(f"{name}: the code {term.code!r} stands twice.")
        if term.parent is not None and term.parent not in terms:
            raise VocabularyError(f"{name}: {term.code!r} has the parent {term.parent!r}, which no earlier term has.")
        terms[term.code] = term
    return tuple(terms.values())


def _term(entry: Any, where: str) -> Term:
    if not isinstance(entry, dict) or not entry.keys() >= _OWN_FIELDS:
        raise VocabularyError(f"{where}: expected an object with {', '.join(sorted(_OWN_FIELDS))}.")
    code, parent, short = entry["code"], entry["parent"], entry["short"]
    if not isinstance(code, str) or not code.strip():
        raise VocabularyError(f"{where}: the code is empty.")
    if parent is not None and not isinstance(parent, str):
        raise VocabularyError(f"{where} ({code}): the parent must be a code or null.")
    return Term(
        code=code,
        parent=parent,
        labels=_texts(entry["labels"], f"{where} ({code}), labels"),
        short=None if short is None else _texts(short, f"{where} ({code}), short"),
        data=MappingProxyType({key: value for key, value in entry.items() if key not in _OWN_FIELDS}),
    )


def _texts(value: Any, where: str) -> Mapping[str, str]:
    if not isinstance(value, dict) or set(value) != set(LANGUAGES):
        raise VocabularyError(f"{where}: expected exactly the languages {', '.join(LANGUAGES)}.")
    for language, text in value.items():
        if not isinstance(text, str) or not text.strip():
            raise VocabularyError(f"{where}: the text in {language!r} is empty.")
    return MappingProxyType(value)
