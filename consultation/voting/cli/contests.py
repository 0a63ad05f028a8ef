"""Commands for contests."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from zoneinfo import ZoneInfo

import click
from sqlalchemy.exc import IntegrityError

from consultation.convening.queries import consultation_by_slug
from consultation.voting import operations
from consultation.voting.cli import escrow, paper
from consultation.voting.cli.desk import contest_named, group, moment, not_ready, question_of
from consultation.voting.cli.rolls import ELECTORATE_PARTS, electorate_options
from consultation.voting.keys import KeyMissing
from consultation.voting.models import Contest
from consultation.voting.operations import BeaconFixed, ContestNotReady
from consultation.voting.operations.counting import Counted
from consultation.voting.queries import ballot_count, contest_by_code, roll_size, stored_tallies
from consultation.voting.rules import FEWEST_PUBLISHED, PUBLISHED_FROM, in_steps
from consultation.voting.states import AffiliatesCount, ContestKind, ContestState, Secrecy, VotingUnit
from consultation.web.console import No, Work, command_work, fail_use, say

__all__ = ["group"]

group.add_command(escrow.escrow)
group.add_command(escrow.recover)
group.add_command(paper.paper)


@group.command("create")
@click.argument("slug")
@click.option("--code", required=True, metavar="C", help="Names it, in addresses and draws: letters, digits, hyphens.")
@click.option("--kind", required=True, type=click.Choice([kind.value for kind in ContestKind]))
@click.option("--places", required=True, type=click.IntRange(min=1), metavar="K", help="Places to fill.")
@click.option("--minutes", type=click.IntRange(min=1), metavar="M", help="Minutes of the gathering.")
@click.option("--secret", "secrecy", flag_value="secret", help="No one can tell who cast which ballot (the default).")
@click.option("--named", "secrecy", flag_value="named", help="Organizations are named with the result.")
@click.option("--no-roll", "secrecy", flag_value="no_roll", help="Paper or outside ballots, of no claimed electorate.")
@click.option(
    "--affiliates",
    "affiliates_count",
    type=click.Choice([kind.value for kind in AffiliatesCount]),
    default=AffiliatesCount.EACH.value,
    help="Whether an umbrella and its affiliates vote each, or cast one ballot a family (default: each).",
)
@click.option(
    "--delegates",
    "unit",
    flag_value=VotingUnit.DELEGATES.value,
    default=VotingUnit.MEMBERS.value,
    help="Each person with a mandate to vote for one of the members has a ballot (default: each member has one).",
)
@click.option("--question-en", help="The question in English; all three languages or none.")
@click.option("--question-fr", help="The question in French.")
@click.option("--question-es", help="The question in Spanish.")
@click.option(
    "--max-choices", type=click.IntRange(min=1), help="Default: 10; with --no-roll as many as there are items."
)
@click.option("--max-essential", type=click.IntRange(min=0), help="Default: 3; with --no-roll no limit.")
@click.option("--opens", metavar="DATE", help="Default: when it is opened.")
@click.option("--closes", metavar="DATE", help="Default: when it is closed.")
@click.option(
    "--beacon-source", default="", metavar="TEXT", help="Which public value, of after the close, breaks ties."
)
@click.option("--rule", help="The headline rule (default: by kind).")
@electorate_options
@click.option(
    "--published-from",
    "ballots_published_from",
    type=click.IntRange(min=FEWEST_PUBLISHED),
    default=PUBLISHED_FROM,
    show_default=True,
    help="Ballots are published from this many voters on.",
)
@command_work
def create(
    work: Work,
    slug: str,
    code: str,
    secrecy: str | None,
    opens: str | None,
    closes: str | None,
    question_en: str | None,
    question_fr: str | None,
    question_es: str | None,
    **options: object,
) -> None:
    """Create a contest of the consultation SLUG. Prints its code."""
    consultation = consultation_by_slug(work.session, slug)
    if consultation is None:
        raise No(f"There is no consultation {slug}. 'consultation consultations list' names them.")
    if not code.replace("-", "").isalnum() or not code.isascii():
        raise fail_use("A code takes letters, digits and hyphens.")
    if contest_by_code(work.session, code) is not None:
        raise No(f"There is a contest {code} already. Choose another code.")
    zone = ZoneInfo(consultation.zone)
    try:
        contest = operations.create_contest(
            work.session,
            consultation,
            code=code,
            secrecy=Secrecy(secrecy or Secrecy.SECRET),
            question=question_of(question_en, question_fr, question_es),
            opens_at=moment(opens, zone) if opens else None,
            closes_at=moment(closes, zone) if closes else None,
            electorate={part: options.pop(f"electorate_{part}") for part in ELECTORATE_PARTS},
            actor=work.actor,
            now=work.now,
            **options,  # type: ignore[arg-type]
        )
    except ContestNotReady as error:
        raise not_ready(error) from error
    except IntegrityError as error:
        raise No("It would have to close after it opens.") from error
    say(f"Created. Next: consultation contests open {contest.code}")
    click.echo(contest.code)


@group.command("open")
@click.argument("code")
@command_work
def open_(work: Work, code: str) -> None:
    """Freeze options, roll and rules, and open the ballot box. Prints the digest of what was frozen.

    The operator does this alone. With --as an organizer signs off, and it opens when a second one does.
    """
    contest = contest_named(work, code)
    try:
        if work.actor.is_operator:
            operations.open_contest(work.session, contest, actor=work.actor, now=work.now)
        elif not operations.sign_off(work.session, contest, actor=work.actor, now=work.now):
            say(f"Signed off. {code} opens when another organizer signs off on the same.")
            return
    except ContestNotReady as error:
        raise not_ready(error) from error
    roll = "no roll" if contest.secrecy is Secrecy.NO_ROLL else f"{roll_size(work.session, contest.id)} on the roll"
    say(f"{code} is open: {len(contest.options)} items, {roll}.")
    click.echo(contest.frozen_sha256)


@group.command("close")
@click.argument("code")
@command_work
def close(work: Work, code: str) -> None:
    """Close the ballot box for good."""
    contest = contest_named(work, code)
    try:
        operations.close_contest(work.session, contest, actor=work.actor, now=work.now)
    except KeyMissing as error:
        raise No(str(error)) from error
    say(f"{code} is closed. Next: consultation contests tally {code}")


@contextmanager
def _told(contest: Contest) -> Iterator[None]:
    """Why a contest is not tallied, for people."""
    try:
        yield
    except BeaconFixed as error:
        raise No(f"It was tallied with the beacon '{contest.beacon}', which stands.") from error
    except ContestNotReady as error:
        raise not_ready(error) from error


def _count(work: Work, code: str, beacon: str | None) -> Counted:
    contest = contest_named(work, code)
    with _told(contest):
        return operations.count_beforehand(work.session, contest, beacon=beacon, actor=work.actor, now=work.now)


@group.command("tally")
@click.argument("code")
@click.option("--beacon", metavar="TEXT", help="The public value that breaks ties.")
@command_work(beforehand=_count)
def tally(work: Work, counted: Counted, code: str, beacon: str | None) -> None:
    """Count the ballots under the headline rule and those beside it. The result is shown once it is published."""
    contest = contest_named(work, code)
    with _told(contest):
        headline = operations.keep_counted(work.session, contest, counted, actor=work.actor, now=work.now)
    if not contest.beacon:
        say("No beacon given: a tie, if there is one, is broken with the empty text.")
    say(f"{code} is counted by {headline.rule}. Next: consultation contests publish {code}")


@group.command("publish")
@click.argument("code")
@command_work
def publish(work: Work, code: str) -> None:
    """Show the results to everybody."""
    contest = contest_named(work, code)
    operations.publish_contest(work.session, contest, actor=work.actor, now=work.now)
    say(f"The results of {code} are public.")


@group.command("show")
@click.argument("code")
@command_work
def show(work: Work, code: str) -> None:
    """Show a contest; its order only once it is published."""
    contest = contest_named(work, code)
    count = ballot_count(work.session, contest.id)
    facts: dict[str, object] = {
        "code": contest.code,
        "question": contest.question.en,
        "state": contest.state.value,
        "kind": contest.kind.value,
        "secrecy": contest.secrecy.value,
        "unit": contest.unit.value,
        "rule": contest.rule,
        "places": contest.places,
        "minutes": contest.minutes,
        "opens": contest.opens_at,
        "closes": contest.closes_at,
        "frozen": contest.frozen_sha256,
        "items": len(contest.options) or None,
        "roll": roll_size(work.session, contest.id) or None,
        "ballots": f"at least {in_steps(count)}" if contest.state is ContestState.OPEN else count,
        "beacon": contest.beacon,
        "objections until": contest.objections_until,
        "void": contest.void_reason,
    }
    for name, value in facts.items():
        if value is not None:
            click.echo(f"{name}\t{value.isoformat() if isinstance(value, datetime) else value}")
    if contest.state is ContestState.PUBLISHED:
        for row in stored_tallies(work.session, contest.id):
            order = " > ".join(" = ".join(tier) for tier in row.result["order"])
            click.echo(f"{row.rule}\t{order}")
