"""Walking over the application's own map of addresses, and the table of what each answers to whom."""

import sqlite3
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.authorization.world import PERSONAS, World

TABLE = Path(__file__).with_name("answers.txt")
BAD_REQUEST = 400
ABSENT = {"IntegerConverter": 1, "UUIDConverter": uuid.UUID(int=0), "AnyConverter": "en"}


@dataclass(frozen=True)
class Row:
    """What an address of a thing answers to each persona, in the order of ``PERSONAS``; ``form`` is what is sent."""

    endpoint: str
    method: str
    subject: str
    answers: tuple[int, ...]
    form: tuple[tuple[str, str], ...] = ()

    @property
    def side(self) -> str:
        return self.subject.partition(".")[0]


def table() -> list[Row]:
    """The rows of answers.txt."""
    rows = []
    for line in TABLE.read_text().splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        endpoint, method, subject, *rest = line.split()
        answers = tuple(int(answer) for answer in rest[: len(PERSONAS)])
        form = tuple(tuple(pair.split("=", 1)) for pair in rest[len(PERSONAS) :])
        rows.append(Row(endpoint, method, subject, answers, form))
    return rows


def routes(app: Any) -> Iterator[tuple[Any, str]]:
    """Each rule with each method that it takes."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.endpoint):
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
            yield rule, method


def absent(rule: Any, /, **known: Any) -> dict[str, Any]:
    """Arguments that name nothing, but for what is ``known``."""
    return {
        name: known.get(name, ABSENT.get(type(converter).__name__, "none"))
        for name, converter in rule._converters.items()
    }


class Requests:
    """Sends requests as a persona, each to the world as it was: what a request changed is put back after it."""

    def __init__(self, app: Any, world: World, file: str) -> None:
        self._app, self._world, self._file = app, world, file
        self._adapter = app.url_map.bind("localhost")
        self._kept = sqlite3.connect(":memory:")
        with sqlite3.connect(file) as live:
            live.backup(self._kept)

    def send(
        self,
        persona: str,
        endpoint: str,
        method: str,
        arguments: dict[str, Any],
        form: dict[str, str] | None = None,
        *,
        keep: bool = False,
    ) -> Any:
        """The response. With ``keep`` what was changed stays changed."""
        client = self._app.test_client()
        if persona in self._world.cookies:
            client.set_cookie("session", self._world.cookies[persona])
        address = self._adapter.build(endpoint, arguments, method=method)
        response = client.open(address, method=method, data=form or {})
        response.get_data()
        if method != "GET" and response.status_code < BAD_REQUEST and not keep:
            with sqlite3.connect(self._file) as live:
                self._kept.backup(live)
        return response

    def content(self) -> list[str]:
        """Everything that the database holds, to compare."""
        with sqlite3.connect(self._file) as live:
            return list(live.iterdump())
