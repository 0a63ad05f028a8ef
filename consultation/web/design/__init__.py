"""The site's style, script and drawings, each sent as one file whose address changes with its content, so that browsers
may keep it for ever and a new release is never shown in old clothes.

``static/css/site.css`` says which parts there are; it is plain CSS and works by itself. In debug mode the files are
read anew for each request, and the living page of all components stands at ``/en/design``.
"""

import functools
import gzip
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from flask import Blueprint, Flask, Response, abort, current_app, request
from werkzeug.datastructures import ResponseCacheControl

from consultation.web.authorize import public

FOREVER_SECONDS = 365 * 24 * 3600
DIGITS = 12
_IMPORT = re.compile(r'@import "([^"]+)";\n?')
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)

bp = Blueprint("design", __name__, url_prefix="/assets")


@dataclass(frozen=True)
class Asset:
    """A file as it is sent, and the digest that stands in its address."""

    content: bytes
    digest: str
    mimetype: str

    @classmethod
    def of(cls, text: str, mimetype: str) -> "Asset":
        content = text.encode()
        digest = hashlib.sha256(content).hexdigest()[:DIGITS]
        return cls(content, digest, mimetype)

    @functools.cached_property
    def compressed(self) -> bytes:
        """Made when somebody first asks for it: a page needs the address alone, and a server's first page waits."""
        return gzip.compress(self.content, 9, mtime=0)


def stylesheet(static: Path) -> str:
    """The parts that ``css/site.css`` imports in its order, without comments and needless spaces.

    Raises:
        FileNotFoundError: when a part that it names is not there.
    """
    folder = static / "css"

    def part(found: re.Match[str]) -> str:
        text = (folder / found[1]).read_text("utf-8")
        # Relative to the part's own folder as it is written; to /assets/<digest>/ as it is sent.
        return text.replace('url("../../vendor/', 'url("../../static/vendor/')

    text = _COMMENT.sub("", _IMPORT.sub(part, (folder / "site.css").read_text("utf-8")))
    return re.sub(r"\s*([{};,])\s*", r"\1", re.sub(r"\s+", " ", text)).replace(";}", "}").strip() + "\n"


def script(static: Path) -> str:
    """htmx, where npm has brought it, and what the site adds to it."""
    parts = (static / "vendor" / "htmx.min.js", static / "js" / "site.js")
    return "\n;\n".join(part.read_text("utf-8") for part in parts if part.exists())


def icons(static: Path) -> str:
    """The drawings that npm has brought; without them, nothing."""
    file = static / "vendor" / "icons.svg"
    return file.read_text("utf-8") if file.exists() else '<svg xmlns="http://www.w3.org/2000/svg"/>\n'


MADE: dict[str, tuple[Callable[[Path], str], str]] = {
    "site.css": (stylesheet, "text/css"),
    "site.js": (script, "text/javascript"),
    "icons.svg": (icons, "image/svg+xml"),
}


def _made(app: Flask, name: str) -> Asset:
    kept: dict[str, Asset] = app.extensions["design"]
    if name not in kept or app.debug:
        make, mimetype = MADE[name]
        kept[name] = Asset.of(make(Path(str(app.static_folder))), mimetype)
    return kept[name]


@bp.get("/<digest>/<name>")
@public
def asset(digest: str, name: str) -> Response:
    if name not in MADE:
        abort(404)
    made = _made(current_app._get_current_object(), name)  # type: ignore[attr-defined]
    packed = "gzip" in request.headers.get("Accept-Encoding", "")
    response = Response(made.compressed if packed else made.content, mimetype=made.mimetype)
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    response.vary.add("Accept-Encoding")
    lasting: ResponseCacheControl = response.cache_control
    if digest == made.digest:
        lasting.public, lasting.max_age, lasting.immutable = True, FOREVER_SECONDS, True
    else:  # of an older or newer release, asked for by a page of that release
        lasting.no_cache = True
    return response


def init_app(app: Flask) -> None:
    """After the languages, whose ``url_for`` it uses. Gives templates ``design_address("site.css")``."""
    app.extensions["design"] = {}
    app.register_blueprint(bp)
    if app.debug and not app.extensions["settings"].production:
        show(app)

    def design_address(name: str) -> str:
        address: str = app.jinja_env.globals["url_for"](  # type: ignore[operator]
            "design.asset", digest=_made(app, name).digest, name=name
        )
        return address

    app.jinja_env.globals["design_address"] = design_address


def show(app: Flask) -> None:
    """Add the living page, ``/<lang>/design``, which no public site has."""
    from consultation.web.design import page

    app.register_blueprint(page.bp)
