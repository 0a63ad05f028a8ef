"""The unit tests of the tally one by one, without pytest's machinery: which there are, and which lines each runs.

A change to a line can only be noticed by a test that runs it. To know which do, each test runs once under a trace.
"""

import hashlib
import importlib
import inspect
import itertools
import json
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FrameType, ModuleType
from typing import Any

from benchmarks import forks

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = "consultation.voting.tally"
FOLDER = ROOT / "consultation" / "voting" / "tally"
TESTS = ROOT / "tests" / "voting" / "tally"
LEFT_OUT = ("test_tally_oracles", "test_tally_elections")
"""They need the field's libraries or real data, and take long."""


class NoFixture(LookupError):
    """A test asks for what is not known here."""


@dataclass(frozen=True, slots=True)
class Case:
    """A test with one set of its parameters. ``drawn``: Hypothesis makes its examples."""

    file: str
    name: str
    number: int
    drawn: bool

    @property
    def key(self) -> str:
        return f"{self.file}::{self.name}[{self.number}]"


def files() -> list[str]:
    return [path.stem for path in sorted(TESTS.glob("test_*.py")) if path.stem not in LEFT_OUT]


def module_of(file: str) -> ModuleType:
    return importlib.import_module(f"tests.voting.tally.{file}")


def cases() -> list[Case]:
    """Every case of every file.

    Raises:
        ImportError: among others, when the package cannot be imported as it is.
    """
    found = []
    for file in files():
        for name, function in vars(module_of(file)).items():
            if name.startswith("test_"):
                drawn = hasattr(function, "hypothesis")
                found += [Case(file, name, number, drawn) for number, _ in enumerate(_parameters(function))]
    return found


def source_of(case: Case) -> str:
    """A digest of the test's own text."""
    function = getattr(module_of(case.file), case.name)
    inner = getattr(getattr(function, "hypothesis", None), "inner_test", function)
    return hashlib.sha256(inspect.getsource(inner).encode()).hexdigest()


def run(case: Case, examples: int) -> None:
    """Run it, with so many examples where they are drawn, always the same.

    Raises:
        BaseException: whatever the test raises when it fails; pytest's ``Skipped`` where it skips itself.
    """
    from hypothesis import HealthCheck, Phase, settings

    module = module_of(case.file)
    function = getattr(module, case.name)
    if case.drawn:
        function._hypothesis_internal_use_settings = settings(
            max_examples=examples,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
    given = next(itertools.islice(_parameters(function), case.number, None))
    with ExitStack() as stack:
        needed = inspect.signature(function).parameters
        function(**given, **{name: _fixture(module, name, stack) for name in needed if name not in given})


def _parameters(function: object) -> Iterator[dict[str, Any]]:
    sets = []
    for mark in getattr(function, "pytestmark", []):
        if mark.name == "parametrize":
            names = mark.args[0]
            names = [name.strip() for name in names.split(",")] if isinstance(names, str) else list(names)
            sets.append([dict(zip(names, _values(one, len(names)), strict=True)) for one in mark.args[1]])
    for combination in itertools.product(*sets):
        yield {name: value for part in combination for name, value in part.items()}


def _values(given: Any, count: int) -> tuple[Any, ...]:
    """One set of values, which ``pytest.param`` may carry."""
    if hasattr(given, "marks"):
        return tuple(given.values)
    return tuple(given) if count > 1 else (given,)


def _fixture(module: ModuleType, name: str, stack: ExitStack) -> Any:
    import pytest

    if name == "tmp_path":
        return Path(stack.enter_context(tempfile.TemporaryDirectory()))
    if name == "monkeypatch":
        return stack.enter_context(pytest.MonkeyPatch.context())
    definition = getattr(module, name, None)
    if not hasattr(definition, "_get_wrapped_function"):
        raise NoFixture(name)
    function = definition._get_wrapped_function()
    return function(**{other: _fixture(module, other, stack) for other in inspect.signature(function).parameters})


@dataclass(frozen=True, slots=True)
class Observed:
    """A case with a digest of its text, the seconds it takes and the lines that it runs of each module."""

    case: Case
    source: str
    seconds: float
    lines: dict[str, list[int]]

    def runs(self, module: str, lines: range | None) -> bool:
        """Whether it runs one of these lines, or anything of the module where none are given."""
        there = self.lines.get(module, [])
        return bool(there) if lines is None else any(line in lines for line in there)


def observed(examples: int) -> list[Observed]:
    """Every test, the quickest first; those that skip themselves left out. Imports the package only in a child.

    Raises:
        RuntimeError: when one fails as the package is.
    """

    def work() -> str:
        found = []
        for case in cases():
            try:
                seconds, lines = lines_of(case, examples)
            except BaseException as error:
                if type(error).__name__ == "Skipped":
                    continue
                raise RuntimeError(f"{case.key} fails before anything is changed: {error!r}") from error
            found.append((case.file, case.name, case.number, case.drawn, source_of(case), seconds, lines))
        return json.dumps(found)

    said = forks.end(*forks.begin(work))[1]
    if not said.startswith("["):
        raise RuntimeError(said)
    tests = [Observed(Case(*row[:4]), *row[4:]) for row in json.loads(said)]
    return sorted(tests, key=lambda test: test.seconds)


def lines_of(case: Case, examples: int) -> tuple[float, dict[str, list[int]]]:
    """Seconds that it takes, and which lines of which module of the package it runs.

    Raises:
        BaseException: as ``run``.
    """
    began = time.process_time()
    random.seed(0)
    run(case, examples)
    seconds = time.process_time() - began
    seen: dict[str, set[int]] = {}
    names: dict[CodeType, str | None] = {}

    def each_line(frame: FrameType, event: str, _argument: object) -> Any:
        if event == "line":
            seen[names[frame.f_code] or ""].add(frame.f_lineno)
        return each_line

    def each_call(frame: FrameType, _event: str, _argument: object) -> Any:
        code = frame.f_code
        if code not in names:
            path = Path(code.co_filename)
            names[code] = str(path.relative_to(FOLDER).with_suffix("")) if path.is_relative_to(FOLDER) else None
        name = names[code]
        if name is None:
            return None
        seen.setdefault(name, set()).add(frame.f_lineno)
        return each_line

    sys.settrace(each_call)
    try:
        run(case, examples)
    finally:
        sys.settrace(None)
    return seconds, {name: sorted(lines) for name, lines in seen.items()}
