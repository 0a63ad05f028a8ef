"""Translation by one look-up: Flask-Babel would search for the catalogue at each call, and a page has dozens."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from babel.support import NullTranslations, Translations
from flask import Flask
from flask_babel import Domain
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

MESSAGES_KEPT = 4096


class Catalogues(Domain):  # type: ignore[misc]
    """Flask-Babel's domain, with the catalogue of each language at hand."""

    def __init__(self, language: Callable[[], str]) -> None:
        super().__init__()
        self._language = language
        self._kept: dict[str, Translations | NullTranslations] = {}

    def get_translations(self) -> Translations | NullTranslations:
        language = self._language()
        kept = self._kept.get(language)
        if kept is None:
            kept = self._kept[language] = super().get_translations()
        return kept


def install(app: Flask, language: Callable[[], str]) -> None:
    """Use the kept catalogues for ``_`` and ``ngettext`` in Python and in templates.

    As in Jinja's own, a message is safe where templates escape, its values are escaped, and ``%%`` stands for ``%``.
    """
    catalogues = Catalogues(language)
    # Where Flask-Babel keeps its default domain, which it offers no setting for.
    app.extensions["babel"].instance.__dict__["domain_instance"] = catalogues

    @lru_cache(maxsize=MESSAGES_KEPT)
    def without_values(_language: str, message: str) -> Markup:
        return Markup(catalogues.get_translations().gettext(message)) % {}  # noqa: S704 - a message of ours

    @pass_eval_context
    def gettext(context: EvalContext, message: str, /, **values: Any) -> str:
        if context.autoescape:
            if not values:
                return without_values(language(), message)
            return Markup(catalogues.get_translations().gettext(message)) % values  # noqa: S704
        return str(catalogues.get_translations().gettext(message)) % values

    @pass_eval_context
    def ngettext(context: EvalContext, singular: str, plural: str, number: int, /, **values: Any) -> str:
        text = catalogues.get_translations().ngettext(singular, plural, number)
        return (Markup(text) if context.autoescape else str(text)) % {"num": number, **values}  # noqa: S704

    app.jinja_env.globals.update(_=gettext, gettext=gettext, ngettext=ngettext)
