"""What happens to jobs. Neither parameters nor reports enter the log."""

import uuid

from consultation.kernel.events import Event


class JobQueued(Event):
    """``about`` is what the job works on."""

    subject_id: uuid.UUID
    kind: str
    about: uuid.UUID | None


class JobStarted(Event):
    subject_id: uuid.UUID
    kind: str
    attempt: int


class JobDone(Event):
    subject_id: uuid.UUID
    kind: str


class JobFailed(Event):
    subject_id: uuid.UUID
    kind: str


class JobRestarted(Event):
    """Its process was stopped or died; nothing of it was kept, and it waits again."""

    subject_id: uuid.UUID
    kind: str


class JobCancelled(Event):
    subject_id: uuid.UUID
    kind: str
