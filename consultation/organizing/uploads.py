"""Files that an organizer has uploaded and not imported yet: kept for a day at most, seen by nobody else."""

import json
import re
import secrets
import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

LIFETIME = timedelta(days=1)
_TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")


@dataclass(frozen=True, slots=True)
class Upload:
    """``filename`` is as the person's machine named it: shown, and never used as a path."""

    token: str
    owner: str
    slug: str
    kind: str
    filename: str
    kept_at: str


class Uploads:
    """A folder that only the server's user can read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def keep(
        self,
        save: Callable[[Path], object],
        *,
        owner: uuid.UUID | None,
        slug: str,
        kind: str,
        filename: str,
        now: datetime,
    ) -> Upload:
        """Keep a file, which ``save`` writes to a path, under a random name; files of yesterday are deleted."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._forget_old(now)
        token = secrets.token_urlsafe(16)
        upload = Upload(token, str(owner), slug, kind, filename[:200], now.isoformat())
        path = self.path(upload)
        path.touch(mode=0o600)
        save(path)
        self._note(token).write_text(json.dumps(asdict(upload)))
        return upload

    def find(self, token: str, *, owner: uuid.UUID | None, slug: str) -> Upload | None:
        """The upload of this name, if it is this person's and for this consultation."""
        if not _TOKEN.fullmatch(token):
            return None
        try:
            upload = Upload(**json.loads(self._note(token).read_text()))
        except (FileNotFoundError, ValueError, TypeError):
            return None
        return upload if (upload.owner, upload.slug) == (str(owner), slug) else None

    def path(self, upload: Upload) -> Path:
        return self.folder / f"{upload.token}.upload"

    def forget(self, upload: Upload) -> None:
        """Delete the file."""
        self.path(upload).unlink(missing_ok=True)
        self._note(upload.token).unlink(missing_ok=True)

    def _note(self, token: str) -> Path:
        return self.folder / f"{token}.json"

    def _forget_old(self, now: datetime) -> None:
        for note in self.folder.glob("*.json"):
            try:
                upload = Upload(**json.loads(note.read_text()))
                old = datetime.fromisoformat(upload.kept_at) + LIFETIME < now
            except (FileNotFoundError, ValueError, TypeError):
                continue
            if old:
                self.forget(upload)
