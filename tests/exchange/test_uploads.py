"""Uploaded files: whose they are, how long they stay, and what a broken request leaves."""

import os
from datetime import UTC, datetime, timedelta

import pytest

from consultation.exchange.uploads import Uploads

NOW = datetime(2027, 3, 1, tzinfo=UTC)
ABOUT = {"owner": None, "slug": "s", "filename": "../../x.csv"}


@pytest.fixture
def uploads(tmp_path):
    return Uploads(tmp_path)


def keep(uploads, kind="proposals", now=NOW):
    return uploads.keep(lambda path: path.write_text("a"), kind=kind, now=now, **ABOUT)


def test_files_stay_a_day_and_ballots_an_hour(uploads, tmp_path):
    first, ballots = keep(uploads), keep(uploads, "ballots")
    assert uploads.path(first.token).parent == tmp_path / "uploads"
    uploads.forget_old((), NOW + timedelta(hours=1))
    assert uploads.find(ballots.token, owner=None, slug="s") == ballots
    uploads.forget_old((), NOW + timedelta(hours=1, seconds=1))
    assert uploads.find(ballots.token, owner=None, slug="s") is None
    assert uploads.find(first.token, owner=None, slug="s") == first
    uploads.forget_old({first.token}, NOW + timedelta(days=2))
    assert uploads.path(first.token).exists()
    uploads.forget_old((), NOW + timedelta(days=1, seconds=1))
    assert list(uploads.folder.iterdir()) == []


def test_what_was_cut_off_leaves_nothing(uploads):
    def full(path):
        path.write_text("half of it")
        raise OSError("no space left")

    with pytest.raises(OSError, match="no space left"):
        uploads.keep(full, kind="proposals", now=NOW, **ABOUT)
    assert list(uploads.folder.iterdir()) == []


def test_a_file_without_its_note_goes_a_day_after_it_was_written(uploads):
    kept = keep(uploads)
    orphan = uploads.path("A" * 22)
    orphan.write_text("x")
    os.utime(orphan, (NOW.timestamp(), NOW.timestamp()))
    uploads.forget_old((), NOW + timedelta(hours=23))
    assert orphan.exists()
    uploads.forget_old({kept.token}, NOW + timedelta(days=1, seconds=1))
    assert [path.stem for path in uploads.folder.glob("*.upload")] == [kept.token]
