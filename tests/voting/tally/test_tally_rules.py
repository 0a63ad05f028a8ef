"""Each rule against its definition, on small elections of every shape."""

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from consultation.voting.tally import RULES, BallotRow, Profile, RuleError, priority, tally
from consultation.voting.tally.audit import ejr_plus, solid_coalitions
from consultation.voting.tally.purses import quota
from tests.voting.tally import references as plain

quick = settings(max_examples=120, deadline=None)


@quick
@given(plain.elections())
def test_phragmen_is_the_exact_definition(election):
    codes, rows = election
    result = tally(Profile.from_ballots(codes, rows), "phragmen", seats=None)
    expected = plain.phragmen(codes, rows)
    assert [(item, Fraction(result.scores[item])) for item in result.line if item in result.scores] == expected
    assert result.unsupported == plain.drawn(set(codes) - {item for item, _ in expected})
    assert result.line == [item for item, _ in expected] + result.unsupported


@quick
@given(plain.elections(), st.data())
def test_expanding_approvals_agrees_with_fractions(election, data):
    """Units are so small that only exact ties of different histories could show: such elections are left out."""
    codes, rows = election
    seats = data.draw(st.integers(1, len(codes)))
    result = tally(Profile.from_ballots(codes, rows), "expanding_approvals", seats=seats)
    expected = plain.expanding_approvals(codes, rows, seats)
    ends = [one.left for one in expected if one.left]
    assume(len(set(ends)) == len(ends))
    assert result.line == [one.item for one in expected] + result.unsupported
    assert result.selected == result.line[:seats]
    listing = sum(plain.mass(row) for row in rows if row.tiers)
    assert Fraction(result.extra["quota"]) == quota(listing, seats, len(codes))
    held = [Fraction(result.scores[one.item]) for one in expected]
    assert all(0 <= unit - one.left < Fraction(1, 10**20) for unit, one in zip(held, expected, strict=True))
    assert [(line["by"], line.get("rank")) for line in result.rounds] == [
        (one.by, one.rank if one.by == "quota" else None) for one in expected
    ]
    ties = [(place, one.tied) for place, one in enumerate(expected, start=1) if len(one.tied) > 1]
    if len(result.unsupported) > 1:
        ties.append((len(expected) + 1, frozenset(result.unsupported)))
    assert [(tie["place"], frozenset(tie["items"])) for tie in result.ties] == ties


@quick
@given(plain.elections())
def test_borda_condorcet_and_approval_are_their_definitions(election):
    codes, rows = election
    profile = Profile.from_ballots(codes, rows)
    borda = tally(profile, "borda", seats=None)
    assert {item: Fraction(score) for item, score in borda.scores.items()} == plain.borda(codes, rows)
    table = plain.prefers(codes, rows)
    condorcet = tally(profile, "condorcet", seats=None)
    assert condorcet.extra["pairwise"] == table
    assert condorcet.selected == [a for a in codes if all(table[a][b] > table[b][a] for b in codes if b != a)]
    tiers = [set(tier) for tier in condorcet.order]
    for above, tier in enumerate(tiers):
        for lower in tiers[above + 1 :]:
            assert all(table[a][b] > table[b][a] for a in tier for b in lower)
    for tier in tiers:  # and no tier can be cut further
        for part in plain.subsets(tier, len(tier) - 1):
            rest = tier - set(part)
            assert not part or not all(table[a][b] > table[b][a] for a in part for b in rest)
    approval = tally(profile, "approval", seats=None)
    assert approval.scores == {
        item: str(sum(plain.mass(row) for row in rows if item in plain.approved(row))) for item in approval.line
    }


@quick
@given(plain.elections())
def test_positional_averages_the_places_of_ties(election):
    codes, rows = election
    result = tally(Profile.from_ballots(codes, rows), "positional", seats=None, points="5,4,1")
    assert {item: Fraction(score) for item, score in result.scores.items()} == plain.positional(codes, rows, (5, 4, 1))


@pytest.mark.parametrize("points", ["1", "1,0", "2,2", "3,1,1"])
def test_points_may_stay_the_same_and_end_at_none(points):
    rows = [BallotRow((("a",), ("b",), ("c",)), weight=3), BallotRow((("b",), ("a",), ("c",)), weight=2)]
    numbers = tuple(int(one) for one in points.split(","))
    result = tally(Profile.from_ballots("abc", rows), "positional", seats=None, points=points)
    assert {item: Fraction(score) for item, score in result.scores.items()} == plain.positional("abc", rows, numbers)
    assert result.to_dict()["parameters"]["points"] == [str(number) for number in numbers]


