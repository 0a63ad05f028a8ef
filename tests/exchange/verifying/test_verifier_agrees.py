"""The verifier agrees with the application: on boxes of all kinds, on their receipts, and on generated elections."""

import json
import random
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consultation.exchange.verifying import ballot_box_verifier as verifier
from consultation.voting import chain
from consultation.voting.rules import to_content
from consultation.voting.tally import BallotRow, Profile, tally
from tests.exchange.verifying.boxes import Box, codes, filled, findings, packed, together

KINDS = ("tiers", "ranking", "shortlist")


def told(report):
    return [finding.code for finding in report.findings]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("secrecy", ["secret", "named", "no_roll"])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_box_checks_out_with_all_that_was_kept_of_it(kind, secrecy, seed, tmp_path):
    source = random.Random(f"{kind} {secrecy} {seed}")
    items = source.randint(2, 9)
    box = filled(source, kind, secrecy, source.randint(3, 40), items=items, places=source.randint(1, items))
    tables = box.close()
    saved = [box.saved(number) for number in range(len(box.checkpoints))]
    report = findings(tmp_path / "b.zip", packed(tables), saved, box.receipts)
    assert codes(report) == set()
    found = told(report)
    assert "tallies_ok" in found
    assert found.count("saved_ok") == len(saved)
    assert (found.count("receipt_ok"), found.count("receipt_superseded")) == (
        len(tables["ballots"]),
        len(tables["chain"]) - len(tables["ballots"]),
    )


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", [1, 2])
def test_the_set_that_fits_the_minutes_is_found_again(kind, seed, tmp_path):
    for more in ({"minutes": 40}, {"rule": "equal_shares"}):
        box = filled(random.Random(seed), kind, voters=30, **more)
        report = findings(tmp_path / "b.zip", packed(box.close()))
        assert codes(report) == set()
        counted = next(each.facts["rules"] for each in report.findings if each.code == "tallies_ok")
        assert "equal_shares" in counted


@pytest.mark.parametrize("kind", KINDS)
def test_every_rule_of_the_panel_is_counted_again(kind, tmp_path):
    box = filled(random.Random(1), kind, minutes=40)
    report = findings(tmp_path / "b.zip", packed(box.close()))
    assert codes(report) == set()
    assert "tally_unknown" not in told(report)
    counted = next(each.facts["rules"] for each in report.findings if each.code == "tallies_ok")
    assert counted == ", ".join(sorted(box.rules))


def test_a_deciding_rule_that_it_does_not_know_is_told(tmp_path):
    box = filled(random.Random(1), "ranking", rule="positional")
    report = findings(tmp_path / "b.zip", packed(box.close()))
    assert codes(report) == set()
    assert [each.facts["rule"] for each in report.findings if each.code == "tally_unknown"] == ["positional"]


def test_below_the_threshold_nothing_is_counted_again_and_it_is_said(tmp_path):
    box = filled(random.Random(4), voters=12, published_from=100)
    report = findings(tmp_path / "b.zip", packed(box.close()), [box.saved(-1)], box.receipts)
    assert (codes(report), "ballots_with_auditors" in told(report), "tallies_ok" in told(report)) == (
        set(),
        True,
        False,
    )
    assert {code for code in told(report) if code.startswith("receipt")} == {
        "receipt_unpublished",
        "receipt_superseded",
    }


@pytest.mark.parametrize("voters", [2, 3])
def test_a_box_that_nobody_or_one_put_a_ballot_into(voters, tmp_path):
    box = filled(random.Random(6), voters=voters, published_from=0)
    report = findings(tmp_path / "b.zip", packed(box.close()), [box.saved(-1)], box.receipts)
    assert codes(report) == set()


def test_a_contest_opened_before_there_were_signatures(tmp_path):
    box = Box("ranking", "no_roll")
    box.frozen["format"] = 1
    del box.frozen["signing_key"], box.frozen["panel"]
    box.rules = ["expanding_approvals", "borda"]
    box.frozen_sha256 = chain.digest("contest/frozen/1", chain.canonical(box.frozen))
    for number in range(12):
        box.cast(f"v{number}", BallotRow((("NG27-A001",), ("NG27-A003",))))
    tables = box.close()
    tables["checkpoints"] = []
    tables["contests"][0].update(record=None, record_sha256=None, signing_key=None)
    report = findings(tmp_path / "b.zip", packed(tables), receipts=box.receipts[:1])
    assert codes(report) == {"receipt_frozen"}
    assert [finding.code for finding in report.findings if finding.ok is None] == ["unsigned", "beacon"]


def test_several_contests_in_one_bundle(tmp_path):
    first, other = filled(random.Random(1), code="ONE"), filled(random.Random(2), "shortlist", code="TWO", voters=9)
    tables = together(first.close(), other.close())
    report = findings(tmp_path / "b.zip", packed(tables), [other.saved(-1)], [first.receipts[0], other.receipts[0]])
    assert codes(report) == set()
    tables["ballots"][-1]["nonce"] = "0" * 64
    wrong = findings(tmp_path / "b.zip", packed(tables))
    assert {(each.contest, each.code) for each in wrong.findings if each.ok is False} == {("TWO", "ballot_opening")}


