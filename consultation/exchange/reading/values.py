"""Single values: dates, languages, addresses, lists and stances. Each reader gives the value, or why there is none."""

from __future__ import annotations

import datetime as dt
import re
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from consultation.exchange.reading.reasons import Reason

# ISO 639-1; longer codes are taken by their shape, for most languages of the Americas have only those.
_ISO_639_1 = (
    "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el "
    "en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu "
    "ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na "
    "nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so "
    "sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh "
    "zu"
)
_TWO_LETTERS = frozenset(_ISO_639_1.split())
_LANGUAGE_NAMES = {
    "en": ("eng", "english", "anglais", "anglaise", "inglés", "ingles"),
    "fr": ("fra", "fre", "french", "français", "francais", "française", "francés", "frances"),
    "es": ("spa", "spanish", "espagnol", "español", "espanol", "castellano"),
}
_LANGUAGES = {name: code for code, names in _LANGUAGE_NAMES.items() for name in names}
_TAG = re.compile(r"([a-z]{2,3})(?:[-_][a-z0-9]{2,8})*", re.IGNORECASE)

_EPOCH = re.compile(r"-?\d{9,10}(?:\.\d+)?|\d{12,13}(?:\.0+)?|\d{15,16}")
_EPOCH_SCALES = ((10, 1), (13, 1000), (16, 1_000_000))  # digits at most, units a second
_MONTHS = range(1, 13)
_DAY_FIRST_OR_NOT = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:[ T,]+(\d{1,2}:\d{2}(?::\d{2})?))?")
_TIME_OF_DAY = re.compile(r"(?:(\d{1,4}) days?,? )?(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?")
_EPOCH_START = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_YEARS = range(1900, 2101)

_STANCES = {
    "for": ("for", "in favour", "in favor", "agree", "pro", "pour", "favorable", "a favor", "1", "+1"),
    "against": ("against", "disagree", "con", "contre", "défavorable", "en contra", "contra", "-1"),
    "question": ("question", "pregunta"),
    "evidence": ("evidence", "preuve", "données", "evidencia", "prueba"),
    "": ("", "0", "none", "neutral", "neutre", "aucune", "ninguna"),
}
LONGEST_ADDRESS = 2000
STANCES = {word: stance for stance, words in _STANCES.items() for word in words}


def read_date(text: str, zone: dt.tzinfo = dt.UTC) -> tuple[dt.datetime | None, Reason | None]:
    """A moment in UTC from ISO 8601, RFC 5322 or seconds, milliseconds or microseconds since 1970.

    A date with slashes is read where only one order of day and month is possible. What names no zone is in ``zone``;
    a date alone is its midnight. Abbreviated zones such as ``WIB`` mean several things and are not read.
    """
    text = " ".join(text.split())
    if not text:
        return None, None
    try:
        moment, reason = _moment(text)
        if moment is None:
            return None, reason
        moment = moment if moment.tzinfo else moment.replace(tzinfo=zone)
        moment = moment.astimezone(dt.UTC)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None, Reason.DATE_UNREADABLE
    return (moment, None) if moment.year in _YEARS else (None, Reason.DATE_UNREADABLE)


def read_date_parts(parts: list[str], zone: dt.tzinfo = dt.UTC) -> tuple[dt.datetime | None, Reason | None]:
    """As ``read_date``, from one cell, or from a date and the time of day (or span, ``0 days 10:50:19``) in another."""
    filled = [" ".join(part.split()) for part in parts if part.strip()]
    if not filled[1:]:
        return read_date("".join(filled), zone)
    date, time = filled[0], " ".join(filled[1:])
    if _TIME_OF_DAY.fullmatch(date):
        date, time = time, date
    span = _TIME_OF_DAY.fullmatch(time)
    if span is None:
        return None, Reason.DATE_UNREADABLE
    days, hours, minutes, seconds = (int(part or 0) for part in span.groups())
    try:
        moment, reason = _moment(date)
        if moment is None or moment.tzinfo is not None:
            return None, reason or Reason.DATE_UNREADABLE
        moment += dt.timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    except (ValueError, OverflowError):
        return None, Reason.DATE_UNREADABLE
    return read_date(moment.isoformat(), zone)


def _moment(text: str) -> tuple[dt.datetime | None, Reason | None]:
    if _EPOCH.fullmatch(text):
        digits = len(text.lstrip("-").split(".")[0])
        scale = next(scale for most, scale in _EPOCH_SCALES if digits <= most)
        return _EPOCH_START + dt.timedelta(seconds=float(text) / scale), None
    if match := _DAY_FIRST_OR_NOT.fullmatch(text):
        first, second, year = (int(match[place]) for place in (1, 2, 3))
        if first in _MONTHS and second in _MONTHS and first != second:
            return None, Reason.DATE_AMBIGUOUS
        month, day = (first, second) if first in _MONTHS else (second, first)
        time = dt.time.fromisoformat((match[4] or "00:00").rjust(5, "0"))
        return dt.datetime.combine(dt.date(year, month, day), time), None
    if text[:1].isalpha() and "," in text:
        return parsedate_to_datetime(text), None
    if re.fullmatch(r"\d{1,7}", text):  # a year or a counter, not a day
        return None, Reason.DATE_UNREADABLE
    spelled = re.sub(r"^(\d{4})/(\d{1,2})/(\d{1,2})", lambda m: f"{m[1]}-{int(m[2]):02}-{int(m[3]):02}", text)
    spelled = re.sub(r" ?(?:UTC|GMT|Z)$", "+00:00", spelled)
    return dt.datetime.fromisoformat(re.sub(r" (?=[+-]\d{2}:?\d{2}$)", "", spelled)), None


def read_language(text: str) -> tuple[str | None, Reason | None]:
    """The code of a language (``fr`` for fr, fr-CA, fra or français), of two letters where it has them."""
    word = text.strip().lower()
    if not word:
        return None, None
    if word in _LANGUAGES:
        return _LANGUAGES[word], None
    match = _TAG.fullmatch(word)
    code = match[1] if match else ""
    code = _LANGUAGES.get(code, code)
    if code in _TWO_LETTERS or len(code) == len("fra"):
        return code, None
    return None, Reason.LANGUAGE_UNKNOWN


def read_url(text: str) -> tuple[str | None, Reason | None]:
    """A complete http or https address without a password in it; ``www.`` alone is taken as https."""
    address = text.strip()
    if not address:
        return None, None
    if address.lower().startswith("www."):
        address = "https://" + address
    try:
        parts = urlsplit(address)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return None, Reason.URL_UNSAFE
    shown = address.isprintable() and not any(mark in address for mark in ' <>"\\^`{|}')
    if parts.scheme.lower() not in {"http", "https"} or not host or "@" in parts.netloc or not shown:
        return None, Reason.URL_UNSAFE
    return (address, None) if len(address) <= LONGEST_ADDRESS else (None, Reason.URL_UNSAFE)


def read_list(text: str) -> tuple[str, ...]:
    """The entries of a list, each once: cut at line breaks, else ``;``, else ``|``, else ``,``."""
    for mark in ("\n", ";", "|", ","):
        if mark in text.strip():
            entries = text.split(mark)
            break
    else:
        entries = [text]
    return tuple(dict.fromkeys(entry for part in entries if (entry := " ".join(part.split()))))


def read_stance(text: str) -> tuple[str | None, Reason | None]:
    """One of for, against, question and evidence, in any of the three languages; nothing for neutral."""
    stance = STANCES.get(" ".join(text.lower().replace("_", " ").split()))
    return stance or None, Reason.VALUE_UNKNOWN if stance is None else None
