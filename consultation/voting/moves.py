"""Moving items about in a ballot that is being made. Pure.

A draft of the kind *tiers* always has two lists, the essential items and the marked ones; a *shortlist* has one; a
*ranking* has one for each place, none of them empty. Lists keep the order in which a person arranged them, also where
it does not count.
"""

from collections.abc import Sequence
from enum import StrEnum

from consultation.voting.rules import InvalidVote, Limits, Tiers
from consultation.voting.states import ContestKind

Draft = list[list[str]]


class Move(StrEnum):
    """Tie: share the place above. Untie: take the place below, alone."""

    ADD = "add"
    REMOVE = "remove"
    ESSENTIAL = "essential"
    MARKED = "marked"
    UP = "up"
    DOWN = "down"
    TO = "to"
    TIE = "tie"
    UNTIE = "untie"


def begin(kind: ContestKind, tiers: Sequence[Sequence[str]]) -> Draft:
    """A draft to move items about in, from a ballot or from nothing."""
    draft = [list(tier) for tier in tiers]
    if kind is ContestKind.TIERS:
        return [[] for _ in range(2 - len(draft))] + draft
    return draft or [[]] if kind is ContestKind.SHORTLIST else [tier for tier in draft if tier]


def chosen(draft: Draft) -> list[str]:
    """The items in the draft, in order."""
    return [item for tier in draft for item in tier]


def to_tiers(draft: Draft) -> Tiers:
    """The ballot that the draft makes: its lists without the empty ones."""
    return tuple(tuple(tier) for tier in draft if tier)


def move(draft: Draft, limits: Limits, what: Move, item: str, position: int = 1) -> Draft:
    """The draft after a move; a move that changes nothing (up from the first place) is fine. ``position`` counts the
    items from 1, for ``Move.TO``.

    Raises:
        InvalidVote: ``unknown_item``, ``too_many_choices`` or ``too_many_essential``.
    """
    if item not in limits.items:
        raise InvalidVote("unknown_item", item)
    tiers = [list(tier) for tier in draft]
    known = item in chosen(tiers)
    if not known and what not in (Move.ADD, Move.ESSENTIAL):
        return tiers
    if not known and len(chosen(tiers)) >= limits.max_choices:
        raise InvalidVote("too_many_choices")
    if limits.kind is ContestKind.RANKING:
        return _ranked(tiers, what, item, position, known=known)
    if limits.kind is ContestKind.SHORTLIST:
        return _listed(tiers, what, item, known=known)
    return _marked(tiers, what, item, position, limits.max_essential, known=known)


def choose(draft: Draft, limits: Limits, shown: Sequence[str], ticked: Sequence[str]) -> Draft:
    """A shortlist after its boxes were sent: of the items that were shown the ticked ones, and the others as before.

    Raises:
        InvalidVote: ``unknown_item`` or ``too_many_choices``.
    """
    if unknown := [item for item in ticked if item not in limits.items]:
        raise InvalidVote("unknown_item", unknown[0])
    kept = [item for item in chosen(draft) if item not in shown or item in ticked]
    added = [item for item in dict.fromkeys(ticked) if item not in kept]
    if len(kept) + len(added) > limits.max_choices:
        raise InvalidVote("too_many_choices")
    return [kept + added]


def _without(tiers: Draft, item: str) -> Draft:
    return [[other for other in tier if other != item] for tier in tiers]


def _listed(tiers: Draft, what: Move, item: str, *, known: bool) -> Draft:
    if what is Move.REMOVE:
        return _without(tiers, item)
    return tiers if known else [[*chosen(tiers), item]]


def _marked(tiers: Draft, what: Move, item: str, position: int, most: int, *, known: bool) -> Draft:
    essential, marked = _without(tiers, item)
    order = chosen(tiers)
    place = order.index(item) if known else len(order)
    line = len(tiers[0])
    if what is Move.REMOVE:
        return [essential, marked]
    if what is Move.ADD:
        return tiers if known else [essential, [*marked, item]]
    crosses_up = what is Move.UP and place == line
    if what is Move.ESSENTIAL or crosses_up:
        target, essential_now = len(essential), True
    elif what is Move.MARKED or (what is Move.DOWN and place == line - 1):
        target, essential_now = 0, False
    elif what is Move.TO:
        index = min(max(position, 1), len(order)) - 1
        essential_now = index < line
        target = index if essential_now else index - len(essential)
    elif what in (Move.UP, Move.DOWN):
        essential_now = place < line
        target = max((place if essential_now else place - line) + (1 if what is Move.DOWN else -1), 0)
    else:
        return tiers
    if essential_now and len(essential) >= most:
        raise InvalidVote("too_many_essential")
    (essential if essential_now else marked).insert(target, item)
    return [essential, marked]


def _ranked(tiers: Draft, what: Move, item: str, position: int, *, known: bool) -> Draft:
    if not known:
        return [*tiers, [item]]
    at = next(index for index, tier in enumerate(tiers) if item in tier)
    alone = len(tiers[at]) == 1
    rest = _without(tiers, item)
    if what is Move.TIE and at > 0:
        rest[at - 1].append(item)
    elif what is Move.UNTIE or (what is Move.DOWN and not alone):
        rest.insert(at + 1, [item])
    elif what is Move.UP:
        rest.insert(max(at - 1, 0) if alone else at, [item])
    elif what is Move.DOWN:
        rest.insert(at + 2, [item])
    elif what is Move.TO:
        rest.insert(_index_after(rest, position - 1), [item])
    elif what is not Move.REMOVE:
        return tiers
    return [tier for tier in rest if tier]


def _index_after(tiers: Draft, above: int) -> int:
    """Where a tier goes so that at least ``above`` items stand above it."""
    count = 0
    for index, tier in enumerate(tiers):
        if count >= above:
            return index
        count += len(tier)
    return len(tiers)
