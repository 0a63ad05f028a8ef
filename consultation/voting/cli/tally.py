"""`consultation tally`: counts a file of ballots, without a database."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from consultation.voting.tally import RULES, InvalidBallot, Result, RuleError
from consultation.voting.tally import tally as count
from consultation.voting.tally.irv import TIED_TOPS
from consultation.voting.tally.readers import READERS, Election, ReadError, read
from consultation.voting.tally.result import rounded_text
from consultation.voting.tally.strength import STRENGTHS


@click.command("tally", help=f"Count the ballots of FILE ({' '.join(READERS)}).")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--rule", required=True, type=click.Choice(list(RULES)), help="The rule to count by.")
@click.option("--seats", type=click.IntRange(min=1), metavar="K", help="Places to fill. Default: what the file says.")
@click.option("--points", metavar="5,4,3", help="For positional: the points of each place.")
@click.option("--budget", metavar="B", help="For equal_shares: what may be spent. Default: what the file says, or K.")
@click.option(
    "--step",
    metavar="S",
    help="For equal_shares: what everybody gets more in each step of the completion, 0 for none. "
    "Default: 1 for the costs of a .pb file, else the part of each in one more unit for all.",
)
@click.option(
    "--strength", type=click.Choice(STRENGTHS), help="For schulze and ranked_pairs: how majorities are measured."
)
@click.option("--tied-top", type=click.Choice(TIED_TOPS), help="For irv: what ballots do that tie their tops.")
@click.option("--contest", metavar="CODE", help="The contest's code, for ties. Default: what the file says, or none.")
@click.option("--beacon", metavar="TEXT", help="The public value that breaks ties. Default: the empty one.")
@click.option("--json", "as_json", is_flag=True, help="Print the whole result as JSON.")
def tally(
    file: Path,
    rule: str,
    seats: int | None,
    points: str | None,
    budget: str | None,
    step: str | None,
    strength: str | None,
    tied_top: str | None,
    contest: str | None,
    beacon: str | None,
    as_json: bool,
) -> None:
    """Exit 0 when the result is printed, 1 when the file cannot be counted, 2 for wrong use."""
    try:
        election = read(file)
    except (ReadError, InvalidBallot) as error:
        raise click.ClickException(str(error)) from error
    given = {"points": points, "budget": budget, "step": step, "strength": strength, "tied_top": tied_top}
    parameters: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    places = election.seats if seats is None and RULES[rule].seats != "one" else seats
    if rule == "equal_shares":
        parameters = _money(election, places, file) | parameters
    elif seats is not None and RULES[rule].seats == "unused":
        click.echo(f"{rule} fills no places: --seats is not used.", err=True)
    try:
        result = count(
            election.profile,
            rule,
            seats=places,
            contest=election.contest if contest is None else contest,
            beacon=beacon or "",
            **parameters,
        )
    except RuleError as error:
        raise click.UsageError(_advice(error)) from error
    if beacon is None:
        click.echo("No beacon given: a tie, if there is one, is broken with the empty text.", err=True)
    result = replace(result, input_sha256=election.sha256)
    click.echo(json.dumps(result.to_dict(), ensure_ascii=False) if as_json else _table(result, election))


def _money(election: Election, places: int | None, file: Path) -> dict[str, Any]:
    """What the file says about costs. Where it says nothing each item costs 1, and K places are a budget of K."""
    if not election.costs:
        return {} if places is None else {"budget": places}
    budget = {} if election.budget is None else {"budget": election.budget}
    return budget | {"costs": election.costs} | ({"step": 1} if file.suffix.lower() == ".pb" else {})


def _advice(error: RuleError) -> str:
    advice = {
        "seats_needed": " Give --seats K.",
        "bad_points": " Give --points, such as --points 5,4,3.",
        "budget_needed": " Give --budget B.",
    }
    return f"{error.detail[:1].upper()}{error.detail[1:]}.{advice.get(error.code, '')}"


def _table(result: Result, election: Election) -> str:
    """The result for people: an item a line, then what the audit found."""
    carriers = {entry["item"]: entry for entry in result.rounds}
    head = ["", "Place", "Item", "Score", "Supporters", "New", "Name"]
    lines = [head]
    place = 1
    for tier in result.order:
        for item in tier:
            entry = carriers.get(item, {})
            lines.append(
                [
                    "*" if item in result.selected else "",
                    f"{place}=" if len(tier) > 1 else str(place),
                    _printable(item),
                    rounded_text(result.scores[item]) if item in result.scores else "-",
                    str(entry.get("supporters", 0)),
                    str(entry.get("unserved", 0)),
                    _printable(election.names.get(item, "")),
                ]
            )
        place += len(tier)
    widths = [max(len(row[column]) for row in lines) for column in range(len(head))]
    right = {1, 3, 4, 5}
    table = [
        "  ".join(
            cell.rjust(width) if column in right else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in lines
    ]
    return "\n".join([*_heading(result), "", *table, "", *map(_printable, _notes(result))])


def _printable(text: str) -> str:
    """The text without what could steer a terminal."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def _heading(result: Result) -> list[str]:
    blank = f", {result.blank} of them blank" if result.blank else ""
    return [
        f"{result.rule} (version {result.version}): {RULES[result.rule].summary}",
        f"{result.ballots} ballots{blank}; counted weight {result.weight}; {len(result.items)} items.",
        f"Score: {RULES[result.rule].scores}. New: the weight of supporters whom no earlier line serves.",
        f"Input SHA-256: {result.input_sha256}",
    ]


def _notes(result: Result) -> list[str]:
    notes = []
    if result.selected:
        notes.append(f"* selected: {', '.join(result.selected)}")
    elif result.rule == "condorcet":
        notes.append("No item is preferred by a majority to each other item.")
    if "valid" in result.extra:
        notes.append(f"Quota: {result.extra['quota']} of {result.extra['valid']} valid.")
    if "spent" in result.extra:
        notes.append(
            f"Spent: {rounded_text(result.extra['spent'])} of {rounded_text(result.parameters['budget'])}, "
            f"with {result.extra['steps']} steps of {rounded_text(result.extra['step'])} for everybody."
        )
    if "quota_rounded" in result.extra:
        notes.append(f"Quota: {result.extra['quota_rounded']}")
    if any(entry.get("by") == "remaining" for entry in result.rounds):
        left_over = [entry["item"] for entry in result.rounds if entry.get("by") == "remaining"]
        notes.append(f"Elected below the quota, by remaining weight: {', '.join(left_over)}")
    if result.unsupported:
        notes.append(f"Nobody supports, so last and in tie order: {', '.join(result.unsupported)}")
    notes.extend(
        f"Tie at place {tie['place']} ({tie['reason']}), as drawn: {', '.join(tie['items'])}"
        for tie in result.ties
        if tie["items"] != result.unsupported
    )
    titles = {"ejr_plus": "EJR+", "solid_coalitions": "Proportionality for solid coalitions"}
    for name, found in result.audit.items():
        failing = [str(entry["k"]) for entry in found["violations"]]
        told = (
            f"fails for the first {', '.join(failing)}"
            if failing
            else f"holds for every beginning, 1 to {found['prefixes']}"
        )
        notes.append(f"{titles[name]}: {told}.")
    return notes
