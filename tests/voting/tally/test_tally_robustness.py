"""How firm results are, whom they serve, and what a change of order costs: against plain counting."""

import hashlib
import json
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consultation.voting.tally import RULES, BallotRow, Profile, RuleError, tally
from consultation.voting.tally.comparison import compare
from consultation.voting.tally.coverage import carriers, coverage_curves
from consultation.voting.tally.margins import least_changes
from consultation.voting.tally.reordering import reorder
from consultation.voting.tally.robustness import bootstrap, resamples
from consultation.voting.tally.stream import Stream
from tests.voting.tally import references as plain

quick = settings(max_examples=60, deadline=None)


def counted(codes, rows, rule, seats=None, **parameters):
    return tally(Profile.from_ballots(codes, rows), rule, seats=seats, **parameters)


def test_the_stream_is_the_published_one():
    blocks = [hashlib.sha256((1).to_bytes(8, "big") + b"s" + number.to_bytes(8, "big")).digest() for number in range(2)]
    words = [int.from_bytes(block[at : at + 4], "big") for block in blocks for at in range(0, 32, 4)]
    assert Stream("s").below(1 << 32, 16).tolist() == words
    bound = 3 << 30  # a quarter of the words is left out; what was fetched for the missing ones follows
    assert Stream("s").below(bound, 8).tolist()[:5] == [word for word in words if word < bound][:5]
    assert Stream("s").below(7, 8).tolist() == [word % 7 for word in words[:8]]


@pytest.mark.parametrize("count", [0, 1, 2, 8, 9, 17])
def test_the_stream_gives_as_many_numbers_as_are_asked_for(count):
    drawn = Stream("s").below(3 << 30, count).tolist()
    assert len(drawn) == count
    assert drawn == Stream("s").below(3 << 30, 40).tolist()[:count]


def test_no_number_of_the_stream_is_likelier_than_another():
    """A word is left out that is a multiple of the bound itself, where no whole round of numbers is left above it."""
    words = [int(word) for word in Stream("s").below(1 << 32, 16)]
    bound = next(word for word in words if word > 1 << 31)
    assert Stream("s").below(bound, 6).tolist() == [word for word in words if word < bound][:6]


@pytest.mark.parametrize("bound", [0, (1 << 32) + 1])
def test_the_stream_refuses_bounds_that_it_cannot_keep(bound):
    with pytest.raises(ValueError, match="below a bound"):
        Stream("s").below(bound, 1)


@quick
@given(plain.elections())
def test_resamples_weigh_what_was_cast_and_repeat(election):
    profile = Profile.from_ballots(*election)
    drawn = [weights.tolist() for weights in resamples(profile, "x", 3)]
    assert drawn == [weights.tolist() for weights in resamples(profile, "x", 3)]
    assert all(sum(weights) == profile.weights.sum() for weights in drawn)


@pytest.mark.parametrize("rule", sorted(RULES))
@settings(max_examples=9, deadline=None)
@given(election=plain.elections(), data=st.data())
def test_places_in_resamples_are_those_of_tallies_of_them(rule, election, data):
    codes, rows = election
    parameters = plain.PARAMETERS.get(rule, {})
    profile = Profile.from_ballots(codes, rows)
    found = bootstrap(profile, rule, seats=1, beacon="b", samples=41, **parameters)
    shuffled = Profile.from_ballots(codes, data.draw(st.permutations(rows)))
    assert json.dumps(found.to_dict()) == json.dumps(
        bootstrap(shuffled, rule, seats=1, beacon="b", samples=41, **parameters).to_dict()
    )
    single = [
        BallotRow(
            tuple(
                tuple(
                    profile.items[item]
                    for item, rank in zip(profile.listed[a:b], profile.ranks[a:b], strict=True)
                    if rank == level
                )
                for level in sorted(set(profile.ranks[a:b].tolist()))
            ),
            frozenset(profile.items[item] for item in profile.listed[a : a + above]),
        )
        for a, b, above in zip(profile.starts[:-1], profile.starts[1:], profile.supported, strict=True)
    ]
    results = []
    for weights in resamples(profile, found.seed, 41):
        ballots = [BallotRow(row.tiers, row.support, int(w)) for row, w in zip(single, weights, strict=True) if w]
        results.append(counted(codes, ballots, rule, 1, beacon="b", **parameters))
    original = counted(codes, rows, rule, 1, beacon="b", **parameters)
    assert [spread.item for spread in found.spreads] == original.line
    told = json.loads(json.dumps(found.to_dict()))
    assert (told["rule"], told["samples"], told["seed"]) == (rule, 41, found.seed)
    assert [(one["item"], one["place"]) for one in told["spreads"]] == [(s.item, s.place) for s in found.spreads]
    for spread in found.spreads:
        places = sorted(1 + sum(map(len, r.order[: [spread.item in t for t in r.order].index(True)])) for r in results)
        assert (spread.best, spread.low, spread.median, spread.high, spread.worst) == (
            *(places[0], places[2], places[20], places[38], places[40]),
        )
        assert spread.selected == sum(spread.item in result.selected for result in results)


