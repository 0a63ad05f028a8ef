"""The set of items that fits the gathering's minutes, by the Method of Equal Shares: what is in it, what just missed
it, and what more time would bring. Pure."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from consultation.voting.rules import panel_of
from consultation.voting.states import ContestKind

if TYPE_CHECKING:
    from consultation.voting.tally import Profile, Result

RULE = "equal_shares"
MORE = (10, 20, 30)
MISSED = 5


def durations(frozen: Mapping[str, Any]) -> dict[str, int | None]:
    """The minutes of each item, as they were frozen at the opening; none where none were said."""
    return {option["code"]: option.get("minutes") for option in frozen["options"]}


def fits(minutes: int | None, costs: Mapping[str, int | None]) -> bool:
    """Whether there is a set to be found: the gathering has minutes, and so has each item."""
    return minutes is not None and bool(costs) and None not in costs.values()


def panel(kind: ContestKind, rule: str, minutes: int | None, costs: Mapping[str, int | None]) -> list[str]:
    """All rules by which a contest is counted: the headline, those beside it, and the set where there is one."""
    rules = [*panel_of(kind, rule, len(costs))]
    return [*rules, RULE] if fits(minutes, costs) and RULE not in rules else rules


def count(profile: "Profile", minutes: int, costs: Mapping[str, int | None], *, contest: str, beacon: str) -> "Result":
    """The set, as a result. The completion gives all together one minute more each time."""
    from consultation.voting import tally

    named = {item: costs[item] for item in profile.items}
    return tally.tally(profile, RULE, seats=None, contest=contest, beacon=beacon, budget=minutes, costs=named)


def explain(
    profile: "Profile",
    result: Mapping[str, Any],
    minutes: int,
    costs: Mapping[str, int | None],
    *,
    contest: str,
    beacon: str,
) -> dict[str, Any]:
    """What the page tells of the set. ``missed``: the first five that most support among those that are not in it;
    ``more``: what comes in and what goes with ten, twenty and thirty minutes more."""
    inside = set(result["selected"])
    told = {entry["item"]: entry for entry in result["rounds"]}

    def named(items: list[str]) -> list[dict[str, Any]]:
        return [{"item": item, "minutes": costs[item], "supporters": told[item]["supporters"]} for item in items]

    order = [item for tier in result["order"] for item in tier]
    outside = [item for item in order if item in told and item not in inside]
    further = []
    for extra in MORE:
        wider = count(profile, minutes + extra, costs, contest=contest, beacon=beacon).selected
        further.append(
            {
                "minutes": minutes + extra,
                "comes": [item for item in wider if item not in inside],
                "goes": [item for item in result["selected"] if item not in wider],
            }
        )
    return {
        "minutes": minutes,
        "spent": sum(costs[item] or 0 for item in result["selected"]),
        "inside": named(list(result["selected"])),
        "missed": named(outside[:MISSED]),
        "more": further,
    }
