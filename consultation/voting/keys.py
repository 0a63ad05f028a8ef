"""The contests' keys: one file each, outside the database and outside its backup.

The key makes voter tags and nonces. While a contest is open, whoever has both the key file and the database can tell
who cast which ballot; once the file is destroyed, nobody can.
"""

import secrets
import uuid
from pathlib import Path

from sqlalchemy.orm import Session

from consultation.voting.secrets_on_disk import attached, create, destroy

KEY_BYTES = 32


class KeyMissing(Exception):
    """The contest's key is not where it should be: restore it before the contest goes on, since another key would let
    everybody vote a second time."""

    def __init__(self, contest_id: uuid.UUID) -> None:
        super().__init__(f"The key file of contest {contest_id} is missing. Restore it from its escrow copy.")
        self.contest_id = contest_id


class KeyStore:
    """Keys in a folder that only the server's user can read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def ensure(self, contest_id: uuid.UUID) -> bytes:
        """The contest's key, made and synced to the disk when there is none; for the opening, before any ballot."""
        create(self.path(contest_id), secrets.token_bytes(KEY_BYTES))
        return self.read(contest_id)

    def read(self, contest_id: uuid.UUID) -> bytes:
        """The contest's key.

        Raises:
            KeyMissing: when its file is not there, or not whole.
        """
        try:
            key = self.path(contest_id).read_bytes()
        except FileNotFoundError:
            raise KeyMissing(contest_id) from None
        if len(key) != KEY_BYTES:
            raise KeyMissing(contest_id)
        return key

    def restore(self, contest_id: uuid.UUID, key: bytes) -> bool:
        """Put a key back where there is none; or only a part of one; says whether the right one is there then."""
        path = self.path(contest_id)
        if path.exists() and path.stat().st_size != KEY_BYTES:
            destroy(path)
        create(path, key)
        return self.read(contest_id) == key

    def destroy(self, contest_id: uuid.UUID) -> None:
        """Overwrite the key and remove its file; safe to repeat."""
        destroy(self.path(contest_id))

    def path(self, contest_id: uuid.UUID) -> Path:
        return self.folder / f"{contest_id}.key"


def key_store(session: Session) -> KeyStore:
    """The key store that belongs to the session's database."""
    return attached(session, KeyStore)