def test_samples_are_limited():
    nobody = Profile.from_ballots("ab", [])
    for samples in (0, 10_001):
        with pytest.raises(RuleError) as refused:
            bootstrap(nobody, "approval", seats=1, samples=samples)
        assert refused.value.code == "bad_samples"
    for samples in (1, 10_000):
        assert bootstrap(nobody, "approval", seats=1, samples=samples).samples == samples
    with pytest.raises(RuleError, match="2\\^32"):
        bootstrap(Profile.from_ballots("ab", [BallotRow((("a",),), weight=2**32 + 1)]), "approval", seats=1, samples=1)


@quick
@given(plain.elections(), st.data())
def test_curves_and_carriers_are_their_definitions(election, data):
    codes, rows = election
    profile = Profile.from_ballots(codes, rows)
    line = data.draw(st.permutations(codes))[: data.draw(st.integers(0, len(codes)))]
    found = coverage_curves(profile, {"drawn": line}, levels=2)
    for level in (1, 2):
        assert found.able[level - 1] == sum(plain.mass(row) for row in rows if len(plain.approved(row)) >= level)
        assert found.curves[0].served[level - 1] == tuple(
            sum(plain.mass(row) for row in rows if len(plain.approved(row) & set(line[:k])) >= level)
            for k in range(len(codes) + 1)
        )
    assert found.weight == profile.supporting_weight
    for at, one in enumerate(carriers(profile, line)):
        group = [row for row in rows if line[at] in plain.approved(row)]
        had = [len(plain.approved(row) & set(line[:at])) for row in group]
        assert (one.place, one.item) == (at + 1, line[at])
        assert one.supporters == sum(map(plain.mass, group))
        assert one.unserved == sum(plain.mass(row) for row, count in zip(group, had, strict=True) if count == 0)
        assert one.once == sum(plain.mass(row) for row, count in zip(group, had, strict=True) if count == 1)
        assert one.also == sum(plain.mass(row) for row in group if at and line[at - 1] in plain.approved(row))
    told = json.loads(json.dumps(found.to_dict()))
    assert (told["weight"], told["able"]) == (found.weight, list(found.able))
    assert told["curves"] == [{"name": "drawn", "served": [list(row) for row in found.curves[0].served]}]
    for one in carriers(profile, line):
        assert json.loads(json.dumps(one.to_dict())) == {
            name: getattr(one, name) for name in ("place", "item", "supporters", "unserved", "once", "also")
        }


@pytest.mark.parametrize("line", [["a", "x"], ["a", "a"]])
def test_orders_of_other_items_are_refused(line):
    profile = Profile.from_ballots("ab", [])
    for call in (carriers, lambda profile, line: coverage_curves(profile, {"x": line}), reorder):
        with pytest.raises(ValueError, match=r"not in this contest|twice"):
            call(profile, line)
    assert len(coverage_curves(profile, {}).able) == 3  # one, two and three choices, unless asked otherwise
    assert coverage_curves(profile, {}, levels=1).able == coverage_curves(profile, {}).able[:1]
    with pytest.raises(ValueError, match="levels"):
        coverage_curves(profile, {}, levels=0)


def test_rules_are_compared_item_by_item_and_pair_by_pair():
    rows = [BallotRow((("a",), ("b",)), frozenset("a"), 3), BallotRow((("b",), ("c",)), frozenset("bc"), 2)]
    results = [counted("abc", rows, rule, 2).to_dict() for rule in ("phragmen", "approval", "borda")]
    found = compare(results[0], results[1:])
    assert [(one.item, one.place, one.elsewhere) for one in found.items] == [
        ("a", 1, {"approval": 1, "borda": 2}),
        *(
            (item, place, {"approval": 2, "borda": {"b": 1, "c": 3}[item]})
            for place, item in enumerate(
                results[0]["selected"][1:] + [i for i in "bc" if i not in results[0]["selected"]], start=2
            )
        ),
    ]
    approval, borda = found.agreements
    assert (approval.alike, approval.against, approval.tied) == (2, 0, 1)
    assert borda.alike + borda.against + borda.tied == 3
    for one in found.items:
        assert one.selected_by == tuple(result["rule"] for result in results if one.item in result["selected"])
    for agreement, result in zip(found.agreements, results[1:], strict=True):
        here, there = results[0]["selected"], result["selected"]
        assert set(agreement.only_headline) == set(here) - set(there)
        assert set(agreement.only_other) == set(there) - set(here)
    assert (borda.selected, borda.common) == (2, len(set(results[0]["selected"]) & {"a", "b"}))
    assert json.loads(json.dumps(found.to_dict()))["headline"] == "phragmen"
    with pytest.raises(ValueError, match="same items"):
        compare(results[0], [counted("abx", [], "approval").to_dict()])


