"""What people type from a paper ballot, and what became of it. Pure."""

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from consultation.voting.rules import in_steps
from consultation.voting.states import ContestKind

RANK_LINES = 10
"""So many places have a line of their own; further ones are typed below them, one line each."""

_BETWEEN = re.compile(r"[\s,;=]+")


class PaperOutcome(StrEnum):
    """What a reading has led to: it waits for another person; it differs from the one before, so that a third person
    reads or both begin again; three differ, and all begin again; two agree, and the ballot is in the box, there in
    place of an earlier paper ballot, there already, or refused since the voter has cast its own."""

    WAITS = "waits"
    DIFFERS = "differs"
    ALL_DIFFER = "all_differ"
    IN_THE_BOX = "in_the_box"
    REPLACED = "replaced"
    UNCHANGED = "unchanged"
    ALREADY_CAST = "already_cast"


class PaperRefused(ValueError):
    """A reading that the desk does not take.

    ``code`` is stable: ``no_voter``, ``not_on_roll``, ``reading_waits``, ``no_reading_waits``, ``same_person``,
    ``nothing_typed``, ``blank_with_items``.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def lines_of(kind: ContestKind, max_choices: int) -> int:
    """How many lines a paper ballot of this kind has, each for what stands alike: one of marked items, essential and
    other ones, or a place each."""
    if kind is ContestKind.RANKING:
        return min(max_choices, RANK_LINES)
    return 2 if kind is ContestKind.TIERS else 1


def read_lines(lines: Sequence[str], options: Sequence[str], kind: ContestKind) -> tuple[tuple[str, ...], ...]:
    """What was typed, as tiers of codes, best first: each line's codes or numbers on the ballot, set apart by spaces or
    commas, in small letters or capitals. ``options``: the codes in the order of the ballot. What names no option stays
    as it was typed, and an empty place above a filled one stays empty, so that the validator can say so; two lines of
    choices have no such order, so there an empty one is none."""
    known = {str(number): code for number, code in enumerate(options, start=1)}
    known |= {code.lower(): code for code in options}
    tiers = [tuple(known.get(typed.lower(), typed) for typed in _BETWEEN.split(line) if typed) for line in lines]
    if kind is not ContestKind.RANKING:
        return tuple(tier for tier in tiers if tier)
    while tiers and not tiers[-1]:
        tiers.pop()
    return tuple(tiers)


def check_blank(tiers: Sequence[Sequence[str]], blank: bool) -> None:
    """An empty form is no blank ballot: whoever reads one says so.

    Raises:
        PaperRefused: ``nothing_typed`` or ``blank_with_items``.
    """
    if bool(tiers) == blank:
        raise PaperRefused("blank_with_items" if blank else "nothing_typed")


def paper_share(final: int, paper: int, *, ever_paper: bool, ever_cast: bool) -> dict[str, Any]:
    """What the record of the close says of where the ballots that count came from: of ``final`` ballots ``paper`` from
    paper or from outside, not cast by the voter itself. ``ever_…``: whether any ballot was, superseded ones included.

    Where both were, only how many tens came from paper: an exact number would tell somebody who has watched a voter
    hand in paper whether it has cast another ballot since.
    """
    if not ever_paper:
        return {"entered": "none", "at_least": 0}
    if not ever_cast:
        return {"entered": "all", "at_least": final}
    return {"entered": "some", "at_least": in_steps(paper)}
