"""That changes to the tally are made one at a time, and tried on the tests that can notice them."""

import ast

import pytest

from benchmarks.mutation import Change, begin, outcome
from benchmarks.mutator import Mutator, lines_with
from benchmarks.unit_tests import FOLDER, Case, Observed, cases, lines_of

pytestmark = pytest.mark.sqlite

SOURCE = """
from dataclasses import dataclass

@dataclass(frozen=True)
class Pair:
    first: int = 1

def least(a, b, most=3):
    if a < b:
        return min(
            a,
            most - 1,
        )
    return None
"""


def changed(number):
    mutator = Mutator(number)
    tree = mutator.visit(ast.parse(SOURCE))
    return ast.unparse(ast.fix_missing_locations(tree)), mutator


def test_each_change_is_made_alone_and_told():
    as_it_is, counter = changed(-1)
    found = {}
    for number in range(counter.seen):
        text, mutator = changed(number)
        found[mutator.told] = [
            (before.strip(), after.strip())
            for before, after in zip(as_it_is.splitlines(), text.splitlines(), strict=True)
            if before != after
        ]
    assert found == {
        "line 6: 1 -> 2": [("first: int = 1", "first: int = 2")],
        "line 8: 3 -> 4": [("def least(a, b, most=3):", "def least(a, b, most=4):")],
        "line 9: Lt -> LtE": [("if a < b:", "if a <= b:")],
        "line 9: condition turned round": [("if a < b:", "if not a < b:")],
        "line 12: 1 -> 2": [("return min(a, most - 1)", "return min(a, most - 2)")],
        "line 12: Sub -> Add": [("return min(a, most - 1)", "return min(a, most + 1)")],
        "line 10: returns None": [("return min(a, most - 1)", "return None")],
    }


def test_a_change_is_looked_for_on_all_lines_of_its_statement():
    tree = ast.parse(SOURCE)
    assert [lines_with(tree, line) for line in (6, 8, 9, 12, 14)] == [
        *(None, None),  # run when the module is imported
        *(range(9, 10), range(10, 14), range(14, 15)),
    ]


def test_a_test_knows_which_lines_it_runs():
    [case] = [one for one in cases() if one.name == "test_quota_is_that_of_aziz_and_lee"]
    _seconds, lines = lines_of(case, 1)
    source = (FOLDER / "purses.py").read_text().splitlines()
    [begins] = [number for number, text in enumerate(source, start=1) if text.startswith("def quota(")]
    assert list(lines) == ["purses"]
    assert begins in lines["purses"]
    assert all(begins <= line <= begins + 6 for line in lines["purses"])


def test_a_change_that_matters_is_noticed_and_one_that_nothing_runs_is_said_to_be():
    case = Case("test_tally_rules", "test_quota_is_that_of_aziz_and_lee", 0, drawn=False)
    purses = FOLDER / "purses.py"
    counter = Mutator(-1)
    counter.visit(ast.parse(purses.read_text()))
    droop = next(number for number in range(counter.seen) if told(purses, number).endswith("returns None"))
    lines = {"purses": list(range(1, 200))}
    assert outcome(*begin(Change(purses, droop), [Observed(case, "", 0.01, lines)])) == {
        "what": "noticed",
        "by": case.key,
    }
    assert begin(Change(purses, droop), [Observed(case, "", 0.01, {})]) is None
    already = begin(Change(purses, droop), [Observed(case, "text", 0.01, lines)], {case.key: "text"})
    assert outcome(*already) == {"what": "survived"}


def told(path, number):
    return Change(path, number).made()[1]
