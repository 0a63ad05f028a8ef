"""The Method of Equal Shares against its definition, in fractions and in the units that are published."""

from fractions import Fraction
from math import lcm

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consultation.voting.tally import BallotRow, Profile, RuleError, equal_shares, tally
from tests.voting.tally import references as plain

quick = settings(max_examples=120, deadline=None)
amounts = st.one_of(st.integers(0, 12).map(Fraction), st.fractions(0, 12, max_denominator=7))


@st.composite
def budgets(draw, ballots=7):
    codes, rows = draw(plain.elections(ballots=ballots))
    costs = {code: draw(amounts) for code in codes}
    step = draw(st.sampled_from([Fraction(0), Fraction(1, 3), Fraction(1), Fraction(5, 2)]))
    return codes, rows, costs, draw(amounts), step


def run(codes, rows, costs, budget, step):
    return tally(Profile.from_ballots(codes, rows), "equal_shares", seats=None, budget=budget, costs=costs, step=step)


def unit_of(rows, costs, budget, step):
    """1 / (n D) of a unit of cost in which all amounts are whole."""
    n = sum(plain.mass(row) for row in rows if plain.approved(row))
    scale = lcm(budget.denominator, (step * n).denominator, *(cost.denominator for cost in costs.values()))
    return Fraction(1, max(n, 1) * 10**6 * scale)


@settings(max_examples=300, deadline=None)
@given(budgets())
def test_it_is_the_published_rule_to_the_unit(election):
    codes, rows, costs, budget, step = election
    result = run(*election)
    expected, steps = plain.equal_shares(codes, rows, costs, budget, step, unit_of(rows, costs, budget, step))
    assert [(entry["item"], Fraction(entry["price"])) for entry in result.rounds if entry["by"] == "bought"] == expected
    assert result.selected == [item for item, _ in expected]
    assert result.extra["steps"] == steps


@settings(max_examples=200, deadline=None)
@given(budgets())
def test_rounding_stays_far_below_what_decides(election):
    """Against fractions: the prices agree to less than a millionth, unless items were so equal that rounding chose."""
    codes, rows, costs, budget, _step = election
    raw = run(codes, rows, costs, budget, Fraction(0))
    n = max(1, sum(plain.mass(row) for row in rows if plain.approved(row)))
    exact = plain.equal_shares_run(codes, rows, costs, budget / n, None)
    prices = [Fraction(entry["price"]) for entry in raw.rounds if entry["by"] == "bought"]
    for (item, price), bought, found in zip(exact, raw.selected, prices, strict=False):
        if item != bought:
            key, other = price / (costs[item] or 1), found / (costs[bought] or 1)
            assert abs(key - other) < Fraction(1, 10**4)
            return
        assert abs(price - found) < Fraction(1, 10**4)
    assert len(exact) == len(raw.selected)


@quick
@given(budgets())
def test_what_is_bought_fits_the_budget_and_has_supporters(election):
    codes, rows, costs, budget, _step = election
    result = run(*election)
    spent = sum(costs[item] for item in result.selected)
    assert spent <= budget
    assert Fraction(result.extra["spent"]) == spent
    assert set(result.selected) <= frozenset().union(frozenset(), *map(plain.approved, rows))
    assert sorted(result.line) == sorted(codes)


@settings(max_examples=250, deadline=None)
@given(plain.elections(items=6), st.integers(1, 6))
def test_without_completion_and_at_unit_costs_ejr_plus_holds(election, places):
    """Brill and Peters: for k places, nobody worth l of them who agrees on an absent item has fewer than l."""
    codes, rows = election
    result = tally(Profile.from_ballots(codes, rows), "equal_shares", seats=None, budget=places, step=0)
    n = sum(plain.mass(row) for row in rows if plain.approved(row))
    chosen = set(result.selected)
    assert len(chosen) <= places
    for item in set(codes) - chosen:
        group = [row for row in rows if item in plain.approved(row)]
        for share in range(1, places + 1):
            short = sum(plain.mass(row) for row in group if len(plain.approved(row) & chosen) < share)
            assert not short or short * places < share * n, (item, share)


def test_a_group_that_just_reaches_its_share_gets_it_in_spite_of_rounding():
    """Three of seven who agree on three items, for seven places: a seventh of a unit does not divide by three."""
    rows = [BallotRow((("a", "b", "c"),), weight=3), BallotRow((("d",),), weight=4)]
    result = tally(Profile.from_ballots("abcd", rows), "equal_shares", seats=None, budget=7, step=0)
    assert sorted(result.selected) == ["a", "b", "c", "d"]


