"""The public directory."""

import uuid

from flask import Response, request

from consultation.convening.states import TermKind
from consultation.convening.vocabulary import Vocabulary, VocabularyTerm, vocabulary
from consultation.directory import queries
from consultation.directory.queries import Wanted
from consultation.directory.views.blueprint import bp, visible
from consultation.directory.wording import KINDS, STATES
from consultation.kernel.orm import LANGUAGES
from consultation.kernel.permissions import Permission
from consultation.membership.models import MemberOrganization
from consultation.membership.queries import affiliations_of
from consultation.web.authorize import allows, public
from consultation.web.locale import language
from consultation.web.pagination import decode, take
from consultation.web.render import page
from consultation.web.transactions import session

#: The countries of the partnership, by the codes of their terms.
COUNTRIES = ("CA", "US", "MX")


@bp.get("/organizations")
@public
def index() -> Response:
    """Who takes part and wants to be found; and who is missing."""
    words = vocabulary(session())
    typed, tongue = request.args.get("q", "").strip()[:100], request.args.get("language", "")
    sector = words.by_code(TermKind.SECTOR, request.args.get("sector", ""))
    place = words.by_code(TermKind.JURISDICTION, request.args.get("place", ""))
    theme = words.by_code(TermKind.THEME, request.args.get("theme", ""))
    country = request.args.get("country", "")
    country = country if country in COUNTRIES else ""
    wanted = Wanted(
        words=typed,
        sector_id=sector.id if sector else None,
        place_ids=_within(words, place) if place else (),
        language=tongue if tongue in LANGUAGES else "",
        theme_id=theme.id if theme else None,
        country_ids=_in_country(words, country) if country else (),
    )
    cursor = request.args.get("after")
    rows = take(session(), queries.listed(wanted, language(), decode(cursor, str, str) if cursor else None), _cursor)
    sectors, places = queries.coverage(session())
    return page(
        "directory/index.html",
        fragment="listing",
        slice=rows,
        places_of=queries.places_of(session(), [row.id for row in rows.rows]),
        wanted=wanted,
        sector=sector,
        place=place,
        theme=theme,
        themes=words.of(TermKind.THEME),
        country=country,
        countries=[term for code in COUNTRIES if (term := words.by_code(TermKind.JURISDICTION, code))],
        words=words,
        sectors=[(term, sectors.get(term.id, 0)) for term in words.of(TermKind.SECTOR)],
        places=[(term, places.get(term.id, 0)) for term in words.of(TermKind.JURISDICTION)],
        kinds=KINDS,
        later=bool(cursor),
    )


def _cursor(row: object) -> list[str]:
    return [row.shown, str(row.id)]  # type: ignore[attr-defined]


def _within(words: Vocabulary, place: VocabularyTerm) -> tuple[uuid.UUID, ...]:
    """The place and those within it: who looks for Canada finds Manitoba."""
    return (place.id, *(term.id for term in words.of(TermKind.JURISDICTION) if term.parent_id == place.id))


def _in_country(words: Vocabulary, country: str) -> tuple[uuid.UUID, ...]:
    """Everything that lies in a country, from the country itself down to a city."""
    return tuple(term.id for term in words.of(TermKind.JURISDICTION) if term.data.get("country") == country)


@bp.get("/organizations/<code>")
@public
def organization(code: str) -> Response:
    found = visible(code)
    words = vocabulary(session())
    places = queries.places_of(session(), [found.id]).get(found.id, [])
    above, below, unnamed = _family(found)
    return page(
        "directory/organization.html",
        organization=found,
        umbrella=above,
        affiliates=below,
        unnamed=unnamed,
        sector=words.by_id(found.sector_id),
        places=[term for term in map(words.by_id, places) if term],
        kinds=KINDS,
        states=STATES,
    )


def _family(found: MemberOrganization) -> tuple[MemberOrganization | None, list[MemberOrganization], int]:
    """Its umbrella and its affiliates, and how many of them have not asked to be found. Protected ones are shown by
    their code."""
    agreed = [one for one in affiliations_of(session(), found.id) if one.agreed_at is not None]
    above = [one.umbrella for one in agreed if one.affiliate_id == found.id]
    below = [one.affiliate for one in agreed if one.umbrella_id == found.id]
    if not (allows(Permission.ORGANIZATION_MANAGE, found) or allows(Permission.ORGANIZATION_READ)):
        hidden = [one for one in (*above, *below) if not (one.listed or one.protected)]
        above, below = ([one for one in side if one not in hidden] for side in (above, below))
    else:
        hidden = []
    return next(iter(above), None), sorted(below, key=lambda one: one.name), len(hidden)
