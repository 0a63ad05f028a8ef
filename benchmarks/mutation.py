"""Mutation testing of the tally: ``python -m benchmarks.mutation [--minutes M] [--jobs J] [--again] [MODULE]…``.

One small change at a time is made to a module (a comparison turned, a sum made a difference, a constant off by one, a
condition turned round, a result dropped), and the package's unit tests that run the changed line are tried on it, the
quickest first, in a process of its own with limits of processor time and memory. A change that no test notices has
survived, and is printed. Six examples are drawn, and eighty where these notice nothing; always the same.

What was found is kept in var/mutation.json. A change that was noticed stays so while the module and the test that
noticed it are as they were; one that survived is tried again on the tests that have changed since. What a run does not
come to within its minutes it says.
"""

import argparse
import ast
import hashlib
import importlib.abc
import importlib.util
import json
import os
import random
import signal
import sys
import time
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Any

import click

from benchmarks import forks
from benchmarks.mutator import Mutator, lines_with
from benchmarks.unit_tests import FOLDER, PACKAGE, ROOT, Observed, observed, run

TESTS_PACKAGE = "tests.voting.tally"
KEPT = ROOT / "var" / "mutation.json"
EXAMPLES, MORE_EXAMPLES = 6, 80
MORE_SECONDS = 8.0
"""How long the tests may take, as the package is, that are run with more examples."""
IMPORTS_SECONDS, SLOWER = 3.0, 8
"""A test may take so many times as long as it does as the package is, beside what importing takes."""
NOTICED, TOO_LONG, SURVIVED, NOT_RUN = "noticed", "ran too long", "survived", "survived: no test runs it"


