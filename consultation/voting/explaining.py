"""Why the result is as it is: computed at the tally and stored beside it, so that reading needs no ballots. Pure.

``from_results`` reads what the rules found; ``from_ballots`` adds what only the ballots can tell.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from consultation.voting.outcome import lines, pairwise

if TYPE_CHECKING:
    from consultation.voting.tally.profile import Profile

VERSION = "2"

SETS = frozenset({"equal_shares"})
"""Rules that find a set and no order: they stand in no comparison of places."""

AFTER = 5
"""So many lines after the last place are told in full; of the others the page has the places alone."""

ROUNDS = 100
"""The page tells so many steps of the count; the file tells all."""

ENTRIES = 20_000
"""Choices on the distinct ballots of up to so many give 200 resamples; more give 40."""

MOST_ENTRIES = 1_000_000
"""With more the resamples are left out: no result waits minutes for how firm it is."""

Plain = Mapping[str, Any]


def told(places: int, items: int) -> int:
    """How many lines are told in full."""
    return min(items, places + AFTER)


def from_results(headline: Plain, others: Mapping[str, Plain], places: int) -> dict[str, Any]:
    """What can be told from the stored results: each line beside the other rules, the steps, the ties, the pairs."""
    ranked = {rule: result for rule, result in others.items() if rule not in SETS}
    found = lines(headline, ranked)
    pairs = pairwise(ranked.get("condorcet") or headline, [line["item"] for line in found])
    return {
        "version": VERSION,
        "rule": headline["rule"],
        "rules": {result["rule"]: result["version"] for result in (headline, *others.values())},
        "input_sha256": headline["input_sha256"],
        "ballots": headline["ballots"],
        "blank": headline["blank"],
        "weight": headline["weight"],
        "quota": headline.get("quota_rounded"),
        "compared": list(ranked),
        "read": {result["rule"]: result.get("valid", result["weight"]) for result in (headline, *ranked.values())},
        "told": told(places, len(found)),
        "lines": found,
        "rounds": headline["rounds"][:ROUNDS],
        "ties": headline["ties"][:ROUNDS],
        "audit": {
            name: {"prefixes": one["prefixes"], "failing": [entry["k"] for entry in one["violations"]]}
            for name, one in headline["audit"].items()
        },
        "pairs": pairs,
    }


def from_ballots(
    profile: "Profile",
    results: Mapping[str, Plain],
    rule: str,
    *,
    places: int,
    contest: str,
    beacon: str,
    parameters: Plain,
    report: Callable[[], None] = lambda: None,
) -> dict[str, Any]:
    """The whole explanation. ``report`` is called between its parts."""
    from consultation.voting.tally.coverage import coverage_curves
    from consultation.voting.tally.margins import least_changes
    from consultation.voting.tally.robustness import bootstrap

    others = {name: result for name, result in results.items() if name != rule}
    content = from_results(results[rule], others, places)
    support = dict(zip(profile.items, profile.support.tolist(), strict=True))
    for line in content["lines"]:
        line["support"] = support[line["item"]]
    report()
    orders = {name: _read_through(results[name]) for name in (rule, "approval") if name in results}
    curves = coverage_curves(profile, orders).to_dict()
    for curve in curves["curves"]:
        curve["served"] = [row[: content["told"] + 1] for row in curve["served"]]
    content["coverage"] = curves
    report()
    samples = _samples(len(profile.listed))
    content["robustness"] = None
    if samples:
        firm = bootstrap(
            profile, rule, seats=places, contest=contest, beacon=beacon, samples=samples, **parameters
        ).to_dict()
        content["robustness"] = {
            "samples": firm["samples"],
            "seed": firm["seed"],
            "spreads": {one["item"]: [one["low"], one["high"], one["selected"]] for one in firm["spreads"]},
        }
    report()
    content["changes"] = None
    if len(profile.listed) <= ENTRIES:
        least = least_changes(profile, rule, seats=places, contest=contest, beacon=beacon, **parameters)
        if least.computable:
            content["changes"] = {
                one.item: {"kind": one.kind, "weight": one.weight, "suffices": one.suffices} for one in least.changes
            }
    content["strict"] = _strict_and_complete(profile)
    return content


def _read_through(result: Plain) -> list[str]:
    return [item for tier in result["order"] for item in tier]


def _samples(entries: int) -> int:
    if entries > MOST_ENTRIES:
        return 0
    return 200 if entries <= ENTRIES else 40


def _strict_and_complete(profile: "Profile") -> bool:
    """Whether every ballot puts all items in an order without ties: what a .soc file holds."""
    width, ballots = len(profile.items), len(profile.weights)
    if not ballots or len(profile.listed) != width * ballots:
        return False
    return bool((profile.ranks.reshape(ballots, width) == range(1, width + 1)).all())
