"""One template gives the whole page or a named fragment of it."""

from contextlib import suppress
from typing import Any

from flask import Flask, Response, make_response, redirect, render_template
from jinja2.bccache import Bucket, FileSystemBytecodeCache
from jinja2_fragments.flask import render_block

from consultation.extensions import htmx
from consultation.web.kept import filled


def wants_fragment() -> bool:
    """Whether htmx asks for a piece of the page: not for a boosted link, nor to restore its history."""
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def page(template: str, *, fragment: str | None = None, status: int = 200, **context: Any) -> Response:
    """Render the template, or only its block ``fragment`` when htmx asks for it.

    Status 422 re-renders a form with its errors in place; nothing is committed then.
    """
    if fragment is not None and wants_fragment():
        return make_response(filled(render_block(template, fragment, **context)), status)
    return make_response(filled(render_template(template, **context)), status)


def in_place_of_the_page(response: Response) -> Response:
    """An answer that htmx shows in place of the whole page, though a part was asked for: nothing was saved, and the
    person must see why. Status 422, which htmx is told to show."""
    response.status_code = 422
    response.headers.update({"HX-Retarget": "#main", "HX-Reselect": "#main", "HX-Reswap": "outerHTML"})
    return response


def see_other(location: str) -> Response:
    """After a POST: 303, so that a reload does not send it again."""
    return redirect(location, code=303)  # type: ignore[return-value]


class _Compiled(FileSystemBytecodeCache):
    """Templates as they were compiled, in a folder of the system's that only this user can read, so that another
    process need not compile them. A full disk costs no more than the time to compile."""

    def dump_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):
            super().dump_bytecode(bucket)


def init_app(app: Flask) -> None:
    with suppress(RuntimeError, OSError):  # where there is no such folder
        app.jinja_env.bytecode_cache = _Compiled(pattern="consultation_%s")

    @app.after_request
    def _vary(response: Response) -> Response:
        response.vary.add("HX-Request")
        return response
