"""What the rules promise, tried on elections of every small shape."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consultation.voting.tally import RULES, BallotRow, Profile, priority, tally
from consultation.voting.tally.purses import quota
from consultation.voting.tally.rule import Call
from consultation.voting.tally.ties import TieBreaker
from tests.voting.tally import references as plain

quick = settings(max_examples=50, deadline=None)
every_rule = pytest.mark.parametrize("rule", sorted(RULES))


def run(rule, codes, rows, seats=1):
    return tally(Profile.from_ballots(codes, rows), rule, seats=seats, **plain.PARAMETERS.get(rule, {}))


def text(result):
    return json.dumps(result.to_dict())


@every_rule
@quick
@given(election=plain.elections(), data=st.data())
def test_neither_the_order_of_ballots_nor_of_items_changes_a_byte(rule, election, data):
    codes, rows = election
    shuffled = run(rule, data.draw(st.permutations(codes)), data.draw(st.permutations(rows)))
    assert text(shuffled) == text(run(rule, codes, rows))


PLACE_NOBODY = {
    *("fewest ballots", "equal surpluses", "equal votes, lowest"),
    "equally strong majorities that contradict one another",
    "equal price for a unit of cost, in another step of the completion",
}
"""Draws of who leaves or whose votes move on first, of majorities, and in steps that were not kept."""


@every_rule
@quick
@given(election=plain.elections(), data=st.data())
def test_whom_a_draw_puts_first_stands_at_the_place_it_was_drawn_for(rule, election, data):
    codes, rows = election
    result = run(rule, codes, rows, data.draw(st.integers(1, len(codes))))
    for tie in result.ties:
        assert tie["items"] == plain.drawn(tie["items"])
        assert tie["priorities"] == [priority("", "", item) for item in tie["items"]]
        if tie["reason"] not in PLACE_NOBODY:
            assert result.line[tie["place"] - 1] == tie["items"][0]


@every_rule
@quick
@given(election=plain.elections())
def test_what_nobody_names_is_said_and_stands_in_the_order_of_the_draw(rule, election):
    codes, rows = election
    supporting = rule in ("phragmen", "approval", "equal_shares")
    named = {item for row in rows for item in (plain.approved(row) if supporting else plain.listed(row))}
    nobody = run(rule, codes, rows).unsupported
    assert sorted(nobody) == sorted(set(codes) - named)
    assert nobody == plain.drawn(nobody)


@every_rule
@quick
@given(election=plain.elections())
def test_a_ballot_of_weight_two_is_two_ballots(rule, election):
    codes, rows = election
    split = [BallotRow(row.tiers, row.support) for row in rows for _ in range(plain.mass(row))]
    whole = run(rule, codes, rows).to_dict()
    parts = run(rule, codes, split).to_dict()
    for result in (whole, parts):  # only the count of ballots may tell the two apart
        del result["ballots"], result["blank"]
    assert whole == parts


@every_rule
@quick
@given(election=plain.elections(), data=st.data())
def test_renaming_items_renames_the_result(rule, election, data):
    """Ties are broken by the code, so each new code is given the priority of the old one."""
    codes, rows = election
    new = dict(zip(codes, data.draw(st.permutations(codes)), strict=True))
    renamed = [
        BallotRow(
            tuple(tuple(new[item] for item in tier) for tier in row.tiers),
            None if row.support is None else frozenset(new[item] for item in row.support),
            row.weight,
            row.copies,
        )
        for row in rows
    ]
    before = run(rule, codes, rows)
    profile = Profile.from_ballots(codes, renamed)
    old = {new[code]: code for code in codes}
    ties = TieBreaker("", "", profile.items)
    ties.draws = [priority("", "", old[item]) for item in profile.items]
    given = plain.PARAMETERS.get(rule, {})
    parameters = {name: read(given.get(name)) for name, read in RULES[rule].parameters.items()}
    after = RULES[rule].compute(profile, Call(1, ties, parameters, audited=False))
    assert [[old[profile.items[item]] for item in tier] for tier in after.order] == before.order
    assert {old[profile.items[item]]: score for item, score in after.scores.items()} == before.scores


@every_rule
@quick
@given(election=plain.elections(), blanks=st.integers(1, 3))
def test_blank_ballots_count_for_turnout_alone(rule, election, blanks):
    codes, rows = election
    without, with_blanks = run(rule, codes, rows), run(rule, codes, [*rows, BallotRow((), weight=5, copies=blanks)])
    assert with_blanks.ballots == without.ballots + blanks
    assert with_blanks.blank == without.blank + blanks
    assert (with_blanks.weight, with_blanks.order, with_blanks.scores, with_blanks.audit) == (
        without.weight,
        without.order,
        without.scores,
        without.audit,
    )


@quick
@given(plain.elections(), st.data())
def test_phragmen_with_fewer_places_selects_a_beginning(election, data):
    codes, rows = election
    seats = data.draw(st.integers(1, len(codes)))
    full = run("phragmen", codes, rows, len(codes))
    assert run("phragmen", codes, rows, seats).selected == full.selected[:seats]
    assert full.selected == full.line


@quick
@given(plain.elections())
def test_every_beginning_of_phragmen_satisfies_pjr_plus(election):
    codes, rows = election
    result = run("phragmen", codes, rows)
    for k in range(1, len(codes) + 1):
        assert plain.pjr_plus_holds(codes, rows, set(result.line[:k])), k


@settings(max_examples=150, deadline=None)
@given(plain.elections(ballots=6, lines=False), st.data())
def test_expanding_approvals_satisfies_generalized_psc_for_the_places(election, data):
    codes, rows = election
    seats = data.draw(st.integers(1, len(codes)))
    result = run("expanding_approvals", codes, rows, seats)
    n = sum(plain.mass(row) for row in rows if row.tiers)
    assert len(result.selected) == seats
    assert plain.generalized_psc_holds(codes, rows, set(result.selected), quota(n, seats, len(codes)))
    if n >= seats:  # then the quota is at most n / K, the share of which the audit speaks
        assert seats not in [entry["k"] for entry in result.audit["solid_coalitions"]["violations"]]


@quick
@given(plain.elections(), st.data())
def test_more_approval_never_hurts(election, data):
    codes, rows = election
    item = data.draw(st.sampled_from(codes))
    before = run("approval", codes, rows)
    after = run("approval", codes, [*rows, BallotRow(((item,),), weight=data.draw(st.integers(1, 3)))])

    def place(result):
        return next(at for at, tier in enumerate(result.order) if item in tier), result.line.index(item)

    assert place(after) <= place(before)
    assert int(after.scores[item]) > int(before.scores[item])
