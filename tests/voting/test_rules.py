"""Every reason for which a ballot is refused, and what is taken."""

import pytest

from consultation.voting.rules import (
    InvalidVote,
    Limits,
    check,
    check_row,
    from_content,
    in_steps,
    read_tiers,
    to_content,
)
from consultation.voting.states import ContestKind
from consultation.voting.tally import BallotRow

ITEMS = frozenset("ABCDEF")


def limits(kind=ContestKind.TIERS, choices=4, essential=2, ties=True):
    return Limits(kind, choices, essential, ITEMS, ties)


@pytest.mark.parametrize(
    ("tiers", "given", "code", "item"),
    [
        ([["Z"]], limits(), "unknown_item", "Z"),
        ([["A"], ["A"]], limits(), "duplicate_item", "A"),
        ([["A", "A"]], limits(), "duplicate_item", "A"),
        ([[], ["A"]], limits(), "empty_tier", None),
        ([["A"], list("BCDE")], limits(), "too_many_choices", None),
        ([list("ABC"), ["D"]], limits(), "too_many_essential", None),
        ([["A"], ["B"], ["C"]], limits(), "too_many_tiers", None),
        ([["A"], ["B"]], limits(ContestKind.SHORTLIST), "too_many_tiers", None),
        ([["A", "B"]], limits(ContestKind.RANKING, ties=False), "ties_not_allowed", None),
    ],
)
def test_whole_ballots_are_refused_with_a_stable_code(tiers, given, code, item):
    with pytest.raises(InvalidVote) as refused:
        check(tiers, given)
    assert (refused.value.code, refused.value.item) == (code, item)


@pytest.mark.parametrize(
    ("tiers", "given", "taken"),
    [
        ([], limits(), ()),
        ([["C", "A"], ["B"]], limits(), (("A", "C"), ("B",))),
        ([list("DCBA")], limits(), (tuple("ABCD"),)),
        ([["B"], ["C", "A"], ["D"]], limits(ContestKind.RANKING), (("B",), ("A", "C"), ("D",))),
        ([["B"], ["A"]], limits(ContestKind.RANKING, ties=False), (("B",), ("A",))),
        ([list("DCBA")], limits(ContestKind.SHORTLIST), (tuple("ABCD"),)),
    ],
)
def test_what_a_contest_takes_comes_out_in_canonical_form(tiers, given, taken):
    assert check(tiers, given) == taken


@pytest.mark.parametrize(
    ("row", "weighted", "code"),
    [
        (BallotRow((("A",),), weight=2), False, "bad_weight"),
        (BallotRow((("A",),), weight=0), True, "bad_weight"),
        (BallotRow((("A",),), copies=2), True, "bad_weight"),
        (BallotRow((("A", "B"),), frozenset("A")), True, "bad_support"),
        (BallotRow((("A",),), frozenset("C")), True, "bad_support"),
    ],
)
def test_ballots_from_outside_are_refused_with_a_stable_code(row, weighted, code):
    with pytest.raises(InvalidVote) as refused:
        check_row(row, limits(), weighted=weighted)
    assert refused.value.code == code


def test_content_is_canonical_and_reads_back():
    row = BallotRow((("A",), ("B", "C")), frozenset("A"), 3)
    assert to_content(row) == b'{"support":["A"],"tiers":[["A"],["B","C"]],"weight":3}'
    assert from_content(to_content(row)) == row
    assert to_content(BallotRow(())) == b'{"tiers":[]}'


@pytest.mark.parametrize("text", ["", "{}", '["A"]', "[[1]]", "[" * 100_000])
def test_a_form_that_holds_no_ballot_is_refused(text):
    with pytest.raises(InvalidVote) as refused:
        read_tiers(text)
    assert refused.value.code == "not_a_ballot"


@pytest.mark.parametrize(("count", "told"), [(0, 0), (9, 0), (10, 10), (119, 110)])
def test_counts_are_told_in_steps_of_ten(count, told):
    assert in_steps(count) == told
