"""Who is told of the ballot box: an organization's other delegates that a ballot was recorded, witnesses what the chain
is. Neither the letters nor their times, ids and order tell of the ballot."""

import json
import re
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text

from consultation.commands.worker import Post
from consultation.kernel.letters import Letter
from consultation.kernel.outbox import EventRecord
from consultation.kernel.permissions import OPERATOR
from consultation.kernel.roles import MandateKind, Role
from consultation.membership.models import Mandate
from consultation.voting.models import ChainEntry
from consultation.voting.operations import cast, close_contest
from consultation.voting.queries import checkpoints
from consultation.voting.states import VotingUnit
from tests.voting.factories import commit, make_contest, make_user


@pytest.fixture
def config(config):
    from dataclasses import replace

    return replace(config, mail_url="mailbox:")


@pytest.fixture
def sent(app, clock):
    """Sends what is due: whom each letter went to, its subject and its text."""

    def send():
        mail = Post(app)
        before = {name for name, _message in app.extensions["mail"].messages()}
        while mail.step():
            pass
        return [
            (message["To"], message["Subject"], message.get_body(("plain",)).get_content())
            for name, message in app.extensions["mail"].messages()
            if name not in before
        ]

    return send


def vote(session, contest, delegate, ballot, clock):
    receipt = cast(
        session,
        contest,
        organization_id=delegate.organization.id,
        ballot=ballot,
        key=uuid.uuid4().hex,
        actor=delegate.actor,
        clock=clock.now,
    )
    commit(session)
    return receipt


def add_person(session, delegate, clock, name, kind=MandateKind.DEPUTY, **dates):
    person = make_user(session, clock.now(), f"{name}@example.org", Role.DELEGATE)
    dates = {"starts_at": clock.now()} | dates
    session.add(Mandate(user_id=person.id, organization_id=delegate.organization.id, kind=kind, **dates))
    session.flush()
    return person


@pytest.fixture
def contest(session, scene, clock):
    made = make_contest(session, scene.consultation, clock.now(), closes_at=clock.now() + timedelta(days=1))
    commit(session)
    return made


def test_where_delegates_vote_the_one_who_cast_is_told_and_nobody_else(session, scene, clock, sent):
    alpha, now = scene.delegates[0], clock.now()
    add_person(session, alpha, clock, "deputy")
    own = make_contest(session, scene.consultation, now, unit=VotingUnit.DELEGATES, closes_at=now + timedelta(days=1))
    commit(session)
    vote(session, own, alpha, [[scene.codes[0]]], clock)
    clock.advance(minutes=15)
    [(to, subject, text)] = sent()
    assert (to, subject.endswith("A ballot of yours was recorded")) == ("alpha@example.org", True)
    assert "A ballot of yours, as a delegate of Organization ALPHA, was recorded in the contest MAIN." in text
    assert scene.codes[0] not in text


def test_the_other_delegates_are_told_that_a_ballot_was_recorded_and_nothing_else(session, scene, contest, clock, sent):
    alpha = scene.delegates[0]
    now = clock.now()
    add_person(session, alpha, clock, "deputy")
    add_person(session, alpha, clock, "editor", MandateKind.EDITOR)
    add_person(session, alpha, clock, "former", starts_at=now - timedelta(days=9), ends_at=now - timedelta(days=1))
    add_person(session, alpha, clock, "gone").active = False
    clock.advance(minutes=2, seconds=11)
    receipt = vote(session, contest, alpha, [[scene.codes[0]]], clock)
    assert sent() == []
    clock.advance(minutes=13)
    ((to, subject, body),) = sent()
    assert (to, subject) == ("deputy@example.org", "A ballot of your organization was recorded")
    assert "A ballot of Organization ALPHA was recorded in the contest MAIN." in body
    told = body + subject
    for secret in (receipt.commitment, receipt.entry_hash, receipt.signature, receipt.signature[:12], scene.codes[0]):
        assert secret not in told
    assert "position" not in told
    assert session.scalars(select(Letter)).all() == []


