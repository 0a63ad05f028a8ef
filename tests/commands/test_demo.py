"""The sample is rebuilt without losing the one before. What it says is tested in tests/demo."""

from pathlib import Path

import pytest

from consultation.commands.demonstration import replace_sample


@pytest.mark.sqlite
def test_a_rebuild_that_fails_leaves_the_old_sample(tmp_path: Path):
    folder = tmp_path / "demo"
    folder.mkdir()
    (folder / "consultation.sqlite").write_text("old")

    def broken(_settings):
        raise RuntimeError("no power")

    with pytest.raises(RuntimeError):
        replace_sample(folder, broken, "http://127.0.0.1:8000")
    assert [path.name for path in tmp_path.iterdir()] == ["demo"]
    assert (folder / "consultation.sqlite").read_text() == "old"
