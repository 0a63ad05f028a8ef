"""Files that an organizer has uploaded and not imported yet: kept for a while at most, seen by nobody else."""

import json
import re
import secrets
import uuid
from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from consultation.exchange.reading import Kind

LIFETIME = timedelta(days=1)
LIFETIME_OF_BALLOTS = timedelta(hours=1)
"""A file of ballots says who voted how, so it stays only as long as somebody looks at its preview."""
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

    def is_old(self, now: datetime) -> bool:
        lifetime = LIFETIME_OF_BALLOTS if self.kind == Kind.BALLOTS else LIFETIME
        return datetime.fromisoformat(self.kept_at) + lifetime < now


class Uploads:
    """A folder that only the server's user can read."""

    def __init__(self, data_folder: Path) -> None:
        self.folder = data_folder / "uploads"

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
        """Keep a file, which ``save`` writes to a path, under a random name."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        token = secrets.token_urlsafe(16)
        upload = Upload(token, str(owner), slug, kind, filename[:200], now.isoformat())
        path = self.path(token)
        try:
            path.touch(mode=0o600)
            save(path)
            note = self._note(token)
            note.touch(mode=0o600)
            note.write_text(json.dumps(asdict(upload)))
        except BaseException:
            self.forget(token)
            raise
        return upload

    def find(self, token: str, *, owner: uuid.UUID | None, slug: str) -> Upload | None:
        """The upload of this name, if it is this person's and for this consultation."""
        upload = self._read(token) if _TOKEN.fullmatch(token) else None
        return upload if upload and (upload.owner, upload.slug) == (str(owner), slug) else None

    def path(self, token: str) -> Path:
        return self.folder / f"{token}.upload"

    def forget(self, token: str) -> None:
        """Delete the file."""
        self.path(token).unlink(missing_ok=True)
        self._note(token).unlink(missing_ok=True)

    def forget_old(self, in_use: Collection[str], now: datetime) -> None:
        """Delete what is past its time, and what was left without a note (a request that was cut off), but for what
        jobs still need."""
        for path in self.folder.glob("*.*"):
            token = path.stem
            if token in in_use:
                continue
            upload = self._read(token)
            try:
                left = upload is None and datetime.fromtimestamp(path.stat().st_mtime, UTC) + LIFETIME < now
            except FileNotFoundError:
                continue
            if left or (upload is not None and upload.is_old(now)):
                self.forget(token)

    def _note(self, token: str) -> Path:
        return self.folder / f"{token}.json"

    def _read(self, token: str) -> Upload | None:
        try:
            return Upload(**json.loads(self._note(token).read_text()))
        except (FileNotFoundError, ValueError, TypeError):
            return None
