"""What happens to jobs. Neither parameters nor reports enter the log."""

import uuid
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class JobQueued:
    """``about`` is what the job works on."""

    subject_id: uuid.UUID
    kind: str
    about: uuid.UUID | None


@dataclass(frozen=True, slots=True)
class JobStarted:
    subject_id: uuid.UUID
    kind: str
    attempt: int


@dataclass(frozen=True, slots=True)
class JobDone:
    subject_id: uuid.UUID
    kind: str


@dataclass(frozen=True, slots=True)
class JobFailed:
    subject_id: uuid.UUID
    kind: str


@dataclass(frozen=True, slots=True)
class JobRestarted:
    """Its process was stopped or died; nothing of it was kept, and it waits again."""

    subject_id: uuid.UUID
    kind: str


@dataclass(frozen=True, slots=True)
class JobCancelled:
    subject_id: uuid.UUID
    kind: str
