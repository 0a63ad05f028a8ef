"""Real elections: the numbers that independent libraries and the published results give."""

import json
import os
from fractions import Fraction
from pathlib import Path

import pytest

from consultation.voting.tally import BallotRow, Profile, tally
from consultation.voting.tally.readers import read

SHARED = Path(__file__).resolve().parents[4] / "shared"
ELECTIONS = SHARED / "data" / "elections"
RANKED = ("burlington2009", "debian2003", "edinburgh2017_almond", "glasgow2007_greaterpollok")


@pytest.fixture(scope="module")
def elections():
    if not ELECTIONS.is_dir():
        if SHARED.is_dir() and os.environ.get("CI") == "true":
            pytest.fail(f"{SHARED.name} is there, but holds no data/elections")
        pytest.skip("the election files are not beside the repository (../shared/data/elections)")
    return ELECTIONS


@pytest.fixture(scope="module")
def load(elections):
    def load(key):
        expected = json.loads((elections / key / "expected.json").read_text(encoding="utf-8"))
        election = read(elections / key / expected["data_file"])
        assert election.sha256 == expected["sha256"]
        return election, expected["computed"], expected

    return load


@pytest.mark.parametrize("key", RANKED)
def test_pairwise_borda_and_condorcet_of_real_elections(load, key):
    election, computed, _ = load(key)
    names = election.names
    assert names == computed["names"]
    condorcet = tally(election.profile, "condorcet", seats=None)
    assert condorcet.ballots == computed["ballots"]
    named = {names[a]: {names[b]: n for b, n in row.items()} for a, row in condorcet.extra["pairwise"].items()}
    assert named == computed["pairwise"]
    assert [names[item] for item in condorcet.selected] == [computed["condorcet_winner"]]
    borda = tally(election.profile, "borda", seats=None)
    assert {names[item]: 2 * Fraction(score) for item, score in borda.scores.items()} == computed["borda_tournament_x2"]


@pytest.mark.parametrize("key", RANKED)
def test_first_preferences_of_real_elections(load, key):
    """A point for the first place; libraries leave out the few ballots that tie it, so whole points are compared."""
    election, computed, _ = load(key)
    scores = tally(election.profile, "positional", seats=None, points="1").scores
    first = {election.names[item]: Fraction(score) for item, score in scores.items()}
    ties = computed["ballots_with_ties"]
    assert all(0 <= first[name] - alone <= ties for name, alone in computed["first_preferences"].items())
    assert sum(first.values()) == computed["ballots"]


def test_burlington_preferences_as_published(load):
    election, _, expected = load("burlington2009")
    prefers = tally(election.profile, "condorcet", seats=None).extra["pairwise"]
    codes = {name.split()[-1]: code for code, name in election.names.items()}
    for pair, counts in expected["published"]["pairwise"].items():
        first, second = (codes[name] for name in pair.split("-"))
        assert [prefers[first][second], prefers[second][first]] == counts, pair


@pytest.mark.parametrize("key", ["swiecie2023", "french2002_gy"])
def test_approvals_and_phragmen_of_real_elections(load, key):
    election, computed, _ = load(key)
    profile, k = election.profile, computed["k"]

    def candidate(item):
        return item if item in computed["candidates"] else election.names[item]

    approval = tally(profile, "approval", seats=k)
    assert {candidate(item): int(score) for item, score in approval.scores.items()} == computed["approval_counts"]
    assert approval.weight == computed["nonempty_ballots"]
    phragmen = tally(profile, "phragmen", seats=k)
    assert [candidate(item) for item in phragmen.selected] == computed["seqphragmen_order_abcvoting_exact"]
    failing = {entry["k"] for entry in phragmen.audit["ejr_plus"]["violations"]}
    assert (k not in failing) == computed["ejr_plus_of_seqphragmen"]
    failing = {entry["k"] for entry in approval.audit["ejr_plus"]["violations"]}
    assert (k not in failing) == computed["ejr_plus_of_top_k_approval"]


def test_budget_and_costs_of_swiecie(load):
    election, computed, _ = load("swiecie2023")
    assert election.budget == computed["budget"]
    assert election.costs == computed["costs"]


def test_blank_ballots_of_gyles_nonains_are_counted_as_turnout(load):
    election, _, _ = load("french2002_gy")
    assert (election.profile.ballots, election.profile.blank) == (365, 13)


@pytest.mark.parametrize("key", ["edinburgh2017_almond", "glasgow2007_greaterpollok"])
def test_expanding_approvals_serves_every_solid_coalition_of_a_ward(load, key):
    election, _, expected = load(key)
    assert election.seats == expected["published"]["seats"]
    result = tally(election.profile, "expanding_approvals", seats=election.seats)
    assert len(result.selected) == election.seats
    failing = [entry["k"] for entry in result.audit["solid_coalitions"]["violations"]]
    assert election.seats not in failing


