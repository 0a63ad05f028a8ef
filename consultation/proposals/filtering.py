"""What an address asks of the list of proposals, read into what the page shows."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from urllib.parse import urlencode

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup, escape
from sqlalchemy.orm import Session

from consultation.convening.models import Consultation
from consultation.convening.policy import phase_allows
from consultation.convening.states import TermKind
from consultation.convening.vocabulary import Vocabulary, VocabularyTerm, vocabulary
from consultation.kernel.permissions import Permission
from consultation.proposals.forms import language_choices, language_name
from consultation.proposals.listing import STARTS, Filters, Sort, count, listing
from consultation.proposals.rules import LANGUAGE_TAG
from consultation.proposals.states import PUBLIC_STATES, ProposalState
from consultation.web.pagination import Slice

MAXIMUM_QUERY = 200
TERMS = {
    "theme": TermKind.THEME,
    "issue": TermKind.ISSUE,
    "sector": TermKind.SECTOR,
    "jurisdiction": TermKind.JURISDICTION,
}
SORTS = {
    Sort.FAIR: _l("In an order of your own"),
    Sort.NEWEST: _l("Newest first"),
    Sort.OLDEST: _l("Oldest first"),
    Sort.ENDORSED: _l("Most endorsed"),
    Sort.DISCUSSED: _l("Most discussed"),
}
STATES = {ProposalState.PUBLISHED: _l("Published"), ProposalState.PLACED: _l("In an agenda item")}


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in force, with the query that takes it away."""

    label: str
    without: str


@dataclass(frozen=True, slots=True)
class Listed:
    """What the page shows: the rows and everything around them."""

    page: Slice
    total: int
    sort: Sort
    start: int
    text: str
    language: str
    state: str
    chips: tuple[Chip, ...]
    next_query: str
    options: Mapping[str, Markup]
    themes: Mapping[uuid.UUID, VocabularyTerm]


def asked_for(
    session: Session,
    consultation: Consultation,
    asked: Mapping[str, str],
    *,
    start: int,
    language: str,
    now: datetime,
) -> Listed:
    """Read the address, then the rows: one query, one more for the count when anything is filtered, and the
    vocabulary's when it is not kept. What an address asks and nobody offers is left aside.
    ``start`` (below ``STARTS``) is where a fair order begins whose address does not say it.

    Raises:
        BadCursor: when ``after`` was not made by this list.
    """
    terms = vocabulary(session)
    chosen = {
        name: term for name, kind in TERMS.items() if (term := terms.by_code(kind, asked.get(name, ""))) is not None
    }
    filters = _filters(asked, chosen)
    sort = _sort(asked, consultation, now)
    start = _start(asked, start) if sort is Sort.FAIR else 0
    page = listing(
        session,
        consultation.id,
        filters,
        sort=sort,
        language=language,
        after=asked.get("after") or None,
        start=start,
    )
    kept = _query(asked, chosen, filters, sort, start)
    following = urlencode({**kept, "after": page.next_cursor}) if page.next_cursor else ""
    return Listed(
        page,
        count(session, consultation.id, filters) if filters else consultation.published_count,
        sort,
        start,
        filters.text,
        filters.language,
        filters.state or "",
        _chips(filters, chosen, kept, language),
        following,
        _options(terms, language, chosen, filters, sort),
        _themes(terms),
    )


def _filters(asked: Mapping[str, str], chosen: Mapping[str, VocabularyTerm]) -> Filters:
    tag, state = asked.get("language", ""), asked.get("state", "")
    return Filters(
        text=" ".join(asked.get("q", "")[:MAXIMUM_QUERY].replace("\0", " ").split()),
        theme_id=chosen["theme"].id if "theme" in chosen else None,
        term_ids=tuple(term.id for name, term in chosen.items() if name != "theme"),
        language=tag if LANGUAGE_TAG.fullmatch(tag) else "",
        state=ProposalState(state) if state in PUBLIC_STATES else None,
    )


def _sort(asked: Mapping[str, str], consultation: Consultation, now: datetime) -> Sort:
    """As asked; otherwise fair while people discuss, so that none is seen first for being last."""
    if asked.get("sort") in tuple(Sort):
        return Sort(asked["sort"])
    return Sort.FAIR if phase_allows(consultation, Permission.COMMENT_POST, now) else Sort.NEWEST


def _start(asked: Mapping[str, str], otherwise: int) -> int:
    given = asked.get("from", "")
    readable = given.isascii() and given.isdecimal() and len(given) <= len(str(STARTS))
    return int(given) % STARTS if readable else otherwise


def _query(
    asked: Mapping[str, str], chosen: Mapping[str, VocabularyTerm], filters: Filters, sort: Sort, start: int
) -> dict[str, str]:
    query = {"q": filters.text, **{name: term.code for name, term in chosen.items()}}
    query |= {"language": filters.language, "state": filters.state or ""}
    if sort is Sort.FAIR:
        query |= {"sort": sort, "from": str(start)}
    elif asked.get("sort"):
        query["sort"] = sort
    return {name: value for name, value in query.items() if value}


def _chips(
    filters: Filters, chosen: Mapping[str, VocabularyTerm], kept: Mapping[str, str], language: str
) -> tuple[Chip, ...]:
    labels = {name: term.short[language] for name, term in chosen.items()}
    if filters.text:
        labels["q"] = filters.text
    if filters.language:
        labels["language"] = language_name(filters.language, language)
    if filters.state:
        labels["state"] = str(STATES[filters.state])
    return tuple(
        Chip(label, urlencode({key: value for key, value in kept.items() if key != name}))
        for name, label in labels.items()
    )


def _options(
    terms: Vocabulary, language: str, chosen: Mapping[str, VocabularyTerm], filters: Filters, sort: Sort
) -> dict[str, Markup]:
    """The options of each select. Those of a vocabulary are made once; the chosen one is marked in the copy."""
    options = {
        name: _marked(_term_options(terms, kind, language), chosen[name].code if name in chosen else "")
        for name, kind in TERMS.items()
    }
    options["language"] = _marked(_language_options(language), filters.language)
    options["sort"] = _marked(_plain_options(tuple((key.value, str(label)) for key, label in SORTS.items())), sort)
    states = (("", _("All public")), *((key.value, str(label)) for key, label in STATES.items()))
    options["state"] = _marked(_plain_options(states), filters.state or "")
    return options


@lru_cache(maxsize=64)
def _term_options(terms: Vocabulary, kind: TermKind, language: str) -> str:
    every = {
        TermKind.THEME: _("All themes"),
        TermKind.ISSUE: _("All issues"),
        TermKind.SECTOR: _("All sectors"),
        TermKind.JURISDICTION: _("All jurisdictions"),
    }[kind]
    return _plain_options((("", every), *((term.code, term.short[language]) for term in terms.of(kind))))


@lru_cache(maxsize=8)
def _language_options(language: str) -> str:
    return _plain_options((("", _("All languages")), *language_choices(language)))


@lru_cache(maxsize=64)
def _plain_options(choices: tuple[tuple[str, str], ...]) -> str:
    return "".join(f'<option value="{escape(value)}">{escape(label)}</option>' for value, label in choices)


def _marked(options: str, value: str) -> Markup:
    return Markup(options.replace(f'value="{escape(value)}"', f'value="{escape(value)}" selected', 1))  # noqa: S704 - escaped where it is made


@lru_cache(maxsize=16)
def _themes(terms: Vocabulary) -> dict[uuid.UUID, VocabularyTerm]:
    return {term.id: term for term in terms.themes}