def test_money_that_is_left_over_is_completed_and_said():
    rows = [BallotRow((("long",),), weight=6), BallotRow((("short",),), weight=4)]
    costs = {"long": 70, "short": 50}
    result = run(["long", "short", "other"], rows, costs | {"other": 5}, Fraction(100), Fraction(1))
    assert (result.selected, result.order[-1], result.unsupported) == (["long"], ["other"], ["other"])
    assert result.extra == {
        "step": "1",
        "steps": 2,
        "end": "next_overspends",
        "spent": "70",
        "without_completion": [],
    }
    assert result.rounds == [
        {
            "place": 1,
            "item": "long",
            "supporters": 6,
            "unserved": 6,
            "cost": "70",
            "by": "bought",
            "price": "35/3",
            "price_rounded": "11.666666667",
            "gave_all": 0,
        },
        {"place": 2, "item": "short", "supporters": 4, "unserved": 4, "cost": "50", "by": "not_bought"},
    ]
    assert result.audit == {}
    assert result.parameters["costs"] == {"long": "70", "other": "5", "short": "50"}


def test_steps_in_which_nothing_can_change_are_not_computed():
    """One voter of a thousand must hold thirty units alone: 29,900 steps of a hundredth, counted as if one by one."""
    rows = [BallotRow((("a",),), weight=999), BallotRow((("b",),))]
    result = run(["a", "b"], rows, {"a": Fraction(1), "b": Fraction(30)}, Fraction(1000), Fraction(1, 1000))
    assert (result.selected, result.extra["steps"], result.extra["end"]) == (["a", "b"], 29_000, "all_supported")


def test_sums_beyond_64_bits_are_exact():
    costs = {"a": Fraction(10**18), "b": Fraction(10**18 + 1)}
    rows = [BallotRow((("a", "b"),), weight=3), BallotRow((("a",),), weight=2)]
    result = run(["a", "b"], rows, costs, Fraction(2 * 10**18), Fraction(0))
    expected = plain.equal_shares_run("ab", rows, costs, Fraction(2 * 10**18, 5), Fraction(1, 5 * 10**6))
    assert [(entry["item"], Fraction(entry["price"])) for entry in result.rounds if "price" in entry] == expected


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({}, "budget_needed"),
        ({"budget": -1}, "bad_budget"),
        ({"budget": 1.5}, "bad_budget"),
        ({"budget": "1/0"}, "bad_budget"),
        ({"budget": "9" * 40}, "bad_budget"),
        ({"budget": 3, "costs": {"a": 1}}, "costs_needed"),
        ({"budget": 3, "costs": {"a": 1, "b": "x"}}, "bad_cost"),
        ({"budget": 3, "costs": [1, 2]}, "bad_cost"),
        ({"budget": 3, "step": "-1"}, "bad_step"),
    ],
)
def test_what_cannot_be_counted_is_refused_with_a_code(parameters, code):
    rows = [BallotRow((("a", "b"),), weight=3), BallotRow((("b",),))]
    with pytest.raises(RuleError) as refused:
        tally(Profile.from_ballots("ab", rows), "equal_shares", seats=None, **parameters)
    assert refused.value.code == code


def test_steps_without_end_are_refused(monkeypatch):
    """While the first voter gives all it has for b, each step moves prices, and none can be left out."""
    monkeypatch.setattr(equal_shares, "MAX_RUNS", 50)
    rows = [BallotRow((("b", "c"),)), BallotRow((("b", "d"),)), BallotRow((("c",),), weight=9)]
    costs = {"b": Fraction(100), "c": Fraction(100), "d": Fraction(10**4)}
    with pytest.raises(RuleError) as refused:
        run("bcd", rows, costs, Fraction(55 * 11), Fraction(1, 1000))
    assert refused.value.code == "bad_step"
    assert run("bcd", rows, costs, Fraction(55 * 11), Fraction(1)).extra["end"] == "next_overspends"


def test_a_single_voter_who_cannot_pay_gives_what_is_left():
    rows = [BallotRow((("b", "c"),)), BallotRow((("b",),), weight=2), BallotRow((("c",),), weight=5)]
    result = run("bc", rows, {"b": Fraction(21), "c": Fraction(36)}, Fraction(80), Fraction(0))
    assert [(entry["item"], entry["price"], entry["gave_all"]) for entry in result.rounds] == [
        ("c", "6", 0),
        ("b", "17/2", 1),
    ]
    assert result.scores == {"c": "1/6", "b": "17/42"}


TIED_LATER = [BallotRow((("a", "b"),)), BallotRow((("x",),), weight=2)]
TIED_COSTS = {"a": Fraction(10), "b": Fraction(10), "x": Fraction(6)}


def test_a_draw_that_ends_the_completion_is_written_down():
    result = run("abx", TIED_LATER, TIED_COSTS, Fraction(15), Fraction(1))
    assert (result.selected, result.extra["steps"], result.extra["end"]) == (["x"], 4, "next_overspends")
    reason = "equal price for a unit of cost, in another step of the completion"
    assert [(tie["place"], tie["reason"], tie["items"]) for tie in result.ties] == [(2, reason, plain.drawn("ab"))]


