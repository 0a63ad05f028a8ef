"""What was rendered once is not rendered again while the database stays as it was.

Three things are kept in each process's memory. Whole pages, for visitors without a cookie: what they get depends on
the address alone. Parts of pages that say what they depend on (``kept`` in a template), for everybody. And what was
read for a page (``remembered``), such as who is signed in. All are valid only for the version of the database that was
read before them, so that nothing hidden, corrected or withdrawn is shown a moment longer; and for ten seconds at most,
since dates pass without anybody writing.
"""

import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from sys import getsizeof
from typing import Any, TypeVar

from flask import Flask, Response, current_app, g, request, session
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

from consultation.extensions import db
from consultation.kernel.versions import DatabaseVersion
from consultation.web.authorize import PUBLIC, View, access_of, present
from consultation.web.locale import addressed, language

LONGEST = timedelta(seconds=10)
SHELF_BYTES = 1024 * 1024
READ_SHELF_BYTES = 1024 * 1024
LARGEST_BYTES = 256 * 1024
LONGEST_ADDRESS = 300
DRAWS = 16
REMEMBERS = ("remember_token",)
READ_BYTES = 16 * 1024
"""What something read is taken to weigh: an object of the database with those it was loaded with."""

_HOLE = f"hole-{secrets.token_hex(16)}"
"""Stands for a token in what is kept. Nobody outside this process knows it, so no text that people write holds it."""

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Entry:
    """Something rendered; ``size`` in bytes of memory."""

    version: str
    made_at: datetime
    what: Any
    size: int


class Shelf:
    """The most recently used entries, up to a number of bytes. Safe among threads."""

    def __init__(self, largest: int = SHELF_BYTES) -> None:
        self._largest = largest
        self._entries: OrderedDict[Hashable, Entry] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def get(self, key: Hashable, version: str, now: datetime) -> Any | None:
        """What is kept under the key, if it was made from this version of the database and not long ago."""
        with self._lock:
            entry = self._entries.get(key)
            if entry is None:
                return None
            if entry.version != version or not timedelta() <= now - entry.made_at < LONGEST:
                self._drop(key)
                return None
            self._entries.move_to_end(key)
            return entry.what

    def put(self, key: Hashable, entry: Entry) -> None:
        with self._lock:
            self._drop(key)
            self._entries[key] = entry
            self._bytes += entry.size
            while self._bytes > self._largest:
                self._drop(next(iter(self._entries)))

    def _drop(self, key: Hashable) -> None:
        entry = self._entries.pop(key, None)
        self._bytes -= entry.size if entry else 0


@dataclass(frozen=True, slots=True)
class Page:
    headers: tuple[tuple[str, str], ...]
    body: bytes


def draws(*without: str) -> Callable[[View], View]:
    """The view draws lots (where a fair order begins) when its address has none of these arguments. Visitors are then
    shown one of ``DRAWS`` pages that are kept."""

    def mark(view: View) -> View:
        view.draws_without = without  # type: ignore[attr-defined]
        return view

    return mark


def _lot(without: tuple[str, ...]) -> int:
    drawn = bool(without) and not any(name in request.args for name in without)
    return secrets.randbelow(DRAWS) if drawn else 0


def kept(*depends_on: Hashable, caller: Callable[[], str]) -> Markup:
    """In a template, ``{% call kept("threads", proposal.id, page) %}…{% endcall %}``: the part, rendered unless it is
    kept. It may show only what follows from the database, the language and ``depends_on``: nothing of who is asking,
    no message. Forms may stand in it, since their token is put in afterwards."""
    if request.method != "GET" or not current_app.config["KEEP_RENDERED"]:
        return Markup(caller())  # noqa: S704 - a template's own output
    shelf, version, now = _shelf("parts"), _version(), present()
    key = (request.root_path, language(), *depends_on)
    part = shelf.get(key, version, now)
    if part is None:
        g.kept_depth = g.get("kept_depth", 0) + 1
        try:
            part = Markup(caller())  # noqa: S704 - a template's own output
        finally:
            g.kept_depth -= 1
        shelf.put(key, Entry(version, now, part, getsizeof(part) + sum(map(getsizeof, key))))
    if _HOLE in part:
        g.has_hole = True
    return part


