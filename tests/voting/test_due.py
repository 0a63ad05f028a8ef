"""A contest closes when its announced time is over: not before, and by itself."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from consultation.app import DUE
from consultation.commands.worker import Worker
from consultation.kernel.outbox import EventRecord
from consultation.kernel.permissions import OPERATOR, Denied, Reason
from consultation.kernel.roles import Role
from consultation.voting.keys import key_store
from consultation.voting.models import Contest
from consultation.voting.operations import CLOSING, close_contest, close_due
from consultation.voting.states import ContestState
from tests.voting.factories import commit, make_contest, make_user, sign_in

DAY = timedelta(days=1)
MOMENT = timedelta(microseconds=1)


@pytest.fixture
def contest(session, scene, clock):
    made = make_contest(session, scene.consultation, clock.now(), closes_at=clock.now() + DAY)
    commit(session)
    return made


def states(session):
    session.rollback()
    session.expire_all()
    return {contest.code: contest.state.value for contest in session.scalars(select(Contest))}


@pytest.fixture
def organizer(client, session, clock):
    sign_in(client, make_user(session, clock.now(), "organizer@example.org", Role.ORGANIZER))
    session.commit()
    return client


def test_nobody_closes_before_the_announced_time(session, contest):
    with pytest.raises(Denied) as refused:
        close_contest(session, contest, actor=OPERATOR, now=contest.closes_at - MOMENT)
    assert refused.value.decision.reason is Reason.NOT_OVER
    assert key_store(session).path(contest.id).exists()
    close_contest(session, contest, actor=OPERATOR, now=contest.closes_at)
    assert contest.closed_at == contest.closes_at


def test_an_organizer_reads_what_to_do_instead(organizer, session, contest, clock):
    address = f"/en/organize/gathering/contests/{contest.code}/closure"
    refused = organizer.post(address, data={"confirmed": "yes"})
    assert (refused.status_code, "It closes by itself when its time is over." in refused.text) == (403, True)
    assert states(session) == {"MAIN": "open"}
    clock.set(contest.closes_at)
    assert organizer.post(address, data={"confirmed": "yes"}).status_code == 303
    assert states(session) == {"MAIN": "closed"}


def test_the_command_says_no_before_and_closes_after(runner, session, contest, clock):
    refused = runner.invoke(args=["contests", "close", "MAIN"])
    assert (refused.exit_code, "It closes by itself when its time is over." in refused.stderr) == (1, True)
    clock.set(contest.closes_at)
    assert runner.invoke(args=["contests", "close", "MAIN"]).exit_code == 0
    assert states(session) == {"MAIN": "closed"}


def test_what_is_due_is_open_and_over(session, scene, contest, clock):
    later = make_contest(
        session, scene.consultation, clock.now(), code="LATER", closes_at=contest.closes_at + timedelta(hours=1)
    )
    make_contest(session, scene.consultation, clock.now(), code="UNDATED")
    make_contest(session, scene.consultation, clock.now(), code="UNOPENED", opened=False, closes_at=contest.closes_at)
    assert CLOSING.waiting(session, contest.closes_at - MOMENT) == []
    assert CLOSING.waiting(session, contest.closes_at) == [contest.id]
    assert CLOSING.waiting(session, later.closes_at) == [contest.id, later.id]
    close_contest(session, contest, actor=OPERATOR, now=contest.closes_at)
    assert CLOSING.waiting(session, later.closes_at) == [later.id]


def test_closing_what_is_due_is_logged_as_the_operators_and_repeats_harmlessly(session, contest):
    for _ in range(2):
        close_due(session, contest.id, contest.closes_at)
        commit(session)
    assert contest.state is ContestState.CLOSED
    assert not key_store(session).path(contest.id).exists()
    closed = session.scalars(select(EventRecord).where(EventRecord.name == "ContestClosed")).all()
    assert [(row.actor_kind, row.occurred_at) for row in closed] == [("operator", contest.closes_at)]


def test_the_worker_closes_what_is_due_and_a_missing_key_holds_up_no_other(app, session, scene, contest, clock):
    make_contest(session, scene.consultation, clock.now(), code="OTHER", closes_at=contest.closes_at + MOMENT)
    commit(session)
    assert set(app.extensions["due"]) <= set(DUE)
    key = key_store(session).path(contest.id)
    aside = key.rename(key.with_suffix(".aside"))
    instant = [0.0]
    worker = Worker(app, (), monotonic=lambda: instant[0])
    worker.step()
    assert states(session) == {"MAIN": "open", "OTHER": "open"}
    clock.set(contest.closes_at + MOMENT)
    worker.step()
    assert states(session) == {"MAIN": "open", "OTHER": "closed"}
    assert list(worker.failures) == [CLOSING.name]
    aside.rename(key)
    instant[0] += 60
    worker.step()
    assert (states(session), worker.failures) == ({"MAIN": "closed", "OTHER": "closed"}, {})
