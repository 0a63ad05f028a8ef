"""What is told of places beyond those a rule fills first: what is left over, who ties there, what nobody names."""

from fractions import Fraction

import pytest

from consultation.voting.tally import BallotRow, Profile, tally
from consultation.voting.tally.margins import least_changes
from consultation.voting.tally.reordering import reorder
from tests.voting.tally import references as plain


def row(*tiers, weight=1):
    return BallotRow(tuple((item,) for item in tiers), weight=weight)


def test_equal_remaining_weight_is_a_tie_only_among_items_that_are_equal_at_every_rank():
    """A has the quota. B and C have one unit each on top, D and E stand behind them, where all is spent by then, and
    nobody lists 0 and 1; two of the three places are left over."""
    rows = [row("A", weight=6), row("B", "D"), row("C", "E")]
    result = tally(Profile.from_ballots("01ABCDE", rows), "expanding_approvals", seats=3)
    top, behind, last = plain.drawn("BC"), plain.drawn("DE"), plain.drawn("01")
    assert result.line == ["A", *top, *behind, *last]
    assert [line["by"] for line in result.rounds] == ["quota", "remaining", "remaining", "not_elected", "not_elected"]
    assert [line["remaining_rounded"] for line in result.rounds] == ["6.000000", *["1.000000"] * 2, *["0.000000"] * 2]
    assert [(tie["place"], tie["reason"], tie["items"]) for tie in result.ties] == [
        (2, "equal remaining weight, and equal at every rank", top),
        (4, "equal remaining weight, and equal at every rank", behind),
        (6, "not listed", last),
    ]


def test_what_supporters_have_left_counts_and_not_how_many_they_were():
    """Six list A and D, and pay 5.2 of their 6 for A: D has 0.8 left, less than the one of B."""
    rows = [row("A", "D", weight=6), row("B", weight=1), row("C", weight=3)]
    result = tally(Profile.from_ballots("ABCD", rows), "expanding_approvals", seats=1)
    assert result.extra["quota"] == "26/5"
    told = [(line["item"], line["supporters"], line["remaining_rounded"]) for line in result.rounds]
    assert told == [("A", 6, "6.000000"), ("C", 3, "3.000000"), ("B", 1, "1.000000"), ("D", 6, "0.800000")]
    unit = 2 * 5 * 10**30  # (places + 1) (items + 1) 10^30 to a vote; what is left of each is rounded up to one
    each = -(-unit * 8 // 60)
    assert result.scores["D"] == str(Fraction(6 * each, unit))


def test_items_that_reach_the_quota_with_different_ranks_are_no_tie():
    rows = [row("A", weight=5), row("B", weight=4), row("C", weight=4)]
    ties = tally(Profile.from_ballots("ABC", rows), "expanding_approvals", seats=3).ties
    assert [(tie["place"], tie["items"]) for tie in ties] == [(2, plain.drawn("BC"))]


def test_an_order_that_begins_with_items_taken_is_told_whole():
    rows = [row("a", weight=3), row("b"), row("c")]
    found = reorder(Profile.from_ballots("abcde", rows), ["a"]).to_dict()
    first, second = plain.drawn("bc")
    last = plain.drawn("de")
    assert found["order"] == ["a", first, second, *last]
    assert found["taken"] == ["a"]
    assert found["unsupported"] == last
    assert [(tie["place"], tie["items"]) for tie in found["ties"]] == [(2, [first, second]), (4, last)]
    one = {"supporters": 1, "unserved": 1, "load": "1", "load_rounded": "1.000000000", "taken": False}
    assert found["rounds"] == [
        {
            "place": 1,
            "item": "a",
            "supporters": 3,
            "unserved": 3,
            "load": "1/3",
            "load_rounded": "0.333333333",
            "taken": True,
        },
        {"place": 2, "item": first, **one},
        {"place": 3, "item": second, **one},
    ]


def test_one_supporter_is_enough_for_an_item_where_places_are_left_over():
    """Phragmén places two items that somebody supports; the draw fills the other two places, or all where nobody
    supports anything."""
    few = Profile.from_ballots("abcde", [row("a", weight=5), row("b", weight=4)])
    for profile, seats in ((few, 4), (Profile.from_ballots("abcde", []), 2)):
        found = least_changes(profile, "phragmen", seats=seats).changes
        outside = [change for change in found if not change.selected]
        assert len(outside) == 5 - seats
        assert {(change.kind, change.weight, change.suffices) for change in outside} == {("added_alone", 1, 1)}


@pytest.mark.parametrize("rule", ["positional", "borda", "approval", "schulze", "ranked_pairs", "condorcet"])
def test_what_nobody_names_is_told_and_ties_at_the_place_it_would_take(rule):
    """B and C tie behind A, and 0 and 1, which no ballot names, behind all: at the second and at the fourth place."""
    rows = [row("A", weight=3), BallotRow((("B", "C"),), weight=2)]
    result = tally(Profile.from_ballots("01ABC", rows), rule, seats=None, **plain.PARAMETERS.get(rule, {}))
    middle, last = plain.drawn("BC"), plain.drawn("01")
    assert result.order == [["A"], middle, last]
    assert result.unsupported == last
    assert [(tie["place"], tie["items"]) for tie in result.ties] == [(2, middle), (4, last)]
