"""Making a consultation, saying who may do what in it, dating its phases, and entering one."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from consultation.convening.events import ConsultationCreated, MemberRuleChanged, PhaseEntered, PhaseScheduled
from consultation.convening.models import Consultation, Phase
from consultation.convening.rules import (
    Problem,
    Standing,
    Unusable,
    check_prefix,
    check_slug,
    check_window,
    check_zone,
    complete,
    standing,
)
from consultation.convening.states import PHASE_ORDER, RULED, Act, PhaseName
from consultation.kernel.ids import uuid7
from consultation.kernel.orm import Trilingual
from consultation.kernel.outbox import record
from consultation.kernel.permissions import Actor, Permission, require
from consultation.kernel.roles import MemberKind

NOT_SAID = Trilingual("", "", "")


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
    if not complete(title.to_dict().values()):
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