SCORED = ("approval", "borda", "positional", "condorcet")


@pytest.mark.parametrize("rule", [*SCORED, "phragmen"])
@quick
@given(election=plain.elections(items=4, ballots=5, lines=False), data=st.data())
def test_new_ballots_that_name_an_item_alone_bring_it_in_and_one_less_does_not(rule, election, data):
    codes, rows = election
    seats = data.draw(st.integers(1, len(codes)))
    parameters = plain.PARAMETERS.get(rule, {})
    found = least_changes(Profile.from_ballots(codes, rows), rule, seats=seats, **parameters)
    assert found.computable
    assert [change.item for change in found.changes] == sorted(codes)
    before = counted(codes, rows, rule, seats, **parameters).selected
    for change in found.changes:
        assert change.selected == (change.item in before)
        if change.selected:
            continue
        assert (change.kind, change.weight) == ("added_alone", change.suffices)
        for weight, inside in ((change.weight, True), (change.weight - 1, False)):
            added = [BallotRow(((change.item,),), weight=weight)] if weight else []
            assert (change.item in counted(codes, [*rows, *added], rule, seats, **parameters).selected) == inside


@pytest.mark.parametrize("rule", SCORED)
@quick
@given(election=plain.elections(items=4, ballots=5, lines=False), data=st.data())
def test_the_change_that_puts_an_item_out_does_and_one_less_does_not(rule, election, data):
    codes, rows = election
    seats = data.draw(st.integers(1, len(codes)))
    parameters = plain.PARAMETERS.get(rule, {})
    found = least_changes(Profile.from_ballots(codes, rows), rule, seats=seats, **parameters)
    for change in (change for change in found.changes if change.selected):
        others = tuple(code for code in codes if code != change.item)
        if change.weight is None:
            if rule == "approval":  # not even if nobody supported it
                assert change.item in counted(codes, without(rows, change.item, 10**6), rule, seats).selected
            else:
                assert seats == len(codes) or len(codes) == 1
            continue
        for weight, inside in ((change.weight, False), (change.weight - 1, True)):
            if weight < 0:
                continue
            if change.kind == "added_against":
                changed = [*rows, BallotRow((others,), weight=weight)] if weight else rows
            else:
                changed = without(rows, change.item, weight)
            assert (change.item in counted(codes, changed, rule, seats, **parameters).selected) == inside


def without(rows, item, weight):
    """The rows, with the item left out of ballots that weigh so much together, the first first."""
    changed = []
    for row in rows:
        part = min(weight, plain.mass(row)) if item in plain.approved(row) else 0
        weight -= part
        rest = tuple(tier for tier in (tuple(one for one in tier if one != item) for tier in row.tiers) if tier)
        for mass, tiers in ((part, rest), (plain.mass(row) - part, row.tiers)):
            if mass:
                changed.append(BallotRow(tiers, weight=mass))
    return changed


@settings(max_examples=60, deadline=None)
@given(plain.elections(items=4, ballots=4, lines=False), st.data())
def test_supporters_who_leave_an_item_out_put_it_out_of_phragmen(election, data):
    """Every way of leaving it out is tried: none below the bound works, and one that weighs what is said does."""
    codes, rows = election
    rows = [BallotRow(row.tiers, weight=min(2, row.weight)) for row in rows]
    seats = data.draw(st.integers(1, len(codes)))
    found = least_changes(Profile.from_ballots(codes, rows), "phragmen", seats=seats)
    for change in (change for change in found.changes if change.selected):
        ways = product(*(range(row.weight + 1 if change.item in plain.approved(row) else 1) for row in rows))
        weights = [
            sum(way)
            for way in ways
            if change.item
            not in counted(
                codes,
                [kept for row, part in zip(rows, way, strict=True) for kept in without([row], change.item, part)],
                "phragmen",
                seats,
            ).selected
        ]
        if change.weight is None:
            assert seats >= sum(1 for code in codes if any(code in plain.approved(row) for row in rows)) or not weights
        else:
            assert change.weight <= min(weights) <= change.suffices
            assert change.suffices in weights


