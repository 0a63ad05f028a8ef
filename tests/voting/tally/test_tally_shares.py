"""One run of Equal Shares in whole units: who pays what, where a run with a limit ends, and how much more money
changes nothing."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consultation.voting.tally import BallotRow, Profile
from consultation.voting.tally.shares import PARTS, Shares
from tests.voting.tally import references as plain


def shares_of(ballots, costs):
    """Items by their letters; the earlier letter is drawn first."""
    profile = Profile.from_ballots(sorted(costs), [BallotRow((tuple(sorted(listed)),)) for listed in ballots])
    return Shares(profile, {place: costs[item] for place, item in enumerate(sorted(costs))}, range(len(costs)))


def prices(bought):
    return [("abcdef"[purchase.item], purchase.price / PARTS, purchase.poor) for purchase in bought]


def test_who_cannot_pay_the_price_gives_what_is_left_and_then_has_nothing():
    """Whoever supports all three has paid for the first with everything, and is nobody's help with the others."""
    shares = shares_of(["abc", "a", "a", "a", "b", "b", "c"], {"a": 4, "b": 1, "c": 1})
    assert prices(shares.run(7 * PARTS)) == [("a", 7, 0), ("b", 3.5, 1), ("c", 7, 1)]
    assert prices(shares.run(7 * PARTS - 1)) == [("b", Fraction(7, 3), 0), ("c", 3.5, 0)]


def test_a_run_with_a_limit_ends_with_what_goes_beyond_it():
    shares = shares_of("abc", {"a": 1, "b": 1, "c": 1})
    assert [prices(shares.run(3 * PARTS, limit)) for limit in (0, 1, 2)] == [
        [("a", 3, 0)],
        [("a", 3, 0), ("b", 3, 0)],
        [("a", 3, 0), ("b", 3, 0), ("c", 3, 0)],
    ]


def all_of(bought):
    """Everything but the order in which those equally cheap were found."""
    return [(purchase.item, purchase.price, purchase.poor, sorted(purchase.tied)) for purchase in bought]


@pytest.mark.parametrize(
    ("ballots", "costs", "each", "more"),
    [
        (["a", "a", "b"], {"a": 1, "b": 1}, 1_500_000, 1_499_999),  # then b can be paid
        (["a", "a", "b"], {"a": 1, "b": 1}, 2_999_999, 0),
        # At 6 the second item is as cheap as the first, though after the first it could be paid at 7 alone.
        (["ab", "b", "a", "c"], {"a": 3, "b": 1, "c": 9}, 2_000_000, 3_999_999),
    ],
)
def test_the_most_money_that_changes_nothing(ballots, costs, each, more):
    shares = shares_of(ballots, costs)
    bought = shares.run(each)
    assert shares.headroom(bought, each) == more
    assert all_of(shares.run(each + more)) == all_of(bought)
    assert all_of(shares.run(each + more + 1)) != all_of(bought)


def test_where_somebody_gave_all_any_money_changes_a_price():
    shares = shares_of(["abc", "a", "a", "a", "b", "b", "c"], {"a": 4, "b": 1, "c": 1})
    assert shares.headroom(shares.run(7 * PARTS), 7 * PARTS) == 0


@settings(max_examples=200, deadline=None)
@given(plain.elections(ballots=7), st.data())
def test_money_up_to_what_changes_nothing_changes_nothing(election, data):
    codes, rows = election
    profile = Profile.from_ballots(codes, rows)
    costs = dict(enumerate(data.draw(st.lists(st.integers(0, 4), min_size=len(codes), max_size=len(codes)))))
    shares = Shares(profile, costs, data.draw(st.permutations(range(len(codes)))))
    each = data.draw(st.integers(0, 6)) * PARTS
    bought = shares.run(each)
    more = min(shares.headroom(bought, each), 100 * PARTS)
    assert more == 0 or not any(purchase.poor for purchase in bought)
    assert all_of(shares.run(each + more)) == all_of(bought)
    assert all_of(shares.run(each + data.draw(st.integers(0, more)))) == all_of(bought)