@pytest.mark.parametrize("rule", ["phragmen", "approval"])
@quick
@given(election=plain.elections(ballots=7))
def test_ejr_plus_audit_finds_what_the_definition_finds(rule, election):
    codes, rows = election
    result = tally(Profile.from_ballots(codes, rows), rule, seats=None)
    line = [item for item in result.line if item not in result.unsupported]
    audit = result.audit["ejr_plus"]
    assert [entry["k"] for entry in audit["violations"]] == plain.ejr_plus_failures(codes, rows, line)
    assert audit["prefixes"] == len(line)
    assert audit["holds"] == (not audit["violations"])


@quick
@given(plain.elections(ballots=7), st.data())
def test_audits_of_any_order_find_what_the_definitions_find(election, data):
    codes, rows = election
    profile = Profile.from_ballots(codes, rows)
    line = data.draw(st.permutations(codes))
    order = [profile.items.index(item) for item in line]
    assert [entry["k"] for entry in ejr_plus(profile, order)["violations"]] == plain.ejr_plus_failures(
        codes, rows, line
    )
    assert [entry["k"] for entry in solid_coalitions(profile, order)["violations"]] == plain.solid_failures(
        codes, rows, line
    )


def test_ejr_plus_audit_names_the_group_that_approval_leaves_out():
    rows = [BallotRow((("a", "b", "c"),), weight=6), BallotRow((("d",),), weight=4)]
    audit = tally(Profile.from_ballots("abcd", rows), "approval", seats=3).audit["ejr_plus"]
    assert audit["violations"] == [{"k": 3, "item": "d", "l": 1, "weight": 4, "entitled": 4}]


def test_ejr_plus_audit_names_a_group_that_has_one_line_and_is_entitled_to_two():
    """All four support c. Each has one of the two lines, and together they are entitled to both."""
    rows = [BallotRow((("a", "c"),), weight=3), BallotRow((("b", "c"),))]
    assert ejr_plus(Profile.from_ballots("abc", rows), [0, 1]) == {
        "n": 4,
        "prefixes": 2,
        "holds": False,
        "violations": [{"k": 2, "item": "c", "l": 2, "weight": 4, "entitled": 4}],
    }


def test_ejr_plus_audit_rounds_what_suffices_up():
    rows = [BallotRow((("a", "b"),), weight=2), BallotRow((("d",),), weight=3)]
    assert ejr_plus(Profile.from_ballots("abd", rows), [0, 1])["violations"] == [
        {"k": 2, "item": "d", "l": 1, "weight": 3, "entitled": 3}
    ]


