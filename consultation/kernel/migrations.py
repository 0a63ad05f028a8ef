"""Running Alembic from the program itself, so that neither operators nor tests need its command line."""

from pathlib import Path

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine

from consultation.kernel.orm import prepare_engine

MIGRATIONS = Path(__file__).resolve().parent.parent.parent / "migrations"


def configuration(database_url: str) -> AlembicConfig:
    config = AlembicConfig()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["database_url"] = database_url
    return config


def upgrade(database_url: str, revision: str = "head") -> None:
    """Bring the database to a revision (the newest by default); SQLite's file and folder are made when absent."""
    if database_url.startswith("sqlite:///"):
        Path(database_url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    command.upgrade(configuration(database_url), revision)


def downgrade(database_url: str, revision: str) -> None:
    command.downgrade(configuration(database_url), revision)


def pending(engine: Engine) -> bool:
    """Whether the database is not at the newest revision."""
    with engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_heads()
    return set(current) != set(ScriptDirectory(str(MIGRATIONS)).get_heads())


def open_engine(database_url: str) -> Engine:
    return prepare_engine(create_engine(database_url))
