from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from consultation.convening.models import Consultation
from consultation.convening.operations import enter_phase, set_phase
from consultation.convening.queries import consultation_by_slug
from consultation.convening.states import PhaseName, TermKind
from consultation.kernel.moves import WrongState
from consultation.kernel.orm import intending_to_write
from consultation.kernel.outbox import EventRecord
from consultation.kernel.permissions import OPERATOR, Denied, Permission, Reason, may
from consultation.kernel.roles import Role
from consultation.moderation.operations import request_changes
from consultation.moderation.states import ReasonCode
from consultation.proposals.models import Endorsement, Evidence, Proposal, ProposalTerm, Revision, Translation
from consultation.proposals.operations import Outdated, amend, endorse, submit, withdraw, withdraw_endorsement
from consultation.proposals.rules import ProposalText, Source
from consultation.proposals.states import ProposalState, TranslationState
from tests.factories import NOW, actor_of, make_mandate, make_organization, make_proposal, make_user

TEXT = ProposalText("Count hate incidents", "Each counts alone.", "", "One standard.")


def send(session, world, *, text=TEXT, actor=None, now=NOW, **more):
    more.setdefault("organization_id", world.organization.id)
    return submit(session, world.consultation, text=text, language="en", actor=actor or world.actor, now=now, **more)


def reason_of(call):
    with pytest.raises(Denied) as caught:
        call()
    return caught.value.decision.reason


def counters(session, world):
    session.flush()
    row = session.execute(
        select(Consultation.submitted_count, Consultation.published_count, Consultation.next_proposal_number).where(
            Consultation.id == world.consultation.id
        )
    ).one()
    return tuple(row)


def test_submit_gives_number_code_revision_and_event(session, world):
    issue, sector = world.terms.of(TermKind.ISSUE)[0].id, world.terms.of(TermKind.SECTOR)[0].id
    sources = [Source("A report", url="https://example.org/a", year=2024), Source("Another")]
    first = send(session, world, theme_id=world.terms.themes[0].id, term_ids=[issue, sector, issue], sources=sources)
    second = send(session, world)
    session.commit()
    assert (first.code, second.code) == ("NG27-001", "NG27-002")
    assert (first.state, first.submitted_at, first.author_id) == (ProposalState.SUBMITTED, NOW, world.user.id)
    assert counters(session, world) == (2, 0, 3)
    revision = session.scalars(select(Revision).where(Revision.proposal_id == first.id)).one()
    assert (revision.number, revision.title, revision.editor_id) == (1, TEXT.title, world.user.id)
    terms = session.scalars(select(ProposalTerm.term_id).where(ProposalTerm.proposal_id == first.id))
    assert set(terms) == {issue, sector}
    listed = session.execute(
        select(Evidence.position, Evidence.title, Evidence.url)
        .where(Evidence.proposal_id == first.id)
        .order_by(Evidence.position)
    )
    assert [tuple(row) for row in listed] == [(1, "A report", "https://example.org/a"), (2, "Another", None)]
    event = session.scalars(select(EventRecord).where(EventRecord.subject_id == first.id)).one()
    assert (event.name, event.payload["code"], event.actor_id) == ("ProposalSubmitted", "NG27-001", world.user.id)


def test_import_keeps_what_it_brings_and_asks_no_phase(session, world):
    enter_phase(session, world.consultation, PhaseName.PROGRESS, actor=OPERATOR, now=NOW)
    before = NOW - timedelta(days=90)
    found = submit(
        session, world.consultation, text=ProposalText("t" * 300), language="und", author_label="Someone",
        created_at=before, import_identity="row-1", original={"ref": "1"}, actor=OPERATOR, now=NOW,
    )  # fmt: skip
    assert (found.created_at, found.author_id, found.author_label, found.original) == (
        before, None, "Someone", {"ref": "1"},
    )  # fmt: skip


def test_import_needs_its_permission(session, world):
    assert reason_of(lambda: send(session, world, import_identity="row-1")) == Reason.ROLE


