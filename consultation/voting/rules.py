"""What a ballot may say, and by which rules a contest is counted. Pure.

One validator reads whole ballots, from the page and from an import alike, and answers with stable codes.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from consultation.voting.chain import canonical
from consultation.voting.states import ContestKind
from consultation.voting.tally import BallotRow

Tiers = tuple[tuple[str, ...], ...]

DEFAULT_CHOICES = 10
DEFAULT_ESSENTIAL = 3
UNLIMITED = 5_000
"""As many choices as there are items; the opening writes their number in its place."""

STEP = 10
"""While a contest is open the number of ballots is shown in steps of this many."""

PUBLISHED_FROM = 100
"""Unless the contest says otherwise, ballots are published from this many voters on; below it they could be
recognized."""

FEWEST_PUBLISHED = 10
"""No contest publishes the ballots of fewer voters than this."""

STRICT_RULES = frozenset({"irv", "stv"})
"""Headline rules that read strict orders: their ballots allow no ties."""

SHORTLIST_RULES = frozenset({"phragmen", "expanding_approvals", "approval", "equal_shares"})
"""Headline rules that need no order: what a shortlist can be counted by."""

_ORDERED = ("expanding_approvals", "phragmen", "approval", "borda", "condorcet", "schulze", "ranked_pairs")
PANEL: Mapping[ContestKind, tuple[str, ...]] = {
    ContestKind.TIERS: _ORDERED,
    ContestKind.RANKING: (*_ORDERED, "irv", "stv"),
    ContestKind.SHORTLIST: ("phragmen", "expanding_approvals", "approval"),
}
"""The rules beside the headline. A shortlist has no order for Borda or the comparisons of two to read. Of tiers nearly
every ballot ties its first choices: instant run-off and STV would count next to none of them."""

SQUARE_RULES = frozenset({"condorcet", "schulze", "ranked_pairs", "irv", "stv"})
"""Their results and their time grow with the square of the number of items, or faster."""

MOST_SQUARE = 500
"""On more items these stand in no panel, unless one of them decides: no result waits for what stands beside it."""


def panel_of(kind: ContestKind, rule: str, items: int) -> tuple[str, ...]:
    """The headline rule, then the others by which a contest on so many items is counted. Fixed at the opening."""
    others = (other for other in PANEL[kind] if items <= MOST_SQUARE or other not in SQUARE_RULES)
    return (rule, *(other for other in others if other != rule))


_MOST_TIERS = {ContestKind.TIERS: 2, ContestKind.SHORTLIST: 1}


class InvalidVote(ValueError):
    """A ballot that the contest does not take.

    ``code`` is stable: ``unknown_item``, ``duplicate_item``, ``empty_tier``, ``too_many_choices``,
    ``too_many_essential``, ``too_many_tiers``, ``ties_not_allowed``, ``bad_weight``, ``bad_support``, ``not_a_ballot``.
    ``item`` is the code of the item that it is about, where there is one.
    """

    def __init__(self, code: str, item: str | None = None) -> None:
        super().__init__(code if item is None else f"{code}: {item}")
        self.code = code
        self.item = item


@dataclass(frozen=True, slots=True)
class Limits:
    """What a contest allows: its kind, how many items may be chosen and how many of them essential, whether items may
    be tied (a ranking's only), and the codes on the ballot."""

    kind: ContestKind
    max_choices: int
    max_essential: int
    items: Collection[str]
    ties: bool = True


def check(tiers: Sequence[Sequence[str]], limits: Limits) -> Tiers:
    """The ballot in canonical form: tied items in the order of their codes. An empty one is a blank ballot.

    Raises:
        InvalidVote: with the first thing that is wrong.
    """
    seen: set[str] = set()
    for tier in tiers:
        if not tier:
            raise InvalidVote("empty_tier")
        for item in tier:
            if item not in limits.items:
                raise InvalidVote("unknown_item", item)
            if item in seen:
                raise InvalidVote("duplicate_item", item)
            seen.add(item)
    if len(seen) > limits.max_choices:
        raise InvalidVote("too_many_choices")
    if len(tiers) > _MOST_TIERS.get(limits.kind, len(tiers)):
        raise InvalidVote("too_many_tiers")
    if is_split(tiers, limits.kind) and len(tiers[0]) > limits.max_essential:
        raise InvalidVote("too_many_essential")
    if limits.kind is ContestKind.RANKING and not limits.ties and any(len(tier) > 1 for tier in tiers):
        raise InvalidVote("ties_not_allowed")
    return tuple(tuple(sorted(tier)) for tier in tiers)


def is_split(tiers: Sequence[Sequence[str]], kind: ContestKind) -> bool:
    """Whether a ballot of two tiers draws a line below its essential items. With one tier alone all items count alike,
    so they are simply marked."""
    return kind is ContestKind.TIERS and len(tiers) > 1


def check_row(row: BallotRow, limits: Limits, *, weighted: bool) -> BallotRow:
    """The same for a ballot from outside, in canonical form. Only where no roll is claimed may it weigh more than 1.

    Raises:
        InvalidVote: with the first thing that is wrong.
    """
    tiers = check(row.tiers, limits)
    if row.weight < 1 or (row.weight != 1 and not weighted) or row.copies != 1:
        raise InvalidVote("bad_weight")
    if row.support is not None and not _is_above_a_line(row.support, tiers):
        raise InvalidVote("bad_support")
    return BallotRow(tiers, row.support, row.weight)


def _is_above_a_line(support: frozenset[str], tiers: Tiers) -> bool:
    above: set[str] = set()
    for tier in tiers:
        if above == support:
            return True
        above.update(tier)
    return above == support


def to_content(row: BallotRow) -> bytes:
    """The ballot as the box keeps it: canonical JSON in the form that ``consultation tally`` reads."""
    content: dict[str, Any] = {"tiers": [list(tier) for tier in row.tiers]}
    if row.support is not None:
        content["support"] = sorted(row.support)
    if row.weight != 1:
        content["weight"] = row.weight
    return canonical(content)


def from_content(content: bytes) -> BallotRow:
    """The ballot that ``to_content`` wrote."""
    value = json.loads(content)
    support = value.get("support")
    tiers = tuple(tuple(tier) for tier in value["tiers"])
    return BallotRow(tiers, None if support is None else frozenset(support), value.get("weight", 1))


def read_tiers(text: str) -> Tiers:
    """The tiers in a form's hidden field, of any content but the right shape.

    Raises:
        InvalidVote: when it is not a list of lists of texts.
    """
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        raise InvalidVote("not_a_ballot") from None
    if not isinstance(value, list) or not all(isinstance(tier, list) for tier in value):
        raise InvalidVote("not_a_ballot")
    if not all(isinstance(item, str) for tier in value for item in tier):
        raise InvalidVote("not_a_ballot")
    return tuple(tuple(tier) for tier in value)


def in_steps(count: int) -> int:
    """The number of ballots as it may be told while a contest is open."""
    return count // STEP * STEP
