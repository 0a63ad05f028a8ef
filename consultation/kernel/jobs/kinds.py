"""Kinds of long work: what to do before the write lock, and what in the one transaction."""

import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy.orm import Session

from consultation.kernel.jobs.states import JobState
from consultation.kernel.permissions import Actor, Permission


class JobRefused(Exception):
    """The work cannot be done, for a reason that a person can understand and act on.

    ``message`` is an English msgid with ``%(name)s``, filled from ``params`` and translated where it is shown.
    """

    def __init__(self, message: str, **params: Any) -> None:
        super().__init__(message)
        self.message = message
        self.params = params


class Interrupted(Exception):
    """The worker is to stop: what the job has written is taken back, and it waits for the next worker."""


class Report(Protocol):
    """Says how far the work is: what it is doing (an English msgid), and how many of how many, where that is known.

    To be called at least every second or so. Raises Interrupted when the worker is to stop.
    """

    def __call__(self, doing: str, done: int = 0, total: int | None = None) -> None: ...


@dataclass(frozen=True, slots=True)
class Task:
    """A job as its kind sees it; ``folder`` is the data folder, ``file`` names what was uploaded."""

    job_id: uuid.UUID
    subject_id: uuid.UUID | None
    parameters: Mapping[str, Any]
    file: str | None
    folder: Path
    report: Report


class Perform(Protocol):
    """Writes, in the transaction that also ends the job, and returns the job's report, which JSON can hold.

    Raises:
        JobRefused: what is said to people; nothing is kept then.
    """

    def __call__(
        self, session: Session, task: Task, prepared: Any, *, actor: Actor, now: datetime
    ) -> dict[str, Any]: ...


def _nothing_to_prepare(_task: Task) -> None:
    return None


def _nothing_after(_task: Task, _state: JobState) -> None:
    return None


def _nothing_to_tidy(_folder: Path, _in_use: Collection[str], _now: datetime) -> None:
    return None


@dataclass(frozen=True, slots=True)
class JobKind:
    """One kind of long work.

    ``permission``: what one needs to ask for it, see it and cancel it. ``prepare`` reads and computes before the write
    lock is taken, within the application's context, so that nobody waits for it meanwhile; ``perform`` gets what it
    returned. ``ended`` is told once the job has ended, and after the commit. ``tidy`` is called now and then with the
    data folder and the files that jobs still need.
    """

    name: str
    permission: Permission
    perform: Perform
    prepare: Callable[[Task], Any] = _nothing_to_prepare
    ended: Callable[[Task, JobState], None] = _nothing_after
    tidy: Callable[[Path, Collection[str], datetime], None] = _nothing_to_tidy
