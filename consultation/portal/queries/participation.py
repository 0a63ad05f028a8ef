"""Who takes part: how many verified organizations there are, by sector, place and language."""

import json
import uuid
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Text, Uuid, and_, cast, func, null, select, union_all
from sqlalchemy.orm import Session

from consultation.convening.models import Term
from consultation.kernel.roles import COLLECTIVE
from consultation.membership.models import MemberOrganization, OrganizationJurisdiction
from consultation.membership.states import OrganizationState


@dataclass(frozen=True, slots=True)
class Participation:
    """Numbers of verified organizations: in all; by sector and by jurisdiction (ids of terms); by country (its code),
    each organization once however many of its places it works in; by language (codes as organizations gave them). One
    that gives several places or languages counts in each."""

    organizations: int
    by_sector: Mapping[uuid.UUID, int]
    by_place: Mapping[uuid.UUID, int]
    by_country: Mapping[str, int]
    by_language: Mapping[str, int]


def participation(session: Session) -> Participation:
    """One query, counted by the database however many organizations there are."""
    found: dict[str, Counter[Any]] = {part: Counter() for part in ("all", "sector", "place", "country", "language")}
    for part, term_id, text, number in session.execute(_counts()):
        if part == "language":
            for language in set(json.loads(text)):
                found[part][language] += number
        else:
            found[part][term_id or text] += number
    return Participation(
        organizations=found["all"].total(),
        by_sector=found["sector"],
        by_place=found["place"],
        by_country=found["country"],
        by_language=found["language"],
    )


@cache
def _counts() -> Any:
    """Built once. Languages are counted by the lists of them that organizations gave, of which there are few."""
    verified = and_(MemberOrganization.state == OrganizationState.VERIFIED, MemberOrganization.kind.in_(COLLECTIVE))
    no_term, no_text = cast(null(), Uuid()), cast(null(), Text())
    place, organization = OrganizationJurisdiction.term_id, OrganizationJurisdiction.organization_id
    country, languages = Term.data["country"].as_string(), cast(MemberOrganization.languages, Text())

    def part(name: str, *columns: Any) -> Any:
        return select(cast(name, Text()).label("part"), *columns)

    return union_all(
        part("all", no_term.label("term_id"), no_text.label("text"), func.count().label("number")).where(verified),
        part("sector", MemberOrganization.sector_id, no_text, func.count())
        .where(verified, MemberOrganization.sector_id.is_not(None))
        .group_by(MemberOrganization.sector_id),
        part("place", place, no_text, func.count())
        .join(MemberOrganization, MemberOrganization.id == organization)
        .where(verified)
        .group_by(place),
        part("country", no_term, country, func.count(organization.distinct()))
        .select_from(OrganizationJurisdiction)
        .join(MemberOrganization, MemberOrganization.id == organization)
        .join(Term, Term.id == place)
        .where(verified, country.is_not(None))
        .group_by(country),
        part("language", no_term, languages, func.count()).where(verified).group_by(languages),
    )
