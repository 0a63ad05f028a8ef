"""Mutation testing of the tally: ``python -m benchmarks.mutation [--minutes M] [--again] [MODULE]…``.

One small change at a time is made to a module (a comparison turned, a sum made a difference, a constant off by one, a
condition turned round, a result dropped), and the unit tests of the package run on it, in a process of its own, with
fewer examples, derived from fixed seeds, within limits of processor time and memory. A change that no test notices has
survived, and is printed. First few examples are tried, and more only where these notice nothing.

What was found is kept in var/mutation.json by the digests of module and tests, so that a run in slices goes on where
the last one ended, and a changed module begins anew. Before a module is changed its tests must pass within
the limits as it is, or a change would seem to be noticed that is not.
"""

import argparse
import ast
import hashlib
import importlib.abc
import importlib.util
import inspect
import itertools
import json
import os
import random
import resource
import signal
import sys
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import click

from benchmarks.mutator import Mutator

PACKAGE = "consultation.voting.tally"
ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "consultation" / "voting" / "tally"
TESTS = (
    *("test_tally_rules", "test_tally_classical", "test_tally_equal_shares", "test_tally_robustness"),
    *("test_tally_profile", "test_tally_contents", "test_tally_readers", "test_tally_close", "test_tally_words"),
    "test_tally_properties",
)
EXAMPLES = (6, 40)
SECONDS = 90
AS_IS = "as it is"
KEPT = ROOT / "var" / "mutation.json"
MEMORY = 4 << 30
OWN = {
    "test_tally_classical": ("irv", "stv", "papers", "schulze", "ranked_pairs", "strength"),
    "test_tally_equal_shares": ("equal_shares", "shares"),
    "test_tally_contents": ("contents", "words"),
    "test_tally_readers": ("readers.",),
    "test_tally_robustness": ("robustness", "stream", "coverage", "comparison", "margins", "reordering"),
    "test_tally_close": ("phragmen", "purses"),
    "test_tally_words": ("words",),
    "test_tally_rules": (
        "condorcet",
        "phragmen",
        "approval",
        "borda",
        "positional",
        "expanding_approvals",
        "purses",
        "audit.",
    ),
    "test_tally_profile": ("checking", "ballots", "packing", "profile"),
}
"""A module's own tests: they alone run on its changes, and on those of a module of all rules before the rest."""
SHARED = (
    "ballots",
    "packing",
    "profile",
    "tiers",
    "ties",
    "rule",
    "registry",
    "result",
    "ratio",
    "explain",
    "pairwise",
)


