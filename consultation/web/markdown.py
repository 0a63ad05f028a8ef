"""What people write, shown safely: Markdown without HTML, images or anything that runs."""

from functools import cache, lru_cache
from typing import TYPE_CHECKING

import nh3
from flask import Flask
from markupsafe import Markup

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

_TAGS = {"p", "br", "em", "strong", "ul", "ol", "li", "blockquote", "a", "code", "pre", "h2", "h3", "h4", "hr"}


@cache
def _parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt

    rules = ["image", "html_block", "html_inline"]
    return MarkdownIt("commonmark", {"html": False, "breaks": True}).disable(rules)


@lru_cache(maxsize=1024)
def to_html(source: str, top: int = 3) -> Markup:
    """Markdown to HTML. Headings begin at the third level, so that they fit below the page's own, or at the second
    (``top``) where the text is the page; links open nothing that could reach back."""
    parser = _parser()
    tokens = parser.parse(source)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{top}" if token.tag <= f"h{top}" else f"h{top + 1}"
    html = parser.renderer.render(tokens, parser.options, {})
    clean = nh3.clean(html, tags=_TAGS, attributes={"a": {"href"}}, url_schemes={"http", "https", "mailto"})
    return Markup(clean)  # noqa: S704 - cleaned on the line above


def init_app(app: Flask) -> None:
    app.jinja_env.filters["markdown"] = to_html