@quick
@given(plain.elections(items=4, ballots=6, lines=False), st.data())
def test_as_many_supporters_as_any_one_placement_asks_for_must_leave_an_item_out(election, data):
    """At each placement without the item those with the least load are left out one by one, until it stays behind."""
    codes, rows = election
    seats = data.draw(st.integers(1, len(codes)))
    found = least_changes(Profile.from_ballots(codes, rows), "phragmen", seats=seats)
    for change in (change for change in found.changes if change.selected):
        rest = [without_item(row, change.item) for row in rows]
        order = plain.phragmen([code for code in codes if code != change.item], rest)[:seats]
        supporters = [change.item in plain.approved(row) for row in rows]
        if len(order) < seats or not any(supporters):
            assert change.weight is None
            continue
        load, asked = [Fraction(0)] * len(rows), []
        for item, least in order:
            first = plain.drawn([item, change.item])[0] == change.item
            gains = sorted(
                least - load[at] for at, row in enumerate(rows) if supporters[at] for _ in range(plain.mass(row))
            )
            out = 0
            while sum(gains) > 1 or (sum(gains) == 1 and first):
                gains.pop()
                out += 1
            asked.append(out)
            load = [least if item in plain.approved(row) else was for row, was in zip(rest, load, strict=True)]
        assert change.weight == max(asked)


def without_item(row, item):
    """The same ballot as if the item were not in the contest."""
    tiers = (tuple(one for one in tier if one != item) for tier in row.tiers)
    return BallotRow(tuple(tier for tier in tiers if tier), None, row.weight, row.copies)


@pytest.mark.parametrize("rule", ["equal_shares", "expanding_approvals"])
def test_rules_without_a_known_least_change_say_so(rule):
    profile = Profile.from_ballots("ab", [BallotRow((("a",),))])
    found = least_changes(profile, rule, seats=1, **plain.PARAMETERS.get(rule, {}))
    assert found.to_dict() == {"rule": rule, "computable": False, "changes": []}


@quick
@given(plain.elections(), st.data())
def test_taking_what_comes_first_changes_nothing(election, data):
    codes, rows = election
    profile = Profile.from_ballots(codes, rows)
    result = tally(profile, "phragmen", seats=None)
    known = [entry["item"] for entry in result.rounds]
    found = reorder(profile, known[: data.draw(st.integers(0, len(known)))])
    assert found.order == result.line
    assert [{key: value for key, value in entry.items() if key != "taken"} for entry in found.rounds] == result.rounds
    assert found.unsupported == result.unsupported


@quick
@given(plain.elections(), st.data())
def test_an_item_taken_out_of_turn_is_charged_to_its_supporters(election, data):
    codes, rows = election
    profile = Profile.from_ballots(codes, rows)
    taken = data.draw(st.permutations(codes))[: data.draw(st.integers(0, len(codes)))]
    load = [Fraction(0)] * len(rows)
    expected = []

    def bid(item):
        group = [i for i, row in enumerate(rows) if item in plain.approved(row)]
        weight = sum(plain.mass(rows[i]) for i in group)
        return (1 + sum(plain.mass(rows[i]) * load[i] for i in group)) / Fraction(weight) if group else None

    def place(item):
        if (cost := bid(item)) is not None:
            expected.append((item, str(cost)))
            for i, row in enumerate(rows):
                load[i] = cost if item in plain.approved(row) else load[i]

    for item in taken:
        place(item)
    while bids := {item: bid(item) for item in set(codes) - set(taken) - {one for one, _ in expected} if bid(item)}:
        place(plain.drawn(item for item in bids if bids[item] == min(bids.values()))[0])
    found = reorder(profile, taken)
    assert [(entry["item"], entry["load"]) for entry in found.rounds] == expected
    assert [entry["taken"] for entry in found.rounds] == [item in taken for item, _ in expected]
    assert found.order[: len(taken)] == list(taken)
    assert sorted(found.order) == sorted(codes)
    for tie in found.ties:
        assert found.order[tie["place"] - 1] == tie["items"][0]
    told = json.loads(json.dumps(found.to_dict()))
    assert told == {name: getattr(found, name) for name in ("order", "taken", "rounds", "ties", "unsupported")}


def test_an_item_out_of_turn_can_make_others_cheaper_than_they_were():
    """After a alone was charged 1 to the first ballot, b costs its three supporters 2/3 each, less than the first one
    carried: c and d, which it alone supports, now cost 5/3 instead of 2, and are tied."""
    rows = [BallotRow((("a",), ("b",), ("c",), ("d",))), BallotRow((("b",),), copies=2)]
    found = reorder(Profile.from_ballots(["a", "b", "c", "d"], rows), ["a"])
    assert [(entry["item"], entry["load"]) for entry in found.rounds[:2]] == [("a", "1"), ("b", "2/3")]
    tied = plain.drawn(["c", "d"])
    assert [(entry["item"], entry["load"]) for entry in found.rounds[2:]] == [(tied[0], "5/3"), (tied[1], "8/3")]
