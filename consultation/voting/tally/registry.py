"""The rules there are, and the one function that runs them. A new rule is one file and one entry here."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from . import (
    approval,
    borda,
    condorcet,
    equal_shares,
    expanding_approvals,
    irv,
    phragmen,
    positional,
    ranked_pairs,
    schulze,
    stv,
)
from .ballots import is_text
from .profile import Profile
from .result import Result, exact
from .rule import Call, Outcome, Rule, RuleError
from .ties import TieBreaker

RULES: dict[str, Rule] = {
    module.RULE.name: module.RULE
    for module in (
        *(phragmen, equal_shares, expanding_approvals, borda, positional, approval, condorcet),
        *(schulze, ranked_pairs, irv, stv),
    )
}


def tally(
    profile: Profile, rule: str, *, seats: int | None, contest: str = "", beacon: str = "", **parameters: Any
) -> Result:
    """Counts the ballots of `profile` by `rule` (a name in RULES).

    `seats`: places to fill, 1 to the number of items; None gives the order alone. `contest`, `beacon`: what
    ties are drawn from.
    `parameters`: what the rule takes besides (`points` for `positional`; `budget`, `costs` and `step` for
    `equal_shares`). Raises RuleError when the tally
    cannot be made so.
    """
    entry, call = prepare(profile, rule, seats=seats, contest=contest, beacon=beacon, parameters=parameters)
    outcome = entry.compute(profile, call)
    names = profile.items
    line = [item for tier in outcome.order for item in tier]
    selected = chosen(outcome, entry, call)
    return Result(
        rule=rule,
        version=entry.version,
        parameters={"seats": call.seats, "contest": contest, "beacon": beacon}
        | {name: _written(value) for name, value in call.parameters.items()}
        | dict(outcome.said),
        ballots=profile.ballots,
        blank=profile.blank,
        weight=outcome.weight,
        items=names,
        input_sha256=profile.input_sha256,
        profile_sha256=profile.input_sha256,
        order=[[names[item] for item in tier] for tier in outcome.order],
        selected=[names[item] for item in selected],
        scores={names[item]: outcome.scores[item] for item in line if item in outcome.scores},
        rounds=outcome.rounds,
        ties=call.ties.log,
        unsupported=[names[item] for item in outcome.unsupported],
        audit=outcome.audit,
        extra=outcome.extra,
    )


def prepare(
    profile: Profile,
    rule: str,
    *,
    seats: int | None,
    contest: str = "",
    beacon: str = "",
    parameters: Mapping[str, Any],
    audited: bool = True,
) -> tuple[Rule, Call]:
    """The rule and what it is called with, once that has been checked. Raises RuleError."""
    if rule not in RULES:
        raise RuleError("unknown_rule", f"there is no rule {rule!r}; there are {', '.join(RULES)}")
    for text in (contest, beacon):
        if not is_text(text):
            raise RuleError("bad_text", f"{text!r} is not valid Unicode text")
    entry = RULES[rule]
    places = _seats(entry, seats, len(profile.items))
    unknown = sorted(parameters.keys() - entry.parameters.keys())
    if unknown:
        raise RuleError("unknown_parameter", f"{rule} takes no parameter {unknown[0]!r}")
    values = {name: read(parameters.get(name)) for name, read in entry.parameters.items()}
    return entry, Call(places, TieBreaker(contest, beacon, profile.items), values, audited)


def chosen(outcome: Outcome, entry: Rule, call: Call) -> list[int]:
    """The selected: what the rule says, or the first places of its order."""
    if outcome.selected is not None:
        return outcome.selected
    line = [item for tier in outcome.order for item in tier]
    winner = 1 if entry.seats == "one" and outcome.weight else 0
    return line[: winner if call.seats is None else call.seats]


def _seats(rule: Rule, seats: int | None, width: int) -> int | None:
    if seats is None:
        if rule.seats == "needed":
            raise RuleError("seats_needed", f"the rule {rule.name} needs the number of places to fill")
        return None
    if not 1 <= seats <= width:
        raise RuleError(
            "bad_seats",
            f"places to fill: a whole number from 1 to the number of items ({width}), not {seats!r}",
        )
    return None if rule.seats == "unused" else seats


def _written(value: Any) -> Any:
    """A parameter as the result shows it: numbers as exact text."""
    if isinstance(value, Mapping):
        return {name: _written(part) for name, part in value.items()}
    if isinstance(value, tuple):
        return [_written(part) for part in value]
    return exact(value) if isinstance(value, int | Fraction) else value
