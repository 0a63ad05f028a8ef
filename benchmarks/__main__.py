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


TABLES: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "web": report.web,
    "box": report.box,
    "tally": report.tally,
    "verify": report.verify,
}


@click.command(name="bin/bench")
@click.argument("parts", nargs=-1, type=click.Choice(list(TABLES)))
@click.option("--seconds", type=click.IntRange(1, 60), default=5, show_default=True, help="Length of each load.")
def main(parts: tuple[str, ...], seconds: int) -> None:
    """Measure PARTS, or everything; print tables, and keep the figures in var/bench.json."""
    for part in parts or TABLES:
        found = _measure(part, seconds)
        keep(KEPT, part, found)
        click.echo(TABLES[part](found))
        click.echo()


def _measure(part: str, seconds: int) -> dict[str, Any]:
    if part == "tally":
        return tally.measure(say=say)
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
