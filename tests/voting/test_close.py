"""The close is exact: to the millisecond, on days on which clocks change, and when a clock is set back."""

import uuid
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from consultation.kernel.permissions import OPERATOR, Denied, Reason
from consultation.voting.operations import cast, close_contest, open_contest
from consultation.voting.queries import contest_by_code
from tests.voting.factories import commit, make_contest

MILLISECOND = timedelta(milliseconds=1)
TORONTO = ZoneInfo("America/Toronto")
PLACE = ("contests", "create", "gathering", "--kind", "ranking", "--places", "2", "--code")


def vote(session, contest, delegate, clock):
    return cast(
        session,
        contest,
        organization_id=delegate.organization.id,
        ballot=[],
        key=uuid.uuid4().hex,
        actor=delegate.actor,
        clock=clock.now,
    )


def refused(session, contest, delegate, clock):
    with pytest.raises(Denied) as error:
        vote(session, contest, delegate, clock)
    return error.value.decision.reason


@pytest.mark.parametrize(
    ("written", "instant"),
    [
        # The night on which clocks go back: midnight is four hours from UTC, three in the morning five.
        ("2027-11-07", datetime(2027, 11, 7, 4, tzinfo=UTC)),
        ("2027-11-07T03:00", datetime(2027, 11, 7, 8, tzinfo=UTC)),
        # The hour that comes twice, told apart by its offset.
        ("2027-11-07T01:30-04:00", datetime(2027, 11, 7, 5, 30, tzinfo=UTC)),
        ("2027-11-07T01:30-05:00", datetime(2027, 11, 7, 6, 30, tzinfo=UTC)),
        # The night on which they go forward.
        ("2027-03-14T01:59", datetime(2027, 3, 14, 6, 59, tzinfo=UTC)),
        ("2027-03-14T03:00", datetime(2027, 3, 14, 7, tzinfo=UTC)),
    ],
)
def test_a_closing_on_a_change_of_clocks_is_one_instant(session, scene, clock, runner, written, instant):
    assert scene.consultation.zone == "America/Toronto"
    assert runner.invoke(args=[*PLACE, "NIGHT", "--closes", written]).exit_code == 0
    contest = contest_by_code(session, "NIGHT")
    open_contest(session, contest, actor=OPERATOR, now=clock.now())
    commit(session)
    assert contest.frozen["closes_at"] == instant.isoformat()
    clock.set(instant - MILLISECOND)
    assert vote(session, contest, scene.delegates[0], clock).position == 1
    for late in (instant, instant + MILLISECOND, instant + timedelta(hours=1)):
        clock.set(late)
        assert refused(session, contest, scene.delegates[0], clock) is Reason.WINDOW


@pytest.mark.parametrize("written", ["2027-11-07T01:30", "2027-03-14T02:30"])
def test_an_hour_that_comes_twice_or_never_is_no_closing(session, scene, runner, written):
    ended = runner.invoke(args=[*PLACE, "NIGHT", "--closes", written])
    assert ended.exit_code == 2
    assert contest_by_code(session, "NIGHT") is None


def test_a_clock_that_is_set_back_opens_no_closed_box(session, scene, clock):
    closes = datetime(2027, 11, 7, 1, 30, tzinfo=TORONTO, fold=1).astimezone(UTC)
    contest = make_contest(session, scene.consultation, clock.now(), closes_at=closes)
    commit(session)
    clock.set(closes - MILLISECOND)
    vote(session, contest, scene.delegates[0], clock)
    clock.set(closes)
    close_contest(session, contest, actor=OPERATOR, now=clock.now())
    commit(session)
    clock.set(closes - timedelta(hours=1))
    assert refused(session, contest, scene.delegates[1], clock) is Reason.WINDOW


def test_a_clock_that_is_set_back_while_voting_goes_on_leaves_the_order_as_it_was(session, scene, clock):
    contest = make_contest(session, scene.consultation, clock.now())
    commit(session)
    clock.advance(hours=2)
    assert vote(session, contest, scene.delegates[0], clock).position == 1
    clock.advance(hours=-1)
    again = vote(session, contest, scene.delegates[0], clock)
    assert (again.position, again.revision) == (2, 2)
    clock.advance(hours=-2)
    assert refused(session, contest, scene.delegates[0], clock) is Reason.WINDOW


def test_the_database_itself_refuses_a_second_ballot_of_the_same_number(session, scene, clock):
    contest = make_contest(session, scene.consultation, clock.now())
    vote(session, contest, scene.delegates[0], clock)
    commit(session)
    same = "contest_id, 2, 'another', 'another', voter_tag, revision, 'another'"
    with pytest.raises(DBAPIError):
        session.execute(text(f"INSERT INTO ballot_chain SELECT {same} FROM ballot_chain"))
    session.rollback()
    fork = "contest_id, 2, prev_hash, 'another', 'another', 1, 'another'"
    with pytest.raises(DBAPIError):
        session.execute(text(f"INSERT INTO ballot_chain SELECT {fork} FROM ballot_chain"))
