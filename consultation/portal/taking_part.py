"""Who takes part and who is missing, as rows that a page shows."""

from collections.abc import Iterable
from dataclasses import dataclass

from flask_babel import gettext as _

from consultation.convening.rules import fold
from consultation.convening.states import TermKind
from consultation.convening.vocabulary import Vocabulary, VocabularyTerm
from consultation.portal.queries import Participation
from consultation.portal.rules import uncovered, within
from consultation.web.locale import language, locale

HOME = "CA"
NEIGHBOURS = ("US", "MX")

Row = tuple[str, int]


@dataclass(frozen=True, slots=True)
class TakingPart:
    """Names and numbers, the largest first; then the names of sectors, provinces and territories without anybody."""

    organizations: int
    sectors: list[Row]
    places: list[Row]
    languages: list[Row]
    missing_sectors: list[str]
    missing_places: list[str]


def taking_part(found: Participation, words: Vocabulary) -> TakingPart:
    """In the reader's language. Places of Canada and of more than one country are told one by one, the neighbours as
    countries."""
    here, sectors, places = language(), words.of(TermKind.SECTOR), words.of(TermKind.JURISDICTION)
    near = [place for place in places if place.data.get("country") not in NEIGHBOURS]
    abroad = [place for place in places if place.code in NEIGHBOURS]
    return TakingPart(
        organizations=found.organizations,
        sectors=_largest((term.label[here], found.by_sector.get(term.id, 0)) for term in sectors),
        places=_largest(
            [
                *((_place_name(place), found.by_place.get(place.id, 0)) for place in near),
                *((place.label[here], found.by_country.get(place.code, 0)) for place in abroad),
            ]
        ),
        languages=_largest((_language_name(code), number) for code, number in found.by_language.items()),
        missing_sectors=[term.label[here] for term in uncovered(sectors, found.by_sector)],
        missing_places=[term.label[here] for term in uncovered(within(HOME, places), found.by_place)],
    )


def _place_name(place: VocabularyTerm) -> str:
    return _("All of Canada") if place.code == HOME else place.label[language()]


def _language_name(code: str) -> str:
    name = str(locale().languages.get(code, code))
    return name[:1].upper() + name[1:]


def _largest(rows: Iterable[Row]) -> list[Row]:
    """Those that have anybody, the largest first, and by name where they are as large: É beside E."""
    return sorted((row for row in rows if row[1]), key=lambda row: (-row[1], fold(row[0])))
