"""Commands of the paper desk. What is typed is asked for, never an argument: arguments stand in the shell's history."""

import click

from consultation.voting import operations
from consultation.voting.cli.desk import contest_named
from consultation.voting.keys import KeyMissing
from consultation.voting.models import Contest
from consultation.voting.paper import PaperOutcome, PaperRefused, read_lines
from consultation.voting.paper_queries import PrintedBallot, printed_ballot, waiting_papers
from consultation.voting.rules import InvalidVote
from consultation.voting.states import ContestKind
from consultation.web.console import No, Work, command_work, say

LISTED = 10_000
OUTCOMES = {
    PaperOutcome.WAITS: "Kept, sealed. Next, by another person: consultation contests paper second",
    PaperOutcome.DIFFERS: "The two readings differ; nothing is in the box. A third person reads, or both begin again.",
    PaperOutcome.ALL_DIFFER: "Three readings differ, so all are dropped. Agree how to read the paper, and begin again.",
    PaperOutcome.IN_THE_BOX: "Both readings agree. The ballot is in the box.",
    PaperOutcome.REPLACED: "Both readings agree. The ballot is in the box, in place of an earlier paper ballot.",
    PaperOutcome.UNCHANGED: "Both readings agree. The same ballot was in the box already.",
    PaperOutcome.ALREADY_CAST: "Both readings agree, but the voter has cast a ballot itself, which counts.",
}
REFUSED = {
    "no_voter": "Say whose ballot it is, in 80 characters at most.",
    "not_on_roll": "Nobody on the roll has this code.",
    "nothing_typed": "Nothing is typed, and the ballot is not said to be blank.",
    "blank_with_items": "The ballot is said to be blank, and items are typed.",
    "reading_waits": "Somebody has read this ballot already: consultation contests paper second",
    "no_reading_waits": "No first reading of this ballot waits.",
    "same_person": "You have read this ballot already. It takes another person.",
}


@click.group("paper")
def paper() -> None:
    """Paper ballots, which two people read: each with --as, since the operator is nobody in particular."""


@paper.command("first")
@click.argument("code")
@command_work
def first(work: Work, code: str) -> None:
    """Read a paper ballot for the contest CODE as the first person. Asks what it says."""
    _read(work, code, first_reading=True)


@paper.command("second")
@click.argument("code")
@command_work
def second(work: Work, code: str) -> None:
    """Read it as the second person or, where two differ, as the third. Asks what it says; tells whether two agree."""
    _read(work, code, first_reading=False)


@paper.command("waiting")
@click.argument("code")
@command_work
def waiting(work: Work, code: str) -> None:
    """Print whose ballots have been read and are not in the box: voter, how many have read it, and who."""
    contest = contest_named(work, code)
    operations.require_desk(work.actor, now=work.now)
    for one in waiting_papers(work.session, contest.id, LISTED):
        click.echo(f"{one.voter}\t{len(one.readers)}\t{', '.join(one.readers)}")


@paper.command("again")
@click.argument("code")
@command_work
def again(work: Work, code: str) -> None:
    """Drop what was read of a voter's paper, so that two people begin again. Asks whose."""
    contest = contest_named(work, code)
    voter = _typed("Voter")
    try:
        operations.drop_readings(work.session, contest, voter=voter, actor=work.actor, now=work.now)
    except PaperRefused as error:
        raise No(REFUSED[error.code]) from error
    say("Dropped. Two people read the paper from the beginning.")


def _read(work: Work, code: str, *, first_reading: bool) -> None:
    contest = contest_named(work, code)
    operations.require_desk(work.actor, now=work.now)
    ballot = printed_ballot(work.session, contest)
    voter, lines = _typed("Voter"), _lines(contest, ballot)
    tiers = read_lines(lines, [option.code for option in ballot.options], contest.kind)
    blank = not tiers and click.confirm("Is the ballot blank?", err=True)
    try:
        outcome = operations.read_paper(
            work.session,
            contest,
            voter=voter,
            ballot=tiers,
            first=first_reading,
            blank=blank,
            actor=work.actor,
            now=work.now,
        )
    except PaperRefused as error:
        raise No(REFUSED[error.code]) from error
    except InvalidVote as error:
        raise No(f"The contest does not take this ballot: {error}.") from error
    except KeyMissing as error:
        raise No(str(error)) from error
    say(OUTCOMES[outcome])
    click.echo(outcome.value)


def _lines(contest: Contest, ballot: PrintedBallot) -> list[str]:
    """Items by number or code, set apart by spaces or commas; of a ranking as many places as there are, up to an empty
    line."""
    if contest.kind is ContestKind.TIERS:
        return [_typed("Essential"), _typed("Marked, not essential")]
    if contest.kind is ContestKind.SHORTLIST:
        return [_typed("Marked")]
    lines: list[str] = []
    while len(lines) < ballot.max_choices and (line := _typed(f"Place {len(lines) + 1}")):
        lines.append(line)
    return lines


def _typed(asked: str) -> str:
    return str(click.prompt(asked, default="", show_default=False, err=True)).strip()
