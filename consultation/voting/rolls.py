"""Who would vote, who may vote, and what was objected: reads about rolls."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.orm import Session

from consultation.accounts.models import User
from consultation.accounts.queries import public_name
from consultation.convening.models import Term
from consultation.convening.states import TermKind
from consultation.membership.models import Mandate, MemberOrganization, OrganizationJurisdiction
from consultation.membership.queries import affiliations_in_force, organization_name
from consultation.membership.rules import family_voters
from consultation.membership.states import OrganizationState
from consultation.proposals.models import Proposal
from consultation.proposals.states import PUBLIC_STATES
from consultation.voting.electorate import Narrowing
from consultation.voting.models import Contest, RollEntry
from consultation.voting.policy import VOTING_MANDATES
from consultation.voting.roll_models import RollObjection
from consultation.voting.states import AffiliatesCount, Secrecy
from consultation.web.pagination import decode

Families = dict[str, list[MemberOrganization]]


@dataclass(frozen=True, slots=True)
class Standing:
    """A person who would vote as a delegate, the member by whose mandate they do, and the name by which everybody may
    know them, if any."""

    user_id: uuid.UUID
    member: MemberOrganization
    public_name: str | None


def electorate(session: Session, contest: Contest) -> tuple[list[MemberOrganization], Families]:
    """The members that would vote, themselves or through their delegates, if the contest opened now, by name; and, by
    the code of the one that votes for its family, those that do not. Both empty where it claims no roll."""
    if contest.secrecy is Secrecy.NO_ROLL:
        return [], {}
    verified = list(
        session.scalars(
            select(MemberOrganization)
            .where(
                MemberOrganization.state == OrganizationState.VERIFIED,
                MemberOrganization.kind.in_(contest.voters),
                *_conditions(session, contest),
            )
            .order_by(MemberOrganization.name, MemberOrganization.code)
        )
    )
    if contest.affiliates_count is AffiliatesCount.EACH:
        return verified, {}
    by_id = {one.id: one for one in verified}
    votes_for = family_voters(affiliations_in_force(session), by_id)
    families: Families = {}
    for one in verified:
        if votes_for[one.id] != one.id:
            families.setdefault(by_id[votes_for[one.id]].code, []).append(one)
    return [one for one in verified if votes_for[one.id] == one.id], families


def delegates(session: Session, members: Sequence[MemberOrganization], now: datetime) -> list[Standing]:
    """The people who hold a mandate to vote for one of these members now, each once: by the one that began first."""
    by_id = {one.id: one for one in members}
    query = (
        select(Mandate.user_id, Mandate.organization_id, public_name().label("public_name"))
        .join(User, User.id == Mandate.user_id)
        .where(
            User.active,
            Mandate.kind.in_(VOTING_MANDATES),
            Mandate.revoked_at.is_(None),
            Mandate.starts_at <= now,
            or_(Mandate.ends_at.is_(None), Mandate.ends_at > now),
        )
        .order_by(Mandate.starts_at, Mandate.id)
    )
    found: dict[uuid.UUID, Standing] = {}
    for row in session.execute(query):
        if row.organization_id in by_id and row.user_id not in found:
            found[row.user_id] = Standing(row.user_id, by_id[row.organization_id], row.public_name)
    return sorted(found.values(), key=lambda one: (one.member.code, one.user_id))


def _conditions(session: Session, contest: Contest) -> list[ColumnElement[bool]]:
    """What the contest's narrowing asks of a member."""
    narrowing = Narrowing.from_dict(contest.electorate)
    conditions: list[ColumnElement[bool]] = []
    works_in = select(OrganizationJurisdiction.organization_id)
    if narrowing.countries:
        country = Term.data["country"].as_string()
        there = works_in.join(Term, Term.id == OrganizationJurisdiction.term_id).where(country.in_(narrowing.countries))
        conditions.append(MemberOrganization.id.in_(there))
    if narrowing.places:
        within = _places_within(session, narrowing.places)
        conditions.append(MemberOrganization.id.in_(works_in.where(OrganizationJurisdiction.term_id.in_(within))))
    if narrowing.sectors:
        sectors = select(Term.id).where(Term.kind == TermKind.SECTOR, Term.code.in_(narrowing.sectors))
        conditions.append(MemberOrganization.sector_id.in_(sectors))
    if narrowing.themes:
        themes = select(Term.id).where(Term.kind == TermKind.THEME, Term.code.in_(narrowing.themes))
        brought = select(Proposal.organization_id).where(
            Proposal.consultation_id == contest.consultation_id,
            Proposal.state.in_(PUBLIC_STATES),
            Proposal.theme_id.in_(themes),
            Proposal.organization_id.is_not(None),
        )
        conditions.append(MemberOrganization.id.in_(brought))
    if narrowing.only:
        conditions.append(MemberOrganization.code.in_(narrowing.only))
    if narrowing.without:
        conditions.append(MemberOrganization.code.not_in(narrowing.without))
    return conditions


