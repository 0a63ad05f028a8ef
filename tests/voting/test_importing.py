"""Ballots from paper beside those that their voters have cast: nobody's own ballot is replaced for them."""

import uuid

import pytest
from sqlalchemy import func, select

from consultation.kernel.permissions import OPERATOR
from consultation.voting.models import ChainEntry
from consultation.voting.operations import cast, close_contest, import_ballots
from consultation.voting.queries import final_contents
from consultation.voting.rules import from_content
from consultation.voting.states import Secrecy
from consultation.voting.tally import BallotRow
from tests.voting.factories import commit, make_contest


@pytest.fixture
def contest(session, scene, clock):
    made = make_contest(session, scene.consultation, clock.now(), secrecy=Secrecy.NAMED)
    commit(session)
    return made


def vote(session, contest, delegate, ballot, clock):
    details = {"organization_id": delegate.organization.id, "actor": delegate.actor, "clock": clock.now}
    cast(session, contest, ballot=ballot, key=uuid.uuid4().hex, **details)


def enter(session, contest, ballots, clock):
    return import_ballots(session, contest, ballots, actor=OPERATOR, now=clock.now())


def entries(session):
    return session.scalar(select(func.count()).select_from(ChainEntry))


def test_a_ballot_that_was_cast_stays_whatever_the_file_says(session, scene, contest, clock):
    alpha, beta, _gamma = scene.delegates
    first, second = scene.codes[:2]
    vote(session, contest, alpha, [[first]], clock)
    # The same ballot is refused like another: whoever imports must not find out by trying what somebody has cast.
    for guess in (first, second):
        done = enter(session, contest, {"ALPHA": BallotRow(((guess,),)), "BETA": BallotRow(((second,),))}, clock)
        assert done.rejected == {"ALPHA": "already_cast"}
    assert (done.imported, done.unchanged, entries(session)) == ([], ["BETA"], 2)
    vote(session, contest, beta, [[first]], clock)
    assert enter(session, contest, {"BETA": BallotRow(((second,),))}, clock).rejected == {"BETA": "already_cast"}
    close_contest(session, contest, actor=OPERATOR, now=clock.now())
    final = [from_content(row.content).tiers for row in final_contents(session, contest.id)]
    assert final == [((first,),), ((first,),)]
