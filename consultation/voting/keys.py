"""The contests' keys: one file each, outside the database and outside its backup.

The key makes voter tags and nonces. While a contest is open, whoever has both the key file and the database can tell
who cast which ballot; once the file is destroyed, nobody can. Overwriting is done as well as a file system lets one
do it; where the disk keeps old blocks, an encrypted volume for the data folder is the remedy.
"""

import os
import secrets
import uuid
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

KEY_BYTES = 32
_OPTION = "contest_keys"


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
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            descriptor = os.open(self.path(contest_id), os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        except FileExistsError:
            return self.read(contest_id)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        self._sync_folder()
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

    def destroy(self, contest_id: uuid.UUID) -> None:
        """Overwrite the key and remove its file; safe to repeat."""
        path = self.path(contest_id)
        try:
            with path.open("r+b") as file:
                file.write(bytes(KEY_BYTES))
                file.flush()
                os.fsync(file.fileno())
        except FileNotFoundError:
            return
        path.unlink(missing_ok=True)
        self._sync_folder()

    def path(self, contest_id: uuid.UUID) -> Path:
        return self.folder / f"{contest_id}.key"

    def _sync_folder(self) -> None:
        descriptor = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def attach(engine: Engine, store: KeyStore) -> None:
    """Say where the keys of this database's contests are; the application does so when it starts."""
    engine.update_execution_options(**{_OPTION: store})


def key_store(session: Session) -> KeyStore:
    """The key store that belongs to the session's database.

    Raises:
        LookupError: when none was attached.
    """
    bind = session.get_bind()
    engine = bind.engine if isinstance(bind, Connection) else bind
    store = engine.get_execution_options().get(_OPTION)
    if not isinstance(store, KeyStore):
        raise LookupError("No key store is attached to this database's engine.")
    return store
