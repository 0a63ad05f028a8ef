"""A ballot is on the disk before it is acknowledged: between the question and the answer the system is told to sync
the database's log. Seen from outside, by tracing system calls, since a process that is killed proves nothing of the
disk."""

import json
import re
import shutil
import signal
import subprocess
import time
import uuid
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from benchmarks import boxes
from benchmarks.processes import children
from benchmarks.visiting import signed_in
from tests.databases import durable
from tests.voting.test_storm import TOKEN

CASTS = 8
SYNC = re.compile(r"^\d+\s+(\d+\.\d+) (?:fdatasync|fsync)\(\d+<(.+?)>\)\s+= 0 <(\d+\.\d+)>", re.MULTILINE)
RESUMED = re.compile(r"^(\d+)\s+(\d+\.\d+) (?:fdatasync|fsync)\(\d+<(.+?)> <unfinished", re.MULTILINE)
ENDED = re.compile(r"^(\d+)\s+(\d+\.\d+) <\.\.\. (?:fdatasync|fsync) resumed>\)\s+= 0", re.MULTILINE)


@pytest.fixture
def tracer(tmp_path):
    """Traces processes: ``tracer(pids)``, then ``tracer.syncs()`` gives when which file was synced."""
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed, which shows the system calls")
    made = Tracer(tmp_path / "trace")
    yield made
    made.stop()


class Tracer:
    def __init__(self, file: Path) -> None:
        self.file, self.process = file, None

    def __call__(self, pids):
        line = ["strace", "-f", "-y", "-ttt", "-T", "-e", "trace=fdatasync,fsync", "-o", str(self.file)]
        line += [part for pid in pids for part in ("-p", str(pid))]
        self.process = subprocess.Popen(line, stderr=subprocess.PIPE, text=True)
        for _ in pids:
            said = self.process.stderr.readline()
            if "attached" not in said:
                pytest.skip(f"processes cannot be traced here: {said.strip()}")

    def stop(self):
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(20)

    def syncs(self):
        """When each ended, and of which file; one that was interrupted by another process's line too."""
        self.stop()
        said = self.file.read_text()
        found = [(float(at) + float(took), name) for at, name, took in SYNC.findall(said)]
        for pid, began, name in RESUMED.findall(said):
            ends = [float(at) for other, at in ENDED.findall(said) if other == pid and float(at) >= float(began)]
            found += [(min(ends), name)] if ends else []
        return found


@pytest.fixture
def url(database_url):
    if not database_url.startswith("postgresql"):
        yield database_url
        return
    with durable(database_url):
        yield database_url


def those_who_write(url, server):
    """The processes that write the log: the server's own on SQLite, PostgreSQL's otherwise."""
    if not url.startswith("postgresql"):
        return server.workers
    engine = create_engine(url)
    with engine.connect() as connection:
        folder = Path(connection.scalar(text("SELECT current_setting('data_directory')")))
    engine.dispose()
    postmaster = int((folder / "postmaster.pid").read_text().split()[0])
    time.sleep(0.5)  # for the one that answered here to be gone
    return [postmaster, *children(postmaster)]


def test_the_log_is_synced_between_each_question_and_its_answer(url, tmp_path, tracer):
    codes = boxes.make(url, tmp_path, 1)
    log = "pg_wal/" if url.startswith("postgresql") else "-wal"
    moments = []
    with boxes.served(url, tmp_path, workers=1) as server:
        visitor = signed_in(server)
        token = TOKEN.search(visitor.read(f"{boxes.BOOTH}?blank=1")).group(1)
        ballot = json.dumps([[code] for code in codes[:5]])
        visitor.post(boxes.BALLOTS, {"csrf_token": token, "key": "first", "ballot": ballot})
        tracer(those_who_write(url, server))
        for _ in range(CASTS):
            visitor.rest()
            began = time.time()
            visitor.post(boxes.BALLOTS, {"csrf_token": token, "key": uuid.uuid4().hex, "ballot": ballot})
            moments.append((began, time.time()))
        found = tracer.syncs()
    synced = [at for at, name in found if log in name]
    assert [any(began < at < answered for at in synced) for began, answered in moments] == [True] * CASTS
