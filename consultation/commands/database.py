"""Commands for the database: bring it up to date, take it back, and check that it is sound."""

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError

from consultation.config import Config
from consultation.convening.operations import load_vocabularies
from consultation.extensions import db
from consultation.kernel import append_only, migrations
from consultation.web.console import No, say
from consultation.web.transactions import unit_of_work


@click.group("db")
def group() -> None:
    """The database: upgrade, downgrade, check."""


@group.command("upgrade")
@with_appcontext
def upgrade() -> None:
    """Bring the database to the newest revision, making it when absent, and load the vocabularies."""
    prepare(_settings())
    say("The database is up to date.")


def prepare(settings: Config) -> None:
    """Migrate the settings' database to the newest revision and load the vocabularies into the current application's.

    Raises:
        No: when the database cannot be reached or is at a revision that this version does not know.
    """
    try:
        migrations.upgrade(settings.database_url)
        with unit_of_work() as session:
            changed = load_vocabularies(session)
    except (migrations.UnknownRevision, OperationalError) as error:
        raise _cannot(error) from error
    if changed:
        say(f"{changed} terms of the vocabularies were loaded.")


@group.command("downgrade")
@click.argument("revision")
@with_appcontext
def downgrade(revision: str) -> None:
    """Take the database back to REVISION ('base' empties it). What newer revisions hold is lost: back up first."""
    try:
        migrations.downgrade(_settings().database_url, revision)
    except migrations.UnknownRevision as error:
        raise click.UsageError(
            f"There is no revision {revision}. The files in migrations/versions name them."
        ) from error
    except migrations.CannotGoBack as error:
        raise No(str(error)) from error
    except OperationalError as error:
        raise _cannot(error) from error
    say(f"The database is at the revision {revision}.")


@group.command("check")
@with_appcontext
def check() -> None:
    """Check the database's revision, the guards of what may only be added to, and the foreign keys."""
    try:
        findings = examine(db.engine)
    except OperationalError as error:
        raise _cannot(error) from error
    for name, fault in findings.items():
        click.echo(f"{name}\t{fault or 'ok'}")
    if any(findings.values()):
        raise No("The database is not sound.")


def examine(engine: Engine) -> dict[str, str]:
    """What is wrong with the database, by the name of the check; an empty text where nothing is."""
    behind = migrations.pending(engine)
    with engine.connect() as connection:
        unguarded = append_only.missing(connection)
        broken = _broken_references(connection)
    return {
        "revision": "not the newest: run 'consultation db upgrade'" if behind else "",
        "append-only guards": f"missing on {', '.join(unguarded)}: run 'consultation db upgrade'" if unguarded else "",
        "foreign keys": f"broken in {', '.join(broken)}: restore a backup" if broken else "",
    }


def _broken_references(connection: Connection) -> list[str]:
    """Tables with rows whose parent is absent. PostgreSQL always enforces the constraints that it has validated, so
    there the question is whether it has."""
    if connection.dialect.name == "sqlite":
        query = 'SELECT DISTINCT "table" FROM pragma_foreign_key_check ORDER BY 1'
    else:
        query = (
            "SELECT DISTINCT conrelid::regclass::text FROM pg_constraint "
            "WHERE contype = 'f' AND NOT convalidated ORDER BY 1"
        )
    return [str(table) for table in connection.exec_driver_sql(query).scalars()]


def _settings() -> Config:
    settings: Config = current_app.extensions["settings"]
    return settings


def _cannot(error: Exception) -> No:
    return No(f"The database cannot be used: {getattr(error, 'orig', error)}.")