def test_who_may_submit(session, world):
    assert reason_of(lambda: send(session, world, organization_id=world.other.id)) == Reason.NOT_YOURS
    assert reason_of(lambda: send(session, world, organization_id=None)) == Reason.NOT_YOURS
    alone = actor_of(session, make_user(session))
    assert reason_of(lambda: send(session, world, actor=alone)) == Reason.NO_MANDATE
    moderator = actor_of(session, make_user(session, Role.MODERATOR))
    assert reason_of(lambda: send(session, world, actor=moderator)) == Reason.ROLE
    person, applying = make_user(session), make_organization(session, verified=False)
    make_mandate(session, person, applying)
    unverified = actor_of(session, person)
    assert reason_of(lambda: send(session, world, actor=unverified, organization_id=applying.id)) == Reason.NOT_VERIFIED


@pytest.mark.parametrize("phase", [name for name in PhaseName if name != PhaseName.PROPOSE])
def test_only_the_first_phase_takes_proposals(session, world, phase):
    enter_phase(session, world.consultation, phase, actor=OPERATOR, now=NOW)
    assert reason_of(lambda: send(session, world)) == Reason.PHASE


def test_late_proposals_are_marked_until_the_ranking_opens(session, world):
    later = NOW + timedelta(days=3)
    world.consultation.late_proposals = True
    enter_phase(session, world.consultation, PhaseName.DISCUSS, actor=OPERATOR, now=NOW + timedelta(days=1))
    assert send(session, world, now=later).late is True
    set_phase(session, world.consultation, PhaseName.RANK, opens_at=later, closes_at=None, actor=OPERATOR, now=later)
    assert reason_of(lambda: send(session, world, now=later)) == Reason.PHASE


def test_amend_adds_a_revision_and_makes_translations_stale(session, world):
    proposal = send(session, world, sources=[Source("Old")])
    session.add(
        Translation(
            proposal_id=proposal.id, language="fr", revision=1, state=TranslationState.REVIEWED, title="Compter"
        )
    )
    session.commit()
    new = ProposalText("Count alike", "b", "e", "r")
    amend(session, proposal, text=new, sources=[Source("New")], term_ids=[], actor=world.actor, now=NOW)
    session.commit()
    assert (proposal.revision, proposal.title, proposal.state) == (2, "Count alike", ProposalState.SUBMITTED)
    assert proposal.search_text == "ng27 001 count alike b e r compter"
    translation = session.get(Translation, (proposal.id, "fr"))
    assert (translation.state, translation.revision) == (TranslationState.STALE, 1)
    texts = session.scalars(select(Revision.title).where(Revision.proposal_id == proposal.id).order_by(Revision.number))
    assert texts.all() == [TEXT.title, "Count alike"]
    assert session.scalars(select(Evidence.title).where(Evidence.proposal_id == proposal.id)).all() == ["New"]


def test_amend_with_the_same_text_adds_no_revision_and_none_keeps(session, world):
    theme = world.terms.themes[1].id
    proposal = send(session, world, theme_id=theme, sources=[Source("Kept")])
    amend(session, proposal, text=TEXT, actor=world.actor, now=NOW)
    assert (proposal.revision, proposal.theme_id) == (1, theme)
    assert session.scalars(select(Evidence.title).where(Evidence.proposal_id == proposal.id)).all() == ["Kept"]


def test_amend_refuses_what_was_read_before_another_change(session, world):
    proposal = send(session, world)
    amend(session, proposal, text=ProposalText("Second"), expected_revision=1, actor=world.actor, now=NOW)
    with pytest.raises(Outdated):
        amend(session, proposal, text=ProposalText("Third"), expected_revision=1, actor=world.actor, now=NOW)


def test_amending_what_was_sent_back_sends_it_again(session, world):
    proposal = send(session, world)
    request_changes(session, proposal, code=ReasonCode.UNCLEAR, reason="Who?", actor=OPERATOR, now=NOW)
    enter_phase(session, world.consultation, PhaseName.DISCUSS, actor=OPERATOR, now=NOW)
    amend(session, proposal, text=ProposalText("Clearer"), actor=world.actor, now=NOW)
    assert proposal.state == ProposalState.SUBMITTED
    names = session.scalars(
        select(EventRecord.name).where(EventRecord.subject_id == proposal.id).order_by(EventRecord.position)
    ).all()
    assert names[-2:] == ["ProposalAmended", "ProposalSubmitted"]
    assert counters(session, world) == (1, 0, 2)


