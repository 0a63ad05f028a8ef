"""A statement that is sent ahead is executed in its turn, and what it raises is raised by what follows it."""

import threading
import time

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import IntegrityError, OperationalError

from consultation.kernel.migrations import open_engine
from consultation.kernel.sending import send_ahead

PUT = text("INSERT INTO sent (n) VALUES (:n)")
HELD = text("SELECT n FROM sent ORDER BY n")
PATIENCE = 20
LOCKED = text("SELECT n FROM sent WHERE n = :n FOR UPDATE")


@pytest.fixture
def engine(database_url):
    opened = open_engine(database_url)
    with opened.begin() as connection:
        connection.execute(text("CREATE TABLE sent (n INTEGER PRIMARY KEY)"))
    yield opened
    with opened.begin() as connection:
        connection.execute(text("DROP TABLE sent"))
    opened.dispose()


@pytest.fixture
def connection(engine):
    with engine.connect() as opened:
        yield opened


def held(engine):
    with engine.connect() as another:
        return list(another.scalars(HELD))


def put(connection, *numbers):
    for n in numbers:
        send_ahead(connection, PUT, {"n": n})


def waits(connection):
    """Whether an answer is awaited; SQLite has none."""
    return getattr(connection.connection.driver_connection, "outstanding", None) is not None


def test_what_was_sent_is_there_for_the_next_statement_and_after_the_commit(engine, connection):
    put(connection, 2, 1)
    assert list(connection.scalars(HELD)) == [1, 2]
    put(connection, 3)
    connection.commit()
    assert held(engine) == [1, 2, 3]
    assert not waits(connection)


def test_what_was_sent_and_not_committed_is_undone(engine, connection):
    put(connection, 1)
    connection.rollback()
    put(connection, 2)
    connection.commit()
    assert held(engine) == [2]


def test_many_rows_at_once_can_follow(engine, connection):
    put(connection, 1)
    connection.execute(PUT, [{"n": 2}, {"n": 3}])
    put(connection, 4)
    connection.commit()
    assert held(engine) == [1, 2, 3, 4]


def test_rows_that_are_read_bit_by_bit_can_follow(connection):
    put(connection, 1, 2, 3)
    assert list(connection.execution_options(yield_per=2).scalars(HELD)) == [1, 2, 3]


@pytest.mark.postgres
def test_its_error_is_raised_by_the_next_statement(engine, connection):
    put(connection, 1, 1)
    with pytest.raises(IntegrityError):
        connection.scalars(HELD)
    connection.rollback()
    assert held(engine) == []


@pytest.mark.postgres
def test_its_error_is_raised_by_the_commit_which_saves_nothing(engine, connection):
    put(connection, 1)
    connection.execute(HELD)
    put(connection, 1)
    with pytest.raises(IntegrityError):
        connection.commit()
    connection.rollback()
    assert held(engine) == []
    put(connection, 2)
    connection.commit()
    assert held(engine) == [2]


@pytest.mark.postgres
def test_a_transaction_whose_error_nobody_heard_of_can_be_undone(engine, connection):
    put(connection, 1, 1)
    connection.rollback()
    put(connection, 2)
    connection.commit()
    assert held(engine) == [2]


@pytest.mark.postgres
def test_a_connection_is_lent_again_without_what_was_sent_on_it(engine):
    with engine.connect() as connection:
        put(connection, 1)
        before = connection.connection.driver_connection
    with engine.connect() as connection:
        assert connection.connection.driver_connection is before
        assert list(connection.scalars(HELD)) == []


@pytest.mark.postgres
def test_sending_does_not_wait_and_what_follows_sees_what_was_committed_meanwhile(engine, connection):
    """As a cast does: a lock is asked for and, with it, what stands now that it is held."""
    put(connection, 1)
    connection.commit()
    found = []
    with engine.connect() as other:
        other.execute(LOCKED, {"n": 1})

        def wait_and_look():
            began = time.monotonic()
            send_ahead(connection, LOCKED, {"n": 1})
            assert waits(connection)
            assert time.monotonic() - began < PATIENCE
            found.extend(connection.scalars(HELD))

        looking = threading.Thread(target=wait_and_look)
        looking.start()
        with engine.connect() as watching:
            while not watching.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")):
                time.sleep(0.01)
        other.execute(PUT, {"n": 2})
        other.commit()
    looking.join(PATIENCE)
    assert found == [1, 2]


@pytest.mark.postgres
@pytest.mark.parametrize("follows", ["statement", "commit"])
def test_a_server_that_ends_the_connection_meanwhile_is_heard_of(engine, connection, database_url, follows):
    pid = connection.scalar(text("SELECT pg_backend_pid()"))
    put(connection, 1)
    apart = create_engine(database_url, isolation_level="AUTOCOMMIT")
    with apart.connect() as elsewhere:
        assert elsewhere.scalar(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})
    apart.dispose()
    with pytest.raises(OperationalError) as raised:
        connection.commit() if follows == "commit" else connection.execute(HELD)
    assert raised.value.connection_invalidated
    connection.invalidate()
    assert held(engine) == []
