"""The pictures of bin/tour: a sample of its own, served by the program itself, looked at in Chromium as each role."""

import argparse
import html
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
TOUR, SAMPLE = ROOT / "var" / "tour", ROOT / "var" / "tour-sample"
PICTURES = ROOT / "docs" / "pictures"
COLOURS = 256
LANGUAGES, WIDTHS, SCHEMES = ("en", "fr", "es"), (1280, 360), ("light", "dark")
HEIGHTS = {1280: 900, 360: 740}
PATIENCE_SECONDS = 90
OPEN, RANKING, ENDED = (f"/consultations/{slug}" for slug in ("sample-open", "sample-ranking", "sample-agenda-2026"))
PAPER = "/organize/sample-ranking/contests/SR27-C1/paper"
QUIET = (
    "--disable-background-networking",
    "--disable-gpu",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
)


@dataclass(frozen=True)
class Stop:
    """A page of the tour: its name, who looks (nobody: a visitor), where it is, and what is done there first."""

    name: str
    path: str
    role: str = ""
    does: Callable[[Page], None] | None = None
    status: int = 200


def _send_empty(page: Page) -> None:
    page.locator("main form button:not([type=button])").last.click()
    page.wait_for_load_state()


def _refuse_without_words(page: Page) -> None:
    page.locator("#queue details.disclosure > summary").first.click()
    page.locator("#queue form .actions button").first.click()


STOPS = (
    Stop("front", "/"),
    Stop("consultation-open", f"{OPEN}/"),
    Stop("consultation-ranking", f"{RANKING}/"),
    Stop("consultation-ended", f"{ENDED}/"),
    Stop("proposals", f"{OPEN}/proposals"),
    Stop("proposals-none", f"{OPEN}/proposals?q=zzzz"),
    Stop("proposal", "/proposals/SO28-001"),
    Stop("proposal-covered", "/proposals/SO28-018"),
    Stop("items", f"{RANKING}/items"),
    Stop("item", "/items/SA26-A001"),
    Stop("results", f"{ENDED}/results"),
    Stop("results-before", f"{RANKING}/results"),
    Stop("agenda", f"{ENDED}/agenda"),
    Stop("agenda-before", f"{ENDED}/agenda/releases/0.1"),
    Stop("agenda-none", f"{OPEN}/agenda"),
    Stop("directory", "/organizations"),
    Stop("register", "/register"),
    Stop("sign-in", "/sign-in"),
    Stop("transparency", f"{ENDED}/transparency"),
    Stop("privacy-notice", "/privacy"),
    Stop("terms", "/terms"),
    Stop("contact", "/contact"),
    Stop("not-found", "/consultations/nowhere/", status=404),
    Stop("propose", f"{OPEN}/propose", "delegate"),
    Stop("propose-errors", f"{OPEN}/propose", "delegate", _send_empty, 422),
    Stop("proposal-delegate", "/proposals/SO28-001", "delegate"),
    Stop("ranking", f"{RANKING}/ranking", "delegate"),
    Stop("account", "/account", "delegate"),
    Stop("security", "/account/security", "delegate"),
    Stop("privacy", "/account/privacy", "delegate"),
    Stop("confirmation", "/account/confirmation", "delegate"),
    Stop("erasure", "/account/privacy/erasure", "delegate"),
    Stop("queue", "/moderation", "moderator"),
    Stop("queue-refusal", "/moderation", "moderator", _refuse_without_words, 422),
    Stop("queue-mine", "/moderation?holder=mine", "moderator"),
    Stop("queue-decided", "/moderation?state=decided", "moderator"),
    Stop("content-note", "/proposals/SO28-018/content-note", "moderator"),
    Stop("organize", "/organize", "organizer"),
    Stop("organize-consultation", "/organize/sample-open", "organizer"),
    Stop("organize-admission", "/organize/sample-open/admission", "organizer"),
    Stop("organize-contests", "/organize/sample-ranking/contests", "organizer"),
    Stop("paper-desk", PAPER, "organizer"),
    Stop("paper-ballot", f"{PAPER}/ballot", "organizer"),
    Stop("paper-envelopes", f"{PAPER}/envelopes", "organizer"),
    Stop("paper-reading", f"{PAPER}/first", "organizer"),
    Stop("organize-agenda", "/organize/sample-agenda-2026/agenda", "organizer"),
    Stop("organize-imports", "/organize/sample-open/imports", "organizer"),
    Stop("organize-ranking", "/organize/sample-ranking", "organizer"),
    Stop("organize-members", "/organize/sample-open/members", "organizer"),
    Stop("organize-pages", "/organize/pages", "organizer"),
    Stop("organize-page", "/organize/pages/terms", "organizer"),
    Stop("organize-vocabulary", "/organize/vocabularies/theme", "organizer"),
    Stop("organize-term", "/organize/vocabularies/theme/T1", "organizer"),
    Stop("verification", "/verification", "organizer"),
    Stop("verification-case", "/verification/LTARS", "administrator"),
    Stop("people", "/organize/people", "administrator"),
    Stop("own-people", "/organizations/prairie-newcomers/people", "delegate"),
    Stop("organize-auditor", "/organize", "auditor"),
)
FIRST_VISITS = ("front", "proposals", "proposal", "item", "ranking", "results", "agenda")
MOST = {"Document": 15.0, "Stylesheet": 15.0, "Script": 30.0, "Font": 70.0}
MOST_IN_ALL, MOST_REQUESTS = 130.0, 10
"""What a first visit may fetch, in kilobytes as sent."""
UNSEEN_SHIFT = 0.01
"""How far a page may move while it loads: a tenth of what browsers call good."""
MOVED = (
    "new Promise(done => { let sum = 0; new PerformanceObserver(list => list.getEntries().forEach("
    "entry => sum += entry.hadRecentInput ? 0 : entry.value)).observe({type: 'layout-shift', buffered: true});"
    " setTimeout(() => done(sum), 200) })"
)
FOR_README = {
    "front": ("front", "en", 1280, "light"),
    "ranking": ("ranking", "fr", 1280, "light"),
    "proposal-phone": ("proposal", "es", 360, "dark"),
    "agenda": ("agenda", "en", 1280, "light"),
}


