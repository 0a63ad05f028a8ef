"""How a snapshot's texts, names, dates and numbers are said in one language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_time, get_timezone_name
from babel.numbers import format_decimal, format_percent

from consultation.drafting.export.document import Line, Paragraph, Run
from consultation.kernel.one_line import one_line

LANGUAGES = ("en", "fr", "es")
_REGIONS = {"en": "CA", "fr": "CA", "es": "MX"}
_HOURS = {"en": "h:mm\u00a0a", "fr": "H\u00a0'h'\u00a0mm", "es": "H:mm"}
Snapshot = Mapping[str, Any]


class Translator(Protocol):
    """What an export needs of a catalogue; `babel.support.Translations` satisfies it."""

    def gettext(self, message: str, /) -> str: ...

    def ngettext(self, singular: str, plural: str, number: int, /) -> str: ...


@dataclass(frozen=True, slots=True)
class Reading:
    """A text as one language shows it: `lang` is None when that is the document's own."""

    text: str
    lang: str | None
    state: str


class Voice:
    """One language of the export: en (Canada), fr (Canada) or es (Mexico)."""

    def __init__(self, lang: str, translator: Translator, timezone: str = "UTC") -> None:
        """Raise `ValueError` for a language that the platform does not publish in."""
        if lang not in LANGUAGES:
            raise ValueError(f"The agenda exists in {', '.join(LANGUAGES)}, not in {lang!r}.")
        self.lang, self.region = lang, _REGIONS[lang]
        self.locale = Locale(lang, self.region)
        self.translator = translator
        self.zone = ZoneInfo(timezone)

    def read(self, text: Mapping[str, Any]) -> Reading:
        """A localized or a submitted text; what does not exist in this language comes as "pending",
        in the language it does exist in."""
        if "language" not in text:
            found = self.lang if self.lang in text else next(lang for lang in LANGUAGES if lang in text)
            return Reading(text[found], *((None, "original") if found == self.lang else (found, "pending")))
        if text["language"].split("-")[0] == self.lang:
            return Reading(text["text"], None, "original")
        translation = text["translations"].get(self.lang, {"state": "pending"})
        if translation["state"] == "pending":
            return Reading(text["text"], text["language"], "pending")
        return Reading(translation["text"], None, translation["state"])

    def mark(self, state: str) -> Line:
        """What is said right beside a text that is not, or no longer, in this language."""
        _ = self.translator.gettext
        said = {"pending": _("Translation pending"), "stale": _("Translation older than the original")}
        return (Run(f" [{said[state]}]", tone="aside"),) if state in said else ()

    def line(self, text: Mapping[str, Any]) -> Line:
        """A short text in one line, with its mark."""
        reading = self.read(text)
        return (Run(one_line(reading.text), reading.lang), *self.mark(reading.state))

    def paragraphs(self, text: Mapping[str, Any]) -> tuple[Paragraph, ...]:
        """A long text: each of its lines a paragraph, the mark after the last."""
        reading = self.read(text)
        lines = [part.strip() for part in reading.text.splitlines() if part.strip()]
        body = [Paragraph((Run(part, reading.lang),)) for part in lines]
        return (*body[:-1], Paragraph((*body[-1].line, *self.mark(reading.state)))) if body else ()

    def name(self, organization: Mapping[str, Any] | None) -> Line:
        """An organization's name, or the label of a protected one. A name is never "pending"."""
        _ = self.translator.gettext
        if organization is None:
            return (Run(_("A person in their own name")),)
        reading = self.read(organization["name"] or organization["label"])
        return (Run(one_line(reading.text), reading.lang),)

    def join(self, lines: Sequence[Line], separator: str = "; ") -> Line:
        """Lines one after the other in one line."""
        joined: list[Run] = []
        for position, line in enumerate(lines):
            joined += [Run(separator), *line] if position else line
        return tuple(joined)

    def address(self, meta: Mapping[str, Any]) -> str:
        """Where the release is read in this language; releases of schema 1.0 name one address for all."""
        return str(meta.get("addresses", {}).get(self.lang, meta["url"]))

    def day(self, value: str) -> str:
        """An ISO 8601 day, month or year, written out."""
        year, month, day = (*(int(part) for part in value.split("-")), 0, 0)[:3]
        if not month:
            return str(year)
        if not day:
            return format_date(date(year, month, 1), "MMMM y", locale=self.locale)
        return self._day(date(year, month, day))

    def moment(self, value: str) -> str:
        """An instant in the consultation's own time zone, which is named: in full where the language has no short
        name for it but an offset. Hours as on the pages of the site."""
        there = datetime.fromisoformat(value).astimezone(self.zone)
        hour = format_time(there, _HOURS[self.lang], locale=self.locale)
        zone = get_timezone_name(there, "short", locale=self.locale)
        if zone.startswith(("+", "-")):
            zone = get_timezone_name(there, "long", locale=self.locale)
        between = ", " if self.lang == "es" else " "
        return f"{self._day(there.date())}, {hour}{between}{zone}"

    def _day(self, value: date) -> str:
        said = format_date(value, "long", locale=self.locale)
        return f"1er{said[1:]}" if self.lang == "fr" and value.day == 1 else said

    def number(self, value: float) -> str:
        return format_decimal(value, locale=self.locale)

    def percent(self, share: float) -> str:
        """A share between 0 and 1."""
        return format_percent(share, "#,##0.0 %" if self.lang == "fr" else "#,##0.0%", locale=self.locale)

    def language(self, tag: str) -> str:
        """The name of a language in this one; the tag itself where no name is known."""
        return str(Locale.parse(self.lang).languages.get(tag.split("-", maxsplit=1)[0], tag))
