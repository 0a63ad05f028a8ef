"""Addresses within this site, made once: a page links to the same few dozen again and again."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlencode

from flask import Flask, request, url_for
from werkzeug.routing import Rule

from consultation.kernel.orm import LANGUAGES

ADDRESSES_KEPT = 4096


class LateRule(Rule):
    """A rule whose ways to build its address are made when it is first linked to.

    Werkzeug writes and compiles two functions for each rule as it is added, which takes four fifths of the time to make
    the application, and most processes link to few of the rules.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        made: list[Callable[..., tuple[str, str]]] = []

        def build(rule: Rule, /, **values: Any) -> tuple[str, str]:
            if not made:
                made.append(super(LateRule, self)._compile_builder(append_unknown))
            return made[0](rule, **values)

        return build


def install(app: Flask, language: Callable[[], str]) -> None:
    """Give templates a ``url_for`` that remembers: by where the site is mounted, language, endpoint and values."""

    @lru_cache(maxsize=ADDRESSES_KEPT)
    def kept(_mounted: str, _language: str, endpoint: str, values: tuple[tuple[str, str], ...]) -> str:
        return url_for(endpoint, **dict(values))  # type: ignore[arg-type]

    def address(endpoint: str, **values: Any) -> str:
        if endpoint.startswith(".") or not all(type(value) is str for value in values.values()):
            return url_for(endpoint, **values)
        return kept(request.root_path, language(), endpoint, tuple(values.items()))

    app.jinja_env.globals["url_for"] = address


def here_in_each() -> dict[str, str]:
    """The addresses of the page being shown, with its query, by language; its path begins with one."""
    path = quote(request.path[3:], safe="/!$&'()*+,:;=@~")
    query = urlencode(list(request.args.items(multi=True)))
    rest = f"{path}{'?' if query else ''}{query}"
    return {language: f"{request.root_path}/{language}{rest}" for language in LANGUAGES}
