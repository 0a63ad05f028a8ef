"""The vocabularies as values, read once and kept in the process for some seconds.

Pages name themes and sectors on every line; asking the database each time would be a query a page. An edit is seen
at once by whoever makes it and by this process, and by the others within ``LIFETIME_SECONDS``.
"""

import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from consultation.convening.models import Term
from consultation.convening.rules import fold
from consultation.convening.states import TermKind
from consultation.kernel.afterwards import after_commit
from consultation.kernel.orm import LANGUAGES, Trilingual

LIFETIME_SECONDS = 15.0
_EDITED = "vocabulary_edited"


@dataclass(frozen=True, slots=True)
class VocabularyTerm:
    """A term. ``short`` is for tight places: the full label where the term has no shorter one. ``data`` is read
    only."""

    id: uuid.UUID
    kind: TermKind
    code: str
    label: Trilingual
    short: Trilingual
    parent_id: uuid.UUID | None
    data: Mapping[str, Any] = field(hash=False)
    retired: bool


class Vocabulary:
    """All terms of all kinds, as they were when they were read."""

    def __init__(self, terms: list[VocabularyTerm]) -> None:
        """``terms`` come in the order in which each kind shows them."""
        self._by_id = {term.id: term for term in terms}
        self._of = {kind: tuple(term for term in terms if term.kind is kind and not term.retired) for kind in TermKind}
        self._by_name: dict[TermKind, dict[str, VocabularyTerm]] = {}  # made when asked for, which few pages do

    @property
    def themes(self) -> tuple[VocabularyTerm, ...]:
        return self._of[TermKind.THEME]

    def of(self, kind: TermKind) -> tuple[VocabularyTerm, ...]:
        """The terms of a kind that are offered, in order; retired ones are not."""
        return self._of[kind]

    def by_id(self, term_id: uuid.UUID | None) -> VocabularyTerm | None:
        """The term of an id, retired or not, since it stays on what carries it."""
        return None if term_id is None else self._by_id.get(term_id)

    def by_code(self, kind: TermKind, code_or_label: str) -> VocabularyTerm | None:
        """The offered term of a code, a slug, or a full or short label in any of the languages; case and accents do
        not count. A label that several terms have finds none of them."""
        if (names := self._by_name.get(kind)) is None:
            names = self._by_name[kind] = _names(self._of[kind])
        return names.get(fold(code_or_label))


def _names(terms: tuple[VocabularyTerm, ...]) -> dict[str, VocabularyTerm]:
    labels: dict[str, set[VocabularyTerm]] = {}
    for term in terms:
        for text in (term.label, term.short):
            for language in LANGUAGES:
                labels.setdefault(fold(text[language]), set()).add(term)
    found = {name: next(iter(having)) for name, having in labels.items() if len(having) == 1}
    found |= {fold(term.data["slug"]): term for term in terms if "slug" in term.data}
    return found | {fold(term.code): term for term in terms}


@dataclass(frozen=True, slots=True)
class _Kept:
    read_at: float
    vocabulary: Vocabulary


_kept: WeakKeyDictionary[Engine, _Kept] = WeakKeyDictionary()


def vocabulary(session: Session, *, monotonic: Callable[[], float] = time.monotonic) -> Vocabulary:
    """The vocabulary of the session's database; at most ``LIFETIME_SECONDS`` old. One query when it must be read."""
    if session.info.get(_EDITED):
        return _read(session)
    engine = _engine(session)
    kept = _kept.get(engine)
    if kept is None or monotonic() - kept.read_at > LIFETIME_SECONDS:
        kept = _kept[engine] = _Kept(monotonic(), _read(session))
    return kept.vocabulary


def edited(session: Session) -> None:
    """An operation of this session changed a term: until it commits, its own reads are not kept, and what was kept is
    forgotten then."""
    engine = _engine(session)
    session.info[_EDITED] = True

    def forget() -> None:
        session.info.pop(_EDITED, None)
        _kept.pop(engine, None)

    after_commit(session, forget)


def _engine(session: Session) -> Engine:
    bind = session.get_bind()
    return bind.engine if isinstance(bind, Connection) else bind


def _read(session: Session) -> Vocabulary:
    rows = session.execute(
        select(
            Term.id,
            Term.kind,
            Term.code,
            Term.label,
            Term.short,
            Term.parent_id,
            Term.data,
            Term.retired_at,
        ).order_by(Term.kind, Term.position, Term.code)
    )
    return Vocabulary(
        [
            VocabularyTerm(
                row.id, row.kind, row.code, row.label, row.short, row.parent_id, row.data, bool(row.retired_at)
            )
            for row in rows
        ]
    )
