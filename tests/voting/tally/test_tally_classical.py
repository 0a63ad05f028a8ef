"""The classical panel against its definitions, and what it promises."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consultation.voting.tally import BallotRow, Profile, RuleError, tally
from tests.voting.tally import classical
from tests.voting.tally import references as plain

quick = settings(max_examples=120, deadline=None)
majority_rules = pytest.mark.parametrize("rule", ["schulze", "ranked_pairs"])
strengths = st.sampled_from(["margins", "winning_votes"])


def run(codes, rows, rule, seats=None, **parameters):
    return tally(Profile.from_ballots(codes, rows), rule, seats=seats, **parameters)


@majority_rules
@quick
@given(election=plain.elections(), strength=strengths)
def test_majority_rules_are_their_definitions(rule, election, strength):
    codes, rows = election
    result = run(codes, rows, rule, strength=strength)
    above = getattr(classical, f"{rule}_above")(codes, rows, strength)
    assert result.scores == {code: str(sum(a == code for a, _ in above)) for code in result.line}
    left = set(codes)
    for tier in result.order:
        assert tier == plain.drawn(item for item in left if not any((other, item) in above for other in left))
        left -= set(tier)
    assert not left
    assert result.extra["pairwise"] == plain.prefers(codes, rows)
    assert result.selected == (result.line[:1] if result.weight else [])


@majority_rules
@quick
@given(election=plain.elections(), strength=strengths)
def test_a_condorcet_winner_wins_and_a_condorcet_loser_is_last(rule, election, strength):
    codes, rows = election
    order = run(codes, rows, rule, strength=strength).order
    winner = run(codes, rows, "condorcet").selected
    assert not winner or order[0] == winner
    table = plain.prefers(codes, rows)
    for item in codes:
        if len(codes) > 1 and all(table[other][item] > table[item][other] for other in codes if other != item):
            assert order[-1] == [item]


@quick
@given(plain.elections(), st.data(), strengths)
def test_raising_an_item_never_lowers_it_under_schulze(election, data, strength):
    """On one ballot the item goes to the top, alone; nothing that it stood above may then stand above it."""
    codes, rows = election
    if not rows:
        return
    item, at = data.draw(st.sampled_from(codes)), data.draw(st.integers(0, len(rows) - 1))
    rest = tuple(tier for tier in (tuple(x for x in tier if x != item) for tier in rows[at].tiers) if tier)
    raised = BallotRow(((item,), *rest), weight=rows[at].weight, copies=rows[at].copies)
    before = classical.schulze_above(codes, rows, strength)
    after = run(codes, [*rows[:at], raised, *rows[at + 1 :]], "schulze", strength=strength)
    place = next(i for i, tier in enumerate(after.order) if item in tier)
    above = classical.schulze_above(codes, [*rows[:at], raised, *rows[at + 1 :]], strength)
    assert {other for other in codes if (item, other) in before} <= {other for other in codes if (item, other) in above}
    if not any((other, item) in before for other in codes):
        assert place == 0


def test_a_draw_between_contradicting_majorities_is_written_down():
    cycle = [
        BallotRow((("a",), ("b",), ("c",))),
        BallotRow((("b",), ("c",), ("a",))),
        BallotRow((("c",), ("a",), ("b",))),
    ]
    result = run("abc", cycle, "ranked_pairs")
    assert [tie["reason"] for tie in result.ties] == ["equally strong majorities that contradict one another"]
    assert [len(tier) for tier in result.order] == [1, 1, 1]
    assert run("abc", cycle, "schulze").order == [plain.drawn("abc")]


@quick
@given(plain.elections(), st.sampled_from(["waits", "set_aside"]))
def test_irv_is_its_definition(election, tied_top):
    codes, rows = election
    result = run(codes, rows, "irv", tied_top=tied_top)
    order, stages = classical.irv(codes, rows, tied_top)
    assert result.line == [*order, *result.unsupported]
    assert [stage["totals"] for stage in result.extra["stages"]] == stages
    for stage in result.extra["stages"]:
        assert sum(stage["totals"].values()) + stage["waiting"] + stage["exhausted"] == result.weight
        assert tied_top == "waits" or not stage["waiting"]


@quick
@given(plain.elections(ballots=12), st.data())
def test_stv_is_its_definition_stage_by_stage(election, data):
    codes, rows = election
    seats = data.draw(st.integers(1, len(codes)))
    result = run(codes, rows, "stv", seats)
    elected, quota, stages = classical.stv(codes, rows, seats)
    assert (result.selected, result.extra["quota"]) == (elected, str(quota))
    found = [
        (
            stage["action"],
            stage["item"],
            {item: int(Decimal(votes) * classical.UNIT) for item, votes in stage["totals"].items()},
        )
        for stage in result.extra["stages"]
    ]
    assert found == stages
    assert result.line[: len(elected)] == elected
    assert sorted(result.line) == sorted(codes)


@pytest.mark.parametrize(
    ("rule", "parameters", "code"),
    [
        ("schulze", {"strength": "votes"}, "bad_strength"),
        ("irv", {"tied_top": "split"}, "bad_tied_top"),
        ("stv", {}, "seats_needed"),
    ],
)
def test_unknown_ways_of_counting_are_refused(rule, parameters, code):
    with pytest.raises(RuleError) as refused:
        run("ab", [], rule, **parameters)
    assert refused.value.code == code


def test_equal_majorities_that_agree_take_no_draw():
    rows = [BallotRow((("a",), ("b",), ("c",)), weight=2)]
    for rule in ("ranked_pairs", "schulze"):
        result = run("abc", rows, rule)
        assert (result.order, result.ties) == ([["a"], ["b"], ["c"]], [])


@majority_rules
def test_margins_and_winning_votes_part_where_ballots_are_short(rule):
    """a over c by 3 (6 to 3), c over b by 4 (9 to 5), b over a by 2 (8 to 6): b over a is the weakest by margins, and a
    over c by winning votes."""
    rows = [
        BallotRow((("c",), ("b",)), weight=3),
        BallotRow((("b",),), weight=5),
        BallotRow((("a",), ("c",), ("b",)), weight=6),
    ]
    assert run("abc", rows, "condorcet").extra["pairwise"] == {
        "a": {"b": 6, "c": 6},
        "b": {"a": 8, "c": 5},
        "c": {"a": 3, "b": 9},
    }
    assert run("abc", rows, rule).order == [["a"], ["c"], ["b"]]
    assert run("abc", rows, rule, strength="winning_votes").order == [["c"], ["b"], ["a"]]


def told_ties(result):
    return [(tie["place"], tie["reason"], tie["items"]) for tie in result.ties]


def test_irv_tells_its_draws_and_what_nobody_names():
    """Exact values: of b and c, named by one each, the one drawn last leaves; d and e stand on no ballot."""
    rows = [BallotRow((("a",),), weight=2), BallotRow((("b",),)), BallotRow((("c",),)), BallotRow(())]
    result = run("abcde", rows, "irv")
    first, last = plain.drawn("bc")
    assert result.order == [["a"], [first], [last], plain.drawn("de")]
    assert told_ties(result) == [(2, "fewest ballots", [first, last]), (4, "not listed", plain.drawn("de"))]
    assert result.unsupported == plain.drawn("de")
    assert result.scores == {"a": "2", first: "1", last: "1"}
    assert result.parameters["tied_top"] == "waits"
    assert result.extra["stages"] == [
        {"totals": {"a": 2, "b": 1, "c": 1}, "waiting": 0, "exhausted": 0, "leaves": last},
        {"totals": {"a": 2, first: 1}, "waiting": 0, "exhausted": 1, "leaves": first},
    ]


def test_stv_tells_its_draws_and_what_nobody_names():
    """Exact values: a reaches the quota of 2 at once, with a surplus of 1 that goes to b at a third of each; of c and d
    the one drawn last is excluded, and nobody names e."""
    rows = [BallotRow((("a",), ("b",)), weight=3), BallotRow((("c",),)), BallotRow((("d",),)), BallotRow(())]
    result = run("abcde", rows, "stv", seats=2)
    first, last = plain.drawn("cd")
    assert (result.extra["quota"], result.extra["valid"], result.weight) == ("2", 5, 5)
    assert result.selected == ["a", first]
    assert told_ties(result)[0] == (2, "equal votes, lowest", [first, last])
    assert result.unsupported == ["e"]
    assert result.order[-1] == ["e"]
    first_stage, surplus = result.extra["stages"][:2]
    assert first_stage == {
        "action": "first",
        "item": None,
        "totals": {"a": "3.00000", "b": "0.00000", "c": "1.00000", "d": "1.00000"},
        "set_aside": "0.00000",
        "elected": ["a"],
    }
    assert (surplus["action"], surplus["item"], surplus["totals"]["b"]) == ("surplus", "a", "0.99999")
    assert surplus["totals"]["a"] == "2.00000"
    assert surplus["set_aside"] == "0.00001"


@pytest.mark.parametrize(("more", "less"), [("b", "c"), ("c", "b")])
def test_stv_looks_back_before_it_draws(more, less):
    """Exact values: once d is excluded the two have 3 votes each, and who had 3 at the first stage stands higher."""
    rows = [
        *(BallotRow((("a",),), weight=5), BallotRow(((less,),), weight=2)),
        *(BallotRow(((more,),), weight=3), BallotRow((("d",), (less,)))),
    ]
    result = run("abcd", rows, "stv", seats=1)
    assert result.line == ["a", more, less, "d"]
    assert result.ties == []
    assert [(stage["action"], stage["item"], stage["set_aside"]) for stage in result.extra["stages"]] == [
        ("first", None, "0.00000"),
        ("exclusion", "d", "0.00000"),
        ("exclusion", less, "3.00000"),
        ("exclusion", more, "6.00000"),
    ]
    assert [(line["item"], line["by"], line["votes"]) for line in result.rounds] == [
        *(("a", "elected", "5.00000"), (more, "excluded", "3.00000")),
        *((less, "excluded", "3.00000"), ("d", "excluded", "1.00000")),
    ]


def test_stv_orders_those_left_when_all_seats_are_filled():
    """Exact values: a has more than the quota of 9; b and c had 2 votes each, d and e one, and f and g none."""
    rows = [BallotRow(((item,),), weight=weight) for item, weight in zip("abcde", (10, 2, 2, 1, 1), strict=True)]
    result = run("abcdefg", rows, "stv", seats=1)
    assert result.line == ["a", *plain.drawn("bc"), *plain.drawn("de"), *plain.drawn("fg")]
    left = "equal votes when all seats were filled"
    assert told_ties(result) == [
        *((2, left, plain.drawn("bc")), (4, left, plain.drawn("de")), (6, "not listed", plain.drawn("fg"))),
    ]
    assert [line["by"] for line in result.rounds] == ["elected", *["not_elected"] * 4]
    assert [stage["action"] for stage in result.extra["stages"]] == ["first"]


def test_stv_passes_nothing_on_from_who_has_just_the_quota():
    """Exact values: of 5 votes for 2 seats the quota is 2, which a has, and nothing beyond."""
    rows = [BallotRow((("a",), ("b",)), weight=2), BallotRow((("b",),)), BallotRow((("c",),), weight=2)]
    result = run("abc", rows, "stv", seats=2)
    assert [(stage["action"], stage["elected"]) for stage in result.extra["stages"]] == [("first", plain.drawn("ac"))]
    rows = [BallotRow((("a",), ("b",)), weight=2), BallotRow((("b",),)), BallotRow((("c",),)), BallotRow((("d",),))]
    actions = [stage["action"] for stage in run("abcd", rows, "stv", seats=2).extra["stages"]]
    assert actions == ["first", "exclusion", "exclusion"]


def test_stv_draws_between_equal_surpluses():
    """Exact values: a and b have one vote each beyond the quota of 4, are elected as drawn, and pass it on so."""
    rows = [
        *(BallotRow((("a",), ("c",)), weight=5), BallotRow((("b",), ("d",)), weight=5)),
        *(BallotRow((("c",),)), BallotRow((("d",),))),
    ]
    result = run("abcd", rows, "stv", seats=3)
    assert result.selected[:2] == plain.drawn("ab")
    assert told_ties(result)[:2] == [
        (1, "equal votes at the quota", plain.drawn("ab")),
        (3, "equal surpluses", plain.drawn("ab")),
    ]
    stages = [(stage["action"], stage["item"]) for stage in result.extra["stages"]]
    assert stages == [("first", None), *(("surplus", item) for item in plain.drawn("ab")), ("exclusion", stages[-1][1])]
    assert result.extra["stages"][2]["totals"] == {"a": "4.00000", "b": "4.00000", "c": "2.00000", "d": "2.00000"}


@pytest.mark.parametrize("beacon", "abcdefgh")
def test_of_equal_majorities_in_a_circle_the_one_of_the_winner_drawn_first_is_locked_first(beacon):
    """A beats B, B beats C and C beats A, each by one ballot. The majority of whoever is drawn first is locked, then
    that of the second; the last one contradicts them."""
    rows = [BallotRow(tuple((item,) for item in order)) for order in ("ABC", "BCA", "CAB")]
    result = tally(Profile.from_ballots("ABC", rows), "ranked_pairs", seats=None, contest="K", beacon=beacon)
    first, second, third = drawn = plain.drawn("ABC", "K", beacon)
    follows = first + second in "ABCA"
    assert result.line == ([first, second, third] if follows else [second, first, third])
    assert [(tie["place"], tie["items"]) for tie in result.ties] == [(1, drawn)]
