"""One template gives the whole page or a named fragment of it."""

from typing import Any

from flask import Flask, Response, make_response, redirect, render_template
from jinja2_fragments.flask import render_block

from consultation.extensions import htmx


def wants_fragment() -> bool:
    """Whether htmx asks for a piece of the page: not for a boosted link, nor to restore its history."""
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def page(template: str, *, fragment: str | None = None, status: int = 200, **context: Any) -> Response:
    """Render the template, or only its block ``fragment`` when htmx asks for it.

    Status 422 re-renders a form with its errors in place; nothing is committed then.
    """
    if fragment is not None and wants_fragment():
        return make_response(render_block(template, fragment, **context), status)
    return make_response(render_template(template, **context), status)


def see_other(location: str) -> Response:
    """After a POST: 303, so that a reload does not send it again."""
    return redirect(location, code=303)  # type: ignore[return-value]


def init_app(app: Flask) -> None:
    @app.after_request
    def _vary(response: Response) -> Response:
        response.vary.add("HX-Request")
        return response
