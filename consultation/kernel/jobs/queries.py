"""Looking for jobs."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, undefer

from consultation.kernel.jobs.models import Job
from consultation.kernel.jobs.states import ACTIVE, JobState

RECENT = 10


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many jobs have not begun, and since when the oldest of them waits."""

    jobs: int
    since: datetime | None


def waiting(session: Session) -> Waiting:
    """What is in the queue: for the readiness page."""
    query = select(func.count(), func.min(Job.created_at)).where(Job.state == JobState.QUEUED)
    return Waiting(*session.execute(query).one())


def queued(session: Session, kinds: Collection[str]) -> bool:
    """Whether a job of these kinds waits."""
    return bool(session.scalar(select(exists().where(Job.state == JobState.QUEUED, Job.kind.in_(kinds)))))


def running(session: Session) -> Sequence[Job]:
    """The jobs that have begun and not ended."""
    return session.scalars(select(Job).where(Job.state == JobState.RUNNING)).all()


def job_of(session: Session, job_id: uuid.UUID, subject_id: uuid.UUID, kinds: Collection[str]) -> Job | None:
    """The job of this id with its report, if it is one of these kinds and works on this subject."""
    query = select(Job).where(Job.id == job_id, Job.subject_id == subject_id, Job.kind.in_(kinds))
    return session.scalars(query.options(undefer(Job.report))).one_or_none()


def recent(session: Session, subject_id: uuid.UUID, kinds: Collection[str], limit: int = RECENT) -> Sequence[Job]:
    """The newest jobs of a subject, without their reports."""
    query = select(Job).where(Job.subject_id == subject_id, Job.kind.in_(kinds))
    return session.scalars(query.order_by(Job.created_at.desc(), Job.id.desc()).limit(limit)).all()


def active_on(session: Session, subject_ids: Collection[uuid.UUID], kinds: Collection[str]) -> dict[uuid.UUID, Job]:
    """The jobs of these kinds that wait or run, by what they work on; the newest of each."""
    query = select(Job).where(Job.subject_id.in_(subject_ids), Job.kind.in_(kinds), Job.state.in_(ACTIVE))
    return {job.subject_id: job for job in session.scalars(query.order_by(Job.created_at, Job.id)) if job.subject_id}


def active_with_file(session: Session, file: str) -> Job | None:
    """The job that waits or runs with this file."""
    return session.scalars(select(Job).where(Job.file == file, Job.state.in_(ACTIVE))).one_or_none()


def files_in_use(session: Session) -> set[str]:
    """The files that jobs which wait or run still need."""
    return {str(file) for file in session.scalars(select(Job.file).where(Job.state.in_(ACTIVE))) if file}
