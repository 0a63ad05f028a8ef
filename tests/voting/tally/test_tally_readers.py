"""Readers: what each form means, and where each error is said to be."""

from fractions import Fraction

import pytest

from consultation.voting.tally import tally
from consultation.voting.tally.readers import ReadError, read

PREFLIB = "# FILE NAME: x\n# NUMBER ALTERNATIVES: 3\n# NUMBER VOTERS: {voters}\n# ALTERNATIVE NAME 1: One\n{body}"
PB = (
    "META\nkey;value\nbudget;100.50\nnum_projects;2\nnum_votes;{votes}\nvote_type;{kind}\n"
    "PROJECTS\nproject_id;cost;name\np1;60;First\np2;40;Second\n"
    "VOTES\nvoter_id;age;vote{more}\n{body}"
)
WARD = '3,2,\n2,3,1,\n1,2,\n"Candidate 1","A","X",\n"Candidate 2","B","X",\n"Candidate 3","C","X",\n"Ward 9",9,2,\n'


@pytest.fixture
def written(tmp_path):
    def write(name, text):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def ballots(election):
    """The merged ballots as (tiers, number supported, weight), in canonical order."""
    profile = election.profile
    found = []
    for row in range(len(profile.weights)):
        tiers = {}
        for entry in range(profile.starts[row], profile.starts[row + 1]):
            tiers.setdefault(int(profile.ranks[entry]), []).append(profile.items[profile.listed[entry]])
        found.append((list(tiers.values()), int(profile.supported[row]), int(profile.weights[row])))
    return found


def test_preflib_orders(written):
    election = read(written("x.toi", PREFLIB.format(voters=7, body="4: 2,{1,3}\n2: 3\n1: {2,3}\n")))
    assert ballots(election) == [([["3"]], 1, 2), ([["2", "3"]], 2, 1), ([["2"], ["1", "3"]], 3, 4)]
    assert election.names == {"1": "One"}
    assert election.profile.ballots == 7


def test_preflib_categories_support_the_first_and_leave_the_last_at_the_bottom(written):
    text = PREFLIB.format(voters=4, body="# NUMBER CATEGORIES: 3\n2: 1,{2},3\n1: {},{1,3},2\n1: {},{},{1,2,3}\n")
    election = read(written("x.cat", text))
    assert ballots(election) == [([], 0, 1), ([["1"], ["2"]], 1, 2), ([["1", "3"]], 0, 1)]
    assert election.profile.blank == 1


@pytest.mark.parametrize(
    ("kind", "body", "more", "expected"),
    [
        ("approval", "v1;30;p2,p1\nv2;31;\n", "", [([], 0, 1), ([["p1", "p2"]], 2, 1)]),
        ("ordinal", "v1;30;p2,p1\nv2;31;p1\n", "", [([["p1"]], 1, 1), ([["p2"], ["p1"]], 2, 1)]),
        (
            "cumulative",
            "v1;30;p2,p1;1,9\nv2;3;p1,p2;2,2\n",
            ";points",
            [([["p1", "p2"]], 2, 1), ([["p1"], ["p2"]], 2, 1)],
        ),
        ("scoring", "v1;30;p2,p1;5,0\nv2;3;;\n", ";points", [([], 0, 1), ([["p2"], ["p1"]], 1, 1)]),
    ],
)
def test_pabulib_vote_types(written, kind, body, more, expected):
    election = read(written("x.pb", PB.format(votes=2, kind=kind, body=body, more=more).replace("\n", "\r\n")))
    assert ballots(election) == expected
    assert election.budget == Fraction("100.5")
    assert election.costs == {"p1": 60, "p2": 40}
    assert election.names == {"p1": "First", "p2": "Second"}


def test_approval_on_ordinal_budgets_counts_who_names_the_project(written):
    election = read(written("x.pb", PB.format(votes=2, kind="ordinal", body="v1;30;p2,p1\nv2;31;p1\n", more="")))
    assert tally(election.profile, "approval", seats=None).scores == {"p1": "2", "p2": "1"}


def test_scottish_wards(written):
    election = read(written("x.csv", WARD))
    assert ballots(election) == [([["2"]], 1, 1), ([["3"], ["1"]], 2, 2)]
    assert (election.seats, election.names) == (2, {"1": "A", "2": "B", "3": "C"})


def test_our_own_lines(written):
    text = (
        '{"items": ["A", "B", "C"], "durations": {"A": 30}, "contest": "K1", "seats": 2, "budget": 90}\n'
        '{"tiers": [["A"], ["B", "C"]], "support": ["A"], "weight": 3}\n\n{"tiers": []}\n'
    )
    election = read(written("x.jsonl", b"\xef\xbb\xbf" + text.encode()))
    assert ballots(election) == [([], 0, 1), ([["A"], ["B", "C"]], 1, 3)]
    assert (election.contest, election.seats, election.budget, election.costs) == ("K1", 2, 90, {"A": 30})
    assert (election.profile.ballots, election.profile.blank) == (2, 1)


