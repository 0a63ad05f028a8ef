"""The worker and jobs: all or nothing, found again when the process dies, visible meanwhile, and quiet in the logs."""

import os
import signal
import subprocess
import sys
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from consultation.commands.worker import Jobs, run_waiting
from consultation.kernel import jobs
from consultation.kernel.jobs import Interrupted, Job, JobKind, JobRefused, Notes
from consultation.kernel.outbox import ConsumerCursor
from consultation.kernel.permissions import OPERATOR, Permission
from consultation.kernel.roles import Role
from tests.factories import NOW, actor_of, make_user

ROOT = Path(__file__).resolve().parents[2]


def did(work, task, prepared, *, actor, now):
    """Leaves a trace, once for each time that it is kept."""
    trace = work.get(ConsumerCursor, "trace") or ConsumerCursor(consumer="trace", position=0)
    trace.position += 1
    work.add(trace)
    work.flush()
    return {"by": actor.kind, "prepared": prepared}


@pytest.fixture
def kinds(app):
    """Replaces the application's kinds of jobs: ``kinds(perform, prepare=…)`` is the only one then."""

    def set_kind(perform=did, **more):
        kind = JobKind("walk", Permission.IMPORT_RUN, perform=perform, **more)
        app.extensions["jobs"] = {"walk": kind}
        return kind

    return set_kind


def ask(session, kind, actor=OPERATOR, **more):
    job = jobs.enqueue(session, kind, actor=actor, now=NOW, **more)
    session.commit()
    return job


def traces(session):
    session.rollback()
    return session.scalars(select(ConsumerCursor.position).where(ConsumerCursor.consumer == "trace")).one_or_none()


def seen(session):
    session.rollback()
    return session.scalars(select(Job).execution_options(populate_existing=True)).one()


def test_a_job_prepares_then_works_and_ends_in_one_transaction(app, session, kinds):
    told = []
    kind = kinds(prepare=lambda task: task.parameters["far"] * 2, ended=lambda task, state: told.append(state))
    ask(session, kind, parameters={"far": 4})
    assert run_waiting(app) == 1
    assert (traces(session), seen(session).state, told) == (1, "done", ["done"])
    assert session.scalars(select(Job.report)).one() == {"by": "operator", "prepared": 8}
    assert run_waiting(app) == 0


def test_it_acts_as_who_asked(app, session, kinds):
    ask(session, kinds(), actor_of(session, make_user(session, Role.ORGANIZER)))
    run_waiting(app)
    assert session.scalars(select(Job.report)).one()["by"] == "user"


def test_an_account_that_is_gone_is_said(app, session, kinds):
    person = make_user(session, Role.ORGANIZER)
    job = ask(session, kinds(), actor_of(session, person))
    job.requested_by = uuid.uuid4()
    session.commit()
    run_waiting(app)
    assert (seen(session).state, traces(session)) == ("failed", None)
    assert seen(session).error["message"].startswith("The account that asked for this is closed")


def test_a_refusal_is_kept_for_people_and_nothing_else_is(app, session, kinds):
    told = []

    def refuse(work, task, prepared, *, actor, now):
        did(work, task, prepared, actor=actor, now=now)
        raise JobRefused("%(what)s is wrong.", what="It")

    ask(session, kinds(refuse, ended=lambda task, state: told.append(state)))
    run_waiting(app)
    assert (traces(session), seen(session).state, told) == (None, "failed", ["failed"])
    assert seen(session).error == {"message": "%(what)s is wrong.", "params": {"what": "It"}}


def test_what_breaks_is_logged_without_what_it_broke_on(app, session, kinds, capsys):
    def breaks(work, task, prepared, *, actor, now):
        did(work, task, prepared, actor=actor, now=now)
        raise ValueError("ann@example.org proposed this")

    job = ask(session, kinds(breaks))
    capsys.readouterr()
    run_waiting(app)
    logged = capsys.readouterr().err
    assert (traces(session), seen(session).state) == (None, "failed")
    (line,) = logged.splitlines()
    assert f"[error] job_broke job={job.id}" in line
    assert "error=ValueError where=test_worker_jobs.py:" in line
    assert "ann@example.org" not in logged + repr(seen(session).error)


def test_a_stopped_worker_takes_its_job_back_and_the_next_one_does_it(app, session, kinds):
    stop = []

    def long(work, task, prepared, *, actor, now):
        report = did(work, task, prepared, actor=actor, now=now)
        stop.append(True)
        task.report("Walking", 1, 2)
        return report

    ask(session, kinds(long))
    assert Jobs(app, lambda: len(stop) == 1).step() == 1
    assert (traces(session), seen(session).state) == (None, "queued")
    assert run_waiting(app) == 1
    assert (traces(session), seen(session).attempt) == (1, 2)


