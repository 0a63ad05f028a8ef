"""Commands for agenda items."""

import click

from consultation.convening.queries import consultation_by_slug
from consultation.curation.operations import admit as admit_proposal
from consultation.curation.queries import admissible, placements, proposals_by_code
from consultation.proposals.models import Proposal
from consultation.proposals.states import ProposalState
from consultation.web.console import No, Work, command_work, fail_use, say


@click.group("items")
def group() -> None:
    """Agenda items: what is ranked."""


@group.command("admit")
@click.argument("codes", nargs=-1, metavar="CODE…")
@click.option("--all", "everything", is_flag=True, help="All published proposals of a consultation.")
@click.option("--consultation", "slug", metavar="SLUG", help="Which consultation, with --all.")
@click.option("--minutes", type=click.IntRange(min=1), help="Time that each asks of the gathering.")
@command_work
def admit(work: Work, codes: tuple[str, ...], everything: bool, slug: str | None, minutes: int | None) -> None:
    """Make each published proposal an agenda item, alone, in number order.

    Prints the proposal's code and the item's, one pair a line. A proposal that is in an item already stays as it is.
    """
    if everything == bool(codes) or everything != (slug is not None):
        raise fail_use("Give codes, or --all --consultation SLUG.")
    chosen = _all_of(work, slug) if slug is not None else _named(work, codes)
    placed = placements(work.session, [proposal.id for proposal in chosen])
    admitted = 0
    for proposal in chosen:
        if proposal.id in placed:
            say(f"{proposal.code} is in {placed[proposal.id]} already: unchanged.")
            click.echo(f"{proposal.code}\t{placed[proposal.id]}")
            continue
        if proposal.state is not ProposalState.PUBLISHED:
            raise No(f"{proposal.code} is {proposal.state}: only a published proposal can become an item.")
        item = admit_proposal(work.session, proposal, actor=work.actor, now=work.now, minutes=minutes)
        click.echo(f"{proposal.code}\t{item.code}")
        admitted += 1
    say(f"{admitted} admitted, {len(chosen) - admitted} unchanged.")


def _all_of(work: Work, slug: str) -> list[Proposal]:
    consultation = consultation_by_slug(work.session, slug)
    if consultation is None:
        raise No(f"There is no consultation {slug}. 'consultation consultations list' names them.")
    return admissible(work.session, consultation.id)


def _named(work: Work, codes: tuple[str, ...]) -> list[Proposal]:
    found = proposals_by_code(work.session, codes)
    if missing := [code for code in codes if code not in found]:
        raise No(f"There is no proposal {missing[0]}. Nothing was admitted.")
    return sorted(found.values(), key=lambda proposal: (proposal.consultation_id, proposal.number or 0))
