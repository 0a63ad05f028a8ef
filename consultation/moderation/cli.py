"""Moderation from the command line."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from consultation.convening.queries import consultation_by_slug
from consultation.kernel.permissions import Permission, may, require
from consultation.moderation.operations import HeldByAnother, annotate
from consultation.moderation.operations import decline as decline_proposal
from consultation.moderation.operations import publish as publish_proposal
from consultation.moderation.operations import release as release_proposal
from consultation.moderation.queries import claim_on, claims_standing, proposal_to_judge, submitted, summaries
from consultation.moderation.states import ReasonCode
from consultation.proposals.models import Proposal
from consultation.proposals.states import ContentNote, ProposalState
from consultation.web.console import No, Work, command_work, fail_use, say

although_taken = click.option(
    "--although-taken", is_flag=True, help="Also what a moderator has taken to decide; it is theirs no more."
)
JUDGED = [state.value for state in ProposalState if state is not ProposalState.DRAFT]


@click.group()
def proposals() -> None:
    """Proposals, as moderators see them."""


@proposals.command()
@click.argument("codes", metavar="CODE…", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Publish all that wait in the consultation.")
@click.option("--consultation", "slug", metavar="SLUG", help="The consultation, with --all.")
@although_taken
@command_work
def publish(work: Work, codes: tuple[str, ...], everything: bool, slug: str | None, although_taken: bool) -> None:
    """Make submitted proposals public; prints their codes."""
    if everything == bool(codes) or everything != bool(slug):
        raise fail_use("Give codes, or --all with --consultation SLUG.")
    chosen = _waiting(work, slug, although_taken) if slug else [_proposal(work, code) for code in codes]
    for proposal in chosen:
        with _telling(work, proposal, although_taken) as past_claim:
            publish_proposal(work.session, proposal, past_claim=past_claim, actor=work.actor, now=work.now)
        click.echo(proposal.code)
    say(f"Published: {len(chosen)}.")


@proposals.command()
@click.argument("code")
@click.option("--reason", required=True, help="What the author reads, in words.")
@click.option(
    "--code",
    "reason_code",
    type=click.Choice([code.value for code in ReasonCode]),
    default=ReasonCode.OUT_OF_SCOPE.value,
    show_default=True,
    help="The reason that the public reads.",
)
@although_taken
@command_work
def decline(work: Work, code: str, reason: str, reason_code: str, although_taken: bool) -> None:
    """Decline a submitted or published proposal."""
    if not reason.strip():
        raise fail_use("The reason must say something.")
    proposal = _proposal(work, code)
    said: dict[str, Any] = {"code": ReasonCode(reason_code), "reason": reason}
    with _telling(work, proposal, although_taken) as past_claim:
        decline_proposal(work.session, proposal, **said, past_claim=past_claim, actor=work.actor, now=work.now)
    click.echo(proposal.code)
    say(f"Declined {proposal.code}.")


@proposals.command()
@click.argument("code")
@click.option(
    "--about",
    "notes",
    type=click.Choice([one.value for one in ContentNote]),
    multiple=True,
    help="What the text speaks of; can be given again.",
)
@click.option("--nothing", is_flag=True, help="It needs no note.")
@click.option("--reason", default="", help="Words for the author.")
@command_work
def note(work: Work, code: str, notes: tuple[str, ...], nothing: bool, reason: str) -> None:
    """Put a content note on a proposal, or take it off: its text is covered until a reader opens it."""
    if nothing == bool(notes):
        raise fail_use("Say what it speaks of with --about, or --nothing.")
    proposal = _proposal(work, code)
    changed = annotate(work.session, proposal, notes=notes, reason=reason, actor=work.actor, now=work.now)
    click.echo(proposal.code)
    say(f"{proposal.code}: " + (", ".join(notes) or "no content note") + ("." if changed else ", as before."))


@proposals.command(name="list")
@click.option("--consultation", "slug", metavar="SLUG", help="Only this consultation's.")
@click.option("--state", type=click.Choice(JUDGED), help="Only those in this state.")
@command_work
def list_proposals(work: Work, slug: str | None, state: str | None) -> None:
    """List proposals: code, state, language and title, a tab between them."""
    require(work.actor, Permission.PROPOSAL_READ_UNPUBLISHED, now=work.now)
    consultation_id = _consultation_id(work, slug) if slug else None
    chosen = ProposalState(state) if state else None
    for row in summaries(work.session, consultation_id=consultation_id, state=chosen):
        click.echo(f"{row.code}\t{row.state}\t{row.language}\t{' '.join(row.title.split())}")


@proposals.command()
@command_work
def taken(work: Work) -> None:
    """List what moderators have taken to decide: code, until when, and who, a tab between them."""
    require(work.actor, Permission.QUEUE_READ, now=work.now)
    for row in claims_standing(work.session, work.now):
        click.echo(f"{row.code}\t{row.until.isoformat()}\t{row.holder_name}")


@proposals.command()
@click.argument("code")
@command_work
def release(work: Work, code: str) -> None:
    """Give back what a moderator has taken to decide, so that it is free for the others."""
    proposal = _proposal(work, code)
    with _telling(work, proposal):
        given = release_proposal(work.session, proposal, actor=work.actor, now=work.now)
    if not given:
        raise No(f"Nobody has taken {proposal.code}.")
    click.echo(proposal.code)
    say(f"{proposal.code} is free again.")


@contextmanager
def _telling(work: Work, proposal: Proposal, although_taken: bool = False) -> Iterator[uuid.UUID | None]:
    """The claim to go past, if that is wanted; otherwise say whose it is."""
    held = claim_on(work.session, proposal.id, work.now)
    try:
        yield held.id if held and although_taken else None
    except HeldByAnother as error:
        until = error.held.until.isoformat()
        raise No(f"A moderator has taken {proposal.code} until {until}. See 'consultation proposals taken'.") from error


def _waiting(work: Work, slug: str, although_taken: bool) -> list[Proposal]:
    """What waits, is not the moderator's own, and nobody else has taken; the others stay for somebody else."""
    require(work.actor, Permission.PROPOSAL_PUBLISH, now=work.now)
    chosen = []
    for proposal in submitted(work.session, _consultation_id(work, slug)):
        held = None if although_taken else claim_on(work.session, proposal.id, work.now)
        if held is not None and held.moderator_id != work.actor.user_id:
            say(f"A moderator has taken {proposal.code}, so it is left to them.")
        elif may(work.actor, Permission.PROPOSAL_PUBLISH, proposal, now=work.now):
            chosen.append(proposal)
        else:
            say(f"{proposal.code} is your own organization's, so somebody else must decide it.")
    return chosen


def _consultation_id(work: Work, slug: str) -> uuid.UUID:
    found = consultation_by_slug(work.session, slug)
    if found is None:
        raise No(f"No consultation has the short address {slug}.")
    return found.id


def _proposal(work: Work, code: str) -> Proposal:
    found = proposal_to_judge(work.session, code)
    if found is None:
        raise No(f"No proposal has the code {code}.")
    return found
