"""Jobs, one at a time: what can be done before the write lock, then the work and its end in one transaction."""

import logging
import time
import traceback
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import Session

from consultation.accounts.queries import user_by_id
from consultation.kernel import jobs
from consultation.kernel.jobs import Job, JobKind, JobRefused, JobState, Note, Notes, Pulse, Task
from consultation.kernel.permissions import OPERATOR, Actor
from consultation.membership.queries import actor_for
from consultation.web.authorize import present
from consultation.web.transactions import session, unit_of_work

DEAD_AFTER = timedelta(seconds=30)
"""Without a sign of life for so long, a running job's process is taken for dead."""
ROUND_SECONDS = 10.0
TIDY_EVERY_ROUNDS = 60

log = logging.getLogger(__name__)


def N_(message: str) -> str:  # noqa: N802 - the name that gettext tools look for
    """Mark a message for the catalogues; it is translated where it is shown."""
    return message


BROKEN = N_(
    "Something went wrong on our side, and nothing of this was saved. Try again; if it happens once more, "
    "tell the people who run this site."
)
GIVEN_UP = N_(
    "The server was stopped %(times)s times while this ran, and nothing of it was saved. "
    "Tell the people who run this site, or try it with a smaller file."
)
NOBODY = N_("The account that asked for this is closed, so nothing was done. Ask for it again from your own.")


@dataclass(frozen=True, slots=True)
class _Run:
    """A job that this process has begun: its kind, what the kind sees of it, and which start this is."""

    kind: JobKind
    task: Task
    attempt: int
    asked_by: uuid.UUID | None
    pulse: Pulse


