"""A connection that PostgreSQL has ended is never lent, and one that was used a moment ago is lent without asking."""

import select

import pytest
from sqlalchemy import create_engine, text

from consultation.kernel import liveness
from consultation.kernel.migrations import open_engine

pytestmark = pytest.mark.postgres
ITS_OWN = text("SELECT pg_backend_pid()")
ASKING = ";"
"""The empty statement with which the driver asks."""


@pytest.fixture
def engine(database_url):
    opened = open_engine(database_url)
    yield opened
    opened.dispose()


@pytest.fixture
def elsewhere(database_url):
    """Asks from outside the pool, at once: ``elsewhere(statement, pid=…)``."""
    apart = create_engine(database_url, isolation_level="AUTOCOMMIT")

    def ask(statement, **values):
        with apart.connect() as connection:
            return connection.scalar(text(statement), values)

    yield ask
    apart.dispose()


def pid(engine):
    with engine.connect() as connection:
        return connection.scalar(ITS_OWN)


def last_asked(elsewhere, of):
    return elsewhere("SELECT query FROM pg_stat_activity WHERE pid = :pid", pid=of)


def test_connections_that_the_server_ended_are_replaced(engine, elsewhere):
    with engine.connect() as one, engine.connect() as other:
        ended = {one.scalar(ITS_OWN), other.scalar(ITS_OWN)}
    for each in ended:
        assert elsewhere("SELECT pg_terminate_backend(:pid, 5000)", pid=each)
    with engine.connect() as one, engine.connect() as other:
        assert not ended & {one.scalar(ITS_OWN), other.scalar(ITS_OWN)}


def test_one_that_was_used_a_moment_ago_is_lent_without_asking(engine, elsewhere):
    rests = pid(engine)
    before = last_asked(elsewhere, rests)
    with engine.connect() as connection:
        assert last_asked(elsewhere, rests) == before
        assert connection.scalar(ITS_OWN) == rests


def test_one_that_rested_longer_is_asked(engine, elsewhere, monkeypatch):
    monkeypatch.setattr(liveness, "RESTED_SECONDS", 0.0)
    rests = pid(engine)
    with engine.connect() as connection:
        assert last_asked(elsewhere, rests) == ASKING
        assert connection.scalar(ITS_OWN) == rests


def test_one_to_which_the_server_said_something_is_asked(engine, elsewhere):
    with engine.connect() as connection:
        rests = connection.scalar(ITS_OWN)
        connection.execute(text("LISTEN news"))
        connection.commit()
        driver = connection.connection.dbapi_connection
    elsewhere("SELECT pg_notify('news', 'of something else')")
    assert select.select([driver], [], [], 10) == ([driver], [], [])
    with engine.connect() as connection:
        assert last_asked(elsewhere, rests) == ASKING
        assert connection.scalar(ITS_OWN) == rests
