"""The queue of long work: one row a job, which stays as its record."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index

from consultation.kernel.ids import uuid7
from consultation.kernel.jobs.states import JobState
from consultation.kernel.orm import Base, Mapped, choice, mapped_column, one_of, unique_while


class Job(Base):
    """``subject_id`` is what it works on, ``requested_by`` who asked; both opaque, as in the event log.

    ``parameters`` hold no secrets and nothing of a ballot. ``file`` names what was uploaded for it. ``done`` of
    ``total`` and ``doing`` (an English sentence, translated where it is shown) are how far it had come when it ended;
    meanwhile ``Notes`` know. ``error`` holds a sentence for people, ``{"message": msgid, "params": {…}}``. ``attempt``
    counts starts, so that a process that was thought dead cannot finish what another has begun again.
    """

    __tablename__ = "job"
    __table_args__ = (
        one_of("state", JobState),
        CheckConstraint("(state IN ('queued', 'running')) = (finished_at IS NULL)", name="ended_is_dated"),
        CheckConstraint("(state = 'failed') = (error IS NOT NULL)", name="failed_has_error"),
        CheckConstraint("(state = 'done') = (report IS NOT NULL)", name="done_has_report"),
        CheckConstraint("state NOT IN ('running', 'done', 'failed') OR started_at IS NOT NULL", name="run_is_dated"),
        CheckConstraint("done >= 0 AND (total IS NULL OR done <= total)", name="progress_in_bounds"),
        # The worker looks for the oldest that waits; a page for the newest of its subject.
        Index("ix_job_state", "state", "created_at"),
        Index("ix_job_subject", "subject_id", "created_at"),
        # A double click queues one job.
        unique_while("state IN ('queued', 'running')", "uq_job_file", "file"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    kind: Mapped[str]
    subject_id: Mapped[uuid.UUID | None]
    requested_by: Mapped[uuid.UUID | None]
    state: Mapped[JobState] = choice(JobState, default=JobState.QUEUED)
    parameters: Mapped[dict[str, Any]] = mapped_column(default=dict)
    file: Mapped[str | None]
    doing: Mapped[str] = mapped_column(default="")
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int | None]
    report: Mapped[dict[str, Any] | None] = mapped_column(deferred=True)
    error: Mapped[dict[str, Any] | None]
    attempt: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    heartbeat_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
