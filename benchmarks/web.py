"""The part ``web``: pages against the floor, measured in turn, then writes, memory and start-up."""

import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks import budgets, floor
from benchmarks.budgets import Budget
from benchmarks.data import DELEGATES, PREFIX, SEARCHED, SLUG, Size, copy_of, database
from benchmarks.load import Load, load
from benchmarks.processes import HOST, THREADS, WORKERS, Server, free_port, memory, python, replaced, serving
from benchmarks.queries import queries
from benchmarks.visiting import Visitor, post_comments, post_proposals, signed_in, weight

ROUNDS = 3
FLOOR_ENTRIES = 1000
COMMENTS_EACH, PROPOSALS_EACH = 20, 8
SECRET = "a secret of the benchmarks alone, long enough"  # noqa: S105
FRONT = "/en/"
LIST = f"/en/consultations/{SLUG}/proposals"
PROPOSAL = f"/en/proposals/{PREFIX}-500"
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Page:
    """A page that is measured: one address, or several asked for in turn."""

    name: str
    paths: tuple[str, ...]
    queries: Budget
    bytes_sent: Budget | None = None


def pages(size: Size) -> tuple[Page, ...]:
    every = tuple(f"/en/proposals/{PREFIX}-{number:03d}" for number in range(1, size.proposals + 1))
    return (
        Page("front", (FRONT,), budgets.QUERIES_LIST),
        Page("list", (LIST,), budgets.QUERIES_LIST, budgets.LIST_BYTES_SENT),
        Page("search", (f"{LIST}?q={SEARCHED}",), budgets.QUERIES_LIST, budgets.LIST_BYTES_SENT),
        Page("proposal", (PROPOSAL,), budgets.QUERIES_ITEM),
        Page("proposals in turn", every, budgets.QUERIES_ITEM),
    )


@dataclass(frozen=True, slots=True)
class Site:
    """The two servers of a run and where they keep things."""

    floor: Server
    site: Server
    environment: Mapping[str, str]


def measure(folder: Path, *, size: Size, seconds: float, say: Say) -> dict[str, Any]:
    """Everything of this part. ``seconds`` is the length of each load."""
    kept = database(folder, size, say)
    with tempfile.TemporaryDirectory(dir=folder, prefix="run-") as place, _servers(kept, Path(place)) as run:
        visitors = {"anonymous": Visitor(run.site), "signed in": signed_in(run.site)}
        counted = {who: _queries(run, visitor, size) for who, visitor in visitors.items()}
        _warm(run, visitors, size, seconds)
        rows = []
        for page in pages(size):
            for who, visitor in visitors.items():
                say(f"{page.name}, {who}")
                rows.append(_page(run, page, who, visitor, counted[who][page.paths[0]], seconds))
        taken = _writes(run)
        spent = [asdict(memory(pid)) for pid in run.site.workers]
        spent_by_floor = [asdict(memory(pid)) for pid in run.floor.workers]
        started = statistics.median(replaced(run.site, FRONT) for _ in range(ROUNDS))
        cold = [_cold_starts(run, Path(place)) for _ in range(ROUNDS)]
    writes = {name: _percentiles(times) for name, times in taken.items()}
    return {
        "workers": WORKERS,
        "threads": THREADS,
        "seconds": seconds,
        "size": asdict(size),
        "pages": rows,
        "writes": writes,
        "memory_mb": spent,
        "memory_of_floor_mb": spent_by_floor,
        "started_seconds": started,
        "cold_start_seconds": statistics.median(site for site, _ in cold),
        "cold_start_of_floor_seconds": statistics.median(bare for _, bare in cold),
        "budgets": _server_budgets(
            writes,
            spent,
            statistics.median(site for site, _ in cold),
            statistics.median(site / bare for site, bare in cold),
        ),
    }


@contextmanager
def _servers(kept: Path, place: Path) -> Iterator[Site]:
    """The floor and the site on copies of their own; the site is served by its own command."""
    site = place / "site"
    entries = floor.make(place / "floor.sqlite", FLOOR_ENTRIES)
    environment = {
        "CONSULTATION_DATABASE_URL": f"sqlite:///{copy_of(kept, site)}",
        "CONSULTATION_DATA_DIR": str(site),
        "CONSULTATION_SECRET_KEY": SECRET,
    }
    port = free_port()
    environment["CONSULTATION_BASE_URL"] = f"http://{HOST}:{port}"
    with (
        _floor(entries, place / "floor.log") as floor_server,
        serving(_serve(port), port=port, first=FRONT, environment=environment, log=place / "site.log") as site_server,
    ):
        yield Site(floor_server, site_server, environment)


@contextmanager
def _floor(path: Path, log: Path) -> Iterator[Server]:
    """The floor, with the settings that ``consultation serve`` gives gunicorn."""
    port = free_port()
    options = ["--worker-class", "consultation.commands.fair_worker.FairWorker", "--preload"]
    options += ["--workers", str(WORKERS), "--threads", str(THREADS)]
    options += ["--keep-alive", "5", "--log-level", "warning", "--bind", f"{HOST}:{port}"]
    command = python("-m", "gunicorn", *options, "benchmarks.floor:app")
    with serving(command, port=port, first="/", environment={"BENCH_DATABASE": str(path)}, log=log) as server:
        yield server


