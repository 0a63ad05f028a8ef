"""``consultation agenda``: draft it from a published result, release it."""

import click
from flask import current_app

from consultation.convening.models import Consultation
from consultation.convening.queries import consultation_by_slug
from consultation.drafting.export.snapshot import SnapshotError
from consultation.drafting.operations import NotFinal, NothingToRelease
from consultation.drafting.operations import draft_agenda as draft_operation
from consultation.drafting.operations import release as release_operation
from consultation.kernel.permissions import Denied, Reason
from consultation.voting.queries import contest_by_code
from consultation.web.console import No, Work, command_work, counted, say


@click.group()
def agenda() -> None:
    """Draft the agenda from a tally, and release frozen editions of it."""


def _consultation(work: Work, slug: str) -> Consultation:
    found = consultation_by_slug(work.session, slug)
    if found is None:
        raise No(f"There is no consultation {slug}.")
    return found


@agenda.command()
@click.argument("slug")
@click.option("--contest", "code", required=True, metavar="CODE", help="The contest whose result gives the order.")
@command_work
def draft(work: Work, slug: str, code: str) -> None:
    """Make the working draft anew, in the order of a contest's published result."""
    consultation = _consultation(work, slug)
    contest = contest_by_code(work.session, code)
    if contest is None or contest.consultation_id != consultation.id:
        raise No(f"The consultation {slug} has no contest {code}.")
    try:
        made = draft_operation(work.session, consultation, contest, actor=work.actor, now=work.now)
    except Denied as error:
        if error.decision.reason is Reason.STATE:
            raise No(
                f"The result of {code} is not published, so no agenda can follow it: the contest is {contest.state}. "
                f"'consultation contests publish {code}' comes first."
            ) from error
        raise
    placed = sum(len(section.placements) for section in made.sections)
    say(f"Drafted: {counted(placed, 'item')} in {counted(len(made.sections), 'section')}.")


@agenda.command()
@click.argument("slug")
@click.option("--final", is_flag=True, help="Release the final edition (1.0).")
@command_work
def release(work: Work, slug: str, final: bool) -> None:
    """Freeze the draft as a numbered edition, and print its number."""
    consultation = _consultation(work, slug)
    base_url = current_app.extensions["settings"].base_url
    try:
        edition = release_operation(
            work.session, consultation, final=final, base_url=base_url, actor=work.actor, now=work.now
        )
    except NothingToRelease as error:
        raise No(f"Nothing is drafted yet. Run: consultation agenda draft {slug} --contest CODE") from error
    except NotFinal as error:
        raise No(
            f"{len(error.codes)} published proposals are in no agenda item yet, so the edition cannot be final: "
            + ", ".join(error.codes[:10])
        ) from error
    except SnapshotError as error:
        raise No(str(error)) from error
    say(f"Released with digest {edition.sha256}.")
    click.echo(edition.number)