class Jobs:
    """Runs what waits, in steps. ``stopping`` is asked while a job runs: when it says yes, the job is taken back."""

    def __init__(
        self,
        app: Flask,
        stopping: Callable[[], bool] = lambda: False,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._app = app
        self._stopping = stopping
        self._monotonic = monotonic
        self._kinds: Mapping[str, JobKind] = app.extensions["jobs"]
        self._folder: Path = app.extensions["settings"].data_dir
        self._notes = Notes(self._folder / "jobs")
        self._next_round = 0.0
        self._rounds = 0

    def step(self) -> int:
        """Run the job that has waited longest. Returns how many were begun: one or none.

        What fails for want of the database is tried again at a later step.
        """
        try:
            self._look_round()
            with self._app.app_context():
                any_waits = jobs.queued(session(), self._kinds)
            run = self._claim() if any_waits else None
        except Exception as error:  # noqa: BLE001 - a database that is away for a while must not end the worker
            log.error("jobs_unavailable", extra={"error": type(error).__name__})
            return 0
        if run is None:
            return 0
        self._run(run)
        return 1

    def _claim(self) -> _Run | None:
        with self._app.app_context(), unit_of_work() as work:
            job = jobs.claim(work, self._kinds, now=present())
            return None if job is None else self._begun(job)

    def _begun(self, job: Job) -> _Run:
        pulse = Pulse(self._notes, job.id, self._app.extensions["clock"].now, self._stopping)
        task = Task(job.id, job.subject_id, dict(job.parameters), job.file, self._folder, pulse.report)
        return _Run(self._kinds[job.kind], task, job.attempt, job.requested_by, pulse)

    def _run(self, run: _Run) -> None:
        ended: JobState | None = None
        with run.pulse:
            try:
                with self._app.app_context():
                    prepared = run.kind.prepare(run.task)
                self._perform(run, prepared)
                ended = JobState.DONE
            except jobs.Overtaken:
                log.warning("job_overtaken", extra={"job": str(run.task.job_id)})
            except jobs.Interrupted:
                self._again(run)
            except JobRefused as refusal:
                ended = self._fail(run, refusal.message, refusal.params)
            except (OperationalError, InterfaceError) as error:
                # A lock that was held too long, or a connection that went: nothing was kept, so it may try again.
                self._note(run, error)
                ended = self._again(run)
            except Exception as error:  # noqa: BLE001 - whatever a kind of job raises is told to who asked for it
                self._note(run, error)
                ended = self._fail(run, BROKEN, {})
        if ended is not None:
            self._tell(run.kind, run.task, ended)

    def _perform(self, run: _Run, prepared: Any) -> None:
        with self._app.app_context(), unit_of_work() as work:
            now = present()
            report = run.kind.perform(work, run.task, prepared, actor=_actor(work, run.asked_by), now=now)
            jobs.finish(work, run.kind, run.task.job_id, run.attempt, report=report, note=self._last(run))

    def _again(self, run: _Run) -> JobState | None:
        """Put it back into the queue, or give up when that has happened too often. Returns how it ended, if it did."""
        if run.attempt >= jobs.ATTEMPTS:
            return self._fail(run, GIVEN_UP, {"times": run.attempt})
        self._in_transaction(
            run, lambda work: jobs.restart(work, run.kind, run.task.job_id, run.attempt, now=self._last(run).at)
        )
        return None

    def _fail(self, run: _Run, message: str, params: Mapping[str, Any]) -> JobState | None:
        note = self._last(run)
        said = self._in_transaction(
            run,
            lambda work: jobs.fail(
                work, run.kind, run.task.job_id, run.attempt, message=message, params=params, note=note
            ),
        )
        return JobState.FAILED if said else None

    def _in_transaction(self, run: _Run, act: Callable[[Session], None]) -> bool:
        try:
            with self._app.app_context(), unit_of_work() as work:
                act(work)
        except jobs.Overtaken:
            return False
        except Exception as error:  # noqa: BLE001 - the job stays as running, and is found again as lost
            self._note(run, error)
            return False
        return True

    def _last(self, run: _Run) -> Note:
        note = run.pulse.note
        return Note(note.doing, note.done, note.total, self._app.extensions["clock"].now())

    def _tell(self, kind: JobKind, task: Task, state: JobState) -> None:
        try:
            with self._app.app_context():
                kind.ended(task, state)
        except Exception as error:  # noqa: BLE001 - what was committed stays
            log.error("job_end_untold", extra={"job": str(task.job_id), "error": type(error).__name__})

    def _note(self, run: _Run, error: Exception) -> None:
        """Where it broke, and neither what it said nor on what: errors quote what they fail on."""
        frame = traceback.extract_tb(error.__traceback__)[-1]
        log.error(
            "job_broke",
            extra={
                "job": str(run.task.job_id),
                "kind": run.kind.name,
                "attempt": run.attempt,
                "error": type(error).__name__,
                "where": f"{Path(frame.filename).name}:{frame.lineno}",
            },
        )

    def _look_round(self) -> None:
        """Now and then: find jobs whose process died, and tidy what nobody needs any more."""
        if self._monotonic() < self._next_round:
            return
        self._next_round = self._monotonic() + ROUND_SECONDS
        with self._app.app_context():
            now = present()
            lost = [self._begun(job) for job in jobs.running(session()) if self._dead(job)]
            in_use = jobs.files_in_use(session()) if self._rounds % TIDY_EVERY_ROUNDS == 0 else None
        for run in lost:
            log.warning("job_lost", extra={"job": str(run.task.job_id), "kind": run.kind.name, "attempt": run.attempt})
            if (state := self._again(run)) is not None:
                self._tell(run.kind, run.task, state)
            self._notes.forget(run.task.job_id)
        if in_use is not None:
            for kind in self._kinds.values():
                kind.tidy(self._folder, in_use, now)
        self._rounds += 1

    def _dead(self, job: Job) -> bool:
        note = self._notes.read(job.id)
        signs = [job.heartbeat_at or job.created_at] + ([note.at] if note else [])
        return job.kind in self._kinds and present() - max(signs) > DEAD_AFTER


def run_waiting(app: Flask) -> int:
    """Run the jobs that wait until none does. Returns how many were begun."""
    worker = Jobs(app)
    begun = 0
    while worker.step():
        begun += 1
    return begun


def _actor(work: Session, asked_by: uuid.UUID | None) -> Actor:
    """Who asked, with what they may do now."""
    if asked_by is None:
        return OPERATOR
    user = user_by_id(work, asked_by)
    if user is None:
        raise JobRefused(NOBODY)
    return actor_for(work, user, present())
