"""The moves of a job. Asking for one is part of the transaction that asks; ending one is part of the transaction that
did its work, so that a job is never done without its work, nor the work without the job."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from consultation.kernel.ids import uuid7
from consultation.kernel.jobs.events import JobCancelled, JobDone, JobFailed, JobQueued, JobRestarted, JobStarted
from consultation.kernel.jobs.kinds import JobKind
from consultation.kernel.jobs.models import Job
from consultation.kernel.jobs.notes import Note
from consultation.kernel.jobs.states import JobState, move
from consultation.kernel.moves import apply
from consultation.kernel.outbox import record
from consultation.kernel.permissions import OPERATOR, Actor, require

ATTEMPTS = 5
"""Starts of a job whose process ends under it before it is said to have failed."""


class Overtaken(Exception):
    """Another process has begun the job again meanwhile; what this one did is taken back."""


def enqueue(
    session: Session,
    kind: JobKind,
    *,
    subject_id: uuid.UUID | None = None,
    parameters: Mapping[str, Any] | None = None,
    file: str | None = None,
    actor: Actor,
    now: datetime,
) -> Job:
    """Ask for a job, within the caller's transaction. One file is in the queue once (a unique index refuses a second).

    Raises:
        Denied: when the actor may not.
    """
    require(actor, kind.permission, now=now)
    job = Job(
        id=uuid7(),
        kind=kind.name,
        subject_id=subject_id,
        requested_by=actor.user_id,
        state=JobState.QUEUED,
        parameters=dict(parameters or {}),
        file=file,
        created_at=now,
    )
    session.add(job)
    record(session, JobQueued(job.id, kind.name, subject_id), actor=actor, now=now)
    session.flush()
    return job


def cancel(session: Session, kind: JobKind, job: Job, *, actor: Actor, now: datetime) -> None:
    """Take a job out of the queue.

    Raises:
        Denied: when the actor may not.
        WrongState: when it has begun.
    """
    session.refresh(job, ["state"], with_for_update=True)
    event = JobCancelled(job.id, job.kind)
    apply(session, job, move("cancellation", kind.permission), event=event, actor=actor, now=now)
    job.finished_at = now
    session.flush()


def claim(session: Session, kinds: Mapping[str, JobKind], *, now: datetime) -> Job | None:
    """Begin the job that has waited longest, passing over those that another worker is taking; none when none waits.

    On PostgreSQL rows that are being taken are skipped; on SQLite the transaction holds the only write lock.
    """
    query = select(Job).where(Job.state == JobState.QUEUED, Job.kind.in_(kinds)).order_by(Job.created_at, Job.id)
    job = session.scalars(query.limit(1).with_for_update(skip_locked=True)).one_or_none()
    if job is None:
        return None
    job.attempt += 1
    event = JobStarted(job.id, job.kind, job.attempt)
    apply(session, job, move("start", kinds[job.kind].permission), event=event, actor=OPERATOR, now=now)
    job.started_at = job.heartbeat_at = now
    session.flush()
    return job


def finish(
    session: Session, kind: JobKind, job_id: uuid.UUID, attempt: int, *, report: dict[str, Any], note: Note
) -> None:
    """End a job that did its work, within the transaction of the work.

    Raises:
        Overtaken: when another process has begun it again.
    """
    job = _mine(session, job_id, attempt)
    event = JobDone(job.id, job.kind)
    apply(session, job, move("completion", kind.permission), event=event, actor=OPERATOR, now=note.at)
    job.report = report
    _end(job, note)
    session.flush()


def fail(
    session: Session,
    kind: JobKind,
    job_id: uuid.UUID,
    attempt: int,
    *,
    message: str,
    params: Mapping[str, Any],
    note: Note,
) -> None:
    """End a job that could not do its work, with a sentence for people.

    Raises:
        Overtaken: when another process has begun it again.
    """
    job = _mine(session, job_id, attempt)
    event = JobFailed(job.id, job.kind)
    apply(session, job, move("failure", kind.permission), event=event, actor=OPERATOR, now=note.at)
    job.error = {"message": message, "params": dict(params)}
    _end(job, note)
    session.flush()


def restart(session: Session, kind: JobKind, job_id: uuid.UUID, attempt: int, *, now: datetime) -> None:
    """Let a job wait again whose process was stopped or died.

    Raises:
        Overtaken: when another process has begun it again.
    """
    job = _mine(session, job_id, attempt)
    event = JobRestarted(job.id, job.kind)
    apply(session, job, move("restart", kind.permission), event=event, actor=OPERATOR, now=now)
    session.flush()


def _mine(session: Session, job_id: uuid.UUID, attempt: int) -> Job:
    query = select(Job).where(Job.id == job_id).with_for_update().options(undefer(Job.report))
    job = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if job is None or (job.state, job.attempt) != (JobState.RUNNING, attempt):
        raise Overtaken(job_id)
    return job


def _end(job: Job, note: Note) -> None:
    job.doing, job.done, job.total = note.doing, note.done, note.total
    job.heartbeat_at = job.finished_at = note.at
