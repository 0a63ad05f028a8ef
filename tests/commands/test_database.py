"""The commands for the database: up, down, and what a check finds."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from consultation.convening.models import Term

ROOT = Path(__file__).resolve().parents[2]


def run_alone(folder: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """The command as an operator calls it, with a data folder of its own."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CONSULTATION_")}
    return subprocess.run(
        [sys.executable, "-m", "consultation", *arguments],
        cwd=ROOT,
        env={**environment, "CONSULTATION_DATA_DIR": str(folder), **settings},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_upgrade_makes_the_database_and_loads_the_vocabularies(tmp_path):
    folder = tmp_path / "not" / "there"
    assert run_alone(folder, "db", "check").returncode == 1
    first = run_alone(folder, "db", "upgrade")
    assert (first.returncode, first.stdout) == (0, "")
    assert "terms of the vocabularies were loaded" in first.stderr
    again = run_alone(folder, "db", "upgrade")
    assert (again.returncode, "loaded" in again.stderr) == (0, False)
    check = run_alone(folder, "db", "check")
    assert (check.returncode, check.stdout) == (0, "revision\tok\nappend-only guards\tok\nforeign keys\tok\n")


def test_a_database_that_cannot_be_reached_is_a_no_with_a_sentence(tmp_path):
    nowhere = "postgresql://nobody@127.0.0.1:1/nothing"
    for command in ("upgrade", "check"):
        ended = run_alone(tmp_path, "db", command, CONSULTATION_DATABASE_URL=nowhere)
        assert (ended.returncode, ended.stdout) == (1, "")
        assert ended.stderr.startswith("Error: The database cannot be used: ")


def test_another_server_starts_on_a_durable_database_alone(tmp_path):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CONSULTATION_")}
    ended = []
    for database in ("postgresql://nobody@127.0.0.1:1/nothing", f"sqlite:///{tmp_path / 'new.sqlite'}"):
        settings = {"CONSULTATION_DATA_DIR": str(tmp_path), "CONSULTATION_DATABASE_URL": database}
        command = [sys.executable, "-c", "import wsgi"]
        done = subprocess.run(
            command, cwd=ROOT, env=environment | settings, capture_output=True, text=True, check=False, timeout=60
        )
        ended.append((done.returncode, "The database does not answer" in done.stderr))
    assert ended == [(1, True), (0, False)]


def test_upgrade_loads_vocabularies_into_the_applications_database(runner, session):
    assert runner.invoke(args=["db", "upgrade"]).exit_code == 0
    assert session.scalar(select(func.count()).select_from(Term)) > 200


def test_check_of_a_sound_database(runner):
    checked = runner.invoke(args=["db", "check"])
    assert (checked.exit_code, checked.stdout.splitlines()) == (
        0,
        ["revision\tok", "append-only guards\tok", "foreign keys\tok"],
    )


def test_check_misses_a_guard(runner, engine):
    with engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            connection.execute(text("DROP TRIGGER event_no_delete"))
        else:
            connection.execute(text("ALTER TABLE event DISABLE TRIGGER event_no_truncate"))
    checked = runner.invoke(args=["db", "check"])
    assert checked.exit_code == 1
    assert "append-only guards\tmissing on event: run 'consultation db upgrade'" in checked.stdout


@pytest.mark.sqlite
def test_check_finds_a_row_without_its_parent(runner, engine):
    with engine.connect() as connection:
        connection.connection.dbapi_connection.execute("PRAGMA foreign_keys=OFF")
        connection.execute(text("INSERT INTO user_role (user_id, role) VALUES ('00', 'delegate')"))
        connection.commit()
        connection.connection.dbapi_connection.execute("PRAGMA foreign_keys=ON")
    checked = runner.invoke(args=["db", "check"])
    assert (checked.exit_code, "foreign keys\tbroken in user_role" in checked.stdout) == (1, True)


@pytest.mark.postgres
def test_check_finds_a_constraint_that_was_never_validated(runner, engine):
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE user_role DROP CONSTRAINT fk_user_role_user_id"))
        connection.execute(
            text(
                "ALTER TABLE user_role ADD CONSTRAINT fk_user_role_user_id "
                'FOREIGN KEY (user_id) REFERENCES "user" (id) NOT VALID'
            )
        )
    checked = runner.invoke(args=["db", "check"])
    assert (checked.exit_code, "foreign keys\tbroken in user_role" in checked.stdout) == (1, True)


def test_down_and_up_again(runner):
    assert runner.invoke(args=["db", "downgrade", "base"]).exit_code == 0
    checked = runner.invoke(args=["db", "check"])
    assert (checked.exit_code, checked.stdout.splitlines()[0]) == (
        1,
        "revision\tnot the newest: run 'consultation db upgrade'",
    )
    assert runner.invoke(args=["db", "upgrade"]).exit_code == 0
    assert runner.invoke(args=["db", "check"]).exit_code == 0


def test_an_unknown_revision_is_wrong_use(runner):
    assert runner.invoke(args=["db", "downgrade", "nowhere"]).exit_code == 2
    assert runner.invoke(args=["db", "check"]).exit_code == 0
    assert runner.invoke(args=["db", "sideways"]).exit_code == 2
