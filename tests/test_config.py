"""Settings: one secret for all that start at once, and numbers that are numbers."""

import stat
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from consultation.config import Config, UnsafeSettings

AT_ONCE = 8
ROUNDS = 40


def test_all_that_start_at_once_agree_on_one_secret(tmp_path):
    for turn in range(ROUNDS):
        folder, ready = tmp_path / str(turn), threading.Barrier(AT_ONCE)

        def start(_number, folder=folder, ready=ready):
            ready.wait(10)
            return Config.from_environment({"CONSULTATION_DATA_DIR": str(folder)}).secret_key

        with ThreadPoolExecutor(AT_ONCE) as pool:
            (secret,) = set(pool.map(start, range(AT_ONCE)))
        (kept,) = folder.iterdir()
        assert (kept.name, kept.read_text(), stat.S_IMODE(kept.stat().st_mode)) == ("secret-key", secret, 0o600)
        assert len(secret) >= 48


def test_an_empty_secret_is_refused(tmp_path):
    (tmp_path / "secret-key").touch()
    with pytest.raises(UnsafeSettings, match="is empty"):
        Config.from_environment({"CONSULTATION_DATA_DIR": str(tmp_path)})


@pytest.mark.parametrize(("written", "count"), [({}, 0), ({"CONSULTATION_TRUSTED_PROXIES": "2"}, 2)])
def test_proxies_are_counted(tmp_path, written, count):
    assert Config.from_environment({"CONSULTATION_DATA_DIR": str(tmp_path), **written}).trusted_proxies == count


@pytest.mark.parametrize("written", ["", "one", "-1", "1.5", "²"])
def test_what_is_no_number_of_proxies_is_refused(tmp_path, written):
    with pytest.raises(UnsafeSettings, match="CONSULTATION_TRUSTED_PROXIES must be a whole number"):
        Config.from_environment({"CONSULTATION_DATA_DIR": str(tmp_path), "CONSULTATION_TRUSTED_PROXIES": written})