def test_ejr_plus_audit_names_a_group_at_each_length_at_which_it_is_left_out():
    rows = [BallotRow((("a", "b", "c"),), weight=2), BallotRow((("d",),), weight=2)]
    violations = ejr_plus(Profile.from_ballots("abcd", rows), [0, 1, 2])["violations"]
    assert violations == [{"k": k, "item": "d", "l": 1, "weight": 2, "entitled": -(-4 // k)} for k in (2, 3)]


def test_of_several_coalitions_the_one_that_lacks_most_is_named_then_the_heaviest():
    """Of ten, six put c on top and four d and e: of two lines c should have one, of five d and e both."""
    rows = [BallotRow((("c",),), weight=6), BallotRow((("d", "e"),), weight=4)]
    violations = solid_coalitions(Profile.from_ballots("abcdefgh", rows), [0, 1, 5, 6, 7])["violations"]
    assert violations == [
        *({"k": k, "items": ["c"], "weight": 6, "entitled": 1, "has": 0} for k in (2, 3, 4)),
        {"k": 5, "items": ["d", "e"], "weight": 4, "entitled": 2, "has": 0},
    ]


@quick
@given(plain.elections(ballots=7), st.data())
def test_solid_coalition_audit_finds_what_the_definition_finds(election, data):
    codes, rows = election
    seats = data.draw(st.integers(1, len(codes)))
    result = tally(Profile.from_ballots(codes, rows), "expanding_approvals", seats=seats)
    audit = result.audit["solid_coalitions"]
    assert [entry["k"] for entry in audit["violations"]] == plain.solid_failures(codes, rows, result.selected)


def test_solid_coalition_audit_names_the_coalition_that_lacks_most():
    rows = [BallotRow((("a", "b"), ("c",)), weight=5), BallotRow((("c",), ("d",)), weight=5)]
    audit = solid_coalitions(Profile.from_ballots("abcd", rows), [0, 1])  # a, b
    assert audit["violations"] == [{"k": 2, "items": ["c"], "weight": 5, "entitled": 1, "has": 0}]


def test_quota_is_that_of_aziz_and_lee():
    assert quota(10, 3, 4) == Fraction(5, 2) + Fraction(1, 5) * Fraction(1, 2)
    assert quota(12, 3, 4) == 3 + Fraction(1, 5)


def test_supporters_and_who_of_them_no_earlier_line_serves():
    rows = [BallotRow((("a", "b"),), weight=3), BallotRow((("b", "c"),), weight=2), BallotRow((("c",),))]
    profile = Profile.from_ballots("abc", rows)
    for rule in ("phragmen", "approval"):
        rounds = tally(profile, rule, seats=None).rounds
        assert [(r["item"], r["supporters"], r["unserved"]) for r in rounds] == [
            ("b", 5, 5),
            ("c", 3, 1),
            ("a", 3, 0),
        ], rule


def test_places_left_over_are_filled_and_said_to_be_so():
    rows = [BallotRow((("a",),), weight=7), BallotRow((("b",),), weight=2), BallotRow((("c",),), weight=1)]
    result = tally(Profile.from_ballots("abcd", rows), "expanding_approvals", seats=2)
    assert [(r["item"], r["by"]) for r in result.rounds] == [("a", "quota"), ("b", "remaining"), ("c", "not_elected")]
    assert result.selected == ["a", "b"]
    assert result.unsupported == ["d"]


def test_every_tie_is_drawn_and_written_down():
    rows = [BallotRow((("a",),)), BallotRow((("b",),)), BallotRow((("c",),), weight=3)]
    first, second = plain.drawn("ab", "K", "B")
    result = tally(Profile.from_ballots("abcde", rows), "phragmen", seats=3, contest="K", beacon="B")
    last = plain.drawn("de", "K", "B")
    assert result.order == [["c"], [first], [second], last]
    assert result.selected == ["c", first, second]
    assert [(tie["place"], tie["items"]) for tie in result.ties] == [(2, [first, second]), (4, last)]
    assert result.ties[0]["priorities"] == [priority("K", "B", item) for item in (first, second)]


def test_priority_is_a_hash_of_length_prefixed_parts():
    import hashlib

    parts = b"".join(len(part).to_bytes(8, "big") + part for part in (b"NG27", "é".encode(), b"c12"))
    assert priority("NG27", "é", "c12") == hashlib.sha256(parts).hexdigest()


@pytest.mark.parametrize(
    ("rule", "seats", "parameters", "code"),
    [
        ("majority", 1, {}, "unknown_rule"),
        ("expanding_approvals", None, {}, "seats_needed"),
        ("approval", 4, {}, "bad_seats"),
        ("approval", 0, {}, "bad_seats"),
        ("approval", 1, {"points": "1"}, "unknown_parameter"),
        ("approval", 1, {"beacon": "\udcff"}, "bad_text"),
        ("positional", 1, {}, "bad_points"),
        ("positional", 1, {"points": "3,4"}, "bad_points"),
        ("positional", 1, {"points": "0,0"}, "bad_points"),
        ("positional", 1, {"points": "3,x"}, "bad_points"),
        ("positional", 1, {"points": [1.5]}, "bad_points"),
        ("positional", 1, {"points": "0"}, "bad_points"),
        ("positional", 1, {"points": "3,-1"}, "bad_points"),
    ],
)
def test_what_cannot_be_tallied_is_refused_with_a_code(rule, seats, parameters, code):
    profile = Profile.from_ballots("abc", [BallotRow((("a",),))])
    with pytest.raises(RuleError) as refusal:
        tally(profile, rule, seats=seats, **parameters)
    assert refusal.value.code == code


@pytest.mark.parametrize("rule", sorted(RULES))
@pytest.mark.parametrize("rows", [[], [BallotRow(())], [BallotRow((("a",),), frozenset())]])
def test_elections_that_say_nothing_still_have_a_result(rule, rows):
    result = tally(Profile.from_ballots("ab", rows), rule, seats=1, **plain.PARAMETERS.get(rule, {}))
    assert sorted(result.line) == ["a", "b"]
    json.dumps(result.to_dict())


def test_numbers_of_any_length_are_written_exactly():
    from consultation.voting.tally.result import exact, rounded, rounded_text

    long = 7 * 10**9001 + 3
    assert exact(long) == "7" + "0" * 9000 + "3"
    assert exact(Fraction(-1, long)) == "-1/7" + "0" * 9000 + "3"
    assert rounded(Fraction(2, 3), 3) == "0.667"
    assert rounded(Fraction(-1, 2), 0) == "-1"
    assert rounded_text(exact(Fraction(2 * long + 1, long)), 2) == "2.00"
    assert rounded_text("12") == "12"
    assert rounded(Fraction(1, 3)) == rounded_text("1/3") == "0.333333"
    assert rounded_text("-1/3", 1) == "-0.3"
    assert [rounded_text(score) for score in ("2821/2", "-1/40", "7/3000000")] == ["1410.5", "-0.025", "0.000002"]
    assert [rounded_text(score, 2) for score in ("1/2", "1/4", "1/8", "-3/10")] == ["0.5", "0.25", "0.13", "-0.3"]
    pieces = 3 * 10**8000 + 7 * 10**4000 + 2  # read back in three pieces
    assert rounded_text(f"{exact(2 * pieces + 1)}/2", 0) == exact(pieces + 1)
    assert rounded_text(f"-{exact(2 * pieces + 1)}/2", 0) == exact(-pieces - 1)


def test_the_example_of_the_guide_is_true():
    guide = (Path(__file__).resolve().parents[3] / "docs" / "tally.md").read_text(encoding="utf-8")
    code = guide.split("```python\n")[1].split("```")[0]
    found: dict[str, Any] = {}
    exec(code, found)  # noqa: S102 (our own guide)
    told = next(line.split("# ")[1] for line in code.splitlines() if line.startswith("result.order"))
    assert json.dumps(found["result"].order) == told
    assert all(f"| `{rule}` |" in guide for rule in RULES)


def test_expanding_approvals_tells_who_has_paid_for_nothing_yet():
    """Exact numbers: two of three carry A and pay; B is then carried by one of them and by the third, C by the third
    alone, who pays for B as well."""
    rows = [BallotRow((("A",),)), BallotRow((("A",), ("B",))), BallotRow((("B",), ("C",)))]
    result = tally(Profile.from_ballots("ABC", rows), "expanding_approvals", seats=2)
    told = [(line["item"], line["supporters"], line["unserved"]) for line in result.rounds]
    assert told == [("A", 2, 2), ("B", 2, 1), ("C", 1, 0)]


def test_the_audit_counts_the_groups_that_are_worth_a_line():
    """Exact numbers: of four, three put A and then B on top, so that {A} and {A, B} are worth one of two lines, and {C}
    is not; with two each, {A}, {A, B} and {C} just are."""
    many = Profile.from_ballots("ABC", [BallotRow((("A",), ("B",)), weight=3), BallotRow((("C",),))])
    assert solid_coalitions(many, [0, 1]) == {"n": 4, "coalitions": 2, "prefixes": 2, "holds": True, "violations": []}
    even = Profile.from_ballots("ABC", [BallotRow((("A",), ("B",)), weight=2), BallotRow((("C",),), weight=2)])
    assert solid_coalitions(even, [0, 1]) == {
        "n": 4,
        "coalitions": 3,
        "prefixes": 2,
        "holds": False,
        "violations": [{"k": 2, "items": ["C"], "weight": 2, "entitled": 1, "has": 0}],
    }


def test_condorcet_tells_majorities_won_lost_and_tied():
    """Exact numbers: A beats all, B all but A, C those that nobody names, and these two tie."""
    rows = [BallotRow((("A",), ("B",)), weight=2), BallotRow((("C",), ("A",)))]
    result = tally(Profile.from_ballots("ABCDE", rows), "condorcet", seats=None)
    nobody = plain.drawn("DE")
    assert result.order == [["A"], ["B"], ["C"], nobody]
    assert (result.selected, result.unsupported) == (["A"], nobody)
    assert result.scores == {"A": "4", "B": "3", "C": "2", "D": "1/2", "E": "1/2"}
    assert [(tie["place"], tie["reason"], tie["items"]) for tie in result.ties] == [
        (4, "no majority separates them", nobody)
    ]
    assert [(line["item"], line["wins"], line["losses"], line["ties"]) for line in result.rounds] == [
        *(("A", 4, 0, 0), ("B", 3, 1, 0), ("C", 2, 2, 0)),
        *((item, 0, 3, 1) for item in nobody),
    ]
    cycle = [
        BallotRow((("A",), ("B",), ("C",))),
        BallotRow((("B",), ("C",), ("A",))),
        BallotRow((("C",), ("A",), ("B",))),
    ]
    around = tally(Profile.from_ballots("ABC", cycle), "condorcet", seats=None)
    assert (around.order, around.selected) == ([plain.drawn("ABC")], [])