class Changed(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Gives one module in its changed form."""

    def __init__(self, name: str, tree: ast.Module, path: Path) -> None:
        self.name, self.tree, self.path = name, tree, path

    def find_spec(self, name: str, path: object, target: object = None) -> object:
        return importlib.util.spec_from_loader(name, self, origin=str(self.path)) if name == self.name else None

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self.tree, str(self.path), "exec"), module.__dict__)  # noqa: S102 - our own source, changed


def name_of(path: Path) -> str:
    return ".".join((PACKAGE, *path.relative_to(FOLDER).with_suffix("").parts))


def cases(function: object) -> Iterator[dict[str, object]]:
    """The arguments that pytest's marks give a test; none where it needs a fixture."""
    sets = []
    for mark in getattr(function, "pytestmark", []):
        if mark.name == "parametrize":
            names = (
                [name.strip() for name in mark.args[0].split(",")] if isinstance(mark.args[0], str) else mark.args[0]
            )
            sets.append([dict(zip(names, [v] if len(names) == 1 else v, strict=True)) for v in mark.args[1]])
    needed = set(inspect.signature(function).parameters)
    for combination in itertools.product(*sets):
        given = {name: value for part in combination for name, value in part.items()}
        if set(given) == needed:
            yield given


def tests_of(module: str) -> tuple[str, ...]:
    short = module[len(PACKAGE) + 1 :]
    own = [test for test, names in OWN.items() if any(short.startswith(name) for name in names)]
    others = [test for test in TESTS if test not in own] if short in SHARED or not own else []
    return (*own, *others)


def noticed(module: str) -> bool:
    """Whether a test fails, or something cannot even be imported."""
    try:
        return any(_fails(name, examples) for examples in EXAMPLES for name in tests_of(module))
    except BaseException as error:  # noqa: BLE001 - whatever a changed program does
        return type(error).__name__ != "Skipped"


def _fails(name: str, examples: int) -> bool:
    from hypothesis import HealthCheck, Phase, settings

    few = settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    found = importlib.import_module(f"tests.voting.tally.{name}")
    for function in [value for key, value in vars(found).items() if key.startswith("test_")]:
        drawn = hasattr(function, "_hypothesis_internal_use_settings")
        if drawn:
            function._hypothesis_internal_use_settings = few
        elif examples != EXAMPLES[0]:
            continue  # it draws nothing, and has passed
        for given in cases(function):
            try:
                function(**given)
            except BaseException as error:  # noqa: BLE001 - whatever a changed program does
                if type(error).__name__ != "Skipped":
                    return True
    return False


def survives(path: Path, number: int) -> tuple[bool, str]:
    """Whether no test notices this change, in a child process with a limit of processor time."""
    tree = ast.parse(path.read_text("utf-8"))
    mutator = Mutator(number)
    tree = ast.fix_missing_locations(mutator.visit(tree))
    child = os.fork()
    if child == 0:
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        sys.meta_path.insert(0, Changed(name_of(path), tree, path))
        os._exit(1 if noticed(name_of(path)) else 0)
    status = os.waitpid(child, 0)[1]
    return os.WIFEXITED(status) and os.WEXITSTATUS(status) == 0, mutator.told


def digest_of(path: Path) -> str:
    """Of the module and of the tests that run on its changes."""
    sha = hashlib.sha256(path.read_bytes())
    for name in (*tests_of(name_of(path)), "references", "classical"):
        sha.update((ROOT / "tests" / "voting" / "tally" / f"{name}.py").read_bytes())
    return sha.hexdigest()


def slice_of(path: Path, kept: dict[str, dict[str, str]], end: float) -> None:
    """Try what was not tried yet of one module, and keep what is found by the number of the change."""
    counter = Mutator(-1)
    counter.visit(ast.parse(path.read_text("utf-8")))
    key = f"{path.relative_to(FOLDER).with_suffix('')} {digest_of(path)}"
    found = kept.setdefault(key, {})
    left = [number for number in range(counter.seen) if str(number) not in found]
    random.Random("mutants").shuffle(left)  # noqa: S311 - a sample, no secret
    if left and AS_IS not in found and survives(path, -1)[0]:
        found[AS_IS] = ""
    elif left and AS_IS not in found:
        click.echo(
            f"{path.relative_to(FOLDER)}: its tests fail, or take too long, before anything is changed", err=True
        )
        return
    for number in left:
        if time.monotonic() > end:
            break
        alive, told = survives(path, number)
        found[str(number)] = f"survived: {told}" if alive else ""
        if alive:
            click.echo(f"survived: {path.relative_to(FOLDER)}, {told}")
        KEPT.parent.mkdir(exist_ok=True)
        KEPT.write_text(json.dumps(kept, indent=1))
    found = {number: told for number, told in found.items() if number != AS_IS}
    if found:
        lived = sum(bool(told) for told in found.values())
        share = f"{len(found)} of {counter.seen} changes tried, {len(found) - lived} noticed"
        click.echo(f"{path.relative_to(FOLDER)}: {share} ({(len(found) - lived) / len(found):.0%})")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mutation", description="Mutation testing of the tally.")
    parser.add_argument("modules", nargs="*", help="such as shares or audit/ejr_plus; default: all")
    parser.add_argument("--minutes", type=float, default=30.0, help="stop after so long (default 30)")
    parser.add_argument("--again", action="store_true", help="forget what earlier runs found")
    asked = parser.parse_args()
    warnings.simplefilter("ignore")
    for heavy in ("numpy", "hypothesis", "pytest", "click.testing"):
        importlib.import_module(heavy)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    paths = [FOLDER / f"{name}.py" for name in asked.modules] or sorted(FOLDER.rglob("*.py"))
    kept = json.loads(KEPT.read_text()) if KEPT.exists() and not asked.again else {}
    end = time.monotonic() + asked.minutes * 60
    for at, path in enumerate(paths):
        now = time.monotonic()
        slice_of(path, kept, now + max(0.0, end - now) / (len(paths) - at))


if __name__ == "__main__":
    main()
