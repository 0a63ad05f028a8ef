"""Secrets that lie in files of their own: made whole or not at all, synced to the disk, overwritten when destroyed.

Overwriting is done as well as a file system lets one do it; where the disk keeps old blocks, an encrypted volume for
the data folder is the remedy. Which folders belong to a database is told to its engine.
"""

import os
import secrets
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Engine
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

Store = TypeVar("Store")


def attach(engine: Engine, store: object) -> None:
    """Say where a kind of secrets of this database lies; the application does so when it starts."""
    engine.update_execution_options(**{type(store).__name__: store})


def attached(session: Session, kind: type[Store]) -> Store:
    """The store of a kind that belongs to the session's database.

    Raises:
        LookupError: when none was attached.
    """
    bind = session.get_bind()
    engine = bind.engine if isinstance(bind, Connection) else bind
    store = engine.get_execution_options().get(kind.__name__)
    if not isinstance(store, kind):
        raise LookupError(f"No {kind.__name__} is attached to this database's engine.")
    return store


def create(path: Path, secret: bytes) -> bool:
    """Write the secret to a file that only the server's user can read, and sync it and its folder. Says whether the
    file is new: one that is there already stays as it is."""
    folder = path.parent
    if not folder.is_dir():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _sync(folder.parent)
    # Under another name first, so that nobody ever reads half of it, and a crash leaves nothing in its place.
    part = folder / f".{path.name}.{secrets.token_hex(8)}"
    try:
        write_new(part, secret)
        try:
            os.link(part, path)
        except FileExistsError:
            return False
    finally:
        part.unlink(missing_ok=True)
        _sync(folder)
    return True


def write_new(path: Path, secret: bytes) -> None:
    """Write a file that is not there yet, for its owner alone, and sync it.

    Raises:
        FileExistsError: it is there.
    """
    descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(secret)
        file.flush()
        os.fsync(file.fileno())


def destroy(path: Path) -> None:
    """Overwrite the file and remove it; safe to repeat."""
    try:
        with path.open("r+b") as file:
            file.write(bytes(path.stat().st_size))
            file.flush()
            os.fsync(file.fileno())
    except FileNotFoundError:
        return
    path.unlink(missing_ok=True)
    _sync(path.parent)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
