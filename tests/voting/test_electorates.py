"""Who votes: narrowed by country, place, sector, theme and list; announced, objected to, signed off by two."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from consultation.convening.models import Term
from consultation.convening.states import TermKind
from consultation.kernel import two_steps
from consultation.kernel.moves import WrongState
from consultation.kernel.permissions import OPERATOR, Actor, Denied, Reason
from consultation.kernel.roles import Role
from consultation.kernel.two_steps import TwoStepRequest
from consultation.membership.models import OrganizationJurisdiction
from consultation.voting.chain import canonical, digest
from consultation.voting.keys import key_store
from consultation.voting.models import (
    BallotContent,
    BallotDraft,
    CastKey,
    ChainEntry,
    Contest,
    Explanation,
    RollEntry,
    StoredTally,
)
from consultation.voting.operations import (
    SIGN_OFF,
    AlreadyAnswered,
    ContestNotReady,
    ObjectionRepeated,
    announce_roll,
    answer_objection,
    ask_to_void,
    cast,
    close_contest,
    open_contest,
    publish_contest,
    raise_objection,
    sign_off,
    tally_contest,
    void_contest,
)
from consultation.voting.queries import names_on_roll
from consultation.voting.roll_models import RollObjection
from consultation.voting.rolls import electorate, roll_rows
from consultation.voting.states import ContestState, ObjectionKind, Secrecy
from tests.voting.factories import commit, make_contest, make_delegate, make_organization, make_proposal, make_user

WEEK = timedelta(days=7)


@pytest.fixture
def organizers(session, clock):
    people = [make_user(session, clock.now(), f"{name}@example.org", Role.ORGANIZER) for name in ("one", "two")]
    commit(session)
    return [Actor(person.id, person.roles) for person in people]


@pytest.fixture
def terms(session):
    session.flush()
    return {(term.kind, term.code): term for term in session.scalars(select(Term))}


def configured(session, scene, clock, **changes):
    return make_contest(session, scene.consultation, clock.now(), opened=False, **changes)


def codes(session, contest):
    return [one.code for one in electorate(session, contest)[0]]


def refused(code, call, *args, **options):
    with pytest.raises(ContestNotReady) as error:
        call(*args, **options)
    assert error.value.code == code


def why(call, *args, **options):
    with pytest.raises(Denied) as error:
        call(*args, **options)
    return error.value.decision.reason


def works_in(session, member, term):
    session.add(OrganizationJurisdiction(organization_id=member.id, term_id=term.id))
    session.flush()


def test_narrowed_by_country_place_sector_theme_and_list(session, scene, clock, terms):
    alpha, beta, gamma = (one.organization for one in scene.delegates)
    for member, code in ((alpha, "CA-ON"), (beta, "CA-QC"), (gamma, "MX-OAX")):
        works_in(session, member, terms[TermKind.JURISDICTION, code])
    sector = next(term for (kind, _code), term in terms.items() if kind is TermKind.SECTOR)
    beta.sector_id = sector.id
    theme = next(term for (kind, _code), term in terms.items() if kind is TermKind.THEME)
    make_proposal(session, scene.consultation, clock.now(), organization_id=gamma.id, theme_id=theme.id)
    make_proposal(
        session,
        scene.consultation,
        clock.now(),
        organization_id=alpha.id,
        theme_id=theme.id,
        state="submitted",
        published_at=None,
    )
    asked = [
        ({}, ["ALPHA", "BETA", "GAMMA"]),
        ({"countries": ["CA"]}, ["ALPHA", "BETA"]),
        ({"places": ["CA-QC", "MX-OAX"]}, ["BETA", "GAMMA"]),
        ({"places": ["CA"]}, ["ALPHA", "BETA"]),
        ({"sectors": [sector.code]}, ["BETA"]),
        ({"themes": [theme.code]}, ["GAMMA"]),
        ({"only": ["ALPHA", "GAMMA"]}, ["ALPHA", "GAMMA"]),
        ({"without": ["ALPHA"]}, ["BETA", "GAMMA"]),
        ({"countries": ["CA"], "without": ["BETA"]}, ["ALPHA"]),
        ({"countries": ["US"]}, []),
    ]
    for number, (parts, expected) in enumerate(asked):
        contest = configured(session, scene, clock, code=f"C{number}", electorate=parts)
        assert (parts, codes(session, contest)) == (parts, expected)
    refused("no_voters", open_contest, session, contest, actor=OPERATOR, now=clock.now())


def test_lists_of_nobody_and_thresholds_too_low_are_refused(session, scene, clock):
    refused("unknown_member", configured, session, scene, clock, electorate={"only": ["ALPHA", "NOBODY"]})
    refused("too_few_published", configured, session, scene, clock, ballots_published_from=9)
    refused("rule_needs_order", configured, session, scene, clock, kind="shortlist", rule="borda")


def test_what_narrows_the_electorate_is_frozen_with_the_roll(session, scene, clock):
    contest = configured(session, scene, clock, electorate={"only": ["BETA", "ALPHA"]}, ballots_published_from=12)
    open_contest(session, contest, actor=OPERATOR, now=clock.now())
    assert contest.frozen["electorate"] == {"only": ["ALPHA", "BETA"]}
    assert (contest.frozen["ballots_published_from"], contest.frozen["opened_by"]) == (12, "operator")
    assert session.scalars(select(RollEntry.name).order_by(RollEntry.name)).all() == [
        "Organization ALPHA",
        "Organization BETA",
    ]


def test_a_contest_opens_when_two_organizers_signed_off_on_the_same(session, scene, clock, organizers):
    contest = configured(session, scene, clock)
    one, two = organizers
    assert why(open_contest, session, contest, actor=one, now=clock.now()) is Reason.SECOND_PERSON
    assert sign_off(session, contest, actor=one, now=clock.now()) is False
    assert why(sign_off, session, contest, actor=one, now=clock.now()) is Reason.SECOND_PERSON
    assert contest.state is ContestState.CONFIGURED
    clock.advance(hours=1)
    assert sign_off(session, contest, actor=two, now=clock.now()) is True
    commit(session)
    assert (contest.state, contest.opens_at) == (ContestState.OPEN, clock.now())
    assert contest.frozen["opened_by"] == "two_organizers"
    assert contest.frozen_sha256 == digest("contest/frozen/1", canonical(contest.frozen))
    assert key_store(session).read(contest.id)
    assert len(contest.options) == 5


def test_a_roll_that_changed_since_needs_two_sign_offs_anew(session, scene, clock, organizers):
    contest = configured(session, scene, clock)
    one, two = organizers
    sign_off(session, contest, actor=one, now=clock.now())
    first = session.scalars(select(TwoStepRequest)).one()
    make_organization(session, clock.now(), "DELTA")
    refused("changed_since_asked", two_steps.confirm, session, first, SIGN_OFF, actor=two, now=clock.now())
    session.rollback()
    contest = configured(session, scene, clock, code="AGAIN")
    sign_off(session, contest, actor=one, now=clock.now())
    make_organization(session, clock.now(), "DELTA")
    assert sign_off(session, contest, actor=two, now=clock.now()) is False
    assert sign_off(session, contest, actor=one, now=clock.now()) is True
    assert contest.frozen["roll"]["voters"] == 4


def test_members_object_and_the_contest_waits_for_the_answers(session, scene, clock, organizers):
    contest = configured(session, scene, clock)
    alpha = scene.delegates[0]
    said = {"kind": ObjectionKind.MISSING, "about": "DELTA", "text": "It was verified last week."}
    speaking = {"organization_id": alpha.organization.id, "actor": alpha.actor}
    assert why(raise_objection, session, contest, **speaking, **said, now=clock.now()) is Reason.WINDOW
    until = clock.now() + WEEK
    refused(
        "objections_too_short",
        announce_roll,
        session,
        contest,
        objections_until=clock.now(),
        actor=OPERATOR,
        now=clock.now(),
    )
    announce_roll(session, contest, objections_until=until, actor=organizers[0], now=clock.now())
    refused(
        "objections_too_short",
        announce_roll,
        session,
        contest,
        objections_until=until,
        actor=OPERATOR,
        now=clock.now(),
    )
    objection = raise_objection(session, contest, **speaking, **said, now=clock.now())
    with pytest.raises(ObjectionRepeated):
        raise_objection(session, contest, **speaking, **said, now=clock.now())
    beta = scene.delegates[1]
    assert (
        why(
            raise_objection,
            session,
            contest,
            organization_id=beta.organization.id,
            actor=alpha.actor,
            **said,
            now=clock.now(),
        )
        is Reason.NO_MANDATE
    )
    refused("objections_running", open_contest, session, contest, actor=OPERATOR, now=clock.now())
    clock.advance(days=7)
    assert why(raise_objection, session, contest, **speaking, **said, now=clock.now()) is Reason.WINDOW
    refused("objections_waiting", open_contest, session, contest, actor=OPERATOR, now=clock.now())
    answer = {"upheld": True, "answer": "It is on it now."}
    answer_objection(session, contest, objection, **answer, actor=organizers[0], now=clock.now())
    with pytest.raises(AlreadyAnswered):
        answer_objection(session, contest, objection, **answer, actor=organizers[1], now=clock.now())
    open_contest(session, contest, actor=OPERATOR, now=clock.now())
    assert contest.state is ContestState.OPEN
    with pytest.raises(WrongState):
        announce_roll(session, contest, objections_until=until + WEEK, actor=OPERATOR, now=clock.now())


def test_nobody_answers_their_own_objection(session, scene, clock):
    contest = configured(session, scene, clock)
    announce_roll(session, contest, objections_until=clock.now() + WEEK, actor=OPERATOR, now=clock.now())
    both = make_user(session, clock.now(), "both@example.org", Role.ORGANIZER, Role.DELEGATE)
    delegate = make_delegate(session, clock.now(), "DELTA", user=both, verified=False)
    objection = raise_objection(
        session,
        contest,
        organization_id=delegate.organization.id,
        kind=ObjectionKind.OTHER,
        about="",
        text="Our name is wrong.",
        actor=delegate.actor,
        now=clock.now(),
    )
    answer = {"upheld": False, "answer": "No.", "now": clock.now()}
    assert why(answer_objection, session, contest, objection, **answer, actor=delegate.actor) is Reason.OWN_MATTER
    own = {"answered_by": both.id, "answered_at": clock.now(), "answer": "No.", "upheld": False}
    with pytest.raises(IntegrityError):
        session.execute(update(RollObjection).values(**own))


def test_a_contest_without_a_roll_announces_none(session, scene, clock):
    contest = configured(session, scene, clock, secrecy=Secrecy.NO_ROLL)
    refused(
        "no_voters",
        announce_roll,
        session,
        contest,
        objections_until=clock.now() + WEEK,
        actor=OPERATOR,
        now=clock.now(),
    )


def voted(session, scene, clock):
    contest = make_contest(session, scene.consultation, clock.now())
    alpha = scene.delegates[0]
    cast(
        session,
        contest,
        organization_id=alpha.organization.id,
        ballot=[[scene.codes[0]]],
        key="k" * 32,
        actor=alpha.actor,
        clock=clock.now,
    )
    commit(session)
    return contest


def test_void_takes_two_people_and_a_reason_and_destroys_what_ballots_say(session, scene, clock, organizers):
    contest = voted(session, scene, clock)
    one, two = organizers
    assert why(void_contest, session, contest, reason="x", actor=one, now=clock.now()) is Reason.SECOND_PERSON
    with pytest.raises(ValueError, match="why"):
        ask_to_void(session, contest, reason=" ", actor=one, now=clock.now())
    asked = ask_to_void(session, contest, reason="The roll was wrong.", actor=one, now=clock.now())
    from consultation.voting.operations import VOID

    assert why(two_steps.confirm, session, asked, VOID, actor=one, now=clock.now()) is Reason.SECOND_PERSON
    two_steps.confirm(session, asked, VOID, actor=two, now=clock.now())
    commit(session)
    assert (contest.state, contest.void_reason, contest.voided_at) == (
        ContestState.VOID,
        "The roll was wrong.",
        clock.now(),
    )
    held = [session.scalars(select(table)).all() for table in (BallotContent, BallotDraft, CastKey, StoredTally)]
    assert held == [[], [], [], []]
    assert len(session.scalars(select(ChainEntry)).all()) == 1
    assert not key_store(session).path(contest.id).exists()
    with pytest.raises(WrongState):
        tally_contest(session, contest, beacon=None, actor=OPERATOR, now=clock.now())


def test_what_the_close_and_the_tally_have_counted_goes_too(session, scene, clock):
    contest = voted(session, scene, clock)
    close_contest(session, contest, actor=OPERATOR, now=clock.now())
    commit(session)
    tally_contest(session, contest, beacon=None, actor=OPERATOR, now=clock.now())
    commit(session)
    assert contest.record is not None
    void_contest(session, contest, reason="The roll was wrong.", actor=OPERATOR, now=clock.now())
    commit(session)
    session.expire_all()
    held = [session.scalars(select(table)).all() for table in (BallotContent, StoredTally, Explanation)]
    assert (held, contest.record, contest.record_sha256) == ([[], [], []], None, None)


def test_a_published_result_stands(session, scene, clock):
    contest = voted(session, scene, clock)
    close_contest(session, contest, actor=OPERATOR, now=clock.now())
    commit(session)
    tally_contest(session, contest, beacon=None, actor=OPERATOR, now=clock.now())
    publish_contest(session, contest, actor=OPERATOR, now=clock.now())
    with pytest.raises(WrongState):
        void_contest(session, contest, reason="Regret.", actor=OPERATOR, now=clock.now())


def test_a_configured_contest_can_be_void_too(session, scene, clock):
    contest = configured(session, scene, clock)
    void_contest(session, contest, reason="Not needed.", actor=OPERATOR, now=clock.now())
    commit(session)
    assert session.scalars(select(Contest.state)).one() is ContestState.VOID


def test_the_roll_is_read_page_by_page_and_hides_protected_names(session, scene, clock):
    scene.delegates[1].organization.protected = True
    contest = make_contest(session, scene.consultation, clock.now())
    rows = roll_rows(session, contest, "en", limit=2)
    assert [(row.code, row.name) for row in rows] == [
        ("BETA", ""),
        ("ALPHA", "Organization ALPHA"),
        ("GAMMA", "Organization GAMMA"),
    ]
    after = (rows[1].name, rows[1].code)
    assert [row.code for row in roll_rows(session, contest, "en", after=after, limit=2)] == ["GAMMA"]


def test_the_roll_keeps_the_names_of_the_opening_in_each_language(session, scene, clock):
    alpha, beta, gamma = (delegate.organization for delegate in scene.delegates)
    alpha.name_fr, alpha.name_es, beta.name_es, gamma.protected = "Voisinage ALPHA", "Vecindad ALPHA", "", True
    contest = make_contest(session, scene.consultation, clock.now(), secrecy=Secrecy.NAMED)
    alpha.name_fr, beta.name_fr = "Renamed since", "Renamed since"
    session.flush()

    def told(language, **page):
        return [(row.code, row.name) for row in roll_rows(session, contest, language, **{"limit": 9, **page})]

    hidden, second = ("GAMMA", ""), ("BETA", "Organization BETA")
    assert told("en") == [hidden, ("ALPHA", "Organization ALPHA"), second]
    assert told("fr") == [hidden, second, ("ALPHA", "Voisinage ALPHA")]
    assert told("es") == [hidden, second, ("ALPHA", "Vecindad ALPHA")]
    assert told("fr", after=second[::-1]) == [("ALPHA", "Voisinage ALPHA")]
    assert names_on_roll(session, contest.id, "fr") == {"ALPHA": "Voisinage ALPHA", "BETA": "Organization BETA"}
