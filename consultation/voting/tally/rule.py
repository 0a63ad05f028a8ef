"""What a rule is: a name, what it needs, and a function from a profile to an outcome."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .profile import Profile
from .ties import TieBreaker

BLANK = {"blank_ballots": "not counted"}
UNLISTED_LAST = {"unlisted_items": "tied at the bottom"} | BLANK
SET_ASIDE = {"tied_top": "set_aside"} | BLANK


class RuleError(ValueError):
    """A tally that cannot be made as asked.

    `code` is stable: `unknown_rule`, `unknown_parameter`, `seats_needed`, `bad_seats`, `bad_points`, `bad_text`;
    of `equal_shares` also `budget_needed`, `bad_budget`, `costs_needed`, `bad_cost`, `bad_step`;
    of `schulze` and `ranked_pairs` `bad_strength`; of `irv` `bad_tied_top`.
    """

    def __init__(self, code: str, detail: str) -> None:
        self.code = code
        self.detail = detail
        super().__init__(detail)


@dataclass(frozen=True)
class Call:
    """One tally: how many places, how ties break, the rule's own parameters, and whether the audits are wanted."""

    seats: int | None
    ties: TieBreaker
    parameters: Mapping[str, Any]
    audited: bool


@dataclass
class Outcome:
    """What a rule found; items by their position in `Profile.items`.

    `order`: tiers, best first, every item once. `selected`: None means the first places of the order.
    `weight`: n, the weight of the ballots that the rule counts. `extra`: what goes to the end of the result; `said`:
    what stands among its parameters, though nobody chose it.
    """

    order: list[list[int]]
    scores: dict[int, str]
    rounds: list[dict[str, Any]]
    weight: int
    unsupported: list[int]
    audit: dict[str, Any] = field(default_factory=dict)
    selected: list[int] | None = None
    extra: dict[str, Any] = field(default_factory=dict)
    said: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Rule:
    """An entry of the registry.

    `version` changes whenever the same input could give another result. `summary`: one plain sentence.
    `scores`: what its scores measure. `parameters`: the names it takes, each with its reader (raises
    RuleError).
    `seats`: "needed", "optional" (the first places of the order), "one" (the same, and the winner where no number is
    given), or "unused". `needs`: a parameter that must be given, beside the places.
    """

    name: str
    version: str
    summary: str
    scores: str
    compute: Callable[[Profile, Call], Outcome]
    seats: str = "optional"
    parameters: Mapping[str, Callable[[Any], Any]] = field(default_factory=dict)
    needs: str | None = None
