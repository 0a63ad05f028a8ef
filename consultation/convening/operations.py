"""Making a consultation, dating its phases, entering one, and keeping the vocabularies."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from consultation.convening import vocabularies
from consultation.convening.events import (
    ConsultationCreated,
    MemberRuleChanged,
    PhaseEntered,
    PhaseScheduled,
    TermAdded,
    TermRenamed,
    TermRetired,
)
from consultation.convening.models import Consultation, Phase, Term
from consultation.convening.rules import (
    Problem,
    Standing,
    Unusable,
    check_code,
    check_prefix,
    check_slug,
    check_window,
    check_zone,
    standing,
)
from consultation.convening.states import PHASE_ORDER, RULED, Act, PhaseName, TermKind
from consultation.convening.vocabulary import edited
from consultation.kernel.ids import uuid7
from consultation.kernel.orm import LANGUAGES, Trilingual
from consultation.kernel.outbox import record
from consultation.kernel.permissions import Actor, Permission, require
from consultation.kernel.roles import MemberKind

NOT_SAID = Trilingual("", "", "")

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


def create_consultation(
    session: Session,
    *,
    slug: str,
    prefix: str,
    title: Trilingual,
    summary: Trilingual = NOT_SAID,
    convener: Trilingual = NOT_SAID,
    funder: Trilingual = NOT_SAID,
    decider: Trilingual = NOT_SAID,
    contact: str = "",
    zone: str = "America/Toronto",
    actor: Actor,
    now: datetime,
) -> Consultation:
    """A consultation with its seven phases, none of them dated.

    ``slug`` is its short address, ``prefix`` begins the codes of its proposals and items, ``zone`` is an IANA name.

    Raises:
        Denied: unless the actor may configure consultations.
        Unusable: for a shape that cannot be used, or a short address or prefix that another consultation has.
    """
    require(actor, Permission.CONSULTATION_CONFIGURE, now=now)
    check_slug(slug)
    check_prefix(prefix)
    check_zone(zone)
    if not _complete(title):
        raise Unusable("title", Problem.TITLE_MISSING)
    for other_slug, other_prefix in session.execute(
        select(Consultation.slug, Consultation.prefix).where(
            (Consultation.slug == slug) | (Consultation.prefix == prefix)
        )
    ):
        if other_slug == slug:
            raise Unusable("slug", Problem.SLUG_TAKEN)
        if other_prefix == prefix:
            raise Unusable("prefix", Problem.PREFIX_TAKEN)
    consultation = Consultation(
        id=uuid7(),
        slug=slug,
        prefix=prefix,
        title=title,
        summary=summary,
        convener=convener,
        funder=funder,
        decider=decider,
        contact=contact.strip(),
        zone=zone,
        created_at=now,
        phases=[Phase(name=name, position=position) for position, name in enumerate(PHASE_ORDER, start=1)],
    )
    session.add(consultation)
    record(session, ConsultationCreated(consultation.id, slug, prefix), actor=actor, now=now)
    session.flush()
    return consultation


def set_member_rule(
    session: Session,
    consultation: Consultation,
    *,
    rule: Mapping[Act, Iterable[MemberKind]],
    personal_approvals: int,
    actor: Actor,
    now: datetime,
) -> None:
    """Say what people in their own name may do, besides organizations, and how many people verify one who joins. A
    contest that is made already keeps its electorate.

    Raises:
        Denied: unless the actor may configure consultations.
        ValueError: for kinds that no rule can name, or another number than one or two.
    """
    require(actor, Permission.CONSULTATION_CONFIGURE, consultation, now=now)
    plain = {act.value: sorted({str(kind) for kind in kinds}) for act, kinds in sorted(rule.items())}
    if personal_approvals not in (1, 2) or any(not set(kinds) <= RULED for kinds in plain.values()):
        raise ValueError("A rule names individuals and experts; one or two people verify.")
    consultation.member_rule, consultation.personal_approvals = plain, personal_approvals
    record(session, MemberRuleChanged(consultation.id, plain, personal_approvals), actor=actor, now=now)
    session.flush()


def set_phase(
    session: Session,
    consultation: Consultation,
    name: PhaseName,
    *,
    opens_at: datetime | None,
    closes_at: datetime | None,
    actor: Actor,
    now: datetime,
) -> None:
    """Date a phase: it is open in ``[opens_at, closes_at)``, without a closing until somebody closes it, and without
    either it is not planned. Several phases may be open at once. ``consultation.phases`` is loaded.

    Raises:
        Denied: unless the actor may configure consultations.
        Unusable: when it would close without opening, or before it opens.
    """
    require(actor, Permission.CONSULTATION_CONFIGURE, consultation, now=now)
    check_window(opens_at, closes_at)
    phase = _phase(consultation, name)
    phase.opens_at, phase.closes_at = opens_at, closes_at
    event = PhaseScheduled(consultation.id, name.value, _iso(opens_at), _iso(closes_at))
    record(session, event, actor=actor, now=now)
    session.flush()


def enter_phase(session: Session, consultation: Consultation, name: PhaseName, *, actor: Actor, now: datetime) -> None:
    """Open a phase now and close the others that are open. One that is open already stays as it is, and a closing
    that was planned for later is kept. ``consultation.phases`` is loaded.

    Raises:
        Denied: unless the actor may configure consultations.
    """
    require(actor, Permission.CONSULTATION_CONFIGURE, consultation, now=now)
    closed = []
    for phase in consultation.phases:
        if phase.name is not name and standing(phase, now) is Standing.OPEN:
            _close(phase, now)
            closed.append(phase.name.value)
    entered = _phase(consultation, name)
    if standing(entered, now) is not Standing.OPEN:
        entered.opens_at = now
        if entered.closes_at is not None and entered.closes_at <= now:
            entered.closes_at = None
    record(session, PhaseEntered(consultation.id, name.value, closed), actor=actor, now=now)
    session.flush()


def _close(phase: Phase, now: datetime) -> None:
    # A window is never empty: one that would open and close in the same instant never was.
    phase.opens_at, phase.closes_at = (None, None) if phase.opens_at == now else (phase.opens_at, now)


def _phase(consultation: Consultation, name: PhaseName) -> Phase:
    return next(phase for phase in consultation.phases if phase.name is name)


def _iso(instant: datetime | None) -> str | None:
    return None if instant is None else instant.isoformat()


def _complete(text: Trilingual) -> bool:
    return all(text[language].strip() for language in LANGUAGES)


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
    if not _complete(label):
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
    if not _complete(label):
        raise Unusable("label", Problem.LABEL_MISSING)
    before = term.label.to_dict()
    term.label, term.short = label, _short_or(short, label)
    term.data = {**term.data, WORDED_HERE: True}
    edited(session)
    record(session, TermRenamed(term.id, term.kind.value, term.code, before), actor=actor, now=now)
    session.flush()


def _short_or(short: Trilingual | None, label: Trilingual) -> Trilingual:
    return short if short is not None and _complete(short) else label


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
