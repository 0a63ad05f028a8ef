"""Keeping the vocabularies: from the project's files, and as organizers word them."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from consultation.convening import vocabularies
from consultation.convening.events import TermAdded, TermOfferedAgain, TermRenamed, TermRetired
from consultation.convening.models import Term
from consultation.convening.rules import Problem, Unusable, check_code, complete
from consultation.convening.states import TermKind
from consultation.convening.vocabulary import edited
from consultation.kernel.ids import uuid7
from consultation.kernel.orm import Trilingual
from consultation.kernel.outbox import record
from consultation.kernel.permissions import Actor, Permission, require

#: The vocabularies of the files that are terms; levels of jurisdiction describe terms and are none.
FILES: dict[str, TermKind] = {
    "themes": TermKind.THEME,
    "issues": TermKind.ISSUE,
    "sectors": TermKind.SECTOR,
    "jurisdictions": TermKind.JURISDICTION,
    "legal_instruments": TermKind.INSTRUMENT,
}

#: In a term's data: that organizers worded it themselves, so that an upgrade leaves its labels alone.
WORDED_HERE = "worded_here"


def load_vocabularies(session: Session) -> int:
    """Bring the terms of the files into the database; returns how many were added or reworded.

    Safe to repeat. What organizers renamed, retired or added stays as they left it; a term that a file no longer has
    stays too, since something may carry it.
    """
    known = {(term.kind, term.code): term for term in session.scalars(select(Term))}
    changed = 0
    for file, kind in FILES.items():
        for position, entry in enumerate(vocabularies.load(file), start=1):
            term = known.get((kind, entry.code))
            if term is None:
                term = known[kind, entry.code] = Term(id=uuid7(), kind=kind, code=entry.code)
                session.add(term)
            elif term.data.get(WORDED_HERE):
                continue
            changed += _take(term, entry, position, known)
    if changed:
        edited(session)
    session.flush()
    return changed


def _take(term: Term, entry: vocabularies.Term, position: int, known: dict[tuple[TermKind, str], Term]) -> bool:
    """Give the term what its file says; whether that changed it."""
    label = Trilingual(**entry.labels)
    said = {
        "position": position,
        "parent_id": None if entry.parent is None else known[term.kind, entry.parent].id,
        "label": label,
        "short": label if entry.short is None else Trilingual(**entry.short),
        "data": dict(entry.data),
    }
    differs = [name for name, value in said.items() if getattr(term, name) != value]
    for name in differs:
        setattr(term, name, said[name])
    return bool(differs)


def add_term(
    session: Session,
    kind: TermKind,
    *,
    code: str,
    label: Trilingual,
    short: Trilingual | None = None,
    actor: Actor,
    now: datetime,
) -> Term:
    """A new term, shown after the others of its kind; without a short label the full one serves.

    Raises:
        Denied: unless the actor may edit vocabularies.
        Unusable: when a label is missing in a language, or the code's shape is wrong or it is taken.
    """
    require(actor, Permission.VOCABULARY_EDIT, now=now)
    check_code(code)
    if not complete(label.to_dict().values()):
        raise Unusable("label", Problem.LABEL_MISSING)
    taken = select(Term.id).where(Term.kind == kind, func.lower(Term.code) == code.lower())
    if session.scalar(taken) is not None:
        raise Unusable("code", Problem.CODE_TAKEN)
    last = session.scalar(select(func.max(Term.position)).where(Term.kind == kind)) or 0
    term = Term(
        id=uuid7(),
        kind=kind,
        code=code,
        position=last + 1,
        label=label,
        short=_short_or(short, label),
        data={WORDED_HERE: True},
    )
    session.add(term)
    edited(session)
    record(session, TermAdded(term.id, kind.value, code), actor=actor, now=now)
    session.flush()
    return term


def rename_term(
    session: Session, term: Term, *, label: Trilingual, short: Trilingual | None = None, actor: Actor, now: datetime
) -> None:
    """Word a term anew in the three languages, wherever it stands; later upgrades leave the wording alone.

    Raises:
        Denied: unless the actor may edit vocabularies.
        Unusable: when a label is missing in a language.
    """
    require(actor, Permission.VOCABULARY_EDIT, term, now=now)
    if not complete(label.to_dict().values()):
        raise Unusable("label", Problem.LABEL_MISSING)
    before = term.label.to_dict()
    term.label, term.short = label, _short_or(short, label)
    term.data = {**term.data, WORDED_HERE: True}
    edited(session)
    record(session, TermRenamed(term.id, term.kind.value, term.code, before), actor=actor, now=now)
    session.flush()


def _short_or(short: Trilingual | None, label: Trilingual) -> Trilingual:
    return short if short is not None and complete(short.to_dict().values()) else label


def retire_term(session: Session, term: Term, *, actor: Actor, now: datetime) -> None:
    """Offer a term no more; it stays on what carries it. Retiring it twice changes nothing.

    Raises:
        Denied: unless the actor may edit vocabularies.
    """
    require(actor, Permission.VOCABULARY_EDIT, term, now=now)
    if term.retired_at is not None:
        return
    term.retired_at = now
    edited(session)
    record(session, TermRetired(term.id, term.kind.value, term.code), actor=actor, now=now)
    session.flush()


def offer_term_again(session: Session, term: Term, *, actor: Actor, now: datetime) -> None:
    """Take back that a term was retired. Of one that is offered, nothing changes.

    Raises:
        Denied: unless the actor may edit vocabularies.
    """
    require(actor, Permission.VOCABULARY_EDIT, term, now=now)
    if term.retired_at is None:
        return
    term.retired_at = None
    edited(session)
    record(session, TermOfferedAgain(term.id, term.kind.value, term.code), actor=actor, now=now)
    session.flush()
