"""Where numbers are estimated first, or kept small while they are few, exact ones decide all the same."""

from math import gcd

import pytest

from consultation.voting.tally import BallotRow, Profile, tally
from consultation.voting.tally import purses as spending
from consultation.voting.tally.phragmen import Loads, Placement, placements

FIRST = 2_000_000_000


def nearly_equal(difference):
    """Weights of X and Y, and how many of their supporters C has too, such that their loads once C is placed, each
    (FIRST + both) / (FIRST * all), differ by the least there can be: by a part of 10^18, to the one side or the other.
    """
    for both in range(1, 100):
        one, other = FIRST + both, FIRST + 101
        if gcd(one, other) > 1:
            continue
        y = pow(one, -1, other) * difference % other
        x = (one * y - difference) // other
        if both <= x < FIRST and 101 <= y < FIRST:
            return x, both, y
    raise AssertionError


@pytest.mark.parametrize(("difference", "second"), [(1, "Y"), (-1, "X")])
def test_loads_that_no_double_can_tell_apart_are_told_apart(difference, second):
    x, both, y = nearly_equal(difference)
    rows = [
        *((("C",), FIRST - both - 101), (("C", "X"), both), (("C", "Y"), 101)),
        *((("X",), x - both), (("Y",), y - 101)),
    ]
    profile = Profile.from_ballots("CXY", [BallotRow((items,), weight=weight) for items, weight in rows])
    loads = Loads(profile)
    loads.place(0, next(placements(Loads(profile), [0], [0, 1, 2])).load)
    assert loads.bid(1).about == pytest.approx(loads.bid(2).about, rel=1e-14)
    for beacon in "abcdef":  # whatever the draw would say
        result = tally(profile, "phragmen", seats=3, beacon=beacon)
        assert [tier[0] for tier in result.order[:2]] == ["C", second]
        assert result.ties == []


def test_a_placement_tells_all_that_tie_with_it():
    profile = Profile.from_ballots("ABC", [BallotRow((("A",),)), BallotRow((("B",),)), BallotRow((("C",),), weight=1)])
    first = next(placements(Loads(profile), [0, 1, 2], [2, 0, 1]))
    assert first == Placement(1, first.load, 1, (0, 1, 2))
    assert first.load == 1


def test_more_purses_than_two_bytes_can_number_change_nothing(monkeypatch):
    codes = [f"{number:02d}" for number in range(40)]
    rows = [
        BallotRow(tuple((codes[(start + step * at) % 40],) for at in range(9)))
        for start in range(40)
        for step in (1, 3, 7, 9, 11)
    ]
    profile = Profile.from_ballots(codes, rows)
    expected = tally(profile, "expanding_approvals", seats=30).to_dict()
    monkeypatch.setattr(spending, "SMALL", spending.np.int8)
    kept = []
    pay = spending.Purses.pay

    def told(self, item, units):
        pay(self, item, units)
        kept.append((len(self.left), self.purse.dtype))

    monkeypatch.setattr(spending.Purses, "pay", told)
    assert tally(profile, "expanding_approvals", seats=30).to_dict() == expected
    assert kept[-1][0] > 127
    assert [kind.itemsize for _number, kind in kept] == sorted(kind.itemsize for _number, kind in kept)
    assert {kind.itemsize for _number, kind in kept} == {1, 4}
