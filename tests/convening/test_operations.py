"""Making consultations, dating and entering phases, keeping vocabularies; what is refused, and what is recorded."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, func, select, update

from consultation.convening import vocabularies
from consultation.convening.models import Consultation, Term
from consultation.convening.operations import (
    FILES,
    add_term,
    create_consultation,
    enter_phase,
    load_vocabularies,
    rename_term,
    retire_term,
    set_phase,
)
from consultation.convening.queries import consultation_by_slug, consultations, term_by_code
from consultation.convening.rules import Problem, Unusable
from consultation.convening.states import PHASE_ORDER, PhaseName, TermKind
from consultation.kernel.orm import Trilingual
from consultation.kernel.outbox import EventRecord
from consultation.kernel.permissions import ANONYMOUS, OPERATOR, Actor, Denied, Reason
from consultation.kernel.roles import Role
from tests.factories import NOW, make_consultation, make_user

TITLE = Trilingual("Sample", "Exemple", "Ejemplo")
LABEL = Trilingual("Sport for all", "Le sport pour tous", "Deporte para todas las personas")


def create(session, slug="sample", prefix="NG27", *, title=TITLE, zone="America/Toronto", actor=OPERATOR):
    return create_consultation(session, slug=slug, prefix=prefix, title=title, zone=zone, actor=actor, now=NOW)


def events(session) -> list[tuple[str, dict]]:
    rows = session.scalars(select(EventRecord).order_by(EventRecord.position))
    return [(row.name, row.payload) for row in rows]


def windows(consultation) -> dict[PhaseName, tuple[datetime | None, datetime | None]]:
    return {phase.name: (phase.opens_at, phase.closes_at) for phase in consultation.phases if phase.opens_at}


def test_a_consultation_has_seven_phases_none_of_them_dated(session):
    create(session)
    session.commit()
    session.expunge_all()
    found = consultation_by_slug(session, "sample")
    assert [phase.name for phase in found.phases] == list(PHASE_ORDER)
    assert windows(found) == {}
    assert found.title == TITLE
    assert events(session) == [("ConsultationCreated", {"slug": "sample", "prefix": "NG27"})]


def test_finding_consultations_takes_one_query_each(session, count_queries):
    for number in range(30):
        create(session, f"sample-{number}", f"S{number:02d}")
    session.commit()
    session.expunge_all()
    with count_queries() as one:
        assert len(consultation_by_slug(session, "sample-7").phases) == 7
    with count_queries() as many:
        assert [len(found.phases) for found in consultations(session)] == [7] * 30
    assert (len(one), len(many)) == (1, 1)
    assert consultation_by_slug(session, "nowhere") is None


@pytest.mark.parametrize(
    ("changes", "field", "problem"),
    [
        ({"slug": "Not So"}, "slug", Problem.SLUG_SHAPE),
        ({"slug": "taken"}, "slug", Problem.SLUG_TAKEN),
        ({"prefix": "no"}, "prefix", Problem.PREFIX_SHAPE),
        ({"prefix": "TK"}, "prefix", Problem.PREFIX_TAKEN),
        ({"title": Trilingual("A", " ", "C")}, "title", Problem.TITLE_MISSING),
        ({"zone": "Mars/Base"}, "zone", Problem.ZONE_UNKNOWN),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_reason(session, changes, field, problem):
    create(session, "taken", "TK")
    with pytest.raises(Unusable) as refusal:
        create(session, **changes)
    assert (refusal.value.field, refusal.value.problem) == (field, problem)
    assert session.scalar(select(func.count()).select_from(Consultation)) == 1


def test_only_organizers_and_the_operator_convene(session):
    with pytest.raises(Denied) as signed_out:
        create(session, actor=ANONYMOUS)
    with pytest.raises(Denied) as wrong_role:
        create(session, actor=Actor(user_id=make_user(session).id, roles=frozenset({Role.DELEGATE})))
    assert (signed_out.value.decision.reason, wrong_role.value.decision.reason) == (Reason.SIGN_IN, Reason.ROLE)
    organizer = make_user(session, Role.ORGANIZER)
    assert create(session, actor=Actor(user_id=organizer.id, roles=organizer.roles)).slug == "sample"


def test_dating_a_phase(session):
    consultation = create(session)
    until = NOW + timedelta(days=30)
    set_phase(session, consultation, PhaseName.RANK, opens_at=NOW, closes_at=until, actor=OPERATOR, now=NOW)
    session.commit()
    session.expunge_all()
    assert windows(consultation_by_slug(session, "sample")) == {PhaseName.RANK: (NOW, until)}
    assert events(session)[-1] == (
        "PhaseScheduled",
        {"phase": "rank", "opens_at": NOW.isoformat(), "closes_at": until.isoformat()},
    )


def test_a_phase_that_closes_before_it_opens_is_refused_and_nothing_changes(session):
    consultation = create(session)
    with pytest.raises(Unusable):
        set_phase(session, consultation, PhaseName.RANK, opens_at=NOW, closes_at=NOW, actor=OPERATOR, now=NOW)
    assert windows(consultation) == {}
    with pytest.raises(Denied):
        set_phase(session, consultation, PhaseName.RANK, opens_at=NOW, closes_at=None, actor=ANONYMOUS, now=NOW)


def test_entering_a_phase_closes_the_open_ones_now(session):
    consultation = create(session)
    later, much_later = NOW + timedelta(days=1), NOW + timedelta(days=90)
    for name in (PhaseName.PROPOSE, PhaseName.DISCUSS):
        set_phase(session, consultation, name, opens_at=NOW, closes_at=None, actor=OPERATOR, now=NOW)
    set_phase(session, consultation, PhaseName.DRAFT, opens_at=much_later, closes_at=None, actor=OPERATOR, now=NOW)
    enter_phase(session, consultation, PhaseName.RANK, actor=OPERATOR, now=later)
    assert windows(consultation) == {
        PhaseName.PROPOSE: (NOW, later),
        PhaseName.DISCUSS: (NOW, later),
        PhaseName.RANK: (later, None),
        PhaseName.DRAFT: (much_later, None),
    }
    assert events(session)[-1] == ("PhaseEntered", {"phase": "rank", "closed": ["propose", "discuss"]})


def test_entering_a_phase_early_keeps_its_planned_closing_and_entering_it_again_changes_nothing(session):
    consultation = create(session)
    planned, until = NOW + timedelta(days=2), NOW + timedelta(days=9)
    set_phase(session, consultation, PhaseName.RANK, opens_at=planned, closes_at=until, actor=OPERATOR, now=NOW)
    enter_phase(session, consultation, PhaseName.RANK, actor=OPERATOR, now=NOW)
    enter_phase(session, consultation, PhaseName.RANK, actor=OPERATOR, now=NOW + timedelta(days=1))
    assert windows(consultation) == {PhaseName.RANK: (NOW, until)}


def test_a_phase_that_is_over_opens_again_without_its_old_closing(session):
    consultation = create(session)
    later = NOW + timedelta(days=5)
    over = NOW + timedelta(days=1)
    set_phase(session, consultation, PhaseName.PROPOSE, opens_at=NOW, closes_at=over, actor=OPERATOR, now=NOW)
    enter_phase(session, consultation, PhaseName.PROPOSE, actor=OPERATOR, now=later)
    assert windows(consultation) == {PhaseName.PROPOSE: (later, None)}


def test_phases_entered_in_the_same_instant_leave_no_empty_window(session):
    consultation = make_consultation(session, phases=(PhaseName.PROPOSE, PhaseName.DISCUSS))
    session.commit()
    assert windows(consultation) == {PhaseName.DISCUSS: (NOW, None)}


def test_the_files_become_terms_and_a_second_time_changes_nothing(session):
    session.execute(update(Term).values(parent_id=None))
    session.execute(delete(Term))
    first = load_vocabularies(session)
    session.commit()
    assert (first, load_vocabularies(session)) == (sum(len(vocabularies.load(file)) for file in FILES), 0)
    alberta = term_by_code(session, TermKind.JURISDICTION, "CA-AB")
    canada = term_by_code(session, TermKind.JURISDICTION, "CA")
    assert (alberta.parent_id, alberta.short, alberta.data["country"]) == (canada.id, alberta.label, "CA")
    theme = term_by_code(session, TermKind.THEME, "T4")
    assert (theme.short.en, theme.data["slug"], theme.position) == ("Justice system", theme.data["slug"], 4)


def test_an_upgrade_corrects_wording_but_not_what_organizers_worded(session):
    untouched = term_by_code(session, TermKind.THEME, "T1")
    said = untouched.label
    untouched.label = Trilingual("old", "vieux", "viejo")
    renamed = term_by_code(session, TermKind.THEME, "T2")
    rename_term(session, renamed, label=LABEL, actor=OPERATOR, now=NOW)
    retired = term_by_code(session, TermKind.THEME, "T3")
    retire_term(session, retired, actor=OPERATOR, now=NOW)
    assert load_vocabularies(session) == 1
    assert (untouched.label, renamed.label, renamed.short, retired.retired_at) == (said, LABEL, LABEL, NOW)


def test_terms_are_added_after_the_others(session):
    term = add_term(session, TermKind.SECTOR, code="faith", label=LABEL, actor=OPERATOR, now=NOW)
    last = session.scalar(select(func.max(Term.position)).where(Term.kind == TermKind.SECTOR, Term.id != term.id))
    assert (term.position, term.short) == (last + 1, LABEL)
    assert events(session)[-1] == ("TermAdded", {"kind": "sector", "code": "faith"})
    assert load_vocabularies(session) == 0


@pytest.mark.parametrize(
    ("code", "label", "problem"),
    [
        ("a b", LABEL, Problem.CODE_SHAPE),
        ("HEALTH", LABEL, Problem.CODE_TAKEN),
        ("faith", Trilingual("Faith", "", "Fe"), Problem.LABEL_MISSING),
    ],
)
def test_terms_that_cannot_be_added(session, code, label, problem):
    with pytest.raises(Unusable) as refusal:
        add_term(session, TermKind.SECTOR, code=code, label=label, actor=OPERATOR, now=NOW)
    assert refusal.value.problem is problem


def test_editing_terms_needs_the_role_and_leaves_a_trace(session):
    term = term_by_code(session, TermKind.SECTOR, "health")
    before = term.label.to_dict()
    for edit in (
        lambda: rename_term(session, term, label=LABEL, actor=ANONYMOUS, now=NOW),
        lambda: retire_term(session, term, actor=ANONYMOUS, now=NOW),
        lambda: add_term(session, TermKind.SECTOR, code="x", label=LABEL, actor=ANONYMOUS, now=NOW),
    ):
        with pytest.raises(Denied):
            edit()
    rename_term(session, term, label=LABEL, actor=OPERATOR, now=NOW)
    retire_term(session, term, actor=OPERATOR, now=NOW)
    retire_term(session, term, actor=OPERATOR, now=datetime(2028, 1, 1, tzinfo=UTC))
    assert term.retired_at == NOW
    assert events(session) == [
        ("TermRenamed", {"kind": "sector", "code": "health", "before": before}),
        ("TermRetired", {"kind": "sector", "code": "health"}),
    ]


def test_a_term_cannot_be_renamed_to_nothing(session):
    term = term_by_code(session, TermKind.SECTOR, "health")
    with pytest.raises(Unusable):
        rename_term(session, term, label=Trilingual("", "a", "b"), actor=OPERATOR, now=NOW)