def test_who_may_amend(session, world):
    proposal = send(session, world)
    foreign = send(session, world, actor=OPERATOR, organization_id=world.other.id)

    def change(subject):
        return lambda: amend(session, subject, text=ProposalText("x"), actor=world.actor, now=NOW)

    assert reason_of(change(foreign)) == Reason.NOT_YOURS
    withdraw(session, proposal, actor=world.actor, now=NOW)
    assert reason_of(change(proposal)) == Reason.STATE
    second = send(session, world)
    enter_phase(session, world.consultation, PhaseName.CURATE, actor=OPERATOR, now=NOW)
    assert reason_of(change(second)) == Reason.PHASE


def test_withdraw_counts_and_ends(session, world):
    waiting = send(session, world)
    public = make_proposal(session, world.consultation, organization_id=world.organization.id, published=True)
    assert counters(session, world) == (2, 1, 3)
    withdraw(session, waiting, actor=world.actor, now=NOW)
    withdraw(session, public, actor=world.actor, now=NOW)
    assert counters(session, world) == (2, 0, 3)
    with pytest.raises(WrongState):
        withdraw(session, public, actor=world.actor, now=NOW)


def test_nothing_is_withdrawn_once_the_ranking_has_opened(session, world):
    proposal = send(session, world)
    set_phase(session, world.consultation, PhaseName.RANK, opens_at=NOW, closes_at=None, actor=OPERATOR, now=NOW)
    earlier = NOW - timedelta(microseconds=1)
    assert may(world.actor, Permission.PROPOSAL_WITHDRAW, proposal, now=earlier)
    assert reason_of(lambda: withdraw(session, proposal, actor=world.actor, now=NOW)) == Reason.RANKING_OPENED


def test_one_endorsement_for_each_organization(session, world):
    proposal = make_proposal(session, world.consultation, published=True)
    own = {"organization_id": world.organization.id, "actor": world.actor, "now": NOW}
    assert [endorse(session, proposal, **own), endorse(session, proposal, **own)] == [True, False]
    assert endorse(session, proposal, organization_id=world.other.id, actor=OPERATOR, now=NOW) is True
    assert proposal.endorsement_count == 2
    assert [withdraw_endorsement(session, proposal, **own) for _ in range(2)] == [True, False]
    assert proposal.endorsement_count == 1
    assert session.scalars(select(Endorsement.organization_id)).all() == [world.other.id]


def test_who_may_endorse(session, world):
    waiting = send(session, world)
    public = make_proposal(session, world.consultation, published=True)

    def support(subject, organization):
        return lambda: endorse(session, subject, organization_id=organization.id, actor=world.actor, now=NOW)

    assert reason_of(support(waiting, world.organization)) == Reason.STATE
    assert reason_of(support(public, world.other)) == Reason.NOT_YOURS
    enter_phase(session, world.consultation, PhaseName.CURATE, actor=OPERATOR, now=NOW)
    assert reason_of(support(public, world.organization)) == Reason.PHASE


def together(engine, works):
    """Run the works at once, each in a transaction of its own, and give their results."""
    barrier = Barrier(len(works))

    def run(work):
        barrier.wait()
        with intending_to_write(), Session(engine, expire_on_commit=False) as own:
            result = work(own)
            own.commit()
            return result

    with ThreadPoolExecutor(len(works)) as pool:
        return [future.result() for future in [pool.submit(run, work) for work in works]]


def test_two_at_once_draw_distinct_numbers(engine, session, world):
    given = {"text": TEXT, "language": "en", "organization_id": world.organization.id}

    def work(own):
        return submit(own, consultation_by_slug(own, "sample"), **given, actor=world.actor, now=NOW).number

    assert sorted(together(engine, [work] * 8)) == list(range(1, 9))
    session.rollback()
    assert counters(session, world) == (8, 0, 9)


def test_endorsements_at_once_are_each_counted_once(engine, session, world):
    code = make_proposal(session, world.consultation, published=True).code
    organizations = [make_organization(session).id for _ in range(4)]
    session.commit()

    def support(organization_id):
        def work(own):
            loaded = joinedload(Proposal.consultation).selectinload(Consultation.phases)
            proposal = own.scalars(select(Proposal).where(Proposal.code == code).options(loaded)).one()
            return endorse(own, proposal, organization_id=organization_id, actor=OPERATOR, now=NOW)

        return work

    given = together(engine, [support(each) for each in organizations * 2])
    assert sorted(given) == [False] * 4 + [True] * 4
    session.rollback()
    count = session.scalar(select(Proposal.endorsement_count).where(Proposal.code == code))
    assert count == 4
