"""Checks of ballots, merging, and the digest."""

import hashlib

import numpy as np
import pytest
from hypothesis import given, settings

from consultation.voting.tally import BallotRow, InvalidBallot, Profile
from consultation.voting.tally.ballots import MAX_ITEMS, MAX_WEIGHT, check_items, check_total, is_text
from consultation.voting.tally.packing import weighted_sums
from tests.voting.tally import references as plain


@pytest.mark.parametrize(
    ("items", "row", "code"),
    [
        ([], None, "no_items"),
        (["a", ""], None, "empty_item_code"),
        (["a", "\ud800"], None, "bad_item_code"),
        (["a", "b", "a"], None, "duplicate_item_code"),
        ([str(number) for number in range(MAX_ITEMS + 1)], None, "too_many_items"),
        ("ab", BallotRow((("x",),)), "unknown_item"),
        ("ab", BallotRow((("a",), ("b", "a"))), "duplicate_item"),
        ("ab", BallotRow((("a",), ())), "empty_tier"),
        ("ab", BallotRow((("a",),), weight=0), "bad_weight"),
        ("ab", BallotRow((("a",),), weight=True), "bad_weight"),
        ("ab", BallotRow((("a",),), weight=1.5), "bad_weight"),
        ("ab", BallotRow((("a",),), copies=-1), "bad_copies"),
        ("ab", BallotRow((("a",),), weight=MAX_WEIGHT, copies=2), "weight_too_large"),
        ("ab", BallotRow((("a",),), weight=MAX_WEIGHT // 2, copies=3), "weight_too_large"),
        ("ab", BallotRow((("a",),), frozenset("b")), "support_not_listed"),
        ("ab", BallotRow((("a",),), frozenset("ab")), "support_not_listed"),
        ("ab", BallotRow((("a",), ("b",)), frozenset("b")), "support_not_at_top"),
        ("abc", BallotRow((("a", "b"), ("c",)), frozenset("a")), "support_not_at_top"),
    ],
)
def test_a_ballot_that_cannot_be_counted_is_refused_with_a_code(items, row, code):
    good = BallotRow(((items[0],),)) if items else BallotRow(())
    with pytest.raises(InvalidBallot) as refusal:
        Profile.from_ballots(items, [good, row] if row else [])
    assert refusal.value.code == code
    assert refusal.value.ballot == (2 if row and code != "weight_too_large" else None)


def test_as_many_items_and_as_much_weight_as_can_be_counted_are_taken():
    assert len(check_items([str(number) for number in range(MAX_ITEMS)])) == MAX_ITEMS
    assert check_total(MAX_WEIGHT) == MAX_WEIGHT
    heaviest = [BallotRow((("a",),), weight=MAX_WEIGHT - 1), BallotRow((("b",),))]
    assert Profile.from_ballots("ab", heaviest).weights.tolist() == [MAX_WEIGHT - 1, 1]


def test_a_refusal_says_which_ballot_it_is_about():
    assert str(InvalidBallot("empty_tier", "a tier holds no item", 7)) == "ballot 7: a tier holds no item"
    assert str(InvalidBallot("no_items", "a contest needs at least one item")) == "a contest needs at least one item"


def test_halves_of_characters_are_no_text():
    assert [is_text(letter) for letter in ("\ud7ff", "\ud800", "\udfff", "\ue000")] == [True, False, False, True]


def test_identical_ballots_are_merged_and_their_weights_added():
    rows = [BallotRow((("b", "a"), ("c",)), weight=2), BallotRow((("a", "b"), ("c",)), copies=3), BallotRow((("c",),))]
    profile = Profile.from_ballots("abc", rows)
    assert profile.weights.tolist() == [1, 5]
    assert profile.listed.tolist() == [2, 0, 1, 2]
    assert profile.ranks.tolist() == [1, 1, 1, 3]
    assert (profile.ballots, profile.blank) == (5, 0)


def test_ballots_that_tie_the_same_items_are_merged_in_whatever_order_they_name_them():
    rows = [BallotRow((("a",),)), BallotRow((("c", "b"),)), BallotRow((("b", "c"),))]
    profile = Profile.from_ballots("abc", rows)
    assert (profile.weights.tolist(), profile.listed.tolist()) == ([1, 2], [0, 1, 2])


def test_digest_is_over_the_bytes_that_the_docstring_tells():
    rows = [BallotRow((("é", "a"), ("b",)), frozenset({"a", "é"}), 3), BallotRow((("b",),)), BallotRow((), copies=2)]
    profile = Profile.from_ballots(["é", "b", "a"], rows)
    numbers = [3, 1, b"a", 1, b"b", 2, "é".encode(), 3]
    numbers += [2, 0, 0]  # the blank ones
    numbers += [1, 1, 1, 2 * 1 + 1]  # b
    numbers += [3, 3, 2, 2 * 0 + 1, 2 * 2, 2 * 1 + 1]  # a and é tied, the line, b
    data = b"".join(part if isinstance(part, bytes) else part.to_bytes(8, "big") for part in numbers)
    assert profile.input_sha256 == hashlib.sha256(data).hexdigest()


@settings(max_examples=150, deadline=None)
@given(plain.elections(), plain.elections())
def test_digests_agree_exactly_when_the_ballots_do(first, second):
    def meaning(election):
        codes, rows = election
        found = {}
        for row in rows:
            key = (tuple(frozenset(tier) for tier in row.tiers), plain.approved(row))
            found[key] = found.get(key, 0) + plain.mass(row)
        return set(codes), found

    same = Profile.from_ballots(*first).input_sha256 == Profile.from_ballots(*second).input_sha256
    assert same == (meaning(first) == meaning(second))


@settings(max_examples=100, deadline=None)
@given(plain.elections())
def test_packed_ballots_make_the_same_profile(election):
    codes, rows = election
    given_order = list(reversed(codes))
    starts, listed, ranks, supported, weights = [0], [], [], [], []
    for row in rows:
        for tier in row.tiers:
            listed += [given_order.index(item) for item in tier]
            ranks += [plain.rank(row, item) for item in tier]
        starts.append(len(listed))
        supported.append(len(plain.approved(row)))
        weights.append(plain.mass(row))
    packed = Profile.from_arrays(
        given_order,
        np.array(starts),
        np.array(listed, dtype=np.int64),
        np.array(ranks, dtype=np.int64),
        np.array(supported, dtype=np.int64),
        np.array(weights, dtype=np.int64),
    )
    expected = Profile.from_ballots(codes, [BallotRow(row.tiers, row.support, plain.mass(row)) for row in rows])
    assert packed.input_sha256 == expected.input_sha256
    assert (packed.ballots, packed.blank) == (expected.ballots, expected.blank)


@pytest.mark.parametrize(
    ("changes", "code", "ballot"),
    [
        ({"starts": []}, "bad_arrays", None),
        ({"starts": [0, 1]}, "bad_arrays", None),
        ({"starts": [0, 4, 3]}, "bad_arrays", 2),
        ({"starts": [1, 1, 3]}, "bad_arrays", None),
        ({"starts": [0, 1, 2]}, "bad_arrays", None),
        ({"ranks": [1, 1]}, "bad_arrays", None),
        ({"weights": [1]}, "bad_arrays", None),
        ({"listed": [0, 1, 3]}, "unknown_item", 2),
        ({"listed": [0, 1, 1]}, "duplicate_item", 2),
        ({"starts": [0, 0, 3], "listed": [0, 1, 1], "ranks": [1, 2, 3]}, "duplicate_item", 2),
        ({"ranks": [1, 1, 3]}, "bad_arrays", 2),
        ({"weights": [1, 0]}, "bad_weight", 2),
        ({"weights": [MAX_WEIGHT, 1]}, "weight_too_large", None),
        ({"supported": [2, 0]}, "support_not_listed", 1),
        ({"supported": [1, 1], "ranks": [1, 1, 1]}, "support_not_at_top", 2),
    ],
)
def test_packed_ballots_are_checked_too(changes, code, ballot):
    arrays = {"starts": [0, 1, 3], "listed": [0, 1, 2], "ranks": [1, 1, 2], "supported": [1, 1], "weights": [1, 1]}
    with pytest.raises(InvalidBallot) as refusal:
        Profile.from_arrays("abc", **{name: np.array(values) for name, values in (arrays | changes).items()})
    assert (refusal.value.code, refusal.value.ballot) == (code, ballot)


def test_sums_stay_exact_where_doubles_do_not():
    from consultation.voting.tally.packing import weighted_sums

    large = (1 << 53) + 1
    assert weighted_sums(np.array([0, 0, 1]), np.array([large, 2, 5]), 2).tolist() == [large + 2, 5]
    assert int(float(large)) != large
    for pair in ([(1 << 53) - 1, 2], [(1 << 53) - 10, (1 << 53) - 11]):  # each below that bound, the sum above it
        assert int(float(sum(pair))) != sum(pair)
        assert weighted_sums(np.array([0, 0]), np.array(pair), 1).tolist() == [sum(pair)]


def test_long_lists_that_differ_in_one_place_are_not_merged():
    codes = [f"{number:02d}" for number in range(60)]
    lists = [tuple((code,) for code in codes)]
    for at in (0, 20, 40, 58):
        swapped = [*codes[:at], codes[at + 1], codes[at], *codes[at + 2 :]]
        lists.append(tuple((code,) for code in swapped))
    profile = Profile.from_ballots(codes, [BallotRow(tiers, weight=2) for tiers in (*lists, *lists)])
    assert profile.weights.tolist() == [4] * len(lists)
    lines = profile.listed.reshape(len(lists), 60).tolist()
    assert sorted(lines) == sorted([codes.index(code) for (code,) in tiers] for tiers in lists)


def test_long_ballots_that_differ_at_the_top_alone_are_kept_apart():
    """Several items of a ballot share a word of 64 bits where rows are compared; none may fall out of it."""
    codes = [f"{number:03d}" for number in range(90)]
    swapped = [codes[1], codes[0], *codes[2:]]
    rows = [BallotRow(tuple((code,) for code in line)) for line in (codes, swapped, codes)]
    profile = Profile.from_ballots(codes, rows)
    assert profile.weights.tolist() == [2, 1]
    assert profile.listed.tolist() == [*range(90), 1, 0, *range(2, 90)]


def test_sums_that_doubles_cannot_hold_are_exact_and_as_many_as_the_index_needs():
    heavy = (1 << 53) + 1
    assert weighted_sums(np.array([0, 3, 0]), np.array([heavy, 5, 2]), 2).tolist() == [heavy + 2, 0, 0, 5]


def test_no_weight_prefers_an_item_to_itself():
    profile = Profile.from_ballots("ab", [BallotRow((("a",), ("b",)), weight=3), BallotRow((("b",),), weight=2)])
    assert profile.prefers.tolist() == [[0, 3], [2, 0]]
