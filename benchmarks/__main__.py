"""``python -m benchmarks [PART]…``: measure, print tables, keep the figures in ``var/bench.json``."""

import json
import os
import platform
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from benchmarks import box, report, tally, verify, web
from benchmarks.data import Size

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / "var" / "bench.json"
FOLDER = ROOT / "var" / "bench"


def say(text: str) -> None:
    click.echo(text, err=True)


def _size(text: str) -> tuple[int, int]:
    ballots, _, items = text.partition("x")
    if not (ballots.isdigit() and items.isdigit()):
        raise click.BadParameter(f"{text} is not of the form 100000x100.")
    return int(ballots), int(items)


TABLES: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "web": report.web,
    "box": report.box,
    "tally": report.tally,
    "verify": report.verify,
}


@click.command(name="bin/bench")
@click.argument("parts", nargs=-1, type=click.Choice(list(TABLES)))
@click.option("--seconds", type=click.IntRange(1, 60), default=5, show_default=True, help="Length of each load.")
@click.option(
    "--size",
    "sizes",
    multiple=True,
    metavar="BALLOTSxITEMS",
    callback=lambda _context, _option, given: tuple(_size(text) for text in given),
    help="Of the part tally: only these; repeatable. Default: " + ", ".join(f"{b}x{i}" for b, i in tally.SIZES) + ".",
)
@click.option("--minutes", type=float, default=tally.MINUTES_IN_ALL, show_default=True, help="For the part tally.")
def main(parts: tuple[str, ...], seconds: int, sizes: tuple[tuple[int, int], ...], minutes: float) -> None:
    """Measure PARTS, or everything; print tables, and keep the figures in var/bench.json."""
    for part in parts or TABLES:
        if part == "tally":
            found = tally.measure(say=say, sizes=sizes or tally.SIZES, minutes=minutes)
        else:
            found = _measure(part, seconds)
        keep(KEPT, part, found)
        click.echo(TABLES[part](found))
        click.echo()


def _measure(part: str, seconds: int) -> dict[str, Any]:
    if part == "verify":
        return verify.measure(say=say)
    if part == "box":
        return box.measure(FOLDER, seconds=seconds, say=say)
    return web.measure(FOLDER, size=Size(), seconds=seconds, say=say)


def keep(path: Path, part: str, found: Mapping[str, Any]) -> None:
    """Replace one part's figures in the file; each says when and on what machine it was measured."""
    kept = json.loads(path.read_text()) if path.exists() else {}
    machine = {"python": platform.python_version(), "system": platform.platform(), "processors": os.cpu_count()}
    kept[part] = {"measured_at": datetime.now(UTC).isoformat(timespec="seconds"), **machine, **found}
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".part")
    beside.write_text(json.dumps(kept, indent=1) + "\n")
    beside.replace(path)


if __name__ == "__main__":
    main()
