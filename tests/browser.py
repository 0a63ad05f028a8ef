"""The application served on a free loopback port, and Debian's Chromium to look at it with.

A page that asks for anything beyond loopback, breaks the content security policy or raises in script fails its test.
"""

import os
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.databases import absent

AXE = Path(__file__).resolve().parent.parent / "node_modules" / "axe-core" / "axe.min.js"
WCAG_22_AA = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa")
LOOPBACK = ("127.0.0.1", "localhost", "::1")
# Without these Chromium looks its maker's hosts up at every start.
QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost",
)
TIMEOUT_MS = 10_000


@dataclass(frozen=True)
class LiveServer:
    """``url`` is the address without a slash at the end; ``app`` is the application that answers there."""

    url: str
    app: Any


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Those that drive a browser are marked, and come first: they are the longest, and one of them at the end would
    leave the other workers with nothing to do."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)
    items.sort(key=lambda item: item.get_closest_marker("browser") is None)


@pytest.fixture
def live_address() -> str:
    """A loopback address whose port was free a moment ago; the application's settings name it before it is served."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"


@pytest.fixture
def live_server(app: Any, live_address: str) -> Iterator[LiveServer]:
    """The test's application, served by threads on loopback, on SQLite; jobs that are asked for are run beside it."""
    from werkzeug.serving import WSGIRequestHandler, make_server

    from consultation.commands.worker import Jobs

    class Quiet(WSGIRequestHandler):
        def log_request(self, *_: Any) -> None:
            """Say nothing of requests that went well or ill; errors are still logged."""

    port = urlsplit(live_address).port
    assert port is not None
    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    ended = threading.Event()

    def work() -> None:
        jobs = Jobs(app, ended.is_set)
        while not ended.is_set():
            if jobs.step() == 0:
                ended.wait(0.1)

    worker = threading.Thread(target=work, daemon=True)
    thread.start()
    worker.start()
    yield LiveServer(live_address, app)
    ended.set()
    server.shutdown()
    thread.join(10)
    worker.join(10)
    server.server_close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Chromium, headless, started once for each worker."""
    if reason := os.environ.get("CONSULTATION_NO_BROWSER"):
        absent(reason)
    found = [shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome")]
    executable = next((path for path in found if path), None)
    if executable is None:
        absent("Chromium is not installed (Debian: apt install chromium libatomic1)")
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError as error:
        absent(f"Playwright is not installed: {error}")
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    manager = sync_playwright()
    try:
        playwright = manager.start()
    except Exception as error:  # noqa: BLE001 - the driver that lacks libatomic ends in an error of no special kind
        absent(f"Playwright's driver does not start (Debian: apt install libatomic1): {error}")
    try:
        launched = playwright.chromium.launch(
            executable_path=executable, headless=True, chromium_sandbox=not root, args=list(QUIET)
        )
    except Error as error:
        playwright.stop()
        absent(f"Chromium does not start: {error.message.splitlines()[0]}")
    yield launched
    launched.close()
    playwright.stop()


@pytest.fixture
def page(browser: Any, live_server: LiveServer) -> Iterator[Any]:
    """A page in a fresh profile; ``page.goto("/en/")`` is relative to `live_server`."""
    context = browser.new_context(base_url=live_server.url, locale="en-CA", timezone_id="America/Toronto")
    context.set_default_timeout(TIMEOUT_MS)
    faults: list[str] = []
    context.on("request", lambda request: faults.extend(_leaves(request.url)))
    context.on("console", lambda message: faults.extend(_violation(message.text)))
    context.on("weberror", lambda raised: faults.append(f"script: {raised.error}"))
    opened = context.new_page()
    yield opened
    context.close()
    assert faults == []


def _leaves(url: str) -> list[str]:
    parts = urlsplit(url)
    if parts.scheme in ("http", "https", "ws", "wss") and parts.hostname not in LOOPBACK:
        return [f"asks for {url}"]
    return []


def _violation(text: str) -> list[str]:
    return [f"content security policy: {text}"] if "Content Security Policy" in text else []


@pytest.fixture
def axe() -> Callable[[Any], list[str]]:
    """``axe(page)`` lists what breaks WCAG 2.2 A and AA on the page, one line for each element; empty is right."""
    if not AXE.exists():
        absent("axe-core is not installed (bin/test brings it from npm)")
    source = AXE.read_text("utf-8")

    def violations(page: Any) -> list[str]:
        # Through the debugging protocol, which the page's content security policy does not bind.
        page.context.new_cdp_session(page).send("Runtime.evaluate", {"expression": source})
        result = page.evaluate(
            "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})",
            list(WCAG_22_AA),
        )
        return [
            f"{rule['id']}: {' '.join(map(str, node['target']))}: {rule['help']}"
            for rule in result["violations"]
            for node in rule["nodes"]
        ]

    return violations
