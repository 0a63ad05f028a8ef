"""Moving items about in a draft, for each kind of contest."""

import pytest

from consultation.voting.moves import Move, begin, choose, move, to_tiers
from consultation.voting.rules import InvalidVote, Limits
from consultation.voting.states import ContestKind

ITEMS = frozenset("ABCDEF")
TIERS = Limits(ContestKind.TIERS, 4, 2, ITEMS)
RANKING = Limits(ContestKind.RANKING, 4, 0, ITEMS)
SHORTLIST = Limits(ContestKind.SHORTLIST, 3, 0, ITEMS)


def read(text):
    """``A|BC`` is A above the line, B and C below it."""
    return [list(part) for part in text.split("|")]


@pytest.mark.parametrize(
    ("before", "what", "item", "position", "after"),
    [
        ("|", Move.ADD, "A", 1, "|A"),
        ("|A", Move.ADD, "A", 1, "|A"),
        ("|", Move.ESSENTIAL, "A", 1, "A|"),
        ("A|BC", Move.ESSENTIAL, "C", 1, "AC|B"),
        ("AB|C", Move.MARKED, "A", 1, "B|AC"),
        ("A|BC", Move.UP, "C", 1, "A|CB"),
        ("A|BC", Move.UP, "B", 1, "AB|C"),
        ("AB|C", Move.DOWN, "B", 1, "A|BC"),
        ("AB|C", Move.DOWN, "A", 1, "BA|C"),
        ("A|BC", Move.UP, "A", 1, "A|BC"),
        ("A|BC", Move.DOWN, "C", 1, "A|BC"),
        ("A|BCD", Move.TO, "D", 2, "A|DBC"),
        ("A|BC", Move.TO, "C", 1, "CA|B"),
        ("AB|C", Move.TO, "A", 9, "B|CA"),
        ("A|B", Move.REMOVE, "A", 1, "|B"),
        ("A|B", Move.UP, "C", 1, "A|B"),
    ],
)
def test_tiers(before, what, item, position, after):
    assert move(read(before), TIERS, what, item, position) == read(after)


@pytest.mark.parametrize(
    ("before", "what", "item", "position", "after"),
    [
        ("A|B", Move.ADD, "C", 1, "A|B|C"),
        ("A|B", Move.UP, "B", 1, "B|A"),
        ("A|B", Move.UP, "A", 1, "A|B"),
        ("A|BC", Move.UP, "C", 1, "A|C|B"),
        ("A|BC", Move.DOWN, "B", 1, "A|C|B"),
        ("A|B|C", Move.DOWN, "A", 1, "B|A|C"),
        ("A|B", Move.DOWN, "B", 1, "A|B"),
        ("A|B|C", Move.TIE, "C", 1, "A|BC"),
        ("A|B", Move.TIE, "A", 1, "A|B"),
        ("AB|C", Move.UNTIE, "A", 1, "B|A|C"),
        ("A|B|C", Move.TO, "C", 1, "C|A|B"),
        ("A|B|C", Move.TO, "A", 3, "B|C|A"),
        ("A|B", Move.REMOVE, "A", 1, "B"),
    ],
)
def test_ranking(before, what, item, position, after):
    assert move(read(before), RANKING, what, item, position) == read(after)


@pytest.mark.parametrize(
    ("draft", "limits", "what", "item", "code"),
    [
        ("|ABCD", TIERS, Move.ADD, "E", "too_many_choices"),
        ("AB|C", TIERS, Move.ESSENTIAL, "C", "too_many_essential"),
        ("AB|C", TIERS, Move.UP, "C", "too_many_essential"),
        ("|", TIERS, Move.ADD, "Z", "unknown_item"),
        ("A|B|C|D", RANKING, Move.ADD, "E", "too_many_choices"),
    ],
)
def test_what_cannot_be_done_is_said(draft, limits, what, item, code):
    with pytest.raises(InvalidVote) as refused:
        move(read(draft), limits, what, item)
    assert refused.value.code == code


def test_boxes_change_only_what_was_shown():
    assert choose([["A", "B"]], SHORTLIST, shown=["B", "C"], ticked=["C"]) == [["A", "C"]]
    with pytest.raises(InvalidVote):
        choose([["A", "B"]], SHORTLIST, shown=["C", "D"], ticked=["C", "D"])


@pytest.mark.parametrize(
    ("kind", "tiers", "draft"),
    [
        (ContestKind.TIERS, (), [[], []]),
        (ContestKind.TIERS, (("A",),), [[], ["A"]]),
        (ContestKind.TIERS, (("A",), ("B",)), [["A"], ["B"]]),
        (ContestKind.RANKING, (), []),
        (ContestKind.SHORTLIST, (), [[]]),
    ],
)
def test_a_draft_begins_from_a_ballot_and_gives_it_back(kind, tiers, draft):
    assert begin(kind, tiers) == draft
    assert to_tiers(draft) == tiers