def test_a_letters_time_id_and_number_tell_nothing(session, scene, contest, clock):
    for delegate in scene.delegates:
        add_person(session, delegate, clock, f"second-{delegate.organization.code.lower()}")
    for number in range(5):
        clock.advance(minutes=1)
        vote(session, contest, scene.delegates[number % 3], [], clock)
    letters = session.scalars(select(Letter)).all()
    assert len(letters) == 3
    quarter = datetime(2027, 3, 1, 15, 15, tzinfo=UTC)
    assert {(one.created_at, one.due_at) for one in letters} == {(quarter, quarter)}
    assert {one.id.version for one in letters} == {5}
    assert {frozenset(one.details) for one in letters} == {frozenset({"contest_id", "organization_id"})}


def test_what_waits_at_the_close_no_longer_lies_in_the_order_of_the_chain(session, engine, scene, clock):
    from tests.voting.factories import make_delegate

    delegates = [make_delegate(session, clock.now(), f"M{number}") for number in range(12)]
    for delegate in delegates:
        add_person(session, delegate, clock, f"second-{delegate.organization.code.lower()}")
    contest = make_contest(session, scene.consultation, clock.now())
    commit(session)
    for delegate in delegates:
        vote(session, contest, delegate, [], clock)
    where = "rowid" if engine.dialect.name == "sqlite" else "ctid"
    in_place = text(f"SELECT id FROM letter WHERE kind = 'ballot_recorded' ORDER BY {where}")
    before = [str(uuid.UUID(str(one))) for one in session.scalars(in_place)]
    close_contest(session, contest, actor=OPERATOR, now=clock.now())
    commit(session)
    after = [str(uuid.UUID(str(one))) for one in session.scalars(in_place)]
    assert (len(before), after) == (12, sorted(before))
    assert before != after


def test_casting_is_no_event_and_leaves_no_row_that_pairs_voter_and_position(session, scene, contest, clock):
    add_person(session, scene.delegates[0], clock, "deputy")
    session.commit()
    before = session.scalars(select(EventRecord.name)).all()
    vote(session, contest, scene.delegates[0], [[scene.codes[0]]], clock)
    assert session.scalars(select(EventRecord.name)).all() == before
    details = session.scalars(select(Letter.details)).all()
    assert details == [
        {"contest_id": str(contest.id), "organization_id": str(scene.delegates[0].organization.id)},
    ]


def test_witnesses_get_the_newest_checkpoint(session, scene, clock, sent):
    make_user(session, clock.now(), "witness@example.net", Role.AUDITOR)
    contest = make_contest(session, scene.consultation, clock.now(), closes_at=clock.now() + timedelta(days=1))
    commit(session)

    def received():
        found = sent()
        assert [(to, subject) for to, subject, _body in found] == [
            ("witness@example.net", "Checkpoint of the ballot box MAIN")
        ]
        return json.loads(re.search(r"^> (\{.*\})", found[0][2], re.MULTILINE).group(1))

    clock.advance(seconds=1)
    signed = checkpoints(session, [contest])[contest.id]
    session.rollback()
    assert received() == signed[0].document()
    for number in range(21):
        clock.advance(minutes=1)
        vote(session, contest, scene.delegates[number % 3], [], clock)
    assert sent() == []
    clock.set(datetime(2027, 3, 1, 16, tzinfo=UTC))
    signed = checkpoints(session, [contest])[contest.id]
    assert [one.position for one in signed] == [0, 10, 20]
    session.rollback()
    assert received() == signed[-1].document()
    clock.set(contest.closes_at)
    close_contest(session, contest, actor=OPERATOR, now=clock.now())
    commit(session)
    clock.advance(seconds=1)
    assert received() == checkpoints(session, [contest])[contest.id][-1].document()
    assert session.scalar(select(ChainEntry.position).order_by(ChainEntry.position.desc()).limit(1)) == 21
