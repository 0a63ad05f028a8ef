"""Commands about who votes in a contest, and whether it stands."""

from collections.abc import Callable, Iterator
from typing import Any
from zoneinfo import ZoneInfo

import click

from consultation.kernel.two_steps import AlreadyAsked
from consultation.voting import operations, rolls
from consultation.voting.cli.desk import contest_named, group, moment, not_ready
from consultation.voting.models import Contest
from consultation.voting.operations import ContestNotReady
from consultation.voting.states import VotingUnit
from consultation.web.console import No, Work, command_work, fail_use, say

ELECTORATE_PARTS = {
    "countries": ("--country", "CA", "Only members that work there; repeatable."),
    "places": ("--place", "CODE", "Only members of this place; repeatable."),
    "sectors": ("--sector", "CODE", "Only members of this sector; repeatable."),
    "themes": ("--theme", "CODE", "Only members that have a published proposal in it; repeatable."),
    "only": ("--only", "CODE", "Only this member, and the others so named; repeatable."),
    "without": ("--without", "CODE", "Without this member; repeatable."),
}
PAGE = 1_000


def electorate_options(command: Callable[..., None]) -> Callable[..., None]:
    """The options that narrow who votes, each under ``electorate_`` and its part."""
    for part, (option, metavar, told) in reversed(ELECTORATE_PARTS.items()):
        command = click.option(option, f"electorate_{part}", multiple=True, metavar=metavar, help=told)(command)
    return command


@group.command("announce")
@click.argument("code")
@click.option("--objections-until", required=True, metavar="DATE", help="Until when members can object.")
@command_work
def announce(work: Work, code: str, objections_until: str) -> None:
    """Show who would vote, and let members object. Announced again, the date can only become later."""
    contest = contest_named(work, code)
    until = moment(objections_until, ZoneInfo(contest.consultation.zone))
    try:
        operations.announce_roll(work.session, contest, objections_until=until, actor=work.actor, now=work.now)
    except ContestNotReady as error:
        raise not_ready(error) from error
    say(f"{code} is announced. It can open after {until.isoformat()}, once objections are answered.")


@group.command("roll")
@click.argument("code")
@click.option(
    "--people", is_flag=True, help="Name delegates by their accounts, also those who are not named in public."
)
@command_work
def roll(work: Work, code: str, people: bool) -> None:
    """Print who would vote if it opened now or, from the opening on, who may: code, name and, after the close, whether
    they voted. Where delegates vote, a line is a delegate's: before the opening with the member's code, then with their
    own, and with the name under which they are known in public."""
    contest = contest_named(work, code)
    for row in _provisional(work, contest) if contest.opened_at is None else _frozen(work, contest):
        person = []
        if contest.unit is VotingUnit.DELEGATES:
            named = rolls.account_name(work.session, row["user_id"]) if people else None
            person = [named or row["person"] or ""]
        voted = [] if row.get("voted") is None else ["voted" if row["voted"] else "did not vote"]
        click.echo("\t".join((row["code"], row["name"], *person, *voted)))


def _provisional(work: Work, contest: Contest) -> Iterator[dict[str, Any]]:
    members = rolls.electorate(work.session, contest)[0]
    if contest.unit is VotingUnit.MEMBERS:
        for member in members:
            yield {"code": member.code, "name": "" if member.protected else member.name}
        return
    for one in rolls.delegates(work.session, members, work.now):
        member = one.member
        hidden = {"name": "", "person": None} if member.protected else {"name": member.name, "person": one.public_name}
        yield {"code": member.code, "user_id": one.user_id, **hidden}


def _frozen(work: Work, contest: Contest) -> Iterator[dict[str, Any]]:
    after = None
    while rows := rolls.roll_rows(work.session, contest, "en", after=after, limit=PAGE)[:PAGE]:
        yield from (row._asdict() for row in rows)
        after = (rows[-1].name, rows[-1].code)


@group.command("void")
@click.argument("code")
@click.option("--reason", required=True, metavar="TEXT", help="Why; it is public.")
@command_work
def void(work: Work, code: str, reason: str) -> None:
    """Declare a contest void: nothing of it is counted, and what its ballots say is destroyed.

    The operator does this alone. With --as an organizer asks, and another one confirms in the browser.
    """
    contest = contest_named(work, code)
    try:
        if work.actor.is_operator:
            operations.void_contest(work.session, contest, reason=reason, actor=work.actor, now=work.now)
            say(f"{code} is void.")
        else:
            operations.ask_to_void(work.session, contest, reason=reason, actor=work.actor, now=work.now)
            say("Asked. Another organizer confirms it within seven days.")
    except AlreadyAsked as error:
        raise No("The same is asked already.") from error
    except ValueError as error:
        raise fail_use(str(error)) from error