def csrf_token() -> str:
    """For templates: the token of this person's forms. In a part that is kept it is a hole, which ``filled`` fills for
    each person anew."""
    return _HOLE if g.get("kept_depth") else generate_csrf()


def filled(html: str) -> str:
    """The page with the token of this person's forms wherever a kept part left a hole for it."""
    return html.replace(_HOLE, generate_csrf()) if g.pop("has_hole", False) else html


def remembered(read: Callable[[], Value], *depends_on: Hashable) -> Value:
    """What ``read`` gives, read once while nobody writes: it may depend on the database and ``depends_on`` alone.

    For pages only. Objects of the database come back detached, whole as they were loaded, and shared by requests: to be
    read, never changed, and never a way to what was not loaded with them.
    """
    if request.method != "GET" or not current_app.config["KEEP_RENDERED"]:
        return read()
    shelf, version, now = _shelf("read"), _version(), present()
    found = shelf.get(depends_on, version, now)
    if found is None:
        found = read()
        shelf.put(depends_on, Entry(version, now, found, READ_BYTES))
    return found


def lot() -> int:
    """Which of the pages that are kept of this address this request is shown, where its view draws lots."""
    if "lot" not in g:
        view = current_app.view_functions.get(request.endpoint or "")
        g.lot = _lot(getattr(view, "draws_without", ()))
    return int(g.lot)


def install(app: Flask) -> None:
    """Give templates what they call; after Flask-WTF, whose ``csrf_token`` it replaces."""
    app.jinja_env.globals.update(kept=kept, csrf_token=csrf_token)


def init_app(app: Flask) -> None:
    """Before the other extensions, so that what is kept is what they made of it: compressed, with its headers."""
    with app.app_context():
        version = DatabaseVersion(db.engine)
    app.extensions["kept"] = {"pages": Shelf(), "parts": Shelf(), "read": Shelf(READ_SHELF_BYTES), "version": version}
    app.before_request(_offer)
    app.after_request(_keep)


def _offer() -> Response | None:
    key = _key()
    if key is None:
        return None
    version, now = _version(), present()
    page = _shelf("pages").get(key, version, now)
    if page is None:
        g.keep_page_as = key, version, now
        return None
    return current_app.response_class(page.body, HTTPStatus.OK, list(page.headers))


def _keep(response: Response) -> Response:
    keep_as = g.pop("keep_page_as", None)
    if keep_as is not None and _for_everybody(response):
        key, version, now = keep_as
        response.add_etag()
        page = Page(tuple(response.headers.items()), response.get_data())
        _shelf("pages").put(key, Entry(version, now, page, len(page.body)))
    if addressed() and "ETag" in response.headers and request.method in ("GET", "HEAD"):
        response.make_conditional(request)
    return response


def _for_everybody(response: Response) -> bool:
    return (
        response.status_code == HTTPStatus.OK
        and response.mimetype == "text/html"
        and not response.is_streamed
        and (response.content_length or 0) <= LARGEST_BYTES
        and not session.modified
        and "Set-Cookie" not in response.headers
    )


def _shelf(name: str) -> Shelf:
    return current_app.extensions["kept"][name]  # type: ignore[no-any-return]


def _version() -> str:
    """The version of the database that this request began with."""
    if "database_version" not in g:
        g.database_version = current_app.extensions["kept"]["version"]()
    return str(g.database_version)


def _key() -> Hashable | None:
    """What the page depends on, or none when it may depend on who asks, or is none of the public's pages."""
    if not current_app.config["KEEP_RENDERED"] or request.method not in ("GET", "HEAD"):
        return None
    view = current_app.view_functions.get(request.endpoint or "")
    if view is None or access_of(view) != PUBLIC:
        return None
    if not addressed() or len(request.query_string) > LONGEST_ADDRESS:
        return None
    cookies = request.cookies
    if cookies and any(name in cookies for name in (current_app.config["SESSION_COOKIE_NAME"], *REMEMBERS)):
        return None
    asked = request.headers
    return (
        request.host,
        request.root_path,
        request.path,
        request.query_string,
        lot(),
        "gzip" in asked.get("Accept-Encoding", ""),
        *(asked.get(name) for name in ("HX-Request", "HX-Boosted", "HX-History-Restore-Request")),
    )
