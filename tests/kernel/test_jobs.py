"""The queue of jobs: its moves, what the database refuses, and the notes on how far a job is."""

import threading
import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from consultation.kernel import jobs
from consultation.kernel.jobs import Interrupted, Job, JobKind, Note, Notes, Pulse
from consultation.kernel.moves import WrongState
from consultation.kernel.orm import intending_to_write
from consultation.kernel.outbox import EventRecord
from consultation.kernel.permissions import ANONYMOUS, OPERATOR, Actor, Denied, Permission
from consultation.kernel.roles import Role
from tests.factories import NOW

LATER = NOW + timedelta(minutes=1)
KIND = JobKind("walk", Permission.IMPORT_RUN, perform=lambda *_args, **_who: {})
KINDS = {"walk": KIND}
END = Note("Walking", 2, 3, LATER)


def ask(session, now=NOW, **more):
    return jobs.enqueue(session, KIND, actor=OPERATOR, now=now, **more)


def events(session):
    session.flush()
    return session.scalars(select(EventRecord.name).order_by(EventRecord.position)).all()


def test_a_job_is_asked_for_begun_and_finished(session):
    about = uuid.uuid4()
    asked = ask(session, subject_id=about, parameters={"far": 1}, file="f")
    assert (jobs.queued(session, KINDS), jobs.queued(session, ["other"])) == (True, False)
    assert jobs.waiting(session) == jobs.queries.Waiting(1, NOW)
    begun = jobs.claim(session, KINDS, now=NOW)
    assert (begun.id, begun.state, begun.attempt, begun.started_at) == (asked.id, "running", 1, NOW)
    assert (jobs.files_in_use(session), jobs.active_with_file(session, "f")) == ({"f"}, begun)
    jobs.finish(session, KIND, begun.id, 1, report={"steps": 3}, note=END)
    done = jobs.job_of(session, begun.id, about, KINDS)
    assert (done.state, done.report, done.done, done.total, done.finished_at) == ("done", {"steps": 3}, 2, 3, LATER)
    assert (jobs.claim(session, KINDS, now=NOW), jobs.files_in_use(session), jobs.waiting(session).jobs) == (
        None,
        set(),
        0,
    )
    assert events(session) == ["JobQueued", "JobStarted", "JobDone"]


def test_what_waited_longest_is_begun_first_and_only_of_known_kinds(session):
    second, first = ask(session, LATER), ask(session, NOW)
    assert jobs.claim(session, {}, now=NOW) is None
    assert [jobs.claim(session, KINDS, now=LATER).id for _ in range(2)] == [first.id, second.id]


def test_a_failure_keeps_its_sentence_and_a_restart_waits_again(session):
    asked = ask(session)
    jobs.claim(session, KINDS, now=NOW)
    jobs.restart(session, KIND, asked.id, 1, now=NOW)
    assert asked.state == "queued"
    assert jobs.claim(session, KINDS, now=NOW).attempt == 2
    with pytest.raises(jobs.Overtaken):
        jobs.finish(session, KIND, asked.id, 1, report={}, note=END)
    jobs.fail(session, KIND, asked.id, 2, message="%(what)s is in the way.", params={"what": "A"}, note=END)
    assert (asked.state, asked.error) == ("failed", {"message": "%(what)s is in the way.", "params": {"what": "A"}})
    with pytest.raises(jobs.Overtaken):
        jobs.restart(session, KIND, asked.id, 2, now=NOW)
    assert events(session) == ["JobQueued", "JobStarted", "JobRestarted", "JobStarted", "JobFailed"]


def test_only_what_waits_is_cancelled(session):
    first, second = ask(session), ask(session, LATER)
    jobs.cancel(session, KIND, second, actor=OPERATOR, now=LATER)
    assert (second.state, second.finished_at) == ("cancelled", LATER)
    jobs.claim(session, KINDS, now=NOW)
    with pytest.raises(WrongState):
        jobs.cancel(session, KIND, first, actor=OPERATOR, now=NOW)


def test_who_may_not_do_the_work_may_neither_ask_for_it_nor_cancel_it(session):
    asked = ask(session)
    for actor in (ANONYMOUS, Actor(uuid.uuid4(), frozenset({Role.DELEGATE}))):
        with pytest.raises(Denied):
            jobs.enqueue(session, KIND, actor=actor, now=NOW)
        with pytest.raises(Denied):
            jobs.cancel(session, KIND, asked, actor=actor, now=NOW)
    assert asked.state == "queued"


