"""How far running jobs are, in one small file each beside the database.

While a job writes, its transaction holds SQLite's only write lock, and until its commit nobody sees what it wrote: so
how far it is cannot be said in the database. A file that is replaced whole needs no lock, and losing it loses nothing.
"""

import json
import os
import threading
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from consultation.kernel.jobs.kinds import Interrupted

BEAT_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Note:
    """What a job is doing (an English msgid), how many of how many are done, and when it was alive."""

    doing: str
    done: int
    total: int | None
    at: datetime


class Notes:
    """A folder of notes that only the server's user can read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, job_id: uuid.UUID, note: Note) -> None:
        """Put the note in the place of the one before; a disk that is full costs nothing but the news."""
        path = self._path(job_id)
        beside = path.with_name(f"{path.name}.{os.getpid()}")
        text = json.dumps([note.doing, note.done, note.total, note.at.isoformat()])
        with suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            beside.write_text(text)
            beside.replace(path)

    def read(self, job_id: uuid.UUID) -> Note | None:
        """The newest note, if there is one."""
        try:
            doing, done, total, at = json.loads(self._path(job_id).read_text())
            return Note(str(doing), int(done), total, datetime.fromisoformat(at))
        except (OSError, ValueError, TypeError):
            return None

    def forget(self, job_id: uuid.UUID) -> None:
        self._path(job_id).unlink(missing_ok=True)

    def _path(self, job_id: uuid.UUID) -> Path:
        return self.folder / f"{job_id}.json"


class Pulse:
    """Writes a job's note about once a second while the job runs, from a thread of its own: so the job is known to
    live also while it does something long in one step."""

    def __init__(
        self,
        notes: Notes,
        job_id: uuid.UUID,
        clock: Callable[[], datetime],
        stopping: Callable[[], bool] = lambda: False,
        *,
        every: float = BEAT_SECONDS,
    ) -> None:
        self._notes = notes
        self._job_id = job_id
        self._clock = clock
        self._stopping = stopping
        self._every = every
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="pulse", daemon=True)
        self.note = Note("", 0, None, clock())

    def report(self, doing: str, done: int = 0, total: int | None = None) -> None:
        """See ``Report``."""
        self.note = Note(doing, done, total, self._clock())
        if self._stopping():
            raise Interrupted

    def __enter__(self) -> Self:
        self._notes.write(self._job_id, self.note)
        self._thread.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _where: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()
        self._notes.forget(self._job_id)

    def _beat(self) -> None:
        while not self._ended.wait(self._every):
            note = self.note
            self._notes.write(self._job_id, Note(note.doing, note.done, note.total, self._clock()))
