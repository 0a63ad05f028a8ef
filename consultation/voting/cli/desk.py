"""What the commands for contests share."""

from datetime import datetime
from zoneinfo import ZoneInfo

import click

from consultation.convening.rules import Unusable, read_moment
from consultation.kernel.orm import Trilingual
from consultation.voting.models import Contest
from consultation.voting.operations import ContestNotReady
from consultation.voting.queries import contest_by_code
from consultation.web.console import No, Work, fail_use

NOT_READY = {
    "unknown_rule": "There is no such rule. 'consultation tally --help' names them.",
    "delegates_need_roll": "Delegates vote only where there is a roll.",
    "window_over": "Its closing lies in the past.",
    "no_items": "The consultation has no items yet. Make them with 'consultation items admit'.",
    "too_many_places": "It has more places than there are items.",
    "no_voters": "Nobody meets its electorate, so nobody could vote. With --no-roll it claims none.",
    "rule_needs_order": "This rule reads an order, which a shortlist does not have.",
    "unknown_member": "No member has the code:",
    "too_few_published": "Ballots of fewer than 10 voters could be recognized.",
    "objections_too_short": "Members need time to object: give a later date.",
    "objections_running": "Members can still object to its roll. 'consultation contests show' says until when.",
    "objections_waiting": "Objections to its roll have no answer yet.",
    "changed_since_asked": "It has changed since the first organizer signed off.",
    "beacon_needed": "The source of its beacon was announced. Give the value with --beacon.",
}


@click.group("contests")
def group() -> None:
    """Questions put to the vote."""


def not_ready(error: ContestNotReady) -> No:
    """What the command says, and ends with."""
    return No(f"{NOT_READY[error.code]} {error.what}".strip())


def contest_named(work: Work, code: str) -> Contest:
    """The contest of a code; with none the command ends."""
    contest = contest_by_code(work.session, code)
    if contest is None:
        raise No(f"There is no contest {code}.")
    return contest


def moment(text: str, zone: ZoneInfo) -> datetime:
    """A typed date of the zone; wrong use when it is none."""
    try:
        return read_moment(text, zone)
    except Unusable as error:
        raise fail_use(str(error)) from error


def question_of(en: str | None, fr: str | None, es: str | None) -> Trilingual | None:
    """All three, or none."""
    if not en and not fr and not es:
        return None
    if not en or not fr or not es:
        raise fail_use("The question is needed in English, French and Spanish.")
    return Trilingual(en, fr, es)