HEAD = '{"items": ["A", "B"]}\n'


@pytest.mark.parametrize(
    ("name", "text", "line", "words"),
    [
        ("x.txt", "", None, "the ending '.txt' is not known"),
        ("x.toi", b"# NUMBER ALTERNATIVES: 3\n1: \xff\n", 2, "UTF-8"),
        ("x.toi", "1: 1\n", None, "NUMBER ALTERNATIVES"),
        ("x.toi", PREFLIB.format(voters=2, body="1: 1\n"), 3, "promises 2 voters, but its lines count 1"),
        ("x.toi", PREFLIB.format(voters=1, body="1: 4\n"), 5, "'4' is not in this contest"),
        ("x.toi", PREFLIB.format(voters=1, body="1: 1,1\n"), 5, "listed twice"),
        ("x.toi", PREFLIB.format(voters=1, body="x: 1\n"), 5, "the number of ballots"),
        ("x.toi", PREFLIB.format(voters=1, body="1; 1\n"), 5, "a count, a colon and an order"),
        ("x.toi", PREFLIB.format(voters=1, body="1: {1,2\n"), 5, "tied ones in braces"),
        ("x.toi", PREFLIB.format(voters=1, body="1: 1,\n"), 5, "after the last comma"),
        ("x.soi", PREFLIB.format(voters=1, body="1: {1,2}\n"), 5, "without ties"),
        ("x.toc", PREFLIB.format(voters=1, body="1: {1,2}\n"), 5, "all 3 items"),
        ("x.cat", PREFLIB.format(voters=1, body="# NUMBER CATEGORIES: 2\n1: 1\n"), 6, "2 categories, not 1"),
        ("x.toi", PREFLIB.format(voters=1, body="1: 1,{}\n"), 5, "items between the braces"),
        ("x.toi", "# NUMBER ALTERNATIVES: 0\n", 1, "alternatives, not 0"),
        ("x.toi", "\n# NUMBER ALTERNATIVES: 5001\n", 2, "from 1 to 5000 alternatives, not 5001"),
        ("x.toi", "# NUMBER ALTERNATIVES\n", 1, "a header line such as"),
        ("x.toi", PREFLIB.format(voters=1, body="1: 1,{2,3456789012345678901\n"), 5, "at '{2,34567890123456789'"),
        ("x.pb", "key;value\n", 1, "the section META"),
        (
            "x.pb",
            PB.format(votes=1, kind="approval", body="v1;3;p1\n", more="").replace("budget;100.50", "budget"),
            3,
            "a key, a semicolon and a value",
        ),
        ("x.pb", "META\nkey;value\nPROJECTS\nproject_id;cost\n", None, "a section VOTES"),
        (
            "x.pb",
            PB.format(votes=1, kind="approval", body="v1;3;p1\n", more="").replace("p2;", "p1;"),
            10,
            "of its own",
        ),
        ("x.pb", PB.format(votes=1, kind="approval", body="v1;3;p1\n", more="").replace("p2;", ";"), 10, "of its own"),
        ("x.pb", PB.format(votes=1, kind="approval", body="v1;3;p1\n", more="").replace(";60;", ";6x;"), 9, "1200.50"),
        ("x.pb", PB.format(votes=1, kind="approval", body="v1;3;p1\n", more="").replace(";60;", ";.5;"), 9, "the cost"),
        (
            "x.pb",
            PB.format(votes=1, kind="approval", body="v1;3;p1\n", more="").replace(";60;", f";{'9' * 31};"),
            9,
            f"not '{'9' * 31}'",
        ),
        ("x.pb", PB.format(votes=1, kind="scoring", body="v1;3;p1;1,2\n", more=";points"), 13, "1 projects, 2 points"),
        (
            "x.pb",
            PB.format(votes=2, kind="approval", body="v1;3;p1\n", more=""),
            5,
            "num_votes is 2, but the file holds 1",
        ),
        ("x.pb", PB.format(votes=1, kind="approval", body="v1;3;p9\n", more=""), 13, "'p9' is not in this contest"),
        ("x.pb", PB.format(votes=1, kind="approval", body="v1;3\n", more=""), 13, "expected 3 columns"),
        ("x.pb", PB.format(votes=1, kind="guess", body="v1;3;p1\n", more=""), 6, "'guess' is not known"),
        ("x.pb", PB.format(votes=1, kind="scoring", body="v1;3;p1\n", more=""), 13, "a column points"),
        ("x.csv", "3,\n", 1, "expected the number of candidates, a comma and the number of seats"),
        ("x.csv", "", 1, "the number of seats"),
        ("x.csv", "0,1\n", 1, "from 1 up, not '0'"),
        ("x.csv", "3,4\n", 1, "no more seats than candidates"),
        ("x.csv", "5001,1\n", 1, "at most 5000 candidates"),
        ("x.csv", WARD.replace("Candidate 3", "Candidate 4"), 6, "another candidate from 1 to 3"),
        ("x.csv", WARD.replace("Candidate 3", "Candidate 2"), 6, "another candidate from 1 to 3"),
        ("x.csv", WARD.replace('"Candidate 3","C","X"', '"Candidate 3"'), 6, "and a name"),
        ("x.csv", WARD.replace('"Candidate 3","C","X",\n', "1,2\n"), 6, "3 lines of candidates"),
        ("x.csv", WARD.replace('"Ward 9"', "9"), 7, "the name of the ward"),
        ("x.csv", WARD.replace("2,3,1,", "2,3,7,"), 2, "'7' is not in this contest"),
        ("x.csv", WARD[: WARD.index('"Candidate 3"')], None, "is it cut short?"),
        ("x.jsonl", "", 1, "the first line to name the items"),
        ("x.jsonl", '{"items": ["A"], "ballots": 3}', 1, "'ballots' is not known"),
        ("x.jsonl", '{"items": ["A"], "durations": {"A": 0}}', 1, "the duration of 'A'"),
        ("x.jsonl", HEAD + '{"tiers": [["A"]]}\n{"tiers": [["Z"]]}', 3, "'Z' is not in this contest"),
        ("x.jsonl", HEAD + '{"tiers": "A"}', 2, "expected tiers to be lists"),
        ("x.jsonl", HEAD + '{"tiers": [["A"]], "weight": 1.5}', 2, "a whole number from 1 up, not 1.5"),
        ("x.jsonl", HEAD + '{"tiers": ["A"]}', 2, "expected tiers to be lists"),
        ("x.jsonl", HEAD + '{"tiers": [[1]]}', 2, "expected tiers to be lists"),
        ("x.jsonl", HEAD + '{"tiers": {}}', 2, "expected tiers to be lists"),
        ("x.jsonl", HEAD + '{"tiers": [["A"]], "support": "A"}', 2, "support to be a list"),
        ("x.jsonl", HEAD + '{"tiers": [["A"]], "support": ["A", "A"]}', 2, "supported twice"),
        ("x.jsonl", HEAD + '{"weight": 1}', 2, "a JSON object with 'tiers'"),
        ("x.jsonl", HEAD + '["tiers"]', 2, "a JSON object with 'tiers'"),
        ("x.jsonl", '{"items": ["A"], "seats": 0}', 1, "a whole number from 1 up, not 0"),
        ("x.jsonl", '{"items": ["A"], "seats": true}', 1, "a whole number from 1 up, not True"),
        ("x.jsonl", f'{{"items": ["A"], "budget": {1 << 40}}}', 1, "a whole number from 1 up"),
        ("x.jsonl", HEAD + '{"tiers": [["A"]], "tiers": []}', 2, "a key is given twice"),
        ("x.jsonl", HEAD + "[" * 100_000, 2, "as JSON"),
    ],
)
def test_an_error_tells_the_line_and_what_was_expected(written, name, text, line, words):
    with pytest.raises(ReadError) as refusal:
        read(written(name, text))
    assert refusal.value.line == line
    assert words in refusal.value.detail
    assert name in str(refusal.value)


