"""The frame of every page: what it sends, what it weighs, and that its parts are sound in light and in dark."""

import gzip
import json
import re
from pathlib import Path

import pytest

from consultation.web import design

ROOT = Path(__file__).resolve().parent.parent.parent
STATIC = ROOT / "static"
KIB = 1024
# Names stand in calls of the macro, or in a dictionary from which one is chosen.
NAMES = re.compile(r"(?:icon\(|drawing=|icon_name=|'(?:T[1-8]|good|warning|danger|info)': )'([a-z0-9-]+)'")


@pytest.fixture
def app(app):
    """With the living page, which the debug mode alone has."""
    design.show(app)
    return app


def address(client, name):
    page = client.get("/en/design").get_data(as_text=True)
    found = re.search(rf'"(/assets/[0-9a-f]+/{re.escape(name)})"', page)
    assert found is not None
    return found[1]


# What is sent


def test_the_style_sheet_has_every_part_and_no_import_is_left():
    sheet = design.stylesheet(STATIC)
    assert "@import" not in sheet
    assert "/*" not in sheet
    assert sheet.startswith("@layer tokens,reset,base,layout,components,rooms,utilities;")
    assert sheet.count("{") == sheet.count("}")
    parts = {str(path.relative_to(STATIC / "css")) for path in (STATIC / "css").rglob("*.css")} - {"site.css"}
    assert parts == set(re.findall(r'@import "([^"]+)"', (STATIC / "css" / "site.css").read_text()))


def test_rooms_keep_to_their_layer():
    """A room's rules cannot overrule the design's but by what it says last, and set no colour of their own."""
    for path in (STATIC / "css" / "rooms").glob("*.css"):
        text = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL).strip()
        assert text.startswith("@layer rooms {"), path.name
        assert text.count("@layer") == 1, path.name
        assert re.findall(r"#[0-9a-fA-F]{3,8}\b(?=[;\s,)])|rgb\(|hsl\(", text) == [], path.name


def test_the_style_sheet_is_light(app, client):
    sent = client.get(address(client, "site.css"), headers={"Accept-Encoding": "gzip"})
    assert sent.headers["Content-Encoding"] == "gzip"
    assert len(sent.data) < 15 * KIB
    assert gzip.decompress(sent.data).decode() == design.stylesheet(STATIC)


def test_an_asset_of_this_release_is_kept_for_ever_and_of_another_not_at_all(client):
    path = address(client, "site.js")
    assert client.get(path).headers["Cache-Control"] == "public, max-age=31536000, immutable"
    other = re.sub(r"/[0-9a-f]{12}/", "/000000000000/", path)
    assert client.get(other).headers["Cache-Control"] == "no-cache"
    assert client.get(path.replace("site.js", "site.php")).status_code == 404


def test_fonts_of_a_first_visit_are_light():
    folder = STATIC / "vendor" / "fonts"
    if not folder.is_dir():
        pytest.skip("npm has not brought the fonts (bin/_frontend.py)")
    sizes = {path.name: path.stat().st_size for path in folder.glob("*.woff2")}
    first = ("sans-400.woff2", "sans-700.woff2", "serif-400.woff2", "serif-600.woff2")
    assert sum(sizes[name] for name in first) < 70_000


def test_every_icon_that_is_named_is_in_the_sprite():
    templates = "".join(path.read_text() for path in (ROOT / "templates").rglob("*.html"))
    named = set(NAMES.findall(templates))
    listed = json.loads((ROOT / "package.json").read_text())["icons"]["names"]
    assert listed == sorted(set(listed))
    assert named - set(listed) == set()
    assert len(named) > 15


def test_the_frame_carries_htmx_once_and_bound():
    frame = (ROOT / "templates" / "base.html").read_text()
    settings = json.loads(re.search(r"name=\"htmx-config\" content='([^']+)'", frame)[1])
    assert {name: settings[name] for name in ("allowEval", "allowScriptTags", "selfRequestsOnly")} == {
        "allowEval": False,
        "allowScriptTags": False,
        "selfRequestsOnly": True,
    }
    assert {"code": "422", "swap": True} in settings["responseHandling"]


# What is shown


@pytest.mark.parametrize("language", ["en", "fr", "es"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_living_page_is_accessible(page, axe, language, scheme):
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.goto(f"/{language}/design").status == 200
        assert page.evaluate("document.documentElement.scrollWidth") == width
        assert axe(page) == []


def test_header_leaves_the_first_screen_to_the_page(page):
    page.set_viewport_size({"width": 360, "height": 640})
    page.goto("/fr/design")
    assert page.evaluate("document.querySelector('.site-header').offsetHeight") <= 110
    assert page.evaluate("document.querySelector('h1').getBoundingClientRect().top") < 250


def test_nothing_moves_when_fonts_arrive_and_requests_are_few(page):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/en/design")
    page.evaluate("document.fonts.ready.then(() => true)")
    moved = page.evaluate(
        "new Promise(done => new PerformanceObserver(list => done(list.getEntries().reduce((sum, entry) =>"
        " sum + entry.value, 0))).observe({type: 'layout-shift', buffered: true}) || setTimeout(() => done(0), 300))"
    )
    assert moved < 0.1
    assert len(asked) <= 10, asked


def test_targets_are_large_enough_for_fingers(browser, live_server):
    with browser.new_context(base_url=live_server.url, has_touch=True, is_mobile=True) as context:
        touched = context.new_page()
        touched.set_viewport_size({"width": 360, "height": 740})
        touched.goto("/en/design")
        small = touched.evaluate(
            "[...document.querySelectorAll('main button, main .button, main input:not([type=checkbox], [type=radio]),"
            " main select, main summary, footer a')].filter(e => e.offsetParent)"
            ".filter(e => e.getBoundingClientRect().height < 44).map(e => e.outerHTML.slice(0, 80))"
        )
        assert small == []


def test_dialog_opens_by_key_and_gives_the_focus_back(page):
    page.goto("/en/design")
    opener = page.locator("[data-opens='a-dialog']")
    opener.press("Enter")
    assert page.locator("#a-dialog").evaluate("dialog => dialog.open")
    page.keyboard.press("Escape")
    assert not page.locator("#a-dialog").evaluate("dialog => dialog.open")
    assert opener.evaluate("button => button === document.activeElement")


def test_quick_exit_is_a_link_that_works_without_script(client):
    shown = client.get("/en/design").get_data(as_text=True)
    assert re.search(r'<a class="button danger solid quick-exit" data-leave href="https://[^"]+"', shown)


def test_living_page_is_not_part_of_the_site(config, clock):
    from consultation.app import create_app

    assert create_app(config, clock=clock).test_client().get("/en/design").status_code == 404