def test_official_outcome_of_swiecie(load):
    """Cost utilities, a złoty more for each voter until the first overspend: the city's own result."""
    election, computed, _ = load("swiecie2023")
    result = tally(election.profile, "equal_shares", seats=None, budget=election.budget, costs=election.costs, step=1)
    assert sorted(result.selected) == sorted(computed["official_selected"])
    assert result.extra["spent"] == str(sum(computed["costs"][item] for item in computed["official_selected"]))


@pytest.mark.parametrize("key", ["swiecie2023", "french2002_gy"])
def test_equal_shares_at_unit_costs_of_real_elections(load, key):
    election, computed, _ = load(key)
    result = tally(election.profile, "equal_shares", seats=None, budget=computed["k"], step=0)
    bought = [item if item in computed["candidates"] else election.names[item] for item in result.selected]
    assert bought == computed["mes_k_pabutools_no_completion_in_order"]


@pytest.mark.parametrize("key", RANKED)
def test_majority_rules_of_real_elections(load, key):
    """debian2003 lost its ties in the file: it has the libraries' winner, which is not the one that was elected."""
    election, computed, _ = load(key)
    for rule in ("schulze", "ranked_pairs"):
        for strength in ("margins", "winning_votes"):
            result = tally(election.profile, rule, seats=None, strength=strength)
            assert [election.names[item] for item in result.selected] == computed[f"{rule}_pref_voting"]
            assert [election.names[item] for item in result.line] == computed[f"votekit_{rule}_order"]


@pytest.mark.parametrize("key", ["burlington2009", "debian2003"])
def test_instant_runoff_of_real_elections_round_by_round(load, key):
    election, computed, _ = load(key)
    result = tally(election.profile, "irv", seats=None)
    rounds = [
        {election.names[item]: votes for item, votes in stage["totals"].items()}
        | {"_exhausted": stage["exhausted"] + stage["waiting"]}
        for stage in result.extra["stages"]
    ]
    assert rounds == computed["irv_rounds_own_reference"]
    assert [election.names[item] for item in result.selected] == computed["irv_pref_voting_strict_ballots_only"]


def test_burlington_as_certified(load):
    """The city set ballots with tied first choices aside: then the last round is the certified one to the ballot."""
    election, _, expected = load("burlington2009")
    published = expected["published"]
    result = tally(election.profile, "irv", seats=None, tied_top="set_aside")
    first, last = (
        {election.names[item]: votes for item, votes in result.extra["stages"][at]["totals"].items()} for at in (0, -1)
    )
    assert published["first_round"].items() <= first.items()
    assert last == published["irv_final_round"]
    assert [election.names[item] for item in result.selected] == [published["irv_winner"]]
    condorcet = tally(election.profile, "condorcet", seats=None)
    assert [election.names[item] for item in condorcet.selected] == [published["condorcet_winner"]]
    plurality = tally(election.profile, "positional", seats=1, points="1")
    assert [election.names[item] for item in plurality.selected] == [published["plurality_winner"]]


@pytest.mark.parametrize("key", ["edinburgh2017_almond", "glasgow2007_greaterpollok"])
def test_councils_of_scotland_stage_by_stage(load, key):
    election, computed, expected = load(key)
    names = election.names
    result = tally(election.profile, "stv", seats=election.seats)
    reference = computed["stv_scottish_stages_own_reference"]
    words = {"first": "first preferences", "surplus": "surplus {}", "exclusion": "exclude {}"}
    stages = [
        {
            "action": words[stage["action"]].format(names.get(stage["item"])),
            "totals": {names[item]: Fraction(votes) for item, votes in stage["totals"].items()},
        }
        for stage in result.extra["stages"]
    ]
    assert stages == [
        stage | {"totals": {name: Fraction(votes) for name, votes in stage["totals"].items()}}
        for stage in reference["stages"]
    ]
    assert result.extra["quota"] == str(reference["quota"])
    elected = [names[item] for item in result.selected]
    assert elected == reference["elected"]
    whole = {name.split("'")[0]: name for name in expected["published"]["elected"]}
    assert sorted(whole[name.split("'")[0]] for name in elected) == sorted(expected["published"]["elected"])
    for name, (place, count) in expected["published"].get("seat_and_count", {}).items():
        assert elected[place - 1] == name.split("'")[0]
        at = [stage["elected"] for stage in result.extra["stages"]]
        assert any(names[item] == name.split("'")[0] for item in at[count - 1])


def test_the_order_of_schulzes_example(elections):
    expected = json.loads((elections / "schulze45" / "expected.json").read_text(encoding="utf-8"))
    rows = [BallotRow(tuple((item,) for item in order), weight=count) for count, order in expected["ballots"]]
    profile = Profile.from_ballots("ABCDE", rows)
    for strength in ("margins", "winning_votes"):
        order = tally(profile, "schulze", seats=None, strength=strength).order
        assert order == [[item] for item in expected["published"]["schulze_order"].split(">")]
    assert tally(profile, "condorcet", seats=None).selected == []