def test_a_file_that_is_too_large_is_not_read(written, monkeypatch):
    monkeypatch.setattr("consultation.voting.tally.readers.source.MAX_BYTES", len(HEAD))
    assert read(written("x.jsonl", HEAD)).profile.items == ("A", "B")
    with pytest.raises(ReadError, match="larger than"):
        read(written("x.jsonl", HEAD + "\n"))


def test_how_large_a_file_may_be_is_told_in_mebibytes(written, monkeypatch):
    monkeypatch.setattr("consultation.voting.tally.readers.source.MAX_BYTES", 3 << 20)
    with pytest.raises(ReadError) as refused:
        read(written("x.jsonl", " " * (3 << 20) + "\n"))
    assert refused.value.detail == "the file is larger than 3 MiB"


def test_a_line_may_be_so_long_and_no_longer(written, monkeypatch):
    monkeypatch.setattr("consultation.voting.tally.readers.source.MAX_LINE", 30)
    assert read(written("x.jsonl", HEAD.strip().ljust(30) + "\n")).profile.items == ("A", "B")
    with pytest.raises(ReadError) as refused:
        read(written("x.jsonl", HEAD + " " * 31))
    assert (refused.value.line, refused.value.detail) == (2, "the line is longer than 30 characters")


def test_the_largest_files_that_are_read(written):
    """So many items, so long numbers, so much of what is wrong are taken; what is more is refused above."""
    orders = read(written("x.toi", "# NUMBER ALTERNATIVES: 5000\n1: 5000\n"))
    assert len(orders.profile.items) == 5000
    assert read(written("x.toi", "# NUMBER ALTERNATIVES: 1\n999999999999: 1\n")).profile.ballots == 10**12 - 1
    one_of_each = '1,1\n1,1\n"Candidate 1","A"\n"Ward"\n'
    assert read(written("x.csv", one_of_each)).profile.items == ("1",)
    costs = PB.format(votes=0, kind="approval", body="", more="").replace(";60;", f";{'9' * 30};")
    assert read(written("x.pb", costs)).costs["p1"] == 10**30 - 1
    fractions = PB.format(votes=0, kind="approval", body="", more="").replace("100.50", "0.125")
    assert read(written("x.pb", fractions)).budget == Fraction(1, 8)
    most = f'{{"items": ["A"], "seats": 1, "budget": {(1 << 40) - 1}}}'
    assert (read(written("x.jsonl", most)).seats, read(written("x.jsonl", most)).budget) == (1, (1 << 40) - 1)


