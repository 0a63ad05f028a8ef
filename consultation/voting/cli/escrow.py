"""Commands for the copy of a contest's key, while the contest is open."""

import json
from pathlib import Path
from typing import Any

import click

from consultation.voting import operations
from consultation.voting.cli.desk import contest_named
from consultation.voting.escrow import BadEscrow
from consultation.voting.keys import KeyMissing
from consultation.voting.operations.escrowing import KeyInUse, NotOpen
from consultation.voting.secrets_on_disk import destroy, write_new
from consultation.web.console import No, Work, command_work, say

MOST_BYTES = 10_000
BAD = {
    "not_a_share": "One of the files is no half of a key.",
    "damaged": "One of the files is damaged: its checksum is another one. Use another copy of it.",
    "other_contest": "One of the files belongs to another contest.",
    "same_share": "Both files are the same half. The other organizer has the other one.",
    "not_a_pair": "The files are halves of two different copies. Use the two that were made together.",
}


@click.command("escrow")
@click.argument("code")
@click.option(
    "--to",
    "files",
    required=True,
    nargs=2,
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE FILE",
    help="Where the two halves go: two new files, best on two devices.",
)
@command_work
def escrow(work: Work, code: str, files: tuple[Path, Path]) -> None:
    """Copy the key of the open contest CODE, in two halves for two organizers.

    Neither half tells anything without the other. With both, 'contests recover' puts the key back; without the key
    nobody could vote, and nothing could be counted. Destroy both once the contest is closed.
    """
    contest = contest_named(work, code)
    try:
        halves = operations.escrow_key(work.session, contest, actor=work.actor, now=work.now)
    except NotOpen as error:
        raise No(f"{code} is not open, so that there is no key to copy.") from error
    except KeyMissing as error:
        raise No(str(error)) from error
    written: list[Path] = []
    try:
        for path, half in zip(files, halves, strict=True):
            write_new(path, json.dumps(half, indent=1).encode() + b"\n")
            written.append(path)
    except OSError as error:
        for path in written:
            destroy(path)
        raise No(f"{error.filename}: {error.strerror}. Nothing was copied.") from error
    say("Give the two files to two organizers, who keep them apart. Destroy both once the contest is closed.")


@click.command("recover")
@click.argument("code")
@click.argument("one", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.argument("other", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@command_work
def recover(work: Work, code: str, one: Path, other: Path) -> None:
    """Put the key of the open contest CODE back from the two halves of its copy."""
    contest = contest_named(work, code)
    try:
        operations.recover_key(work.session, contest, [_read(one), _read(other)], actor=work.actor, now=work.now)
    except NotOpen as error:
        raise No(f"{code} is not open. After the close the key must not come back: destroy the two files.") from error
    except BadEscrow as error:
        raise No(BAD[error.code]) from error
    except KeyInUse as error:
        raise No("Another key lies in its place. Look at where it comes from before you remove it.") from error
    say(f"The key of {code} is back: voting goes on. Keep the two files apart again, and destroy them after the close.")


def _read(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            share = json.loads(file.read(MOST_BYTES))
    except (ValueError, RecursionError):
        raise BadEscrow("not_a_share") from None
    if not isinstance(share, dict):
        raise BadEscrow("not_a_share")
    return share