def _places_within(session: Session, codes: frozenset[str]) -> set[uuid.UUID]:
    """The places of these codes, and all that lie in them."""
    rows = session.execute(select(Term.id, Term.code, Term.parent_id).where(Term.kind == TermKind.JURISDICTION)).all()
    parts: dict[uuid.UUID | None, list[uuid.UUID]] = {}
    for row in rows:
        parts.setdefault(row.parent_id, []).append(row.id)
    within: set[uuid.UUID] = set()
    waiting = [row.id for row in rows if row.code in codes]
    while waiting:
        place = waiting.pop()
        if place not in within:
            within.add(place)
            waiting += parts.get(place, [])
    return within


def unknown_members(session: Session, codes: frozenset[str]) -> list[str]:
    """Those of the codes that no member has."""
    known = select(MemberOrganization.code).where(MemberOrganization.code.in_(codes))
    return sorted(codes - set(session.scalars(known)))


def members(session: Session, ids: Sequence[uuid.UUID]) -> list[MemberOrganization]:
    """The members of these ids, by name."""
    query = select(MemberOrganization).where(MemberOrganization.id.in_(ids)).order_by(MemberOrganization.name)
    return list(session.scalars(query))


def roll_rows(
    session: Session, contest: Contest, language: str, *, after: tuple[str, str] | None = None, limit: int
) -> Sequence[Any]:
    """A page of the frozen roll (code, name, protected, voted; and of a delegate user_id and person, the public name),
    by the member's name in this language and the code, those listed under protection by their codes before all others.
    One more row than ``limit`` where there are more."""
    protected = MemberOrganization.protected.is_(True)
    shown = case((protected, ""), else_=organization_name(language, RollEntry))
    query = (
        select(
            RollEntry.code,
            RollEntry.user_id,
            shown.label("name"),
            MemberOrganization.protected,
            RollEntry.voted,
            case((protected, None), else_=public_name()).label("person"),
        )
        .join(MemberOrganization, MemberOrganization.id == RollEntry.organization_id)
        .outerjoin(User, User.id == RollEntry.user_id)
        .where(RollEntry.contest_id == contest.id)
        .order_by(shown, RollEntry.code)
        .limit(limit + 1)
    )
    if after is not None:
        name, code = after
        query = query.where(or_(shown > name, (shown == name) & (RollEntry.code > code)))
    return session.execute(query).all()


def own_code(session: Session, contest_id: uuid.UUID, user_id: uuid.UUID) -> str | None:
    """Under which code a person who votes themselves is on the roll, so that they find whether they are said to have
    voted."""
    query = select(RollEntry.code).where(RollEntry.contest_id == contest_id, RollEntry.user_id == user_id)
    return session.scalar(query)


def account_name(session: Session, user_id: uuid.UUID) -> str:
    """The name of a delegate's account, for those who run the contest; nothing once it is erased."""
    return session.scalar(select(User.name).where(User.id == user_id)) or ""


def objections(session: Session, contest_id: uuid.UUID) -> Sequence[Any]:
    """What was objected to a roll, the oldest first: the objection, and the name and code of the member that speaks."""
    return session.execute(
        select(RollObjection, MemberOrganization)
        .join(MemberOrganization, MemberOrganization.id == RollObjection.organization_id)
        .where(RollObjection.contest_id == contest_id)
        .order_by(RollObjection.raised_at, RollObjection.id)
    ).all()


def waiting_objections(session: Session, contest_id: uuid.UUID) -> int:
    """How many have no answer yet."""
    query = select(func.count()).where(RollObjection.contest_id == contest_id, RollObjection.answered_at.is_(None))
    return session.scalar(query) or 0


def by_name(row: dict[str, Any]) -> tuple[str, str]:
    """What orders the rows of a roll, and names the last one of a page."""
    return (row["name"], row["code"])


def after_row(cursor: str | None) -> tuple[str, str] | None:
    """The row after which a page begins.

    Raises:
        BadCursor: for what is no such cursor.
    """
    if not cursor:
        return None
    name, code = decode(cursor, str, str)
    return name, code
