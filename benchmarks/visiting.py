"""Asking a server as a person's browser does: signing in, reading a page's size, posting, one request at a time."""

import gzip
import http.client
import re
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from benchmarks.data import PASSWORD, PREFIX, SLUG, email
from benchmarks.filler import filler
from benchmarks.processes import HOST, Server

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_CHOICE = re.compile(r'name="organization" value="([^"]+)"')
SEE_OTHER = 303


class NotAccepted(RuntimeError):
    """The site did not answer as it does to a person."""


@dataclass(slots=True)
class Visitor:
    """One connection that stays open, and its cookies."""

    server: Server
    cookies: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._connection = http.client.HTTPConnection(HOST, self.server.port, timeout=30)

    _connection: http.client.HTTPConnection = field(init=False, repr=False)

    @property
    def headers(self) -> dict[str, str]:
        if not self.cookies:
            return {}
        return {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}

    def ask(self, method: str, path: str, form: Mapping[str, str] | None = None, **headers: str) -> tuple[int, bytes]:
        """The status and the body as sent; cookies that are set are kept."""
        sent = {**self.headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
        if form is not None:
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        self._connection.request(method, path, None if form is None else urlencode(form), sent)
        answer = self._connection.getresponse()
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer.status, answer.read()

    def rest(self) -> None:
        """Begin with a new connection: the server has closed one that was not used for some seconds."""
        self._connection.close()

    def read(self, path: str) -> str:
        """A page.

        Raises:
            NotAccepted: for anything but 200.
        """
        self.rest()
        status, body = self.ask("GET", path)
        if status != http.client.OK:
            raise NotAccepted(f"{path} answered {status}.")
        return body.decode()

    def post(self, path: str, form: Mapping[str, str]) -> float:
        """Milliseconds until a form was accepted.

        Raises:
            NotAccepted: when it was not answered with 303.
        """
        began = time.perf_counter()
        status, _ = self.ask("POST", path, form)
        took = 1000 * (time.perf_counter() - began)
        if status != SEE_OTHER:
            raise NotAccepted(f"A form sent to {path} was answered with {status}.")
        return took


@dataclass(frozen=True, slots=True)
class Weight:
    """A page's size in bytes: as sent compressed, and plain."""

    sent: int
    plain: int


def weight(visitor: Visitor, path: str) -> Weight:
    visitor.rest()
    _, body = visitor.ask("GET", path, Accept_Encoding="gzip")
    return Weight(len(body), len(gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body))


def signed_in(server: Server, delegate: int = 0) -> Visitor:
    """A delegate who signed in with a password."""
    visitor = Visitor(server)
    token = _found(_TOKEN, visitor.read("/en/sign-in"))
    visitor.post("/en/sign-in", {"csrf_token": token, "email": email(delegate), "password": PASSWORD})
    visitor.read("/en/")  # where signing in leads: from then on the cookie holds the token of this person's forms
    return visitor


def post_comments(visitor: Visitor, numbers: Iterable[int]) -> list[float]:
    """Milliseconds that each comment took, on the proposals of these numbers."""
    page = visitor.read(f"/en/proposals/{PREFIX}-001")
    fixed = {"csrf_token": _found(_TOKEN, page), "organization": _found(_CHOICE, page)}
    fixed |= {"stance": "none", "language": "en", "answers": ""}
    return [
        visitor.post(
            f"/en/proposals/{PREFIX}-{number:03d}/comments", {**fixed, "body": filler(number, "en").text(2, 6)}
        )
        for number in numbers
    ]


def post_proposals(visitor: Visitor, numbers: Iterable[int]) -> list[float]:
    """Milliseconds that each proposal took; the numbers tell their texts apart."""
    address = f"/en/consultations/{SLUG}/propose"
    page = visitor.read(address)
    theme = re.search(r'<option value="([^"]+)">', page.partition('name="theme"')[2])
    fixed = {"csrf_token": _found(_TOKEN, page), "organization": _found(_CHOICE, page), "language": "en"}
    fixed["theme"] = theme.group(1) if theme else ""
    taken = []
    for number in numbers:
        words = filler(-number, "en")
        text = {"title": words.title(number), "barrier": words.text(4, 8), "remedy": words.text(4, 8)}
        taken.append(visitor.post(address, {**fixed, **text, "evidence": words.text(2, 4)}))
    return taken


def _found(pattern: re.Pattern[str], page: str) -> str:
    match = pattern.search(page)
    if match is None:
        raise NotAccepted(f"A page has no {pattern.pattern}.")
    return match.group(1)
