"""Neither the server nor the worker starts on a database that may forget what it has committed."""

import psycopg
import pytest
from sqlalchemy import event, make_url

from consultation.extensions import db
from consultation.kernel.durability import NotDurable, refuse_forgetful
from consultation.kernel.migrations import open_engine
from tests.commands.test_serving import free_port

COMMANDS = (["serve", "--port", "0", "--no-worker"], ["worker", "--once"])


def refused(runner, arguments):
    if arguments[0] == "serve":
        arguments = ["serve", "--port", str(free_port()), "--no-worker"]
    ended = runner.invoke(args=arguments)
    assert ended.exit_code == 1
    return ended.stderr


@pytest.mark.sqlite
@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    ("pragma", "said"),
    [
        ("synchronous=NORMAL", "synchronous=1"),
        ("synchronous=OFF", "synchronous=0"),
        ("journal_mode=MEMORY", "journal_mode=memory"),
    ],
)
def test_sqlite_must_sync(app, runner, command, pragma, said):
    with app.app_context():
        event.listen(db.engine, "connect", lambda connection, _record: connection.execute(f"PRAGMA {pragma}"))
    assert said in refused(runner, command)


@pytest.mark.postgres
@pytest.mark.parametrize("command", COMMANDS)
def test_postgresql_must_wait_for_the_disk_when_it_commits(app, runner, database_url, command):
    """Whether the server, the database or the role says otherwise."""
    plain = make_url(database_url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        name = make_url(database_url).database
        connection.execute(f'ALTER DATABASE "{name}" SET synchronous_commit = off'.encode())
    with app.app_context():
        db.engine.dispose()
    assert "synchronous_commit=off" in refused(runner, command)


@pytest.mark.postgres
@pytest.mark.parametrize("command", COMMANDS)
def test_postgresql_must_sync(app, runner, database_url, command):
    plain = make_url(database_url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(b"ALTER SYSTEM SET fsync = off")
        connection.execute(b"SELECT pg_reload_conf()")
        for _ in range(200):
            with psycopg.connect(plain) as fresh:
                if fresh.execute("SHOW fsync").fetchone()[0] == "off":
                    break
    assert "fsync=off" in refused(runner, command)


def test_what_remembers_may_serve(engine):
    refuse_forgetful(engine)


def test_a_database_that_does_not_answer_is_refused_in_words():
    engine = open_engine(f"postgresql+psycopg://nobody@127.0.0.1:{free_port()}/nothing")
    with pytest.raises(NotDurable, match="does not answer"):
        refuse_forgetful(engine)