class Changed(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Gives one module in its changed form."""

    def __init__(self, name: str, tree: ast.Module, path: Path) -> None:
        self.name, self.tree, self.path = name, tree, path

    def find_spec(self, name: str, path: object, target: object = None) -> object:
        return importlib.util.spec_from_loader(name, self, origin=str(self.path)) if name == self.name else None

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self.tree, str(self.path), "exec"), module.__dict__)  # noqa: S102 - our own source, changed


def short(path: Path) -> str:
    return str(path.relative_to(FOLDER).with_suffix(""))


def name_of(path: Path) -> str:
    parts = path.relative_to(FOLDER).with_suffix("").parts
    return ".".join((PACKAGE, *(parts[:-1] if parts[-1] == "__init__" else parts)))


@dataclass(frozen=True, slots=True)
class Change:
    path: Path
    number: int

    def made(self) -> tuple[ast.Module, str, range | None]:
        """The changed module, what was changed, and the lines that a test must run to notice."""
        tree = ast.parse(self.path.read_text("utf-8"))
        before = ast.parse(self.path.read_text("utf-8"))
        mutator = Mutator(self.number)
        tree = ast.fix_missing_locations(mutator.visit(tree))
        return tree, mutator.told, lines_with(before, mutator.line)


def begin(
    change: Change, tests: Sequence[Observed], survived: Mapping[str, str] = MappingProxyType({})
) -> tuple[int, int] | None:
    """Try one change in a child, which says what noticed it; none when no test runs it. ``survived``: the tests, with
    digests of their text, that did not notice it before."""
    tree, _told, lines = change.made()
    those = [test for test in tests if test.runs(short(change.path), lines)]
    if not those:
        return None
    those = [test for test in those if survived.get(test.case.key) != test.source]
    again, left = [], MORE_SECONDS
    for test in those:
        left -= test.seconds * MORE_EXAMPLES / EXAMPLES
        if test.case.drawn and left > 0:
            again.append(test)

    def work() -> str:
        for name in [name for name in sys.modules if name.startswith((PACKAGE, TESTS_PACKAGE))]:
            del sys.modules[name]
        sys.meta_path.insert(0, Changed(name_of(change.path), tree, change.path))
        for examples, chosen in ((EXAMPLES, those), (MORE_EXAMPLES, again)):
            for test in chosen:
                forks.allow(IMPORTS_SECONDS + SLOWER * test.seconds * examples / EXAMPLES)
                try:
                    run(test.case, examples)
                except BaseException as error:  # noqa: BLE001 - whatever a changed program does
                    if type(error).__name__ != "Skipped":
                        return test.case.key
        return ""

    return forks.begin(work)


def outcome(child: int, reading: int) -> dict[str, str]:
    finished, said = forks.end(child, reading)
    if not finished:
        return {"what": TOO_LONG, "by": ""}
    return {"what": NOTICED, "by": said} if said else {"what": SURVIVED}


def left_of(
    path: Path, found: dict[str, dict[str, str]], sources: dict[str, str], suites: dict[str, dict[str, str]]
) -> Iterator[tuple[Change, dict[str, str]]]:
    """The changes of a module of which nothing is known yet, in an order without meaning, each with the tests that did
    not notice it before."""
    counter = Mutator(-1)
    counter.visit(ast.parse(path.read_text("utf-8")))
    numbers = list(range(counter.seen))
    random.Random("mutants").shuffle(numbers)  # noqa: S311 - a sample, no secret
    for number in numbers:
        known = found.get(str(number))
        if known is None or ("by" in known and known["source"] != sources.get(known["by"], "")):
            yield Change(path, number), {}
        elif "by" not in known and suites.get(known["source"]) != sources:
            yield Change(path, number), suites.get(known["source"], {})


def try_all(paths: Sequence[Path], kept: dict[str, Any], tests: Sequence[Observed], *, end: float, jobs: int) -> None:
    sources = {test.case.key: test.source for test in tests}
    suite = hashlib.sha256("".join(sorted(sources.values())).encode()).hexdigest()
    suites = kept.setdefault("suites", {})
    waiting = [
        (change, survived, found)
        for path in paths
        for found in [kept.setdefault(_key(path), {})]
        for change, survived in left_of(path, found, sources, suites)
    ]
    suites[suite] = sources
    running: dict[int, tuple[int, Change, dict[str, Any]]] = {}

    def note(change: Change, found: dict[str, Any], what: dict[str, str]) -> None:
        told = change.made()[1]
        source = sources.get(what["by"], "") if "by" in what else suite
        found[str(change.number)] = {**what, "told": told, "source": source}
        if what["what"] in (SURVIVED, NOT_RUN):
            click.echo(f"{short(change.path)}, {told}: {what['what']}")
        _keep(kept)

    while running or (waiting and time.monotonic() < end):
        while waiting and len(running) < jobs and time.monotonic() < end:
            change, survived, found = waiting.pop(0)
            begun = begin(change, tests, survived)
            if begun is None:
                note(change, found, {"what": NOT_RUN})
            else:
                running[begun[0]] = (begun[1], change, found)
        if running:
            child = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)
            reading, change, found = running.pop(child.si_pid)
            note(change, found, outcome(child.si_pid, reading))


def _key(path: Path) -> str:
    """The module as it is, with what numbers its changes."""
    changes = Path(__file__).with_name("mutator.py").read_bytes()
    return f"{short(path)} {hashlib.sha256(path.read_bytes() + changes).hexdigest()}"


def _keep(kept: dict[str, Any]) -> None:
    KEPT.parent.mkdir(exist_ok=True)
    beside = KEPT.with_suffix(".new")
    beside.write_text(json.dumps(kept, indent=1))
    beside.replace(KEPT)


def table(paths: Sequence[Path], kept: dict[str, Any]) -> str:
    lines, total = ["| module | changes | noticed | survived | not tried |", "|---|---|---|---|---|"], Counter[str]()
    for path in paths:
        counter = Mutator(-1)
        counter.visit(ast.parse(path.read_text("utf-8")))
        whats = Counter(one["what"] for one in kept.get(_key(path), {}).values())
        noticed, survived = whats[NOTICED] + whats[TOO_LONG], whats[SURVIVED] + whats[NOT_RUN]
        total += Counter(changes=counter.seen, noticed=noticed, survived=survived, long=whats[TOO_LONG])
        if counter.seen:
            left = counter.seen - noticed - survived
            lines.append(f"| `{short(path)}` | {counter.seen} | {noticed} | {survived} | {left} |")
    tried = total["noticed"] + total["survived"]
    lines.append(
        f"| all | {total['changes']} | {total['noticed']} | {total['survived']} | {total['changes'] - tried} |"
    )
    share = f"{total['noticed'] / tried:.1%} of {tried} noticed" if tried else "none tried"
    return "\n".join([*lines, "", f"{share}, {total['long']} of them since they ran too long."])


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mutation", description="Mutation testing of the tally.")
    parser.add_argument("modules", nargs="*", help="such as shares or audit/ejr_plus; default: all")
    parser.add_argument("--minutes", type=float, default=60.0, help="stop after so long (default 60)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="changes tried at once (default: cores)")
    parser.add_argument("--again", action="store_true", help="forget what earlier runs found")
    asked = parser.parse_args()
    warnings.simplefilter("ignore")
    for heavy in ("numpy", "hypothesis", "pytest", "click.testing"):
        importlib.import_module(heavy)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    paths = [FOLDER / f"{name}.py" for name in asked.modules] or sorted(FOLDER.rglob("*.py"))
    kept = json.loads(KEPT.read_text()) if KEPT.exists() and not asked.again else {}
    end = time.monotonic() + asked.minutes * 60
    tests = observed(EXAMPLES)
    click.echo(f"{len(tests)} tests in {sum(test.seconds for test in tests):.1f} s", err=True)
    try_all(paths, kept, tests, end=end, jobs=asked.jobs)
    click.echo(table(paths, kept))


if __name__ == "__main__":
    main()
