"""The server and the demonstration as processes: they answer, deliver events, and end cleanly with their children."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 60

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="gunicorn needs fork")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CONSULTATION_")}
    return {**kept, "CONSULTATION_DATA_DIR": str(folder), "PYTHONUNBUFFERED": "1"}


@contextmanager
def started(folder: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A command in a process group of its own; whatever is left of it at the end is killed, and fails the test."""
    process = subprocess.Popen(
        [sys.executable, "-m", "consultation", *arguments],
        cwd=ROOT,
        env=environment(folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        yield process
        assert process.poll() is not None, "the command was not ended by the test"
        assert not group_lives(process.pid), "a child outlived the command"
    finally:
        if group_lives(process.pid):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate(timeout=PATIENCE_SECONDS)


def group_lives(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def answer(process: subprocess.Popen[str], url: str) -> str:
    """What the address answers, once something listens there."""
    limit = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < limit:
        assert process.poll() is None, process.stdout.read() if process.stdout else ""
        try:
            with urllib.request.urlopen(url, timeout=5) as response:  # noqa: S310 - loopback
                return str(response.read().decode())
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
    raise AssertionError(f"nothing answers at {url}")


def stop(process: subprocess.Popen[str]) -> int:
    process.terminate()
    return process.wait(timeout=PATIENCE_SECONDS)


@pytest.fixture
def prepared(tmp_path: Path) -> Path:
    subprocess.run(
        [sys.executable, "-m", "consultation", "db", "upgrade"],
        cwd=ROOT,
        env=environment(tmp_path),
        check=True,
        capture_output=True,
    )
    return tmp_path


def test_serve_answers_delivers_and_ends_cleanly(prepared):
    port = free_port()
    with started(prepared, "serve", "--port", str(port)) as process:
        assert answer(process, f"http://127.0.0.1:{port}/healthz") == "ok\n"
        subprocess.run(
            [
                *(sys.executable, "-m", "consultation", "consultations", "create", "sample"),
                *("--title-en", "A", "--title-fr", "B", "--title-es", "C"),
            ],
            cwd=ROOT,
            env=environment(prepared),
            check=True,
            capture_output=True,
        )
        limit = time.monotonic() + PATIENCE_SECONDS
        while '"events_waiting":0' not in answer(process, f"http://127.0.0.1:{port}/readyz").replace(" ", ""):
            assert time.monotonic() < limit, "the worker delivers nothing"
            time.sleep(0.2)
        assert stop(process) == 0


def test_the_worker_ends_when_its_server_is_killed(prepared):
    port = free_port()
    with started(prepared, "serve", "--port", str(port), "--workers", "1") as process:
        answer(process, f"http://127.0.0.1:{port}/healthz")
        process.kill()
        process.wait(timeout=PATIENCE_SECONDS)
        limit = time.monotonic() + PATIENCE_SECONDS
        while group_lives(process.pid) and time.monotonic() < limit:
            time.sleep(0.2)


def test_an_occupied_port_is_a_no_at_once(prepared):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with started(prepared, "serve", "--port", str(port)) as process:
            assert process.wait(timeout=PATIENCE_SECONDS) == 1
            assert "Choose another with --port." in process.stdout.read()


def test_worker_runs_until_it_is_stopped(prepared):
    with started(prepared, "worker") as process:
        assert "Stop with Ctrl-C" in process.stdout.readline()
        time.sleep(0.5)
        assert process.poll() is None
        assert stop(process) == 0


def told_by(process: subprocess.Popen[str]) -> str:
    lines = []
    for line in process.stdout:
        lines.append(line)
        if "Stop with Ctrl-C" in line:
            break
    return "".join(lines)


def test_demo_prepares_prints_and_serves_and_a_second_start_is_warm(tmp_path):
    roles = ["delegate", "moderator", "organizer", "administrator", "auditor"]
    port = free_port()
    database = tmp_path / "demo" / "consultation.sqlite"
    with started(tmp_path, "demo", "--port", str(port)) as process:
        told = told_by(process)
        links = dict(re.findall(rf"^(\w+) +\S+ +(http://127\.0\.0\.1:{port}/en/sign-in/link/\S+)$", told, re.MULTILINE))
        assert list(links) == roles
        front = answer(process, f"http://127.0.0.1:{port}/en/")
        assert "Sample: bring your proposals" in front
        assert "<form" in answer(process, links["organizer"])
        assert stop(process) == 0
    made = database.stat().st_ino
    assert not (tmp_path / "consultation.sqlite").exists()
    with started(tmp_path, "demo", "--port", str(port)) as process:
        assert len(re.findall("/sign-in/link/", told_by(process))) == len(roles) + 1  # two people organize
        answer(process, f"http://127.0.0.1:{port}/fr/")
        assert stop(process) == 0
    assert database.stat().st_ino == made
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_dir()) == ["demo"]


def test_on_sqlite_no_process_loads_what_speaks_to_postgresql(tmp_path):
    script = (
        "import sys; from consultation.app import create_app; create_app();"
        "print(sorted(name for name in sys.modules if 'postgresql' in name or name in ('psycopg', 'asyncpg')))"
    )
    settings = {**environment(tmp_path), "CONSULTATION_SECRET_KEY": "x" * 40}
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=settings, capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("[]\n", "")


def test_a_server_starts_without_what_only_some_pages_or_commands_need(tmp_path):
    heavy = ("numpy", "openpyxl", "docx", "typst", "alembic", "cryptography", "joserfc", "markdown_it", "segno", "PIL")
    script = (
        "import sys, consultation.commands.serving; from consultation.app import create_app; create_app();"
        f"print(sorted(set({heavy!r}) & set(sys.modules)))"
    )
    settings = {**environment(tmp_path), "CONSULTATION_SECRET_KEY": "x" * 40}
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=settings, capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("[]\n", "")
