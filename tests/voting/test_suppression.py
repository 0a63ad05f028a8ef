"""Counts by group: small ones are withheld, with what would reveal them; attacks by subtraction find nothing."""

import random
from collections import Counter
from itertools import product

import pytest

from consultation.voting.suppression import REST, all_shown, offered, shown


def voters(**sizes):
    """Voters of groups of these sizes, by name."""
    return {f"{group}{number}": group for group, size in sizes.items() for number in range(size)}


def test_a_count_is_shown_when_it_and_the_rest_of_the_group_are_large_enough():
    assert shown({"a": 30, "b": 30}, {"a": 12, "b": 18}) == {"a": 12, "b": 18}


@pytest.mark.parametrize("count", [0, 9, 21, 30])
def test_few_who_chose_it_and_few_who_did_not_are_withheld_alike(count):
    assert "a" not in shown({"a": 30, "b": 40, "c": 40, "d": 40}, {"a": count, "b": 20, "c": 20, "d": 20})


def test_with_one_withheld_another_is_withheld_too_or_it_would_follow_by_subtraction():
    assert shown({"a": 30, "b": 40, "c": 50}, {"a": 3, "b": 20, "c": 25}) == {"c": 25}


def test_two_small_counts_do_not_cover_for_each_other():
    """Together they are seven: whoever subtracts the others would learn that seven of sixty chose it."""
    assert shown({"a": 30, "b": 30, "c": 50, "d": 60}, {"a": 3, "b": 4, "c": 25, "d": 30}) == {"d": 30}


def test_groups_that_are_too_small_to_show_anything_are_merged():
    groups = offered({"sector": voters(a=25, b=19, c=40)})["sector"]
    assert Counter(groups.values()) == {"a": 25, REST: 19, "c": 40}


def test_a_rest_that_is_small_takes_the_smallest_group_with_it():
    groups = offered({"sector": voters(a=25, b=4, c=40)})["sector"]
    assert Counter(groups.values()) == {REST: 29, "c": 40}


def test_groups_of_two_kinds_that_nearly_coincide_are_not_both_shown():
    """Health is Mexico without three: the difference of the counts would be the vote of these three."""
    sector = voters(health=40, housing=40)
    country = {voter: "MX" if group == "health" else "CA" for voter, group in sector.items()}
    country |= {f"housing{number}": "MX" for number in range(3)}
    found = offered({"sector": sector, "country": country})
    assert set(found["sector"].values()) == {"health", "housing"}
    assert set(found["country"].values()) == {REST}


def test_groups_of_two_kinds_that_coincide_are_not_both_shown():
    sector = voters(health=40, housing=40)
    country = {voter: "MX" if group == "health" else "CA" for voter, group in sector.items()}
    assert set(offered({"sector": sector, "country": country})["country"].values()) == {REST}


def test_unions_of_groups_that_nearly_coincide_are_noticed_too():
    """No group coincides with another, but two sectors together are one country and two people."""
    sector = voters(a=30, b=30, c=30, d=30)
    country = {voter: "MX" if group in "ab" else "CA" for voter, group in sector.items()}
    country |= {"c0": "MX", "c1": "MX"}
    assert set(offered({"sector": sector, "country": country})["country"].values()) == {REST}


def test_kinds_that_cross_one_another_are_both_shown():
    sector = voters(a=40, b=40)
    country = {voter: "MX" if int(voter[1:]) % 2 else "CA" for voter in sector}
    found = offered({"sector": sector, "country": country})
    assert [set(groups.values()) for groups in found.values()] == [{"a", "b"}, {"MX", "CA"}]


def feasible(sizes, total, told):
    """All ways in which the counts can be what is published: the attack by subtraction, done in full."""
    ranges = [[told[group]] if group in told else range(size + 1) for group, size in sizes.items()]
    for counts in product(*ranges):
        if sum(counts) == total:
            yield dict(zip(sizes, counts, strict=True))


def test_who_subtracts_in_all_ways_narrows_no_withheld_count_down():
    """Over many electorates: what is withheld keeps as many possible values as k or its group allow, and what the
    withheld ones are together is no small number either."""
    k, draw = 3, random.Random(7)
    seen = 0
    for _ in range(400):
        sizes = {group: draw.randint(1, 12) for group in "abcd"}
        counts = {group: draw.randint(0, size) for group, size in sizes.items()}
        told = shown(sizes, counts, k)
        assert all(k <= told[group] == counts[group] <= sizes[group] - k for group in told)
        withheld = set(sizes) - set(told)
        if not told or not withheld:
            continue
        seen += 1
        possible = list(feasible(sizes, sum(counts.values()), told))
        for group in withheld:
            values = {one[group] for one in possible}
            assert len(values) > min(sizes[group], k), (sizes, counts, told, group)
        together = sum(counts[group] for group in withheld)
        assert k <= together <= sum(sizes[group] for group in withheld) - k
    assert seen > 50


def test_who_knows_how_counts_are_withheld_still_pins_none_down():
    """The attacker runs our own rule on every possibility, and keeps those that would have been published so."""
    k, draw = 2, random.Random(11)
    seen = 0
    for _ in range(60):
        sizes = {group: draw.randint(2, 8) for group in "abc"}
        counts = {group: draw.randint(0, size) for group, size in sizes.items()}
        told = shown(sizes, counts, k)
        withheld = set(sizes) - set(told)
        if not told or not withheld:
            continue
        seen += 1
        total = sum(counts.values())
        possible = [one for one in feasible(sizes, total, told) if shown(sizes, one, k) == told]
        for group in withheld:
            assert len({one[group] for one in possible}) > 1, (sizes, counts, told, group)
    assert seen > 10


def test_differences_of_any_unions_of_two_kinds_never_tell_the_vote_of_few():
    k, draw = 3, random.Random(3)
    for _ in range(60):
        people = [str(number) for number in range(40)]
        kinds = {kind: {one: draw.choice(names) for one in people} for kind, names in (("s", "abc"), ("c", "xyz"))}
        for one in people[: draw.randint(0, 40)]:
            kinds["c"][one] = "xyz"["abc".index(kinds["s"][one])]
        found = offered(kinds, k)
        first, second = found["s"], found["c"]
        sides = [sorted(set(groups.values())) for groups in (first, second)]
        for pick in product((False, True), repeat=sum(map(len, sides))):
            chosen = dict(zip([*((0, one) for one in sides[0]), *((1, one) for one in sides[1])], pick, strict=True))
            apart = sum(chosen[(0, first[one])] != chosen[(1, second[one])] for one in people)
            if len(set(pick)) > 1:
                assert apart >= k


def test_the_whole_table_is_made_of_what_is_offered_and_shown():
    sector = voters(a=40, b=40, c=5)
    choices = {voter: ("X",) if int(voter[1:]) % 2 else ("Y",) for voter in sector}
    assert all_shown({"sector": sector}, choices, ["X", "Y", "Z"]) == {
        "sector": {"sizes": {"b": 40}, "counts": {"X": {"b": 20}, "Y": {"b": 20}}}
    }
