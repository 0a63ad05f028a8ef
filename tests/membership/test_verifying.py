"""Two people verify an organization, neither of them its own; the log says who did what."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from consultation.kernel.moves import WrongState
from consultation.kernel.orm import intending_to_write
from consultation.kernel.outbox import EventRecord
from consultation.kernel.permissions import OPERATOR, Denied, Reason
from consultation.kernel.roles import MandateKind, Role
from consultation.membership.models import MemberOrganization, VerificationStep
from consultation.membership.operations import (
    AlreadyApproved,
    answer,
    approve,
    ask,
    refuse,
    register_organization,
    suspend,
    verify_organization,
    vouch,
)
from consultation.membership.states import OrganizationState, Step
from tests.factories import NOW, actor_of, make_mandate, make_organization, make_user


@pytest.fixture
def applied(session):
    return make_organization(session, "NEW", verified=False)


@pytest.fixture
def organizer(session):
    """Makes organizers, one after the other."""
    return lambda role=Role.ORGANIZER: actor_of(session, make_user(session, role))


def reason_of(call):
    with pytest.raises(Denied) as caught:
        call()
    return caught.value.decision.reason


def names(session):
    return [row.name for row in session.scalars(select(EventRecord).order_by(EventRecord.position))][-2:]


def test_it_takes_two_people(session, applied, organizer):
    first, second = organizer(), organizer(Role.ADMINISTRATOR)
    assert approve(session, applied, actor=first, now=NOW) is False
    assert (applied.state, applied.verified_at) == (OrganizationState.APPLIED, None)
    with pytest.raises(AlreadyApproved):
        approve(session, applied, actor=first, now=NOW)
    assert approve(session, applied, actor=second, now=NOW) is True
    assert (applied.state, applied.verified_at) == (OrganizationState.VERIFIED, NOW)
    assert names(session) == ["OrganizationApproved", "OrganizationVerified"]
    with pytest.raises(WrongState):
        approve(session, applied, actor=organizer(), now=NOW)


def test_the_operator_answers_alone_and_nobody_else_does(session, applied, organizer):
    actor = organizer()
    assert reason_of(lambda: verify_organization(session, applied, actor=actor, now=NOW)) is Reason.ROLE
    assert (
        reason_of(lambda: register_organization(session, code="X", name="X", verified=True, actor=actor, now=NOW))
        is Reason.ROLE
    )
    assert approve(session, applied, actor=OPERATOR, now=NOW) is True


def test_nobody_decides_about_their_own(session, applied):
    user = make_user(session, Role.ORGANIZER, Role.DELEGATE)
    make_mandate(session, user, applied)
    actor = actor_of(session, user)
    for act in (
        lambda: approve(session, applied, actor=actor, now=NOW),
        lambda: refuse(session, applied, note="No.", actor=actor, now=NOW),
        lambda: ask(session, applied, note="Why?", actor=actor, now=NOW),
    ):
        assert reason_of(act) is Reason.OWN_MATTER


def test_a_question_begins_the_scrutiny_anew(session, applied, organizer):
    first, second, third = organizer(), organizer(), organizer()
    speaker = make_user(session)
    make_mandate(session, speaker, applied)
    own = actor_of(session, speaker)
    approve(session, applied, actor=first, now=NOW)
    ask(session, applied, note=" Who is on your board? ", actor=second, now=NOW)
    assert applied.state == OrganizationState.INFORMATION_ASKED
    answer(session, applied, note="Seven people.", actor=own, now=NOW)
    assert applied.state == OrganizationState.APPLIED
    assert approve(session, applied, actor=third, now=NOW) is False
    assert approve(session, applied, actor=first, now=NOW) is True
    log = session.execute(select(VerificationStep.step, VerificationStep.note).order_by(VerificationStep.id)).all()
    assert [tuple(row) for row in log] == [
        (Step.APPROVAL, ""),
        (Step.QUESTION, "Who is on your board?"),
        (Step.ANSWER, "Seven people."),
        (Step.APPROVAL, ""),
        (Step.APPROVAL, ""),
    ]


def test_only_its_people_answer(session, applied, organizer):
    ask(session, applied, note="Who?", actor=organizer(), now=NOW)
    editor, stranger = make_user(session), make_user(session)
    make_mandate(session, editor, applied, kind=MandateKind.EDITOR)
    make_mandate(session, stranger, make_organization(session))
    for user in (editor, stranger):
        actor = actor_of(session, user)
        assert reason_of(lambda actor=actor: answer(session, applied, note="We.", actor=actor, now=NOW)) is (
            Reason.NO_MANDATE
        )


def test_what_is_refused_or_suspended_has_a_reason(session, applied, organizer):
    actor = organizer()
    with pytest.raises(ValueError, match="why"):
        refuse(session, applied, note="  ", actor=actor, now=NOW)
    refuse(session, applied, note="It does not exist.", actor=actor, now=NOW)
    assert applied.state == OrganizationState.REFUSED
    with pytest.raises(WrongState):
        approve(session, applied, actor=actor, now=NOW)


def test_a_suspended_one_is_verified_anew_by_two(session, applied, organizer):
    first, second = organizer(), organizer()
    for actor in (first, second):
        approve(session, applied, actor=actor, now=NOW)
    suspend(session, applied, note="It has been sold.", actor=first, now=NOW)
    assert (applied.state, applied.verified_at) == (OrganizationState.SUSPENDED, None)
    assert [approve(session, applied, actor=actor, now=NOW) for actor in (first, second)] == [False, True]


def test_vouching_helps_and_decides_nothing(session, applied):
    member, other = make_organization(session), make_organization(session, verified=False)
    user = make_user(session)
    for organization in (member, other):
        make_mandate(session, user, organization)
    actor = actor_of(session, user)
    vouch(session, applied, by=member.id, note="We share a hall.", actor=actor, now=NOW)
    assert applied.state == OrganizationState.APPLIED
    with pytest.raises(AlreadyApproved):
        vouch(session, applied, by=member.id, actor=actor, now=NOW)
    for by in (other.id, applied.id):
        assert reason_of(lambda by=by: vouch(session, applied, by=by, actor=actor, now=NOW)) is Reason.NO_MANDATE


def test_whoever_speaks_for_the_applicant_vouches_for_it_through_no_other(session, applied):
    member, user = make_organization(session), make_user(session)
    for organization in (member, applied):
        make_mandate(session, user, organization)
    actor = actor_of(session, user)
    assert reason_of(lambda: vouch(session, applied, by=member.id, actor=actor, now=NOW)) is Reason.OWN_MATTER


def test_the_database_counts_a_person_once(session, applied, organizer):
    actor = organizer()
    approve(session, applied, actor=actor, now=NOW)
    session.add(
        VerificationStep(
            organization_id=applied.id, step=Step.APPROVAL, scrutiny=0, user_id=actor.user_id, created_at=NOW
        )
    )
    with pytest.raises(IntegrityError):
        session.flush()


def test_two_approvals_at_once_verify_once(session, engine, applied, organizer):
    actors = [organizer(), organizer()]
    session.commit()
    together = Barrier(2)

    def press(actor):
        with Session(engine, expire_on_commit=False) as own, intending_to_write():
            together.wait(10)
            done = approve(own, own.get_one(MemberOrganization, applied.id), actor=actor, now=NOW)
            own.commit()
            return done

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(press, actors)) == [False, True]
