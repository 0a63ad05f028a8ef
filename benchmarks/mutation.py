"""Mutation testing of the tally: ``python -m benchmarks.mutation [--mutants N] [--minutes M] [MODULE]…``.

One small change at a time is made to a module (a comparison turned, a sum made a difference, a constant off by one, a
condition turned round, a result dropped), and the unit tests of the package run on it, in a process of its own, with
fewer examples, derived from fixed seeds, within limits of processor time and memory. A change that no test notices has
survived, and is printed. Which changes are tried is drawn from a seed, so that a longer run tries the same and more.
"""

import argparse
import ast
import importlib.abc
import importlib.util
import inspect
import itertools
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

PACKAGE = "consultation.voting.tally"
ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "consultation" / "voting" / "tally"
TESTS = (
    *("test_tally_rules", "test_tally_classical", "test_tally_equal_shares", "test_tally_robustness"),
    *("test_tally_profile", "test_tally_contents", "test_tally_properties", "test_tally_readers"),
)
EXAMPLES = 40
SECONDS = 60
MEMORY = 4 << 30
OWN = {
    "test_tally_classical": ("irv", "stv", "papers", "schulze", "ranked_pairs", "strength", "condorcet"),
    "test_tally_equal_shares": ("equal_shares", "shares"),
    "test_tally_contents": ("contents",),
    "test_tally_readers": ("readers.",),
    "test_tally_robustness": ("robustness", "stream", "coverage", "comparison", "margins", "reordering"),
}
"""What a module's own tests are: they alone run on its changes. Modules that all rules use run all tests."""

TURNED: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.FloorDiv: ast.Mult,
    ast.Div: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}


class Mutator(ast.NodeTransformer):
    """Numbers the changes that a module allows, and makes the one of the number wanted (none for -1)."""

    def __init__(self, wanted: int) -> None:
        self.wanted, self.seen, self.told = wanted, 0, ""

    def hit(self, node: ast.AST, what: str) -> bool:
        self.seen += 1
        if self.seen - 1 == self.wanted:
            self.told = f"line {node.lineno}: {what}"
            return True
        return False

    def turn(self, node: ast.AST, operator: ast.AST) -> ast.AST:
        other = TURNED.get(type(operator))
        if other and self.hit(node, f"{type(operator).__name__} -> {other.__name__}"):
            return other()
        return operator

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        self.generic_visit(node)
        node.ops = [self.turn(node, operator) for operator in node.ops]
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        node.op = self.turn(node, node.op)
        return node

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        self.generic_visit(node)
        node.op = self.turn(node, node.op)
        return node

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.AST:
        self.generic_visit(node)
        node.op = self.turn(node, node.op)
        return node

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        if isinstance(node.value, bool) and self.hit(node, f"{node.value} -> {not node.value}"):
            return ast.copy_location(ast.Constant(not node.value), node)
        if type(node.value) is int and self.hit(node, f"{node.value} -> {node.value + 1}"):
            return ast.copy_location(ast.Constant(node.value + 1), node)
        return node

    def visit_If(self, node: ast.If) -> ast.AST:
        if ast.unparse(node.test) == "TYPE_CHECKING":
            return node
        self.generic_visit(node)
        if self.hit(node, "condition turned round"):
            node.test = ast.copy_location(ast.UnaryOp(ast.Not(), node.test), node.test)
        return node

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.op, ast.USub | ast.Not | ast.Invert) and self.hit(node, f"{type(node.op).__name__} dropped"):
            return node.operand
        return node

    def visit_Return(self, node: ast.Return) -> ast.AST:
        self.generic_visit(node)
        if node.value is not None and self.hit(node, "returns None"):
            node.value = ast.copy_location(ast.Constant(None), node.value)
        return node

    def visit_arguments(self, node: ast.arguments) -> ast.AST:
        node.defaults = [self.visit(default) for default in node.defaults]
        return node  # annotations say nothing at run time

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        if node.value is not None:
            node.value = self.visit(node.value)
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        self.visit(node.args)
        node.body = [self.visit(statement) for statement in node.body]
        return node


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
    own = [test for test, names in OWN.items() if any(module[len(PACKAGE) + 1 :].startswith(name) for name in names)]
    return tuple(own) or TESTS


def noticed(module: str) -> bool:
    """Whether a test fails, or something cannot even be imported."""
    from hypothesis import HealthCheck, Phase, settings

    few = settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    try:
        for name in tests_of(module):
            found = importlib.import_module(f"tests.voting.tally.{name}")
            for function in [value for key, value in vars(found).items() if key.startswith("test_")]:
                if hasattr(function, "_hypothesis_internal_use_settings"):
                    function._hypothesis_internal_use_settings = few
                for given in cases(function):
                    function(**given)
    except BaseException as error:  # noqa: BLE001 - whatever a changed program does
        return type(error).__name__ != "Skipped"
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


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mutation", description="Mutation testing of the tally.")
    parser.add_argument("modules", nargs="*", help="such as shares or audit/ejr_plus; default: all")
    parser.add_argument("--mutants", type=int, default=10_000, help="at most so many")
    parser.add_argument("--minutes", type=float, default=30.0, help="stop after so long (default 30)")
    asked = parser.parse_args()
    warnings.simplefilter("ignore")
    for heavy in ("numpy", "hypothesis", "pytest", "click.testing"):
        importlib.import_module(heavy)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    paths = [FOLDER / f"{name}.py" for name in asked.modules] or sorted(FOLDER.rglob("*.py"))
    changes = []
    for path in paths:
        counter = Mutator(-1)
        counter.visit(ast.parse(path.read_text("utf-8")))
        changes += [(path, number) for number in range(counter.seen)]
    random.Random("mutants").shuffle(changes)  # noqa: S311 - a sample, no secret
    end, done, lived = time.monotonic() + asked.minutes * 60, 0, 0
    for path, number in changes[: asked.mutants]:
        if time.monotonic() > end:
            break
        alive, told = survives(path, number)
        done, lived = done + 1, lived + alive
        if done % 10 == 0:
            click.echo(f"{done} tried, {lived} survived", err=True)
        if alive:
            click.echo(f"survived: {path.relative_to(FOLDER)}, {told}")
    share = (done - lived) / max(done, 1)
    click.echo(f"{done} of {len(changes)} changes tried, {done - lived} noticed ({share:.0%})")


if __name__ == "__main__":
    main()
