"""What every test may ask for. The databases are in tests/databases.py, the browser in tests/browser.py."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

pytest_plugins = ["tests.databases", "tests.browser"]

ROOT = Path(__file__).resolve().parent.parent
NOW = datetime(2027, 3, 1, 15, 0, tzinfo=UTC)


@pytest.fixture(scope="session", autouse=True)
def _seldom_collected() -> None:
    """Each test makes an application and lets it go; left alone, the collector looks through everything each time."""
    import gc

    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


@pytest.fixture
def clock() -> Any:
    """A clock that stands at 15:00 UTC on 1 March 2027 until the test moves it."""
    from consultation.kernel.clock import FixedClock

    return FixedClock(NOW)


@pytest.fixture
def config(request: pytest.FixtureRequest, database_url: str, tmp_path: Path) -> Any:
    """The settings of `app`. A test file that needs others overrides this fixture with ``dataclasses.replace``."""
    from consultation.config import Config

    changes = {}
    if "live_server" in request.fixturenames:
        changes["base_url"] = request.getfixturevalue("live_address")
    return Config.for_tests(database_url=database_url, data_dir=tmp_path / "data", **changes)


@pytest.fixture(scope="session")
def assets() -> dict[str, Any]:
    """Style, script and icons as they were made once; their files stay the same while tests run."""
    return {}


@pytest.fixture
def app(request: pytest.FixtureRequest, config: Any, clock: Any, assets: dict[str, Any]) -> Iterator[Any]:
    """The application on a database of the test's own.

    Forms need no CSRF token here, but where the test drives a browser they do, as in production.
    """
    from consultation.app import create_app
    from consultation.extensions import db

    made = create_app(config, clock=clock)
    made.extensions["design"] = assets
    made.config["WTF_CSRF_ENABLED"] = "live_server" in request.fixturenames
    yield made
    with made.app_context():
        db.engine.dispose()


@pytest.fixture
def client(app: Any) -> Any:
    return app.test_client()


@pytest.fixture
def runner(app: Any) -> Any:
    """Runs the console command on the application: ``runner.invoke(args=["db", "check"])``."""
    from flask.testing import FlaskCliRunner

    from consultation.__main__ import console

    class Console(FlaskCliRunner):
        def invoke(self, cli: Any = None, args: Any = None, **options: Any) -> Any:
            return super().invoke(cli or console(lambda: app), args, **options)

    return Console(app)


@pytest.fixture
def engine(app: Any) -> Any:
    from consultation.extensions import db

    with app.app_context():
        return db.engine


@pytest.fixture
def session(engine: Any) -> Iterator[Any]:
    """A session of the test's own on the application's database; what requests should see is to be committed.

    No application context is open around the test: a request made inside one would share its ``g``, and with it the
    signed-in user, with the request before.
    """
    from sqlalchemy.orm import Session

    with Session(engine, expire_on_commit=False) as opened:
        yield opened


@pytest.fixture
def count_queries(app: Any, engine: Any) -> Callable[[], AbstractContextManager[list[str]]]:
    """Lists the statements the database is sent: ``with count_queries() as queries: …; assert len(queries) <= 4``.

    The beginnings and ends of transactions are not counted; those of requests on other threads are. Pages are made
    anew each time, since one that is kept would ask nothing.
    """
    from sqlalchemy import event

    app.config["KEEP_RENDERED"] = False

    @contextmanager
    def counting() -> Iterator[list[str]]:
        queries: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            if not statement.startswith(("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK", "PRAGMA")):
                queries.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        try:
            yield queries
        finally:
            event.remove(engine, "before_cursor_execute", note)

    return counting


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of reference data beside the checkout, ``../shared/data``.

    Skips where there is no ``../shared``; where there is one without data, skips too, but fails under ``CI=true``.
    """
    from tests.databases import absent

    shared = ROOT.parent / "shared"
    if not shared.is_dir():
        pytest.skip("needs the reference data in ../shared/data, and this machine has no ../shared")
    if not (shared / "data").is_dir():
        absent("needs the reference data: ../shared is here, but ../shared/data is not")
    return shared / "data"
