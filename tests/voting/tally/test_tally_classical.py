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
