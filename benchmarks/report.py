"""The tables that bin/bench prints."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

SERVER_BUDGETS = {
    "comment_p50": "a comment, p50 10 ms",
    "comment_p95": "a comment, p95 20 ms",
    "proposal_p50": "a proposal, p50 15 ms",
    "proposal_p95": "a proposal, p95 30 ms",
    "memory_rss": "90 MB a worker, where each counts what all share (RSS)",
    "memory_pss": "90 MB a worker, where what is shared is shared out (PSS)",
    "started": "a server's first page within 1 s",
    "cold_start": "first page of a server within twice the floor's time",
}


def table(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Columns set apart by their longest entry; numbers stand at the right."""
    lines = [list(heads), *([_cell(value) for value in row] for row in rows)]
    widths = [max(len(line[at]) for line in lines) for at in range(len(heads))]
    texts = [all(not line[at][:1].isdigit() for line in lines[1:]) for at in range(len(heads))]

    def row(line: Sequence[str]) -> str:
        cells = (
            cell.ljust(width) if text else cell.rjust(width)
            for cell, width, text in zip(line, widths, texts, strict=True)
        )
        return "  ".join(cells).rstrip()

    return "\n".join([row(lines[0]), "  ".join("-" * width for width in widths), *map(row, lines[1:])])


def _cell(value: Any) -> str:
    return f"{value:.2f}" if isinstance(value, float) else str(value)


def web(found: Mapping[str, Any]) -> str:
    """Pages, then writes, memory and start-up, each with its budget."""
    heads = (
        *("page", "who", "req/s", "floor/s", "ratio", "gzip ratio", "CPU ms", "CPU ratio", "p50", "p95", "p99"),
        *("queries", "bytes sent", "plain", "budgets"),
    )
    rows = [
        (
            row["page"],
            row["who"],
            round(row["rate"]),
            round(row["floor_rate"]),
            row["ratio"],
            row["gzip_ratio"],
            row["cpu_ms"],
            row["cpu_ratio"],
            row["p50_ms"],
            row["p95_ms"],
            row["p99_ms"],
            row["queries"],
            row["bytes_sent"],
            row["bytes_plain"],
            verdict(row["budgets"]),
        )
        for row in found["pages"]
    ]
    writes = ", ".join(
        f"{name}: p50 {taken['p50_ms']:.1f} ms, p95 {taken['p95_ms']:.1f} ms ({taken['count']} sent)"
        for name, taken in found["writes"].items()
    )
    memory, bare = (
        ", ".join(f"{one['pss']:.0f} MB PSS ({one['rss']:.0f} MB RSS)" for one in found[name])
        for name in ("memory_mb", "memory_of_floor_mb")
    )
    cold = f"{found['cold_start_seconds']:.2f} s after spawning (floor {found['cold_start_of_floor_seconds']:.2f} s)"
    size = found["size"]
    judged = [f"  {'met' if met else 'NOT MET'}: {SERVER_BUDGETS[name]}" for name, met in found["budgets"].items()]
    measured = f"{found['workers']} workers x {found['threads']} threads, {found['seconds']:.0f} s a load"
    return "\n".join(
        [
            f"Web: {size['proposals']} proposals with {size['comments']} comments each on SQLite, {measured}",
            table(heads, rows),
            f"Writes: {writes}",
            f"Workers: {memory}; floor: {bare}",
            f"First page: {cold}; {found['started_seconds']:.2f} s after its workers were killed",
            *judged,
        ]
    )


def verdict(budgets: Mapping[str, bool]) -> str:
    """``met``, or what is not."""
    missed = [name for name, met in budgets.items() if not met]
    return f"NOT MET: {', '.join(missed)}" if missed else "met"


def tally(found: Mapping[str, Any]) -> str:
    """Seconds and memory of each rule on each profile, with each library's below ours; then the stored contest."""
    heads = ("rule", "by", "ballots", "items", "packing s", "counting s", "processor s", "peak MB")
    names = ("packing_seconds", "counting_seconds", "processor_seconds", "peak_mb")
    rows = []
    for row in found["rows"]:
        asked = (row["rule"], row["ballots"], row["items"])
        for by, figures in [("ours", row), *row["peers"].items()]:
            taken = [figures[name] for name in names] if figures else ["-", "too slow", "-", "-"]
            rows.append([asked[0], by, *asked[1:], *taken])
    (shortest, longest), (fewest, most) = found["list_lengths"], found["approval_lengths"]
    stored = []
    for one in found["stored"]:
        parts = ", ".join(f"{name} {seconds:.2f}" for name, seconds in one["parts"].items())
        about = (
            f"A stored {one['kind']} contest, {one['ballots']} ballots on {one['items']} items, every rule of its panel"
        )
        stored.append(f"{about}: {one['seconds']:.2f} s ({parts}; processor {one['processor_seconds']:.2f})")
    return "\n".join(
        [
            (
                f"Tally: lists of {shortest} to {longest}, approvals of {fewest} to {most}; {found['seats']} places, "
                f"{found['budget']} minutes; libraries are given {found['patience']} s"
            ),
            table(heads, rows),
            *stored,
        ]
    )


def box(found: Mapping[str, Any]) -> str:
    """Ballots a second on each database, with what the disk takes for one flush."""
    heads = ("database", "casts/s", "p50", "p95", "CPU ms", "a flush ms", "budgets")
    names = ("database", "rate", "p50_ms", "p95_ms", "cpu_ms", "flush_ms")
    rows = [[*(row[name] for name in names), verdict(row["budgets"])] for row in found["rows"]]
    served = f"{found['workers']} workers x {found['threads']} threads, {found['clients']} clients"
    return "\n".join([f"Ballot box: durable casts, {served}, {found['seconds']:.0f} s a load", table(heads, rows)])


def verify(found: Mapping[str, Any]) -> str:
    """Seconds and memory of the stand-alone verifier on each bundle."""
    heads = ("ballots", "items", "bundle MB", "reading s", "in all s", "processor s", "peak MB", "of it before")
    names = ("ballots", "items", "bundle_mb", "reading_seconds", "seconds", "processor_seconds")
    names = (*names, "peak_mb", "peak_before_mb")
    return "\n".join(
        [
            f"Verify: chain, signed checkpoints, ballots, and the panel counted again for {found['seats']} places",
            table(heads, [[row[name] for name in names] for row in found["rows"]]),
        ]
    )
