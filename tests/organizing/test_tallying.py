"""A large contest is counted as a job: asked for once, visible while it runs, stored at its end."""

import pytest
from sqlalchemy import select

from consultation.commands.worker.jobs import run_waiting
from consultation.kernel.jobs import Job, JobState
from consultation.kernel.permissions import OPERATOR
from consultation.kernel.roles import Role
from consultation.voting import jobs as tally_jobs
from consultation.voting.chain import canonical
from consultation.voting.models import Explanation, StoredTally
from consultation.voting.operations import close_contest, import_ballots, publish_contest, tally_contest
from consultation.voting.operations.counting import count_contest
from consultation.voting.states import ContestKind, ContestState, Secrecy
from consultation.voting.tally import BallotRow
from tests.voting.factories import (
    commit,
    make_consultation,
    make_contest,
    make_items,
    make_user,
    sign_in,
)

DESK = "/en/organize/gathering/contests"


@pytest.fixture
def contest(session, clock):
    now = clock.now()
    consultation = make_consultation(session, now)
    codes = [item.code for item in make_items(session, consultation, now, 3)]
    made = make_contest(
        session, consultation, now, secrecy=Secrecy.NO_ROLL, kind=ContestKind.SHORTLIST, places=1, beacon_source="noon"
    )
    rows = {f"p{number}": BallotRow(((codes[number % 3 % 2],),)) for number in range(tally_jobs.LARGE)}
    import_ballots(session, made, rows, actor=OPERATOR, now=now)
    close_contest(session, made, actor=OPERATOR, now=now)
    commit(session)
    return made


@pytest.fixture
def organizer(session, client, clock):
    sign_in(client, make_user(session, clock.now(), "o@example.org", Role.ORGANIZER))
    return client


def test_a_large_contest_is_counted_by_the_worker(app, session, organizer, contest):
    refused = organizer.post(f"{DESK}/MAIN/tally", data={"beacon": ""})
    assert refused.status_code == 422
    asked = organizer.post(f"{DESK}/MAIN/tally", data={"beacon": "7"})
    assert asked.status_code == 303
    again = organizer.post(f"{DESK}/MAIN/tally", data={"beacon": "7"})
    assert again.location == asked.location
    assert "Waits for its turn" in organizer.get(asked.location).text
    assert "The tally is under way" in organizer.get(DESK).text
    assert session.scalars(select(StoredTally)).all() == []
    session.rollback()
    assert run_waiting(app) == 1
    assert (contest.state, contest.beacon) == (ContestState.TALLIED, "7")
    html = organizer.get(asked.location).text
    assert "The contest is tallied." in html
    assert "hx-get" not in html[html.index('id="job"') :][:200]
    kept = session.get(Explanation, contest.id).content
    assert canonical(kept) == canonical(count_contest(session, contest, "7").explanation)


def test_a_job_that_was_overtaken_by_a_tally_with_another_value_keeps_nothing(app, session, organizer, contest, clock):
    asked = organizer.post(f"{DESK}/MAIN/tally", data={"beacon": "7"})
    tally_contest(session, contest, beacon="8", actor=OPERATOR, now=clock.now())
    commit(session)
    before = [(row.rule, canonical(row.result)) for row in session.scalars(select(StoredTally))]
    session.rollback()
    run_waiting(app)
    assert contest.beacon == "8"
    assert [(row.rule, canonical(row.result)) for row in session.scalars(select(StoredTally))] == before
    assert "tallied with another value meanwhile" in organizer.get(asked.location).text


def test_nothing_is_counted_after_the_publication(app, session, organizer, contest, clock):
    asked = organizer.post(f"{DESK}/MAIN/tally", data={"beacon": "7"})
    tally_contest(session, contest, beacon="7", actor=OPERATOR, now=clock.now())
    publish_contest(session, contest, actor=OPERATOR, now=clock.now())
    commit(session)
    run_waiting(app)
    assert "moved on meanwhile" in organizer.get(asked.location).text
    assert organizer.post(f"{DESK}/MAIN/tally", data={"beacon": "7"}).status_code == 409


def test_a_tally_that_waits_can_be_cancelled_by_organizers(app, session, organizer, contest):
    asked = organizer.post(f"{DESK}/MAIN/tally", data={"beacon": "7"})
    assert organizer.post(f"{asked.location}/cancellation").status_code == 303
    assert run_waiting(app) == 0
    assert session.scalars(select(Job)).one().state is JobState.CANCELLED
    assert "Nothing was counted" in organizer.get(asked.location).text
    assert contest.state is ContestState.CLOSED


def test_a_job_of_another_contest_is_not_found(session, organizer, contest, clock):
    asked = organizer.post(f"{DESK}/MAIN/tally", data={"beacon": "7"})
    make_contest(session, contest.consultation, clock.now(), code="OTHER", secrecy=Secrecy.NO_ROLL)
    commit(session)
    assert organizer.get(asked.location.replace("MAIN", "OTHER")).status_code == 404
