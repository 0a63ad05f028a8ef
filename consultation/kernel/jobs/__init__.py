"""Long work: queued with what asks for it, run by the worker in one transaction, and visible while it runs."""

from consultation.kernel.jobs.kinds import Interrupted, JobKind, JobRefused, Task
from consultation.kernel.jobs.models import Job
from consultation.kernel.jobs.notes import Note, Notes, Pulse
from consultation.kernel.jobs.operations import (
    ATTEMPTS,
    Overtaken,
    cancel,
    claim,
    enqueue,
    fail,
    finish,
    restart,
)
from consultation.kernel.jobs.queries import (
    active_on,
    active_with_file,
    files_in_use,
    job_of,
    queued,
    recent,
    running,
    waiting,
)
from consultation.kernel.jobs.states import ACTIVE, ENDED, JobState

__all__ = [
    "ACTIVE",
    "ATTEMPTS",
    "ENDED",
    "Interrupted",
    "Job",
    "JobKind",
    "JobRefused",
    "JobState",
    "Note",
    "Notes",
    "Overtaken",
    "Pulse",
    "Task",
    "active_on",
    "active_with_file",
    "cancel",
    "claim",
    "enqueue",
    "fail",
    "files_in_use",
    "finish",
    "job_of",
    "queued",
    "recent",
    "restart",
    "running",
    "waiting",
]