def test_what_costs_just_the_budget_is_bought():
    result = run("abx", TIED_LATER, TIED_COSTS, Fraction(16), Fraction(1))
    assert (result.selected, result.extra["spent"]) == (["x", plain.drawn("ab")[0]], "16")
    assert (result.extra["steps"], result.ties[0]["reason"]) == (14, "equal price for a unit of cost")


def test_what_is_free_comes_first_and_the_end_is_said():
    rows = [BallotRow((("a", "b"),), weight=3), BallotRow((("b",),))]
    result = run("ab", rows, {"a": Fraction(0), "b": Fraction(3)}, Fraction(2), Fraction(0))
    assert (result.selected, result.scores, result.extra["end"]) == (["a"], {"a": "0"}, "no_completion")
    assert run("ab", rows, {"a": Fraction(0), "b": Fraction(3)}, Fraction(3), Fraction(0)).selected == ["a", "b"]


def test_many_votes_with_much_money_each_are_added_up_exactly():
    """2^30 votes of 2^14 10^6 units: what they have together does not fit into 64 bits, though neither is long."""
    rows = [BallotRow(((item,),), weight=1 << 30) for item in "ab"]
    result = tally(Profile.from_ballots("ab", rows), "equal_shares", seats=None, budget=1 << 14, step=0)
    assert sorted(result.selected) == ["a", "b"]


def test_amounts_are_taken_up_to_two_to_the_eighty():
    most = (1 << 80) - 1
    for value in (most, Fraction(1, most), str(most)):
        assert equal_shares.amount(value, "bad_cost", "a cost") == Fraction(value)
    for value in (most + 1, Fraction(1, most + 1), -1, "x", None, 0.5, True):
        with pytest.raises(RuleError) as refused:
            equal_shares.amount(value, "bad_cost", "a cost")
        assert refused.value.code == "bad_cost"


def test_unless_told_otherwise_all_together_get_one_unit_more_each_time():
    """One vote, then three: the step is the share of each in one unit."""
    alone = tally(Profile.from_ballots("ab", [BallotRow((("a",),))]), "equal_shares", seats=None, budget=1)
    assert (alone.extra["step"], alone.selected) == ("1", ["a"])
    three = Profile.from_ballots("ab", [BallotRow((("a",),), weight=2), BallotRow((("b",),))])
    assert tally(three, "equal_shares", seats=None, budget=1).extra["step"] == "1/3"


def test_what_is_not_bought_follows_by_its_support():
    rows = [BallotRow((("a",),)), BallotRow((("b",),), weight=3), BallotRow((("c",),), weight=2)]
    result = tally(Profile.from_ballots("abcd", rows), "equal_shares", seats=None, budget=0, step=0)
    assert result.order == [["b"], ["c"], ["a"], ["d"]]
    assert (result.selected, result.unsupported) == ([], ["d"])


@pytest.mark.parametrize(("costs", "audited"), [(None, True), ({"a": 2, "b": 2}, True), ({"a": 1, "b": 2}, False)])
def test_the_audit_of_places_is_made_where_all_cost_the_same(costs, audited):
    profile = Profile.from_ballots("ab", [BallotRow((("a", "b"),))])
    result = tally(profile, "equal_shares", seats=None, budget=2, costs=costs)
    assert set(result.audit) == ({"ejr_plus"} if audited else set())


def test_money_is_rounded_to_the_millionth_part_of_a_vote_s_share():
    """Seven votes hold 5/7 each. The three for a pay 1/3 each, rounded down to a millionth part of 1/7; so the first of
    them has 2666667 such parts left and gives all for d, whose other supporter pays the rest of the 7000000. Money for
    all other items comes with the first step, in which x costs too much."""
    rows = [BallotRow((("a", "d"),)), BallotRow((("a",),), copies=2), BallotRow((("d",),))]
    rows += [BallotRow(((code,),)) for code in "wxy"]
    costs = {"a": 1, "d": 1, "w": 1, "x": 4, "y": 1}
    profile = Profile.from_ballots(list(costs), rows)
    result = tally(profile, "equal_shares", seats=None, budget=5, costs=costs, step=Fraction(200, 7))
    assert result.selected == ["a", "d"]
    assert (result.extra["steps"], result.extra["end"], result.extra["spent"]) == (0, "next_overspends", "2")
    paid = [(line["item"], line["price"], line["price_rounded"], line["gave_all"]) for line in result.rounds[:2]]
    assert paid == [("a", "1/3", "0.333333333", 0), ("d", "4333333/7000000", "0.619047571", 1)]
