"""Languages: the address begins with one, and everything on the page follows it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo

import babel.dates
from babel import Locale
from flask import Blueprint, Flask, has_request_context, request

from consultation.extensions import babel as flask_babel
from consultation.kernel.orm import LANGUAGES
from consultation.web import addresses, catalogues
from consultation.web.addresses import here_in_each

LOCALES = {"en": Locale("en", "CA"), "fr": Locale("fr", "CA"), "es": Locale("es", "MX")}
LANGUAGE_NAMES = {"en": "English", "fr": "Français", "es": "Español"}
DEFAULT_ZONE = ZoneInfo("America/Toronto")
_TOKEN = "consultation.language"  # noqa: S105 - the name of a place
# Asked for at every message and address of a page, hence no look-up through Flask's proxies.
_addressed: ContextVar[str | None] = ContextVar("addressed", default=None)


def room_blueprint(name: str, import_name: str) -> Blueprint:
    """A blueprint whose addresses begin with a language."""
    return Blueprint(name, import_name, url_prefix="/<any(en, fr, es):lang>")


def language() -> str:
    """The language of this request: the address's, or outside the three, what the browser prefers."""
    return _addressed.get() or _preferred()


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """What is worded inside is in this language, whatever the request's: mail to somebody else."""
    token = _addressed.set(language)
    try:
        yield
    finally:
        _addressed.reset(token)


def addressed() -> str | None:
    """The language that this request's address begins with, if it does."""
    return _addressed.get()


def _preferred() -> str:
    """Also of an address that begins with a language and leads nowhere: that it is not found is said in this one."""
    if not has_request_context():
        return "en"
    begins = request.path.split("/", 2)[1]
    return begins if begins in LANGUAGES else request.accept_languages.best_match(LANGUAGES, "en")


def locale() -> Locale:
    return LOCALES[language()]


def format_date(value: date | datetime | None, zone: ZoneInfo = DEFAULT_ZONE) -> str:
    """A day as a person writes it, in the consultation's zone."""
    if value is None:
        return ""
    day = value.astimezone(zone).date() if isinstance(value, datetime) else value
    text = babel.dates.format_date(day, "long", locale=locale())
    return f"1er{text[1:]}" if language() == "fr" and day.day == 1 else text


#: To the minute. In Spanish the zone is named in full: es_MX has no short name for it but an offset.
_TIME_OF_DAY = {"en": "h:mm a z", "fr": "H\u00a0'h'\u00a0mm z", "es": "H:mm, zzzz"}


def format_instant(value: datetime | None, zone: ZoneInfo = DEFAULT_ZONE) -> str:
    """Day, time and zone, in the consultation's zone."""
    if value is None:
        return ""
    return f"{format_date(value, zone)}, {format_time(value, zone)}"


def format_time(value: datetime, zone: ZoneInfo = DEFAULT_ZONE) -> str:
    """Time and zone without the day, for what is soon."""
    return babel.dates.format_datetime(value, _TIME_OF_DAY[language()], tzinfo=zone, locale=locale())


def format_count(value: int) -> str:
    """A whole number with its thousands apart."""
    separator = "\u00a0" if language() == "fr" else ","
    return f"{value:,}".replace(",", separator)


def format_decimal(value: str, places: int = 2) -> str:
    """A number that is written with decimals, to so many of them; whole numbers without."""
    rounded = Decimal(value).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    text = f"{rounded:f}"
    whole, _point, rest = text.partition(".")
    if not rest.strip("0"):
        return whole
    return f"{whole},{rest}" if language() == "fr" else text


def colon() -> str:
    """A colon after a word: in French of Canada behind a no-break space."""
    return "\u00a0:" if language() == "fr" else ":"


def in_languages() -> dict[str, str]:
    """The addresses of this same page, with its query, by language."""
    return here_in_each() if addressed() else {other: f"/{other}/" for other in LANGUAGES}


def init_app(app: Flask) -> None:
    flask_babel.init_app(
        app,
        locale_selector=locale,
        default_translation_directories=str(app.config["TRANSLATIONS"]),
    )

    catalogues.install(app, language)
    addresses.install(app, language)

    @app.url_value_preprocessor
    def _take_language(_endpoint: str | None, values: dict[str, Any] | None) -> None:
        if values and "lang" in values:
            request.environ[_TOKEN] = _addressed.set(values.pop("lang"))

    @app.teardown_request
    def _forget_language(_error: BaseException | None) -> None:
        token = request.environ.pop(_TOKEN, None)
        if token is not None:
            _addressed.reset(token)

    @app.url_defaults
    def _give_language(endpoint: str, values: dict[str, Any]) -> None:
        if "lang" not in values and app.url_map.is_endpoint_expecting(endpoint, "lang"):
            values["lang"] = language()

    app.jinja_env.filters.update(
        day=format_date, instant=format_instant, time=format_time, count=format_count, decimal=format_decimal
    )
    app.jinja_env.globals.update(
        language=language,
        colon=colon,
        in_languages=in_languages,
        LANGUAGES=LANGUAGES,
        LANGUAGE_NAMES=LANGUAGE_NAMES,
    )