def test_a_file_is_in_the_queue_once(session):
    ask(session, file="f")
    session.commit()
    with pytest.raises(IntegrityError):
        ask(session, file="f")
    session.rollback()
    jobs.cancel(session, KIND, jobs.active_with_file(session, "f"), actor=OPERATOR, now=NOW)
    assert ask(session, file="f").state == "queued"


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": "asleep"},
        {"state": "done", "started_at": NOW, "finished_at": NOW},
        {"state": "failed", "started_at": NOW, "finished_at": NOW},
        {"state": "running"},
        {"finished_at": NOW},
        {"done": 3, "total": 2},
    ],
)
def test_the_database_refuses_what_no_move_makes(session, wrong):
    ask(session)
    session.commit()
    columns = {name: Job.__table__.c[name] for name in wrong}
    table = Job.__table__
    values = {columns[name]: value for name, value in wrong.items() if name != "state"}
    if "state" in wrong:
        # Past the column's own check, since this is about the database's.
        from sqlalchemy import literal_column

        values[columns["state"]] = literal_column(f"'{wrong['state']}'")
    with pytest.raises(IntegrityError):
        session.execute(update(table).values(values))


def test_two_workers_begin_two_jobs(app, engine, session):
    """On PostgreSQL the second passes over the row that the first is taking; on SQLite it waits for the lock."""
    for _ in range(2):
        ask(session)
    session.commit()
    got, meet = [], threading.Barrier(2)

    def work():
        with intending_to_write(), Session(engine) as own:
            meet.wait(10)
            got.append(jobs.claim(own, KINDS, now=NOW).id)
            own.commit()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(set(got)) == 2


@pytest.mark.postgres
def test_a_worker_does_not_wait_for_another(engine, session):
    ask(session)
    ask(session, LATER)
    session.commit()
    first = jobs.claim(session, KINDS, now=NOW)
    with Session(engine) as other:
        assert jobs.claim(other, KINDS, now=NOW).id != first.id


def test_recent_ones_come_without_their_reports(session, count_queries):
    about = uuid.uuid4()
    for minute in range(12):
        ask(session, NOW + timedelta(minutes=minute), subject_id=about)
    session.commit()
    session.expire_all()
    with count_queries() as queries:
        found = jobs.recent(session, about, KINDS)
    assert [job.created_at for job in found] == [NOW + timedelta(minutes=minute) for minute in range(11, 1, -1)]
    assert (len(queries), "report" in queries[0]) == (1, False)
    assert jobs.recent(session, about, ["other"]) == []
    assert jobs.job_of(session, found[0].id, uuid.uuid4(), KINDS) is None


def test_notes_are_replaced_whole_and_unreadable_ones_are_none(tmp_path):
    notes, job_id = Notes(tmp_path / "jobs"), uuid.uuid4()
    assert notes.read(job_id) is None
    for note in (Note("A", 1, None, NOW), Note("B", 2, 5, LATER)):
        notes.write(job_id, note)
        assert notes.read(job_id) == note
    assert oct(notes.folder.stat().st_mode)[-3:] == "700"
    assert [path.name for path in notes.folder.iterdir()] == [f"{job_id}.json"]
    (notes.folder / f"{job_id}.json").write_text("[1")
    assert notes.read(job_id) is None
    notes.forget(job_id)
    notes.forget(job_id)
    assert list(notes.folder.iterdir()) == []


def test_a_pulse_beats_during_a_long_step_and_leaves_nothing(tmp_path):
    notes, job_id, beats = Notes(tmp_path), uuid.uuid4(), threading.Event()
    instants = iter(NOW + timedelta(seconds=second) for second in range(10_000))
    stop = []

    def clock():
        instant = next(instants)
        if instant > NOW + timedelta(seconds=5):
            beats.set()
        return instant

    with Pulse(notes, job_id, clock, lambda: bool(stop), every=0.01) as pulse:
        assert notes.read(job_id) is not None
        pulse.report("Reading", 7)
        assert beats.wait(10)
        found = notes.read(job_id)
        assert (found.doing, found.done, found.total, found.at > NOW) == ("Reading", 7, None, True)
        stop.append(True)
        with pytest.raises(Interrupted):
            pulse.report("Reading", 8)
    assert notes.read(job_id) is None
