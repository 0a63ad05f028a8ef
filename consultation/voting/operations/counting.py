"""Counting the final ballots of a closed contest under its rules. Reads and computes, and writes nothing, so that it
needs no lock: the ballots of a closed contest do not change."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Protocol

from sqlalchemy.orm import Session

from consultation.voting import explaining, fitting, tally
from consultation.voting.chain import canonical
from consultation.voting.models import Contest
from consultation.voting.queries import counted_contents, option_codes


class Report(Protocol):
    """Told how far the count is: what it does (an English msgid), and how many of how many."""

    def __call__(self, doing: str, done: int = 0, total: int | None = None) -> None: ...


def N_(message: str) -> str:  # noqa: N802 - the name that gettext tools look for
    """Mark a message for the catalogues; it is translated where it is shown."""
    return message


READING = N_("Reading the ballots")
COUNTING = N_("Counting by one rule after the other")
EXPLAINING = N_("Finding out how firm the result is")
READ_AT_ONCE = 20_000


def silent(doing: str, done: int = 0, total: int | None = None) -> None:
    """Tells nobody."""


@dataclass(frozen=True)
class Counted:
    """What was counted, with which beacon: a plain result for each rule, and the explanation."""

    beacon: str
    results: Mapping[str, Mapping[str, Any]]
    explanation: Mapping[str, Any]


def rules_of(contest: Contest) -> list[str]:
    """The headline rule, then the others of the panel, then the set that fits, as they were frozen at the opening; of a
    contest that was opened before panels were, the same as would be now."""
    frozen = contest.frozen or {}
    if "panel" in frozen:
        return [one["rule"] for one in frozen["panel"]]
    return fitting.panel(contest.kind, contest.rule, contest.minutes, durations_of(contest))


def profile_of(session: Session, contest: Contest, report: Report = silent) -> tally.Profile:
    """The ballots that count, packed."""

    def contents() -> Iterator[bytes]:
        source, read = counted_contents(session, contest.id), 0
        while some := list(islice(source, READ_AT_ONCE)):
            report(READING, read)
            yield from some
            read += len(some)

    return tally.profile_of_contents(sorted(option_codes(session, contest.id)), contents())


def count_contest(session: Session, contest: Contest, beacon: str, report: Report = silent) -> Counted:
    """Count under every rule of ``rules_of``, and find out why."""
    profile = profile_of(session, contest, report)
    rules = rules_of(contest)
    results: dict[str, Any] = {}
    for done, rule in enumerate(rules):
        report(COUNTING, done, len(rules))
        results[rule] = plain(tally_by(profile, contest, rule, beacon).to_dict())
    report(EXPLAINING)
    explanation = explaining.from_ballots(
        profile,
        results,
        contest.rule,
        places=contest.places,
        contest=contest.code,
        beacon=beacon,
        parameters=parameters_of(contest, contest.rule),
        report=lambda: report(EXPLAINING),
    )
    explanation["set"] = None
    costs = durations_of(contest)
    if fitting.RULE in results and contest.minutes and fitting.fits(contest.minutes, costs):
        explanation["set"] = fitting.explain(
            profile, results[fitting.RULE], contest.minutes, costs, contest=contest.code, beacon=beacon
        )
    return Counted(beacon, results, plain(explanation))


def tally_by(profile: tally.Profile, contest: Contest, rule: str, beacon: str) -> tally.Result:
    """By one rule, with what was frozen for it."""
    parameters = parameters_of(contest, rule)
    return tally.tally(profile, rule, seats=contest.places, contest=contest.code, beacon=beacon, **parameters)


def parameters_of(contest: Contest, rule: str) -> dict[str, Any]:
    """What a rule takes besides the places. The set that fits takes the minutes; where they are not known, each item
    costs one place."""
    if rule != fitting.RULE:
        return {}
    costs = durations_of(contest)
    if fitting.fits(contest.minutes, costs):
        return {"budget": contest.minutes, "costs": costs}
    return {"budget": contest.places}


def durations_of(contest: Contest) -> dict[str, int | None]:
    """The minutes of each item, as they were frozen at the opening."""
    return fitting.durations(contest.frozen or {"options": []})


def plain(value: Mapping[str, Any]) -> Any:
    """As JSON holds it, so that what is stored compares equal to what is computed anew."""
    return json.loads(canonical(value))