def _serve(port: int) -> list[str]:
    options = ["--port", str(port), "--workers", str(WORKERS), "--threads", str(THREADS), "--no-worker"]
    return [str(Path(sys.executable).with_name("consultation")), "serve", *options]


def _warm(run: Site, visitors: Mapping[str, Visitor], size: Size, seconds: float) -> None:
    load(run.floor, ["/"], {}, seconds=min(seconds, 2))
    everything = [page.paths[0] for page in pages(size)]
    for visitor in visitors.values():
        load(run.site, everything, visitor.headers, seconds=min(seconds, 2))


def _page(run: Site, page: Page, who: str, visitor: Visitor, queries: int, seconds: float) -> dict[str, Any]:
    """Floor and page in turn, the median of each figure; then once compressed, as browsers ask for it."""
    floors, loads = [], []
    for _ in range(ROUNDS):
        floors.append(load(run.floor, ["/"], {}, seconds=seconds))
        loads.append(load(run.site, page.paths, visitor.headers, seconds=seconds))
    compressed = load(run.site, page.paths, {**visitor.headers, "Accept-Encoding": "gzip"}, seconds=seconds)
    bare, measured = _median(floors), _median(loads)
    size = weight(visitor, page.paths[0])
    ratio = measured.rate / bare.rate
    ratio_budget = budgets.RATIO_SIGNED_IN if who == "signed in" else budgets.RATIO_ANONYMOUS
    queries_budget = budgets.QUERIES_SIGNED_IN if who == "signed in" else page.queries
    return {
        "page": page.name,
        "who": who,
        **{name: round(value, 2) for name, value in asdict(measured).items()},
        "floor_rate": round(bare.rate, 1),
        "floor_cpu_ms": round(bare.cpu_ms, 3),
        "ratio": round(ratio, 3),
        "cpu_ratio": round(bare.cpu_ms / measured.cpu_ms, 3),
        "gzip_rate": round(compressed.rate, 1),
        "gzip_ratio": round(compressed.rate / bare.rate, 3),
        "queries": queries,
        "bytes_sent": size.sent,
        "bytes_plain": size.plain,
        "budgets": {
            "ratio": ratio_budget.met(ratio),
            "queries": queries_budget.met(queries),
            **({"bytes_sent": page.bytes_sent.met(size.sent)} if page.bytes_sent else {}),
        },
    }


def _median(loads: Sequence[Load]) -> Load:
    return Load(*(statistics.median(values) for values in zip(*(asdict(one).values() for one in loads), strict=True)))


def _queries(run: Site, visitor: Visitor, size: Size) -> dict[str, int]:
    return queries(run.environment, [page.paths[0] for page in pages(size)], visitor.cookies)


def _cold_starts(run: Site, place: Path) -> tuple[float, float]:
    """Seconds from spawning each server to its first page: the site's and the floor's."""
    with _floor(place / "floor.sqlite", place / "floor-again.log") as bare:
        floor_seconds = bare.started_in
    port = free_port()
    environment = {**run.environment, "CONSULTATION_BASE_URL": f"http://{HOST}:{port}"}
    with serving(_serve(port), port=port, first=FRONT, environment=environment, log=place / "again.log") as server:
        return server.started_in, floor_seconds


def _writes(run: Site) -> dict[str, list[float]]:
    """Milliseconds of each form, one after the other; delegates take turns, each below what one may post a minute."""
    taken: dict[str, list[float]] = {"comment": [], "proposal": []}
    for delegate in range(DELEGATES):
        visitor = signed_in(run.site, delegate)
        first = delegate * COMMENTS_EACH + 1
        taken["comment"] += post_comments(visitor, range(first, first + COMMENTS_EACH))
        taken["proposal"] += post_proposals(visitor, range(first, first + PROPOSALS_EACH))
    return taken


def _percentiles(times: Sequence[float]) -> dict[str, float]:
    cuts = statistics.quantiles(times, n=100, method="inclusive")
    return {"count": len(times), "p50_ms": round(cuts[49], 2), "p95_ms": round(cuts[94], 2)}


def _server_budgets(
    writes: Mapping[str, Mapping[str, float]], spent: list[Any], started: float, cold_ratio: float
) -> dict[str, bool]:
    return {
        "comment_p50": budgets.COMMENT_P50_MS.met(writes["comment"]["p50_ms"]),
        "comment_p95": budgets.COMMENT_P95_MS.met(writes["comment"]["p95_ms"]),
        "proposal_p50": budgets.PROPOSAL_P50_MS.met(writes["proposal"]["p50_ms"]),
        "proposal_p95": budgets.PROPOSAL_P95_MS.met(writes["proposal"]["p95_ms"]),
        "memory_rss": all(budgets.MEMORY_MB.met(one["rss"]) for one in spent),
        "memory_pss": all(budgets.MEMORY_MB.met(one["pss"]) for one in spent),
        "started": budgets.STARTED_SECONDS.met(started),
        "cold_start": budgets.COLD_START_RATIO.met(cold_ratio),
    }
