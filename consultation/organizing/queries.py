"""A consultation at a glance."""

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Text, Uuid, bindparam, cast, func, null, select, union_all
from sqlalchemy.orm import Session

from consultation.convening.models import Consultation, Term
from consultation.drafting.models import AgendaDraft
from consultation.membership.models import MemberOrganization, OrganizationJurisdiction
from consultation.membership.states import OrganizationState
from consultation.portal.queries import ContestFacts, Participation
from consultation.proposals.models import Proposal
from consultation.proposals.states import PUBLIC_STATES, ProposalState

BROUGHT = (*PUBLIC_STATES, ProposalState.SUBMITTED, ProposalState.NEEDS_CHANGES)
"""The states of what counts as an answer: neither a draft, nor what was taken back or declined."""


@dataclass(frozen=True, slots=True)
class Answers:
    """Who has answered the call for proposals. ``verified`` could; ``who`` counts the organizations that did, by
    sector and place, and the proposals by language; ``by_theme`` the proposals (none for those without a theme)."""

    verified: int
    who: Participation
    by_theme: Mapping[uuid.UUID | None, int]

    @property
    def silent(self) -> int:
        return max(0, self.verified - self.who.organizations)


def state_counts(session: Session, consultation: Consultation) -> dict[ProposalState, int]:
    """How many proposals are in each state; all states are there."""
    rows = session.execute(
        select(Proposal.state, func.count()).where(Proposal.consultation_id == consultation.id).group_by(Proposal.state)
    )
    found: dict[ProposalState, int] = {state: count for state, count in rows}  # noqa: C416 - rows are not pairs
    return {state: found.get(state, 0) for state in ProposalState}


def waiting_by_consultation(session: Session) -> Mapping[uuid.UUID, int]:
    """How many proposals wait for a moderator, in all consultations."""
    query = select(Proposal.consultation_id, func.count()).where(Proposal.state == ProposalState.SUBMITTED)
    return {row[0]: row[1] for row in session.execute(query.group_by(Proposal.consultation_id))}


def answers(session: Session, consultation: Consultation) -> Answers:
    """One query, counted by the database however many organizations and proposals there are."""
    found: dict[str, Counter[Any]] = {name: Counter() for name in _PARTS}
    for name, term_id, text, number in session.execute(_counts(), {"consultation_id": consultation.id}):
        found[name][term_id or text] += number
    return Answers(
        verified=found["verified"].total(),
        who=Participation(
            organizations=found["brought"].total(),
            by_sector=found["sector"],
            by_place=found["place"],
            by_country=found["country"],
            by_language=found["language"],
        ),
        by_theme=found["theme"],
    )


_PARTS = ("verified", "brought", "theme", "sector", "place", "country", "language")


@cache
def _counts() -> Any:
    """Built once. An organization counts once in each of its sectors and places, however much it brought."""
    own = bindparam("consultation_id", type_=Consultation.id.type)
    brought = (Proposal.consultation_id == own, Proposal.state.in_(BROUGHT))
    no_term, no_text = cast(null(), Uuid()), cast(null(), Text())
    answered = select(Proposal.organization_id).where(*brought)
    organization, place = OrganizationJurisdiction.organization_id, OrganizationJurisdiction.term_id
    country = Term.data["country"].as_string()

    def part(name: str, term: Any, text: Any, number: Any) -> Any:
        return select(cast(name, Text()).label("part"), term.label("term_id"), text.label("text"), number.label("n"))

    return union_all(
        part("verified", no_term, no_text, func.count())
        .select_from(MemberOrganization)
        .where(MemberOrganization.state == OrganizationState.VERIFIED),
        part("brought", no_term, no_text, func.count())
        .select_from(MemberOrganization)
        .where(MemberOrganization.state == OrganizationState.VERIFIED, MemberOrganization.id.in_(answered)),
        part("theme", Proposal.theme_id, no_text, func.count()).where(*brought).group_by(Proposal.theme_id),
        part("sector", MemberOrganization.sector_id, no_text, func.count())
        .where(MemberOrganization.id.in_(answered), MemberOrganization.sector_id.is_not(None))
        .group_by(MemberOrganization.sector_id),
        part("place", place, no_text, func.count()).where(organization.in_(answered)).group_by(place),
        part("country", no_term, country, func.count(organization.distinct()))
        .join(Term, Term.id == place)
        .where(organization.in_(answered), country.is_not(None))
        .group_by(country),
        part("language", no_term, Proposal.language, func.count()).where(*brought).group_by(Proposal.language),
    )


def newest_state(contests: Sequence[ContestFacts]) -> str | None:
    """The state of the newest contest."""
    return contests[-1].state.value if contests else None


def has_draft(session: Session, consultation: Consultation) -> bool:
    """Whether an agenda has been drafted."""
    return session.scalar(select(AgendaDraft.id).where(AgendaDraft.consultation_id == consultation.id)) is not None