def test_preflib_with_ties_of_one_and_with_one_category(written):
    """A strict order may be written with braces; where there is one category only, all that stands in it is named."""
    election = read(written("x.soi", PREFLIB.format(voters=1, body="1: {2},1\n")))
    assert ballots(election) == [([["2"], ["1"]], 2, 1)]
    single = read(written("x.cat", PREFLIB.format(voters=2, body="# NUMBER CATEGORIES: 1\n1: {1,2}\n1: {}\n")))
    assert ballots(single) == [([], 0, 1), ([["1", "2"]], 2, 1)]


def test_names_are_optional(written):
    text = PREFLIB.format(voters=1, body="# ALTERNATIVE NAME 2:\n1: 2\n")
    assert read(written("x.toi", text)).names == {"1": "One"}
    unnamed = PB.format(votes=1, kind="approval", body="v1;3;p1\n", more="").replace("Second", "")
    assert read(written("x.pb", unnamed)).names == {"p1": "First"}
    plain = unnamed.replace("cost;name", "cost").replace(";First", "").replace("40;", "40")
    assert read(written("x.pb", plain)).names == {}


def test_preflib_headers_without_a_space_and_two_categories(written):
    """Of two categories the last is the bottom, as of three."""
    text = "#NUMBER ALTERNATIVES: 2\n#NUMBER CATEGORIES: 2\n3: 1,2\n"
    assert ballots(read(written("x.cat", text))) == [([["1"]], 1, 3)]


@pytest.mark.parametrize(
    ("name", "text", "line", "detail"),
    [
        ("x.toi", b"\n\xff", 2, "expected text in UTF-8"),
        (
            "x.toi",
            PREFLIB.format(voters=10**14, body="1: 1\n"),
            3,
            "the file promises 100000000000000 voters, but its lines count 1: is it cut short?",
        ),
        (
            "x.toi",
            PREFLIB.format(voters=10**15, body="1: 1\n"),
            3,
            "expected number voters: a whole number from 0 up, not '1000000000000000'",
        ),
        (
            "x.toi",
            PREFLIB.format(voters="v" * 50, body="1: 1\n"),
            3,
            f"expected number voters: a whole number from 0 up, not '{'v' * 40}'",
        ),
        (
            "x.csv",
            "5000,1\n",
            None,
            "expected 5000 lines of candidates after the ballots, found 0: is it cut short?",
        ),
        ("x.csv", "2,1\n,,\n", 2, "expected the number of ballots: a whole number from 1 up, not ''"),
        (
            "x.pb",
            PB.format(votes=0, kind="approval", body="", more="").replace("100.50", "b" * 50),
            3,
            f"expected the budget: a number such as 1200 or 1200.50, not '{'b' * 40}'",
        ),
        (
            "x.pb",
            PB.format(votes="many", kind="approval", body="", more=""),
            5,
            "expected num_votes: a whole number from 0 up, not 'many'",
        ),
    ],
)
def test_an_error_is_told_whole_and_at_its_line(written, name, text, line, detail):
    with pytest.raises(ReadError) as refusal:
        read(written(name, text))
    assert (refusal.value.line, refusal.value.detail) == (line, detail)
