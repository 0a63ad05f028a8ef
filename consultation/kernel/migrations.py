"""Running Alembic from the program itself, so that neither operators nor tests need its command line.

Alembic is imported where it is used: a server that finds its database up to date never needs it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, create_engine

from consultation.kernel.orm import prepare_engine

if TYPE_CHECKING:
    from alembic.config import Config as AlembicConfig

MIGRATIONS = Path(__file__).resolve().parent.parent.parent / "migrations"


class UnknownRevision(Exception):
    """A revision was named, or is the database's, that the files in migrations/versions do not have."""


def configuration(database_url: str) -> AlembicConfig:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["database_url"] = database_url
    return config


def upgrade(database_url: str, revision: str = "head") -> None:
    """Bring the database to a revision (the newest by default); SQLite's file and folder are made when absent.

    Raises:
        UnknownRevision: when there is no way from the database's revision to this one.
    """
    from alembic import command

    if database_url.startswith("sqlite:///"):
        Path(database_url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    with _known_revisions():
        command.upgrade(configuration(database_url), revision)


class CannotGoBack(Exception):
    """The database holds what an earlier version could not hold without saying something false."""


def downgrade(database_url: str, revision: str) -> None:
    """Take the database back to a revision.

    Raises:
        CannotGoBack: when what is there would be lost in a way that matters; nothing is changed.
        UnknownRevision: when there is no way from the database's revision to this one.
    """
    from alembic import command

    with _known_revisions():
        command.downgrade(configuration(database_url), revision)


@contextmanager
def _known_revisions() -> Iterator[None]:
    from alembic.util.exc import CommandError

    try:
        yield
    except CommandError as error:
        raise UnknownRevision(str(error)) from error


def pending(engine: Engine) -> bool:
    """Whether the database is not at the newest revision."""
    with engine.connect() as connection:
        return revision_of(connection) != newest()


def revision_of(connection: Connection) -> str | None:
    """The database's revision; None where it is empty."""
    from alembic.migration import MigrationContext

    return MigrationContext.configure(connection).get_current_revision()


def newest() -> str | None:
    """The newest revision that the files in migrations/versions have."""
    from alembic.script import ScriptDirectory

    return ScriptDirectory(str(MIGRATIONS)).get_current_head()


def open_engine(database_url: str) -> Engine:
    return prepare_engine(create_engine(database_url))
