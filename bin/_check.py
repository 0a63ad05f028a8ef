"""The checks of bin/check: each a command, run to its end, timed; what a failing one printed is shown."""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
TOOLS = Path(sys.executable).parent
PYTHON_PLACES = ("consultation", "migrations", "tests", "benchmarks", "bin", "wsgi.py")
PYTHON_FOLDERS = [name for name in PYTHON_PLACES if (ROOT / name).exists()]


class Step(NamedTuple):
    name: str
    command: list[str]
    shows_output: bool = False  # also when it passed


class Result(NamedTuple):
    step: Step
    passed: bool
    output: str
    seconds: float


def steps() -> list[Step]:
    """The table of checks, the slowest first, so that two at a time end soonest."""
    python, tool = sys.executable, lambda name: str(TOOLS / name)
    table = [
        Step("advisories", [python, "bin/_audit.py", "requirements-dev.txt"], shows_output=True),
        Step("types", [tool("mypy")]),
        Step("import rules", [tool("lint-imports"), "--no-logo"]),
        Step("format", [tool("ruff"), "format", "--check", "."]),
        Step("lint", [tool("ruff"), "check", "--quiet", "."]),
        Step("dependencies", [tool("deptry"), "--no-ansi", "."]),
        Step("catalogues", [python, "bin/_catalogues.py"]),
        Step("compilation", [python, "-m", "compileall", "-q", *PYTHON_FOLDERS]),
        Step("locks", [python, "bin/_locks.py"]),
    ]
    if any((ROOT / "templates").rglob("*.html")):
        table.insert(2, Step("template lint", [tool("djlint"), "templates", "--lint", "--quiet"]))
    return table


def run(step: Step) -> Result:
    began = time.monotonic()
    done = subprocess.run(
        step.command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    return Result(step, done.returncode == 0, done.stdout.strip(), time.monotonic() - began)


def main(names: list[str]) -> int:
    table = [step for step in steps() if not names or step.name in names]
    if len(table) < len(names):
        print("The steps are:", ", ".join(step.name for step in steps()), file=sys.stderr)
        return 2
    began = time.monotonic()
    failed = []
    with ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        for result in pool.map(run, table):
            print(f"{'ok  ' if result.passed else 'FAIL'} {result.step.name:16} {result.seconds:5.1f} s", end="")
            print(f"   {result.output}" if result.passed and result.step.shows_output else "", flush=True)
            if not result.passed:
                failed.append(result.step.name)
                print("\n".join("     " + line for line in result.output.splitlines()), flush=True)
    print(
        f"{len(table)} checks in {time.monotonic() - began:.1f} s; "
        + (f"failed: {', '.join(failed)}" if failed else "all passed")
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
