"""How many queries a page sends, counted inside one process, with the vocabulary read already."""

from collections.abc import Mapping, Sequence
from http.client import OK
from typing import Any

from sqlalchemy import event

from consultation.app import create_app
from consultation.config import Config
from consultation.extensions import db

_NOT_COUNTED = ("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK", "COMMIT", "PRAGMA")


def queries(environment: Mapping[str, str], paths: Sequence[str], cookies: Mapping[str, str]) -> dict[str, int]:
    """The queries of each page, for the visitor who has these cookies."""
    app = create_app(Config.from_environment(environment))
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith(_NOT_COUNTED):
            sent.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    client = app.test_client()
    for name, value in cookies.items():
        client.set_cookie(name, value)
    counted = {}
    for path in paths:
        client.get(path)
        sent.clear()
        answer = client.get(path)
        if answer.status_code != OK:
            raise RuntimeError(f"{path} answered {answer.status_code}.")
        counted[path] = len(sent)
    engine.dispose()
    return counted
