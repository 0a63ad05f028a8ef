"""Release numbers, and the tally's order gathered into sections."""

import pytest

from consultation.drafting.rules import NotNumbered, RankedItem, next_number, placed_items, readable_score, sections


@pytest.mark.parametrize(
    ("previous", "final", "expected"),
    [
        (None, False, "0.1"),
        (None, True, "1.0"),
        ("0.1", False, "0.2"),
        ("0.9", False, "0.10"),
        ("0.10", True, "1.0"),
        ("1.0", True, "1.1"),
        ("1.0", False, "1.1"),
    ],
)
def test_the_number_after(previous, final, expected):
    assert next_number(previous, final=final) == expected


@pytest.mark.parametrize("wrong", ["", "1", "a.b", "1.0.0", "-1.2"])
def test_what_is_no_number_is_refused(wrong):
    with pytest.raises(NotNumbered):
        next_number(wrong, final=False)


def test_the_selected_keep_their_rank_in_the_whole_order():
    result = {"order": [["c"], ["a"], ["d", "b"]], "selected": ["c", "d"]}
    assert placed_items(result, 9) == [RankedItem("c", 1), RankedItem("d", 3)]


def test_without_a_selection_the_first_places_are_taken():
    assert placed_items({"order": [["c"], ["a", "b"]], "selected": []}, 2) == [RankedItem("c", 1), RankedItem("a", 2)]


def test_sections_follow_their_best_item_and_the_unthemed_come_last():
    ranked = [RankedItem("none", 1), RankedItem("a", 2), RankedItem("b", 3), RankedItem("a2", 4)]
    themes = {"a": "T2", "b": "T1", "a2": "T2", "none": None}
    assert sections(ranked, themes) == [
        ("T2", [RankedItem("a", 2), RankedItem("a2", 4)]),
        ("T1", [RankedItem("b", 3)]),
        (None, [RankedItem("none", 1)]),
    ]


@pytest.mark.parametrize(
    ("exact", "shown"),
    [
        (None, None),
        ("1030", "1030"),
        ("2/3", "2/3"),
        ("1" + "0" * 30 + "/3" + "0" * 30, "0.333333333"),
        ("-2" + "0" * 30 + "/3" + "0" * 30, "-0.666666667"),
        ("10000000000000000000000000001/1", "10000000000000000000000000001.000000000"),
    ],
)
def test_a_score_that_nobody_could_read_is_rounded(exact, shown):
    assert readable_score(exact) == shown
