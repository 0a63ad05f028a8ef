"""One load on a server: wrk with 16 connections, and what the server's workers spent on it."""

import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.processes import Server, cpu_seconds, output_of

CONNECTIONS = 16
WRK_THREADS = 2
SCRIPT = Path(__file__).with_name("wrk.lua")


class Refused(RuntimeError):
    """Some requests of a load were not answered with success, so its figures mean nothing."""


@dataclass(frozen=True, slots=True)
class Load:
    """``cpu_ms``: processor time of the workers for each request, in milliseconds; latencies are those of wrk."""

    rate: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    cpu_ms: float


def load(server: Server, paths: Sequence[str], headers: Mapping[str, str], *, seconds: float) -> Load:
    """Ask for the paths in turn for some seconds.

    Raises:
        Refused: when any answer was a failure.
    """
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as listed:
        listed.write("\n".join(paths))
        listed.flush()
        command = ["wrk", "-t", str(WRK_THREADS), "-c", str(CONNECTIONS), "-d", f"{seconds:.0f}s", "-s", str(SCRIPT)]
        for name, value in headers.items():
            command += ["-H", f"{name}: {value}"]
        before = cpu_seconds(server.workers)
        printed = output_of([*command, server.address], environment={"WRK_PATHS": listed.name}, seconds=seconds + 30)
        spent = cpu_seconds(server.workers) - before
    told = json.loads(printed.strip().splitlines()[-1])
    if told["failed"] or not told["requests"]:
        raise Refused(f"{told['failed']} of {told['requests']} requests for {paths[0]} failed.")
    requests = told["requests"]
    return Load(requests / told["seconds"], told["p50_ms"], told["p95_ms"], told["p99_ms"], 1000 * spent / requests)
