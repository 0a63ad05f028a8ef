"""Where a ballot that is cast goes in, by the address alone, and how little a cast asks of the database."""

import json
import uuid
from datetime import timedelta

import pytest
from sqlalchemy import text

from consultation.kernel.letters import Letter
from consultation.kernel.roles import MandateKind, Role
from consultation.membership.models import Mandate
from consultation.voting.chain import voter_tag
from consultation.voting.keys import key_store
from consultation.voting.models import BallotContent, CastKey, ChainEntry
from consultation.voting.operations.box import voter_text
from consultation.voting.states import VotingUnit
from tests.voting.factories import commit, make_contest, make_delegate, make_user, sign_in

BALLOTS = "/en/consultations/gathering/ballots"
RECEIPT = "/en/consultations/gathering/ranking/receipt"


@pytest.fixture
def two(session, scene, clock):
    """Two contests that are open, the first of members and the second of delegates, and one to come."""
    now = clock.now()
    first = make_contest(session, scene.consultation, now, closes_at=now + timedelta(days=1))
    clock.advance(seconds=1)
    second = make_contest(session, scene.consultation, now, code="EACH", unit=VotingUnit.DELEGATES)
    make_contest(session, scene.consultation, clock.now(), code="LATER", opened=False)
    commit(session)
    return first, second


@pytest.fixture
def voter(session, scene, client, clock, two):
    """Who speaks for ALPHA and, since after the opening, as a deputy for BETA."""
    alpha, beta = scene.delegates[:2]
    deputy = {"user_id": alpha.user.id, "organization_id": beta.organization.id, "kind": MandateKind.DEPUTY}
    session.add(Mandate(**deputy, starts_at=clock.now()))
    commit(session)
    sign_in(client, alpha.user)
    return client


def put_in(client, scene, query=""):
    ballot = json.dumps([[scene.codes[0]]])
    return client.post(f"{BALLOTS}{query}", data={"key": uuid.uuid4().hex, "ballot": ballot})


def tags(session, contest):
    session.rollback()  # to see what others have committed since
    return {entry.voter_tag for entry in session.query(ChainEntry).filter_by(contest_id=contest.id)}


def tag(session, contest, voter_id):
    return voter_tag(key_store(session).read(contest.id), contest.code, voter_text(contest.unit, voter_id))


def test_the_address_says_for_which_contest_and_organization(session, scene, voter, two):
    members, each = two
    alpha, beta = (one.organization for one in scene.delegates[:2])
    done = put_in(voter, scene, "?contest=MAIN&for=BETA")
    assert (done.status_code, done.location) == (303, f"{RECEIPT}?contest=MAIN&for=BETA")
    assert tags(session, members) == {tag(session, members, beta.id)}
    done = put_in(voter, scene)
    assert (done.status_code, done.location) == (303, f"{RECEIPT}?contest=MAIN&for=ALPHA")
    assert tags(session, members) == {tag(session, members, one.id) for one in (alpha, beta)}
    done = put_in(voter, scene, "?contest=EACH")
    assert (done.status_code, done.location) == (303, f"{RECEIPT}?contest=EACH")
    assert tags(session, each) == {tag(session, each, scene.delegates[0].user.id)}


@pytest.mark.parametrize(
    "query", ["?for=GAMMA", "?for=NOBODY", "?contest=NOWHERE", "?contest=LATER", "?contest=EACH&for=BETA"]
)
def test_where_there_is_no_place_for_it_a_ballot_finds_nothing(session, scene, voter, query):
    assert put_in(voter, scene, query).status_code == 404
    assert session.query(ChainEntry).count() == 0


def test_who_is_not_on_the_roll_or_not_verified_finds_nothing(session, client, scene, two, clock):
    for late in (
        make_delegate(session, clock.now(), "LATE"),
        make_delegate(session, clock.now(), "NEW", verified=False),
    ):
        sign_in(client, late.user)
        assert put_in(client, scene).status_code == 404
    assert client.post("/en/consultations/nowhere/ballots", data={"key": "k", "ballot": "[]"}).status_code == 404
    assert session.query(ChainEntry).count() == 0


def test_a_cast_tells_who_votes_beside_the_voter_and_nobody_else(session, scene, voter, clock):
    alpha, beta = scene.delegates[:2]

    def person(name, organization, kind=MandateKind.DEPUTY, **dates):
        made = make_user(session, clock.now(), f"{name}@example.org", Role.DELEGATE)
        dates = {"starts_at": clock.now()} | dates
        session.add(Mandate(user_id=made.id, organization_id=organization.id, kind=kind, **dates))
        session.flush()
        return made

    beside = {person(name, alpha.organization).id for name in ("one", "two")}
    person("editor", alpha.organization, MandateKind.EDITOR)
    person("revoked", alpha.organization, revoked_at=clock.now())
    person("gone", alpha.organization).active = False
    person("elsewhere", beta.organization)
    commit(session)
    assert put_in(voter, scene).status_code == 303
    session.rollback()
    letters = session.query(Letter).all()
    assert {(one.user_id, one.details["organization_id"]) for one in letters} == {
        (user_id, str(alpha.organization.id)) for user_id in beside
    }


def test_a_cast_asks_little_of_the_database(scene, voter, engine, count_queries):
    """Who is signed in, for whom, and whether they may have to agree to something first, where the ballot goes in and
    whom to tell, the lock on PostgreSQL, where things stand, and the ballot: one statement on PostgreSQL, three on
    SQLite."""
    put_in(voter, scene)
    with count_queries() as queries:
        assert put_in(voter, scene).status_code == 303
    assert len(queries) == (5 if engine.dialect.name == "postgresql" else 6), queries


REFUSING = {
    "sqlite": [
        "CREATE TRIGGER refusing BEFORE INSERT ON cast_key BEGIN SELECT RAISE(ABORT, 'a full disk, say'); END",
    ],
    "postgresql": [
        """CREATE FUNCTION refusing() RETURNS trigger LANGUAGE plpgsql
        AS $$ BEGIN RAISE EXCEPTION 'a full disk, say' USING ERRCODE = '53100'; END $$""",
        "CREATE TRIGGER refusing BEFORE INSERT ON cast_key FOR EACH ROW EXECUTE FUNCTION refusing()",
    ],
}
YIELDING = {
    "sqlite": ["DROP TRIGGER refusing"],
    "postgresql": ["DROP TRIGGER refusing ON cast_key", "DROP FUNCTION refusing"],
}


@pytest.fixture
def refusing(session, engine, two):
    """The database refuses the last thing that a cast writes, until ``refusing()`` is called."""

    def run(statements):
        for one in statements:
            session.execute(text(one))
        session.commit()

    run(REFUSING[engine.dialect.name])
    left = [YIELDING[engine.dialect.name]]
    yield lambda: run(left.pop())
    session.rollback()
    if left:
        run(left.pop())


def test_a_ballot_that_the_database_refuses_at_the_end_is_not_said_to_be_in_the_box(session, scene, voter, refusing):
    answer = put_in(voter, scene)
    assert answer.status_code >= 400
    assert "Location" not in answer.headers
    assert "in the box" not in voter.get("/en/consultations/gathering/ranking").text
    session.rollback()
    assert [session.query(kept).count() for kept in (ChainEntry, BallotContent, CastKey)] == [0, 0, 0]
    refusing()
    assert put_in(voter, scene).status_code == 303
    session.rollback()
    assert [session.query(kept).count() for kept in (ChainEntry, BallotContent, CastKey)] == [1, 1, 1]