def test_a_rule_of_a_version_that_it_does_not_know_is_told_and_not_counted(tmp_path):
    tables = filled(random.Random(1), versions={"borda": "9"}).close()
    borda = next(row for row in tables["tallies"] if row["rule"] == "borda")
    borda["version"] = borda["result"]["version"] = "9"
    report = findings(tmp_path / "b.zip", packed(tables))
    assert codes(report) == set()
    assert [finding.facts["rule"] for finding in report.findings if finding.code == "tally_unknown"] == ["borda"]
    assert next(each.facts["rules"] for each in report.findings if each.code == "tallies_ok").count("borda") == 0


def test_the_command_and_its_report(tmp_path, capsys):
    box = filled(random.Random(1))
    tables = box.close()
    (tmp_path / "b.zip").write_bytes(packed(tables))
    (tmp_path / "one.json").write_text(json.dumps(box.saved(1)))
    (tmp_path / "list.json").write_text(json.dumps([box.saved(0), box.saved(-1)]))
    (tmp_path / "receipt.json").write_text(json.dumps(box.receipts[0]))
    kept = ["--checkpoint", "one.json", "--checkpoint", "list.json", "--receipt", "receipt.json"]
    arguments = ["b.zip", *kept]
    run = [str(tmp_path / each) if each.endswith((".zip", ".json")) else each for each in arguments]
    assert verifier.main(run) == 0
    assert "Everything that was checked holds." in capsys.readouterr().out
    assert verifier.main([*run, "--lang", "fr"]) == 0
    assert "Tout ce qui a été vérifié tient." in capsys.readouterr().out
    assert verifier.main([*run, "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["format"], report["ok"], report["more"]) == ("ballot-box/verification/1", True, [])
    assert [each["code"] for each in report["findings"]].count("saved_ok") == 3
    for row in tables["chain"][:8]:
        row["entry_hash"] = "0" * 64
    (tmp_path / "b.zip").write_bytes(packed(tables))
    assert verifier.main([*run, "--json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert (report["ok"], report["proved"]) == (False, [])
    assert {"contest": "MAIN", "code": "chain_hash", "number": 3} in report["more"]
    assert [each["facts"]["position"] for each in report["findings"] if each["code"] == "chain_hash"] == [1, 2, 3, 4, 5]
    assert verifier.main([*run, "--lang", "es"]) == 1
    assert "[ERROR]   chain_hash: La entrada 1 fue cambiada" in capsys.readouterr().out


# The count alone, on profiles that no contest of ours would give.

ITEMS = ("A", "B", "C", "Été", "ñ", "z")


@st.composite
def rows(draw):
    chosen = draw(st.permutations(ITEMS))[: draw(st.integers(0, len(ITEMS)))]
    tiers, rest = [], list(chosen)
    while rest:
        size = draw(st.integers(1, min(3, len(rest))))
        tiers.append(tuple(sorted(rest[:size])))
        rest = rest[size:]
    line = draw(st.none() | st.integers(0, len(tiers)))
    support = None if line is None else frozenset(item for tier in tiers[:line] for item in tier)
    return BallotRow(tuple(tiers), support, draw(st.sampled_from((1, 1, 1, 2, 13))))


def counted_alike(rule, profile, beacon, seats, **parameters):
    packed_rows = Profile.from_ballots(ITEMS, profile)
    theirs = tally(packed_rows, rule, seats=seats, contest="C", beacon=beacon, **parameters).to_dict()
    theirs = json.loads(chain.canonical(theirs))
    count = verifier.Count(ITEMS, [json.loads(to_content(row)) for row in profile])
    priority = {item: verifier.tie_priority("C", beacon, item) for item in ITEMS}
    mine = json.loads(chain.canonical(verifier.RULES[rule](count, priority, theirs["parameters"])))
    rounds = mine.pop("rounds")
    assert {name: theirs[name] for name in mine} == mine
    assert [{name: line[name] for name in own} for line, own in zip(theirs["rounds"], rounds, strict=True)] == rounds
    assert count.input_sha256() == theirs["input_sha256"]


profiles = st.lists(rows(), max_size=12)
beacons = st.sampled_from(["", "7", "é"])


@pytest.mark.parametrize("rule", sorted(set(verifier.RULES) - {"equal_shares"}))
@settings(max_examples=150, deadline=None)
@given(profile=profiles, seats=st.integers(1, len(ITEMS)), beacon=beacons)
def test_generated_elections_are_counted_alike(rule, profile, seats, beacon):
    counted_alike(rule, profile, beacon, seats)


amounts = st.one_of(st.integers(0, 12).map(Fraction), st.fractions(0, 12, max_denominator=7))


@settings(max_examples=300, deadline=None)
@given(
    profile=profiles,
    beacon=beacons,
    budget=amounts,
    costs=st.none() | st.fixed_dictionaries(dict.fromkeys(ITEMS, amounts)),
    step=st.sampled_from([None, Fraction(0), Fraction(1, 3), Fraction(1), Fraction(5, 2)]),
)
def test_generated_budgets_are_spent_alike(profile, beacon, budget, costs, step):
    given_ones = {"costs": costs, "step": step}
    more = {name: value for name, value in given_ones.items() if value is not None}
    counted_alike("equal_shares", profile, beacon, None, budget=budget, **more)


def test_a_result_that_would_take_too_long_is_not_counted_again():
    count = verifier.Count(ITEMS, [{"tiers": [["A"]]}])
    priority = {item: verifier.tie_priority("C", "", item) for item in ITEMS}
    parameters = {"budget": "1", "step": "1/1000000", "costs": dict.fromkeys(ITEMS, "2")}
    with pytest.raises(verifier.TooLong):
        verifier.equal_shares(count, priority, parameters)
