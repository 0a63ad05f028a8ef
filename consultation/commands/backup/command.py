"""``consultation backup`` and ``consultation restore``."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy.exc import OperationalError, ProgrammingError

from consultation.commands.backup import dumping, restoring
from consultation.commands.backup.archive import NotABackup, Reader
from consultation.commands.backup.checking import Older, Unsound, read_file
from consultation.config import Config
from consultation.extensions import db
from consultation.kernel import migrations
from consultation.voting.keys import KeyStore
from consultation.voting.signed import SignedCheckpoint
from consultation.voting.signing import Signer
from consultation.web.authorize import present
from consultation.web.console import No, fail_use, say


@click.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@with_appcontext
def backup(file: Path) -> None:
    """Write everything that the database holds to FILE, while it is used.

    Keys are not in it. Copy the folder signing-keys of the data folder to another place once, and each contest's key
    with 'consultation contests escrow': whoever has a contest's key and a backup of while it was open can tell who cast
    which ballot. Sessions, waiting letters and unfinished ballots are left out.
    """
    if not file.parent.is_dir():
        raise fail_use(f"There is no folder {file.parent}.")
    try:
        if migrations.pending(db.engine):
            raise No("The database is not at the newest revision. Run 'consultation db upgrade' first.")
        rows = dumping.write(db.engine, file, now=present(), tell=_progress("Backing up"))
    except (OperationalError, ProgrammingError) as error:
        raise No(f"The database cannot be used: {error.orig}. Nothing was written.") from error
    except OSError as error:
        raise No(f"{file} cannot be written: {error.strerror}. What was there is as before.") from error
    say(f"{rows:,} rows are in {file}. The keys are not: see 'consultation backup --help'.")


@click.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="The database holds something, which is lost then.")
@click.option(
    "--checkpoint",
    "kept_files",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A checkpoint that somebody kept: the backup must reach it. Repeatable.",
)
@click.option("--even-if-older", is_flag=True, help="Also a backup older than a checkpoint: later ballots are lost.")
@with_appcontext
def restore(file: Path, replace: bool, kept_files: tuple[Path, ...], even_if_older: bool) -> None:
    """Put what FILE holds into the database: all of it, or nothing.

    Every digest, ballot chain and checkpoint is checked before. A backup that is older than the checkpoints in the
    database that it replaces, or than those of --checkpoint, is refused, since ballots would disappear; so is one with
    an open contest whose key is missing, since everybody could vote a second time. Stop the server first.
    """
    settings: Config = current_app.extensions["settings"]
    kept = [one for path in kept_files for one in _checkpoints(path)]
    try:
        done = restoring.restore(
            db.engine,
            settings.database_url,
            Reader(file),
            keys=KeyStore(settings.data_dir / "contest-keys"),
            signer=Signer(settings.data_dir / "signing-keys"),
            kept=kept,
            replace=replace,
            even_if_older=even_if_older,
            now=present(),
            tell=_progress("Restoring"),
        )
    except NotABackup as error:
        raise No(f"{file}: {error} The database is as before.") from error
    except restoring.NotEmpty as error:
        raise No("The database is not empty. With --replace what it holds is lost.") from error
    except (restoring.OtherRevision, migrations.UnknownRevision) as error:
        raise No("The backup is of another version: it can only be restored into an empty database.") from error
    except Older as error:
        raise No(f"{error} With --even-if-older it is restored all the same. The database is as before.") from error
    except Unsound as error:
        raise No(f"{error} The database is as before.") from error
    except (OperationalError, sqlite3.OperationalError, OSError) as error:
        said = str(getattr(error, "orig", error)).partition("\n")[0]
        raise No(f"The database cannot be written: {said}. It is as before. Is the server stopped?") from error
    _tell(done)


def _tell(done: restoring.Restored) -> None:
    say(f"{done.rows:,} rows are restored, and every ballot chain holds. Everybody signs in anew.")
    if done.older:
        say(f"Ballots of {', '.join(done.older)} that were cast after the backup are lost. Tell the voters.")
    if done.erased_anew:
        say(f"{done.erased_anew} accounts that were erased since are erased again by the worker.")
    say("Accounts erased after the backup and not known to this database are in it again: erase them anew.")


def _checkpoints(path: Path) -> list[SignedCheckpoint]:
    try:
        return read_file(path)
    except (ValueError, TypeError, KeyError, OSError) as error:
        raise fail_use(f"{path} holds no checkpoint.") from error


def _progress(doing: str) -> Callable[[str], None]:
    return lambda table: say(f"{doing}: {table}")
