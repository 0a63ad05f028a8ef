"""Contests that were closed, counted and published, for the tests of results."""

from sqlalchemy import select

from consultation.kernel.permissions import OPERATOR
from consultation.voting.chain import canonical
from consultation.voting.models import Explanation, StoredTally
from consultation.voting.operations import (
    close_contest,
    import_ballots,
    publish_contest,
    tally_contest,
)
from consultation.voting.tally import BallotRow
from tests.voting.factories import commit, make_contest

RESULTS = "/en/consultations/gathering/results"


def marked(*tiers):
    return BallotRow(tuple(map(tuple, tiers)))


def closed(session, scene, clock, ballots, **changes):
    contest = make_contest(session, scene.consultation, clock.now(), **changes)
    import_ballots(session, contest, ballots, actor=OPERATOR, now=clock.now())
    close_contest(session, contest, actor=OPERATOR, now=clock.now())
    commit(session)
    return contest


def outside(codes, count=100):
    """Ballots of a contest without a roll: three groups, one of them large."""
    picks = [(codes[0], codes[1]), (codes[0], codes[1]), (codes[2],), (codes[3], codes[0])]
    return {f"p{number}": marked(*[(item,) for item in picks[number % 4]]) for number in range(count)}


def published(session, contest, clock, beacon="noon"):
    tally_contest(session, contest, beacon=beacon, actor=OPERATOR, now=clock.now())
    publish_contest(session, contest, actor=OPERATOR, now=clock.now())
    commit(session)


def stored(session, contest):
    session.expire_all()
    rows = session.scalars(select(StoredTally).where(StoredTally.contest_id == contest.id).order_by(StoredTally.rule))
    kept = [(row.rule, row.version, row.input_sha256, canonical(row.result), row.computed_at) for row in rows]
    why = session.get(Explanation, contest.id)
    return kept, (why.version, why.input_sha256, canonical(why.content), why.computed_at)