@contextmanager
def served() -> Iterator[tuple[str, str]]:
    """A fresh sample and the program that serves it: the address, and the password of those who have a role."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    SAMPLE.mkdir(parents=True, exist_ok=True)
    command = [str(ROOT / ".venv/bin/consultation"), "demo", "--fresh", "--port", str(port)]
    settings = {name: value for name, value in os.environ.items() if not name.startswith("CONSULTATION_")}
    with (SAMPLE / "log").open("w+") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, env=settings | {"CONSULTATION_DATA_DIR": str(SAMPLE)}, stdout=log, stderr=log
        )
        try:
            address = f"http://127.0.0.1:{port}"
            _await(f"{address}/readyz", process)
            yield address, (SAMPLE / "demo" / "sample-password").read_text()
        finally:
            process.terminate()
            process.wait(20)


def _await(address: str, process: subprocess.Popen[bytes]) -> None:
    ends = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < ends and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=2):  # noqa: S310 - our own server
                return
        except OSError:
            time.sleep(0.2)
    sys.exit(f"The sample did not start; {SAMPLE / 'log'} says why.")


@dataclass
class Tour:
    """Looks at pages as each role, keeps their pictures, and notes what is wrong."""

    browser: Browser
    address: str
    password: str
    faults: list[str] = field(default_factory=list)
    taken: list[Path] = field(default_factory=list)
    _contexts: dict[str, BrowserContext] = field(default_factory=dict)

    def context(self, role: str) -> BrowserContext:
        if role not in self._contexts:
            made = self.browser.new_context(base_url=self.address, reduced_motion="reduce")
            made.on("console", lambda line: self._hear(line.text))
            made.on("weberror", lambda raised: self.faults.append(f"script: {raised.error}"))
            if role:
                page = made.new_page()
                page.goto("/en/sign-in")
                page.fill("#email", f"{role}@example.org")
                page.fill("#password", self.password)
                page.locator("main form:has(#password) button").first.click()
                page.wait_for_load_state()
                page.close()
            self._contexts[role] = made
        return self._contexts[role]

    def _hear(self, line: str) -> None:
        if "Content Security Policy" in line:
            self.faults.append(line)

    def see(self, stop: Stop, language: str, width: int, scheme: str) -> None:
        page = self.context(stop.role).new_page()
        try:
            page.set_viewport_size({"width": width, "height": HEIGHTS.get(width, 900)})
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            name = f"{stop.name}_{language}_{width}_{scheme}"
            answer = page.goto(f"/{language}{stop.path}")
            status = answer.status if answer else 0
            if stop.does:
                with page.expect_response(lambda one: one.request.method == "POST") as posted:
                    stop.does(page)
                status = posted.value.status
            if status != stop.status:
                self.faults.append(f"{name}: status {status} instead of {stop.status}")
            self._judge(page, name, width)
            page.screenshot(path=TOUR / f"{name}.png", full_page=True)
            self.taken.append(TOUR / f"{name}.png")
            for picture, shown in FOR_README.items():
                if shown == (stop.name, language, width, scheme):
                    page.screenshot(path=TOUR / f"readme-{picture}.png")
        finally:
            page.close()

    def _judge(self, page: Page, name: str, width: int) -> None:
        page.evaluate("document.fonts.ready.then(() => true)")
        if (found := page.evaluate("document.documentElement.scrollWidth")) > width:
            self.faults.append(f"{name}: {found} px wide in a window of {width}")
        if (moved := page.evaluate(MOVED)) > UNSEEN_SHIFT:
            self.faults.append(f"{name}: moved {moved:.3f}")


def weigh(browser: Browser, address: str, stop: Stop) -> tuple[str, list[str]]:
    """What a first visit fetches: requests and kilobytes as sent, by kind, and how much the page moved; then what of it
    is over the budget."""
    context = browser.new_context(base_url=address, viewport={"width": 360, "height": 740})
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    kinds: dict[str, str] = {}
    sent: dict[str, float] = {}
    session.on("Network.responseReceived", lambda told: kinds.update({told["requestId"]: told["type"]}))
    session.on("Network.loadingFinished", lambda told: sent.update({told["requestId"]: told["encodedDataLength"]}))
    page.goto(f"/en{stop.path}", wait_until="networkidle")
    moved = page.evaluate(MOVED)
    context.close()
    by_kind: dict[str, float] = {}
    for request, size in sent.items():
        by_kind[kinds.get(request, "Other")] = by_kind.get(kinds.get(request, "Other"), 0) + size / 1000
    told = ", ".join(f"{kind} {size:.1f}" for kind, size in sorted(by_kind.items()))
    whole = sum(by_kind.values())
    over = [
        f"{stop.name}: {kind} {by_kind.get(kind, 0):.1f} kB"
        for kind, most in MOST.items()
        if by_kind.get(kind, 0) > most
    ]
    over += [f"{stop.name}: {whole:.1f} kB in all"] if whole > MOST_IN_ALL else []
    over += [f"{stop.name}: {len(sent)} requests"] if len(sent) > MOST_REQUESTS else []
    over += [f"{stop.name}: moved {moved:.3f}"] if moved > UNSEEN_SHIFT else []
    return f"{stop.name:<12} {len(sent):>2} requests, {whole:6.1f} kB ({told}); moved {moved:.3f}", over


def write_index(taken: list[Path]) -> None:
    """A page to look through all pictures, by name."""
    figures = "".join(
        f'<figure><a href="{html.escape(path.name)}"><img loading="lazy" width="300" alt="" '
        f'src="{html.escape(path.name)}"></a><figcaption>{html.escape(path.stem)}</figcaption></figure>'
        for path in sorted(taken)
    )
    style = "body{display:flex;flex-wrap:wrap;gap:1rem;align-items:start;font:14px sans-serif}figure{margin:0}"
    (TOUR / "index.html").write_text(
        f"<!doctype html><meta charset=utf-8><title>Tour</title><style>{style}</style>{figures}", "utf-8"
    )


def _keep_small(picture: Path, target: Path) -> None:
    """In a palette, which takes a third of the space; this method keeps the colours of small signs."""
    from PIL import Image  # pikepdf brings it

    with Image.open(picture) as full:
        few = full.convert("RGB").quantize(COLOURS, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
        few.save(target, optimize=True)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bin/tour")
    parser.add_argument("--only", action="append", default=[])
    parser.add_argument("--lang", action="append", choices=LANGUAGES)
    parser.add_argument("--width", action="append", type=int)
    parser.add_argument("--scheme", action="append", choices=SCHEMES)
    parser.add_argument("--readme", action="store_true")
    chosen = parser.parse_args(arguments)
    stops = [stop for stop in STOPS if not chosen.only or any(re.search(part, stop.name) for part in chosen.only)]
    shutil.rmtree(TOUR, ignore_errors=True)
    TOUR.mkdir(parents=True)
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    executable = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with served() as (address, password), sync_playwright() as player:
        browser = player.chromium.launch(executable_path=executable, chromium_sandbox=not root, args=list(QUIET))
        tour = Tour(browser, address, password)
        for stop in stops:
            for language in chosen.lang or LANGUAGES:
                for width in chosen.width or WIDTHS:
                    for scheme in chosen.scheme or SCHEMES:
                        tour.see(stop, language, width, scheme)
            print(stop.name, file=sys.stderr)
        for stop in stops:
            if stop.name in FIRST_VISITS:
                line, over = weigh(browser, address, stop)
                print(line)
                tour.faults += over
        browser.close()
    write_index(tour.taken)
    if chosen.readme:
        PICTURES.mkdir(parents=True, exist_ok=True)
        for picture in TOUR.glob("readme-*.png"):
            _keep_small(picture, PICTURES / picture.name.removeprefix("readme-"))
    print(f"{len(tour.taken)} pictures in {TOUR.relative_to(ROOT)}/, to be seen in index.html")
    for fault in dict.fromkeys(tour.faults):
        print(fault)
    return 1 if tour.faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
