"""Servers started for a measurement and ended by their process id, and what Linux tells about their workers."""

# ruff: noqa: S603 - only this project's own commands are run, on loopback
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

HOST = "127.0.0.1"
WORKERS = 2
THREADS = 2
PATIENCE_SECONDS = 60.0
_TICKS = os.sysconf("SC_CLK_TCK")


class NotServing(RuntimeError):
    """The server did not answer in time, or ended."""


@dataclass(frozen=True, slots=True)
class Server:
    """A server that answers. ``started_in``: seconds from spawning it to its first answer 200."""

    port: int
    pid: int
    started_in: float

    @property
    def workers(self) -> list[int]:
        return children(self.pid)

    @property
    def address(self) -> str:
        return f"http://{HOST}:{self.port}"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(
    command: Sequence[str], *, port: int, first: str, environment: Mapping[str, str], log: Path
) -> Iterator[Server]:
    """Run the command until the block ends; it answers ``first`` with 200 when the block begins.

    Raises:
        NotServing: when it ends before, or does not answer within some seconds.
    """
    with log.open("wb") as output:
        began = time.perf_counter()
        process = subprocess.Popen(
            command, env={**os.environ, **environment}, stdout=output, stderr=output, stdin=subprocess.DEVNULL
        )
        try:
            _await(process, port, first, log)
            yield Server(port, process.pid, time.perf_counter() - began)
        finally:
            _end(process)


def _await(process: subprocess.Popen[bytes], port: int, first: str, log: Path) -> None:
    limit = time.monotonic() + PATIENCE_SECONDS
    while process.poll() is None and time.monotonic() < limit:
        connection = http.client.HTTPConnection(HOST, port, timeout=PATIENCE_SECONDS)
        try:
            connection.request("GET", first)
            if connection.getresponse().status == http.client.OK:
                return
            break
        except OSError:
            time.sleep(0.005)
        finally:
            connection.close()
    raise NotServing(f"{first} was not answered with 200. The server said:\n{log.read_text(errors='replace')}")


def _end(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(timeout=PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        for pid in [*children(process.pid), process.pid]:
            os.kill(pid, signal.SIGKILL)
        process.wait()


def replaced(server: Server, first: str) -> float:
    """Seconds from the death of the server's workers to the first answer of those that take their place. The socket is
    the parent's, so that the question waits there meanwhile.

    Raises:
        NotServing: when the answer is not 200.
    """
    for pid in server.workers:
        os.kill(pid, signal.SIGKILL)
    began = time.perf_counter()
    connection = http.client.HTTPConnection(HOST, server.port, timeout=PATIENCE_SECONDS)
    connection.request("GET", first)
    status = connection.getresponse().status
    taken = time.perf_counter() - began
    connection.close()
    if status != http.client.OK:
        raise NotServing(f"{first} was answered with {status} by the workers that took the place of others.")
    return taken


def children(pid: int) -> list[int]:
    """The process ids of a process's children."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def cpu_seconds(pids: Sequence[int]) -> float:
    """Processor time that the processes have used so far, their own and the kernel's for them."""
    used = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        used += int(fields[11]) + int(fields[12])
    return used / _TICKS


@dataclass(frozen=True, slots=True)
class Memory:
    """Of one process, in megabytes (10^6 bytes). ``pss`` shares out what processes hold in common; ``rss`` does not."""

    pss: float
    rss: float


def memory(pid: int) -> Memory:
    found = {}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]:
        name, _, rest = line.partition(":")
        found[name] = int(rest.split()[0]) * 1024 / 1e6
    return Memory(found["Pss"], found["Rss"])


def output_of(command: Sequence[str], *, environment: Mapping[str, str] | None = None, seconds: float = 600.0) -> str:
    """What a command printed.

    Raises:
        RuntimeError: with what it complained of, when it failed.
    """
    done = subprocess.run(
        command, env={**os.environ, **(environment or {})}, capture_output=True, text=True, timeout=seconds, check=False
    )
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


def python(*arguments: str) -> list[str]:
    """A command of this same interpreter."""
    return [sys.executable, *arguments]
