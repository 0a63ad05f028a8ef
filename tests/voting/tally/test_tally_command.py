"""`consultation tally` as it is typed."""

import hashlib
import json

import pytest
from click.testing import CliRunner

from consultation.voting.cli.tally import tally
from consultation.voting.tally import RULES

FILE = (
    '{"items": ["A", "B", "C"], "contest": "K1"}\n'
    '{"tiers": [["A"], ["B"]], "weight": 4}\n{"tiers": [["B"]], "weight": 2}\n{"tiers": []}\n'
)


@pytest.fixture
def run(tmp_path):
    path = tmp_path / "ballots.jsonl"
    path.write_bytes(FILE.encode())

    def run(*options, file=path):
        return CliRunner().invoke(tally, [str(file), *options])

    return run


@pytest.mark.parametrize("rule", sorted(RULES))
def test_json_is_the_result_of_the_file(run, rule):
    points = {"positional": ["--points", "3,1"], "equal_shares": ["--budget", "1"]}.get(rule, [])
    outcome = run("--rule", rule, "--seats", "1", "--beacon", "x", "--json", *points)
    assert outcome.exit_code == 0
    result = json.loads(outcome.stdout)
    assert list(result)[:9] == [
        "rule",
        "version",
        "parameters",
        "ballots",
        "blank",
        "weight",
        "items",
        "input_sha256",
        "profile_sha256",
    ]
    assert {"order", "selected", "scores", "rounds", "ties", "audit"} <= result.keys()
    assert result["input_sha256"] == hashlib.sha256(FILE.encode()).hexdigest()
    assert (result["rule"], result["ballots"], result["weight"], result["items"]) == (rule, 3, 6, ["A", "B", "C"])
    assert (result["parameters"]["contest"], result["parameters"]["beacon"]) == ("K1", "x")
    assert result["selected"] == (["B"] if rule in ("phragmen", "approval", "equal_shares") else ["A"])
    assert run("--rule", rule, "--seats", "1", "--beacon", "x", "--json", *points).stdout == outcome.stdout


def test_table_tells_who_is_selected_and_why(run):
    outcome = run("--rule", "phragmen", "--seats", "1")
    assert outcome.exit_code == 0
    lines = outcome.stdout.splitlines()
    assert lines[1] == "3 ballots, 1 of them blank; counted weight 6; 3 items."
    rows = [line.split() for line in lines if line.startswith(("*", " "))]
    assert rows[1:4] == [
        ["*", "1", "B", "0.166667", "6", "6"],
        ["2", "A", "0.416667", "4", "0"],
        ["3", "C", "-", "0", "0"],
    ]
    assert lines[-3:] == [
        "* selected: B",
        "Nobody supports, so last and in tie order: C",
        "EJR+: holds for every beginning, 1 to 2.",
    ]


def test_the_empty_beacon_is_said(run):
    assert run("--rule", "approval").stderr == (
        "No beacon given: a tie, if there is one, is broken with the empty text.\n"
    )
    assert run("--rule", "approval", "--beacon", "x").stderr == ""


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ([], "Missing option '--rule'"),
        (["--rule", "majority"], "'majority' is not one of"),
        (["--rule", "stv"], "Give --seats K."),
        (["--rule", "equal_shares"], "Give --budget B."),
        (["--rule", "equal_shares", "--budget", "-1"], "a number from 0 up"),
        (["--rule", "schulze", "--budget", "1"], "takes no parameter 'budget'"),
        (["--rule", "expanding_approvals"], "The rule expanding_approvals needs the number of places to fill. Give"),
        (["--rule", "approval", "--seats", "4"], "from 1 to the number of items (3)"),
        (["--rule", "positional"], "Give --points"),
        (["--rule", "approval", "--points", "3"], "takes no parameter 'points'"),
    ],
)
def test_wrong_use_exits_with_two(run, options, words):
    outcome = run(*options)
    assert (outcome.exit_code, outcome.stdout) == (2, "")
    assert words in outcome.stderr


