"""Counts by group, taken once at the close, while it can still be told who cast which ballot.

What they are made of is gone afterwards, so that nobody outside can redo them; the page says so. They stand in the
record of the close, which is signed.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping
from math import lcm
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from consultation.convening.models import Term
from consultation.membership.models import MemberOrganization, OrganizationJurisdiction
from consultation.membership.queries import affiliations_in_force
from consultation.membership.rules import family_voters
from consultation.voting.models import BallotContent, Contest, ContestOption, RollEntry
from consultation.voting.rules import from_content
from consultation.voting.states import AffiliatesCount, Secrecy, VotingUnit
from consultation.voting.suppression import K, all_shown
from consultation.voting.tally import BallotRow

MOST_SHARES = 720_720
"""Ballots are divided exactly among up to sixteen of a family; in larger families their shares are rounded down."""

NOT_STATED = ""

Ballots = Mapping[uuid.UUID, BallotRow]
"""The ballot that counts, by the voter on the roll who cast it: a member, or a delegate."""


def ballots_by_voter(
    session: Session, contest: Contest, commitments: Mapping[uuid.UUID, str]
) -> dict[uuid.UUID, BallotRow]:
    """``commitments``: of each voter who voted, the final ballot's."""
    query = select(BallotContent.commitment, BallotContent.content).where(BallotContent.contest_id == contest.id)
    contents = {row.commitment: row.content for row in session.execute(query)}
    return {one: from_content(contents[commitment]) for one, commitment in commitments.items()}


def group_counts(session: Session, contest: Contest, ballots: Ballots) -> dict[str, Any] | None:
    """What the record of the close holds under ``groups``; none of a contest without a roll.

    In a named contest nothing is withheld from those who can read the names beside it, but the counts are made alike.
    """
    if contest.secrecy is Secrecy.NO_ROLL:
        return None
    items = sorted(session.scalars(select(ContestOption.code).where(ContestOption.contest_id == contest.id)))
    choices = {str(one): _chosen(ballot) for one, ballot in ballots.items()}
    kinds = {
        name: {voter: groups[uuid.UUID(voter)] for voter in choices}
        for name, groups in _groups(session, contest).items()
    }
    found: dict[str, Any] = {
        "k": K,
        "kinds": all_shown(kinds, choices, items),
        "families": _families(session, contest, ballots, items),
    }
    if contest.secrecy is Secrecy.NAMED:
        found["supporters"] = _named(session, contest, choices, items)
    return found


def _chosen(ballot: BallotRow) -> list[str]:
    return [item for tier in ballot.tiers for item in tier if ballot.support is None or item in ballot.support]


def _groups(session: Session, contest: Contest) -> dict[str, dict[uuid.UUID, str]]:
    """The group of each voter on the roll, by kind; a delegate's is their organization's. Who has several languages or
    countries is in a group of its own of just these, so that each is in one group of a kind."""
    on_roll = (
        select(RollEntry.voter_id, MemberOrganization.languages, Term.code)
        .join(RollEntry, RollEntry.organization_id == MemberOrganization.id)
        .outerjoin(Term, Term.id == MemberOrganization.sector_id)
        .where(RollEntry.contest_id == contest.id)
    )
    sectors: dict[uuid.UUID, str] = {}
    languages: dict[uuid.UUID, str] = {}
    for row in session.execute(on_roll):
        sectors[row.voter_id] = row.code or NOT_STATED
        languages[row.voter_id] = "+".join(sorted(row.languages))
    places = (
        select(RollEntry.voter_id, Term.data)
        .select_from(OrganizationJurisdiction)
        .join(RollEntry, RollEntry.organization_id == OrganizationJurisdiction.organization_id)
        .join(Term, Term.id == OrganizationJurisdiction.term_id)
        .where(RollEntry.contest_id == contest.id)
    )
    countries: dict[uuid.UUID, set[str]] = {one: set() for one in sectors}
    for row in session.execute(places):
        if country := row.data.get("country"):
            countries[row.voter_id].add(country)
    return {
        "sector": sectors,
        "country": {one: "+".join(sorted(found)) for one, found in countries.items()},
        "language": languages,
    }


def _families(session: Session, contest: Contest, ballots: Ballots, items: list[str]) -> dict[str, Any] | None:
    """The order if each family of affiliates counted as one: a ballot weighs its part of the family's. Delegates are of
    the family of their organization, which is one of its own where it has no affiliates; where only one organization of
    each family votes, its delegates are the family. Told only where enough voters are in families, and without numbers
    of supporters, whose differences would tell their votes. Ties are drawn without the beacon, which is of after the
    close."""
    from consultation.voting import tally

    if contest.affiliates_count is AffiliatesCount.FAMILY and contest.unit is VotingUnit.MEMBERS:
        return None
    member_of = _members(session, contest)
    votes_for = family_voters(affiliations_in_force(session), {member_of[one] for one in ballots})
    family = {one: votes_for[member_of[one]] for one in ballots}
    sizes = Counter(family.values())
    joined = [size for size in sizes.values() if size > 1]
    if not joined:
        return None
    if sum(joined) < K:
        return {"withheld": True}
    shares = min(lcm(*joined), MOST_SHARES)
    rows = [
        BallotRow(ballot.tiers, ballot.support, max(1, shares // sizes[family[one]])) for one, ballot in ballots.items()
    ]
    profile = tally.Profile.from_ballots(items, rows)
    result = tally.tally(profile, contest.rule, seats=contest.places, contest=contest.code)
    return {
        "withheld": False,
        "families": len(joined),
        "organizations": sum(joined),
        "rule": contest.rule,
        "order": result.order,
    }


def _members(session: Session, contest: Contest) -> dict[uuid.UUID, uuid.UUID]:
    """Of each voter on the roll, the member itself or the one by whose mandate it is there."""
    query = select(RollEntry.voter_id, RollEntry.organization_id).where(RollEntry.contest_id == contest.id)
    return {row.voter_id: row.organization_id for row in session.execute(query)}


def _named(
    session: Session, contest: Contest, choices: Mapping[str, list[str]], items: list[str]
) -> dict[str, list[str]]:
    """Of each item, the codes of the voters who chose it."""
    query = select(RollEntry.voter_id, RollEntry.code).where(RollEntry.contest_id == contest.id)
    codes = {str(row.voter_id): row.code for row in session.execute(query)}
    found: dict[str, list[str]] = {item: [] for item in items}
    for voter, chosen in choices.items():
        for item in chosen:
            found[item].append(codes[voter])
    return {item: sorted(supporters) for item, supporters in found.items()}