def test_a_database_that_is_away_for_a_while_costs_nothing(app, session, kinds):
    failures = iter([OperationalError("x", {}, Exception("locked"))] * 2)

    def unlucky(work, task, prepared, *, actor, now):
        report = did(work, task, prepared, actor=actor, now=now)
        for failure in failures:
            raise failure
        return report

    ask(session, kinds(unlucky))
    assert run_waiting(app) == 3
    assert (traces(session), seen(session).state) == (1, "done")


def test_a_job_whose_process_ends_again_and_again_is_given_up(app, session, kinds):
    def ends(work, task, prepared, *, actor, now):
        raise Interrupted

    ask(session, kinds(ends))
    assert run_waiting(app) == jobs.ATTEMPTS
    assert (seen(session).state, seen(session).error["params"]) == ("failed", {"times": jobs.ATTEMPTS})


def test_a_lost_job_is_found_by_its_silence_and_a_living_one_left_alone(app, session, kinds, clock, config):
    ask(session, kinds())
    begun = jobs.claim(session, app.extensions["jobs"], now=NOW)
    session.commit()
    notes = Notes(config.data_dir / "jobs")
    clock.advance(seconds=31)
    notes.write(begun.id, jobs.Note("Walking", 1, 2, NOW + timedelta(seconds=20)))
    assert run_waiting(app) == 0
    assert seen(session).state == "running"
    clock.advance(seconds=31)
    assert run_waiting(app) == 1
    assert (traces(session), seen(session).state, notes.read(begun.id)) == (1, "done", None)


def test_who_was_overtaken_keeps_nothing(app, session, kinds):
    again = []

    def slow(work, task, prepared, *, actor, now):
        report = did(work, task, prepared, actor=actor, now=now)
        # As if another process had found it lost meanwhile, and begun it again.
        again.append(True)
        work.get_one(Job, task.job_id).attempt += 1
        return report

    ask(session, kinds(slow))
    run_waiting(app)
    assert (traces(session), seen(session).state, seen(session).attempt, again) == (None, "running", 1, [True])


def test_progress_is_seen_while_the_transaction_is_open(app, session, kinds, config, client):
    found = []

    def watched(work, task, prepared, *, actor, now):
        report = did(work, task, prepared, actor=actor, now=now)
        task.report("Walking", 1, 2)
        limit = time.monotonic() + 10
        note = None
        while time.monotonic() < limit and (note is None or note.doing != "Walking"):
            note = Notes(config.data_dir / "jobs").read(task.job_id)
            time.sleep(0.02)
        found.append((note.doing, note.done, note.total))
        # From another thread, as a visitor's request comes: this one is in the middle of writing.
        with ThreadPoolExecutor(1) as visitor:
            found.append(visitor.submit(lambda: client.get("/readyz").status_code).result(10))
        return report

    ask(session, kinds(watched))
    run_waiting(app)
    assert found == [("Walking", 1, 2), 200]


def test_once_runs_what_waits(runner, session, kinds):
    ask(session, kinds())
    ended = runner.invoke(args=["worker", "--once"])
    assert (ended.exit_code, "Jobs run: 1." in ended.stderr, traces(session)) == (0, True, 1)


def test_an_idle_step_asks_once_and_writes_nothing(app, session, kinds, count_queries):
    kinds()
    worker = Jobs(app)
    worker.step()
    with count_queries() as queries:
        assert worker.step() == 0
    assert [query.split()[0] for query in queries] == ["SELECT"]


KILLED = """
import sys, time
from pathlib import Path
from consultation.app import create_app
from consultation.config import Config
from consultation.commands.worker import Jobs
from consultation.kernel.jobs import JobKind
from consultation.kernel.permissions import Permission
from tests.commands.test_worker_jobs import did

def stuck(work, task, prepared, *, actor, now):
    did(work, task, prepared, actor=actor, now=now)
    print("working", flush=True)
    time.sleep(60)

app = create_app(Config.for_tests(database_url=sys.argv[1], data_dir=Path(sys.argv[2])))
app.extensions["jobs"] = {"walk": JobKind("walk", Permission.IMPORT_RUN, perform=stuck)}
Jobs(app).step()
"""


def test_a_killed_worker_leaves_nothing_half_done_and_the_next_does_the_job_once(
    app, session, kinds, clock, config, database_url
):
    ask(session, kinds())
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, database_url, str(config.data_dir)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "working\n"
        session.rollback()
        assert (traces(session), seen(session).state) == (None, "running")
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=30)
    session.rollback()
    clock.set(seen(session).heartbeat_at + timedelta(seconds=20))
    assert run_waiting(app) == 0
    clock.advance(seconds=30)
    assert run_waiting(app) == 1
    assert (traces(session), seen(session).state, seen(session).attempt) == (1, "done", 2)
