"""``consultation export``: an agenda as a document, and everything public as a bundle."""

from pathlib import Path

import click
from babel.support import Translations
from flask import current_app

from consultation.convening.queries import consultation_by_slug
from consultation.drafting.export import FORMATS, LANGUAGES, SnapshotError
from consultation.drafting.queries import latest_release, release_by_number, releases
from consultation.exchange.auditing import audit_ballots
from consultation.exchange.bundle import write_bundle
from consultation.exchange.contacts import export_contacts_alone
from consultation.kernel.permissions import Denied, Permission, Reason, require
from consultation.voting.queries import contest_by_code
from consultation.web.console import No, Work, command_work, say

output = click.option(
    "-o",
    "--output",
    "target",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file to write.",
)


@click.group("export")
def export_group() -> None:
    """Write an agenda, or everything public, to a file."""


@export_group.command()
@output
@command_work
def contacts(work: Work, target: Path) -> None:
    """Write who speaks for which member, with addresses, as CSV. The log says that the operator did."""
    content = export_contacts_alone(work.session, actor=work.actor, now=work.now)
    _write(target, content)
    target.chmod(0o600)
    say(f"Wrote the contacts to {target}. Delete the file when it is no longer needed.")


@export_group.command()
@click.argument("slug")
@click.option("--format", "format_name", required=True, type=click.Choice(list(FORMATS)), help="Of the document.")
@click.option("--lang", "language", required=True, type=click.Choice(LANGUAGES), help="Of the document.")
@click.option("--release", "number", metavar="N", help="A release by number (default: the newest).")
@output
@command_work
def agenda(work: Work, slug: str, format_name: str, language: str, number: str | None, target: Path) -> None:
    """Write a release of an agenda in one format and language."""
    consultation = consultation_by_slug(work.session, slug)
    if consultation is None:
        raise No(f"There is no consultation {slug}.")
    if number is None:
        edition = latest_release(work.session, consultation.id)
    else:
        edition = release_by_number(work.session, consultation.id, number)
    if edition is None:
        made = ", ".join(row.number for row in releases(work.session, consultation.id))
        if made:
            raise No(f"The agenda of {slug} has no release {number}. It has: {made}.")
        raise No(f"The agenda of {slug} has no release yet. Make one with 'consultation agenda release {slug}'.")
    translator = Translations.load(str(current_app.config["TRANSLATIONS"]), [language])
    try:
        content = FORMATS[format_name].render(edition.snapshot, language, translator)
    except SnapshotError as error:
        raise No(str(error)) from error
    _write(target, content)
    say(f"Wrote release {edition.number} to {target}.")


@export_group.command()
@click.argument("code", metavar="CONTEST")
@output
@command_work
def ballots(work: Work, code: str, target: Path) -> None:
    """Write the bundle of a published contest's consultation for auditors: with its ballots, however few they are.

    The log says who took it.
    """
    contest = contest_by_code(work.session, code)
    if contest is None:
        raise No(f"There is no contest {code}.")
    try:
        content = audit_ballots(work.session, contest, actor=work.actor, now=work.now)
    except Denied as error:
        if error.decision.reason is Reason.STATE:
            raise No(
                f"The result of {code} is not published: the contest is {contest.state}. Nothing was written."
            ) from error
        raise
    _write(target, content)
    target.chmod(0o600)
    say(f"Wrote {len(content)} bytes to {target}. Among few voters a ballot can be recognized: show it to nobody.")


@export_group.command()
@click.argument("slug")
@output
@command_work
def data(work: Work, slug: str, target: Path) -> None:
    """Write everything public of a consultation: texts, items, comments, ballots, tallies, chain, schema, licence."""
    require(work.actor, Permission.DATA_EXPORT, now=work.now)
    consultation = consultation_by_slug(work.session, slug)
    if consultation is None:
        raise No(f"There is no consultation {slug}.")
    content = write_bundle(work.session, consultation)
    _write(target, content)
    say(f"Wrote {len(content)} bytes to {target}.")


def _write(target: Path, content: bytes) -> None:
    """All of it or nothing: a file that was cut off must not look whole."""
    partial = target.with_name(f".{target.name}.partial")
    try:
        partial.write_bytes(content)
        partial.replace(target)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise No(f"{target} cannot be written: {error.strerror}.") from error