def test_every_rule_is_offered(run):
    message = run("--rule", "majority").stderr
    assert all(f"'{rule}'" in message for rule in RULES)


MINUTES = (
    '{"items": ["A", "B"], "durations": {"A": 60, "B": 45}, "budget": 100}\n'
    '{"tiers": [["A"]], "weight": 3}\n{"tiers": [["B"]], "weight": 2}\n'
)


def test_minutes_are_shared_equally_and_the_session_grows_by_a_minute(run, tmp_path):
    path = tmp_path / "minutes.jsonl"
    path.write_text(MINUTES, encoding="utf-8")
    result = json.loads(run("--rule", "equal_shares", "--json", file=path).stdout)
    assert (result["selected"], result["spent"], result["step"], result["end"]) == (
        ["A"],
        "60",
        "1/5",
        "next_overspends",
    )
    assert result["parameters"] == {
        "seats": None,
        "contest": "",
        "beacon": "",
        "budget": "100",
        "costs": {"A": "60", "B": "45"},
        "step": None,
    }
    more = run("--rule", "equal_shares", "--budget", "105", "--step", "1", file=path).stdout
    assert "Spent: 105 of 105, with 2 steps of 1 for everybody." in more
    assert (
        json.loads(run("--rule", "equal_shares", "--step", "0", "--json", file=path).stdout)["end"] == "no_completion"
    )


def test_places_are_a_budget_where_nothing_has_a_cost(run):
    result = json.loads(run("--rule", "equal_shares", "--seats", "2", "--json").stdout)
    assert (result["parameters"]["budget"], result["selected"]) == ("2", ["B", "A"])


def test_the_winner_is_selected_unless_places_are_asked_for(run, tmp_path):
    for rule in ("schulze", "ranked_pairs", "irv"):
        assert json.loads(run("--rule", rule, "--json").stdout)["selected"] == ["A"]
        assert json.loads(run("--rule", rule, "--seats", "2", "--json").stdout)["selected"] == ["A", "B"]
    path = tmp_path / "seats.jsonl"
    path.write_text(FILE.replace('"contest": "K1"', '"seats": 2'), encoding="utf-8")
    assert json.loads(run("--rule", "schulze", "--json", file=path).stdout)["selected"] == ["A"]
    assert "Quota: 4 of 6 valid." in run("--rule", "stv", "--seats", "1", file=path).stdout


def test_how_majorities_and_tied_tops_are_read_can_be_chosen_and_is_said(run):
    said = json.loads(run("--rule", "schulze", "--strength", "winning_votes", "--json").stdout)["parameters"]
    assert said["strength"] == "winning_votes"
    assert said["unlisted_items"] == "tied at the bottom"
    assert json.loads(run("--rule", "irv", "--json").stdout)["parameters"]["tied_top"] == "waits"


def test_a_file_that_cannot_be_counted_exits_with_one_and_names_the_line(run, tmp_path):
    path = tmp_path / "wrong.jsonl"
    path.write_text(FILE + '{"tiers": [["X"]]}\n', encoding="utf-8")
    outcome = run("--rule", "approval", file=path)
    assert (outcome.exit_code, outcome.stdout) == (1, "")
    assert "wrong.jsonl, line 5: the item 'X' is not in this contest" in outcome.stderr


def test_names_cannot_steer_the_terminal(run, tmp_path):
    path = tmp_path / "names.jsonl"
    path.write_text('{"items": ["A\\u001b[2J"]}\n{"tiers": [["A\\u001b[2J"]]}\n', encoding="utf-8")
    assert "\x1b" not in run("--rule", "approval", "--seats", "1", file=path).stdout


def test_the_core_imports_no_framework():
    import subprocess
    import sys

    code = (
        "import sys, consultation.voting.tally, consultation.voting.tally.readers; "
        "print([m for m in ('flask', 'sqlalchemy', 'werkzeug', 'jinja2', 'babel') if m in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
