"""The demonstration: a sample in a folder of its own, one sign-in for each role, and a server."""

import os
import secrets
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from consultation.accounts.operations import INVITATION_LIFETIME, create_sign_in_link
from consultation.accounts.queries import user_by_email
from consultation.commands import serving
from consultation.commands.database import prepare
from consultation.config import Config
from consultation.demo.build import steps
from consultation.demo.sample import Sample, read
from consultation.extensions import db
from consultation.kernel import migrations
from consultation.web.authorize import present
from consultation.web.console import say
from consultation.web.transactions import unit_of_work

HOST = "127.0.0.1"
PASSWORD_FILE = "sample-password"  # noqa: S105 - a file's name
NEW_LINK = "{address}/en/sign-in/link/{token}?next=/{language}{opens}"


@click.command("demo")
@serving.port_option
@click.option("--fresh", is_flag=True, help="Prepare the sample anew; the old one goes once the new one stands.")
@with_appcontext
def command(port: int, fresh: bool) -> None:
    """Prepare a sample consultation on SQLite, print one sign-in for each role, and serve it until stopped."""
    settings: Config = current_app.extensions["settings"]
    make: Callable[[Config], Flask] = current_app.extensions["create_app"]
    serving.refuse_occupied(HOST, port)
    folder = settings.data_dir / "demo"
    address = f"http://{HOST}:{port}"
    if fresh or not _database(folder).exists():
        replace_sample(folder, make, address)
    app = make(_settings(folder, address))
    with app.app_context():
        if migrations.pending(db.engine):
            prepare(_settings(folder, address))
        for line in sign_ins(folder, address):
            click.echo(line)
    say("Stop with Ctrl-C.")
    serving.run(app, host=HOST, port=port, workers=1, threads=4, with_worker=True)


def _database(folder: Path) -> Path:
    return folder / "consultation.sqlite"


def _settings(folder: Path, address: str) -> Config:
    """Settings of the sample: only its folder and address count, whatever the environment says of a real site."""
    chosen: Mapping[str, str] = {
        "CONSULTATION_DATA_DIR": str(folder),
        "CONSULTATION_BASE_URL": address,
        "CONSULTATION_MAIL_URL": "mailbox:",
        # So that each printed sign-in opens its page at once; setting a second step up can be tried out all the same.
        "CONSULTATION_SECOND_STEP": "optional",
    }
    return Config.from_environment(chosen)


def replace_sample(folder: Path, make: Callable[[Config], Flask], address: str) -> None:
    """Build the sample beside the folder, and put it in the folder's place once it is whole."""
    beside = folder.with_name(f"{folder.name}-{os.getpid()}")
    try:
        _build(beside, make, address)
        outgoing = folder.with_name(f"{folder.name}-old-{os.getpid()}")
        if folder.exists():
            folder.rename(outgoing)
        beside.rename(folder)
        shutil.rmtree(outgoing, ignore_errors=True)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _build(folder: Path, make: Callable[[Config], Flask], address: str) -> None:
    say("Preparing the sample…")
    settings = _settings(folder, address)
    app = make(settings)
    password = secrets.token_urlsafe(12)
    with app.app_context():
        prepare(settings)
        sample = Sample(present(), address, password, app.extensions["passwords"])
        for step in steps():
            with unit_of_work() as session:
                step(session, sample)
        db.engine.dispose()
    kept = folder / PASSWORD_FILE
    kept.touch(mode=0o600)
    kept.write_text(password)


def sign_ins(folder: Path, address: str) -> list[str]:
    """The lines that tell where the sample is and how to enter it; makes one new one-time link for each role."""
    lines = [f"The sample is at {address}/", ""]
    with unit_of_work() as session:
        for person in read()["people"]:
            user = user_by_email(session, person["email"])
            if user is None:
                continue
            token = create_sign_in_link(session, user, now=present(), lifetime=INVITATION_LIFETIME)
            link = NEW_LINK.format(address=address, token=token, language=person["language"], opens=person["opens"])
            lines.append(f"{person['role']:<14} {person['email']:<34} {link}")
    password = (folder / PASSWORD_FILE).read_text()
    return [
        *lines,
        "",
        f"Each link works once. All of them also sign in with the password {password}",
        f"What would be mailed is at {address}/en/mailbox",
        f"For commands on the sample: export CONSULTATION_DATA_DIR={folder}",
    ]
