"""An import that somebody stops in the middle, on both databases: it says so, and leaves every table as it was."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROWS = 12_000


@pytest.mark.parametrize(
    ("stop", "status", "said"),
    [
        (signal.SIGINT, 1, "Error: Stopped. Nothing was saved.\n"),
        (signal.SIGTERM, -signal.SIGTERM, ""),
    ],
)
def test_an_import_that_is_stopped_in_the_middle_leaves_nothing(
    consultation, run, file, engine, dump, tmp_path, stop, status, said
):
    run("import", "proposals", file("p.csv", "id,title\n1,One\n"), "--consultation", consultation, "--publish")
    rows = "".join(f"c{number},1,Words of number {number}\n" for number in range(ROWS))
    comments = file("c.csv", "id,proposalId,text\n" + rows)
    before = dump()
    running = subprocess.Popen(
        [sys.executable, "-m", "consultation", "import", "comments", str(comments), "--consultation", consultation],
        cwd=ROOT,
        env={
            **os.environ,
            "CONSULTATION_DATABASE_URL": engine.url.render_as_string(hide_password=False),
            "CONSULTATION_DATA_DIR": str(tmp_path),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert running.stderr.readline() == f"5000 of {ROWS} rows\n"  # of which some thousands are written, and none kept
    running.send_signal(stop)
    out, err = running.communicate(timeout=60)
    assert (running.returncode, out, err) == (status, "", said)
    assert dump() == before
