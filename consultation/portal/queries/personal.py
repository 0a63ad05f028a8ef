"""What a person has to do, has brought, and has been told."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, and_, bindparam, case, exists, func, null, or_, select
from sqlalchemy.orm import Session

from consultation.convening.models import Consultation
from consultation.kernel.permissions import Actor
from consultation.membership.models import Mandate, MemberOrganization
from consultation.notifications.models import Notice
from consultation.portal.queries.situation import ContestFacts
from consultation.proposals.models import Proposal
from consultation.proposals.states import ProposalState
from consultation.voting.chain import voter_tag
from consultation.voting.keys import KeyMissing, key_store
from consultation.voting.models import BallotDraft, ChainEntry, Contest, RollEntry
from consultation.voting.operations.box import voter_text
from consultation.voting.policy import is_voting
from consultation.voting.states import ContestState

NOTICES = 50
BROUGHT = 30
UNFINISHED = (ProposalState.DRAFT, ProposalState.NEEDS_CHANGES)


@dataclass(frozen=True, slots=True)
class OwnBallot:
    """A ballot in a contest on whose roll its voter stands: an organization's, or the person's ``own`` as its delegate.
    ``cast`` is none where it cannot be told: the contest's key is not at hand. ``begun``: a draft of it is saved."""

    contest_id: uuid.UUID
    organization_code: str
    name: str
    name_fr: str | None
    name_es: str | None
    begun: bool
    cast: bool | None
    own: bool = False

    def name_in(self, language: str) -> str:
        return {"fr": self.name_fr, "es": self.name_es}.get(language) or self.name


def mandates_in_words(session: Session, actor: Actor) -> Sequence[Any]:
    """The actor's mandates in force: kind, when it ends, and the organization's names and state."""
    held = [mandate.organization_id for mandate in actor.mandates]
    if not held:
        return []
    return session.execute(
        select(
            Mandate.kind,
            Mandate.ends_at,
            MemberOrganization.code,
            MemberOrganization.name,
            MemberOrganization.name_fr,
            MemberOrganization.name_es,
            MemberOrganization.state,
        )
        .join(MemberOrganization, MemberOrganization.id == Mandate.organization_id)
        .where(Mandate.user_id == actor.user_id, Mandate.revoked_at.is_(None), Mandate.organization_id.in_(held))
        .order_by(MemberOrganization.name, MemberOrganization.id)
    ).all()


def has_notice(session: Session, user_id: uuid.UUID | None, notice_id: uuid.UUID) -> bool:
    """Whether this notice is the person's."""
    return session.scalar(select(Notice.id).where(Notice.id == notice_id, Notice.user_id == user_id)) is not None


def notices(session: Session, user_id: uuid.UUID | None, *, limit: int = NOTICES) -> Sequence[Any]:
    """The person's notices, the newest first."""
    return session.execute(
        select(
            Notice.id,
            Notice.name,
            Notice.subject_code,
            Notice.subject_title,
            Notice.detail,
            Notice.created_at,
            Notice.read_at,
        )
        .where(Notice.user_id == user_id)
        .order_by(Notice.created_at.desc(), Notice.id.desc())
        .limit(limit)
    ).all()


def brought(
    session: Session,
    actor: Actor,
    *,
    states: Collection[ProposalState] = (),
    consultation_id: uuid.UUID | None = None,
    limit: int = BROUGHT,
) -> Sequence[Any]:
    """What the actor's organizations, and the actor alone, have proposed, the newest first: code, title, language,
    state, when, and the consultation's slug; narrowed to some states and to one consultation where they are given."""
    given = {
        "held": [mandate.organization_id for mandate in actor.mandates],
        "person": actor.user_id,
        "states": list(states),
        "consultation": consultation_id,
        "limit": limit,
    }
    return session.execute(_brought(bool(states), consultation_id is not None), given).all()


@cache
def _brought(by_state: bool, by_consultation: bool) -> Any:
    """Built once: composing it takes longer than running it."""
    alone = Proposal.organization_id.is_(None) & (Proposal.author_id == bindparam("person"))
    query = (
        select(
            Proposal.id,
            Proposal.code,
            Proposal.title,
            Proposal.language,
            Proposal.state,
            Proposal.created_at,
            Proposal.submitted_at,
            Proposal.endorsement_count,
            Proposal.comment_count,
            Consultation.slug,
        )
        .join(Consultation, Consultation.id == Proposal.consultation_id)
        .where(or_(Proposal.organization_id.in_(bindparam("held", expanding=True)), alone))
        .order_by(Proposal.created_at.desc(), Proposal.id.desc())
        .limit(bindparam("limit", type_=Integer))
    )
    if by_state:
        query = query.where(Proposal.state.in_(bindparam("states", expanding=True)))
    if by_consultation:
        query = query.where(Proposal.consultation_id == bindparam("consultation"))
    return query


def contests_of(session: Session, actor: Actor) -> Sequence[Any]:
    """The contests on whose roll the actor or their organizations stand, the newest first: id, code, question, state,
    unit, window, and the consultation's slug, title and zone."""
    voting = _voting(actor)
    if not voting:
        return []
    on_roll = exists().where(RollEntry.contest_id == Contest.id, *_is_theirs(actor, voting))
    return session.execute(
        select(
            Contest.id,
            Contest.code,
            Contest.question,
            Contest.state,
            Contest.unit,
            Contest.opens_at,
            Contest.closes_at,
            Consultation.slug,
            Consultation.title,
            Consultation.zone,
        )
        .join(Consultation, Consultation.id == Contest.consultation_id)
        .where(on_roll)
        .order_by(Contest.created_at.desc(), Contest.id)
    ).all()


def own_ballots(session: Session, actor: Actor, contests: Sequence[ContestFacts | Any]) -> list[OwnBallot]:
    """The ballots of the actor and of their verified organizations in these contests, where they are on the roll. One
    query, or none where there is nothing to ask. Of a contest that is open its key tells which ballots are theirs; of
    one that has closed the roll does."""
    voting = _voting(actor)
    if not voting or not contests:
        return []
    tags, keyless = _tags(session, contests, [*voting, *_person(actor)])
    in_box = (
        exists().where(ChainEntry.contest_id == RollEntry.contest_id, ChainEntry.voter_tag == _tag_of(tags))
        if tags
        else null()
    )
    begun = exists().where(BallotDraft.contest_id == RollEntry.contest_id, BallotDraft.voter_id == RollEntry.voter_id)
    rows = session.execute(
        select(
            RollEntry.contest_id,
            MemberOrganization.code,
            MemberOrganization.name,
            MemberOrganization.name_fr,
            MemberOrganization.name_es,
            RollEntry.voted,
            RollEntry.user_id,
            begun.label("begun"),
            in_box.label("in_box"),
        )
        .join(MemberOrganization, MemberOrganization.id == RollEntry.organization_id)
        .where(RollEntry.contest_id.in_([contest.id for contest in contests]), *_is_theirs(actor, voting))
        .order_by(MemberOrganization.name, MemberOrganization.id)
    )
    opened = {contest.id for contest in contests if contest.state is ContestState.OPEN} - keyless
    return [
        OwnBallot(
            row.contest_id,
            row.code,
            row.name,
            row.name_fr,
            row.name_es,
            bool(row.begun),
            bool(row.in_box) if row.contest_id in opened else row.voted,
            row.user_id is not None,
        )
        for row in rows
    ]


def _voting(actor: Actor) -> list[uuid.UUID]:
    return [held.organization_id for held in actor.mandates if held.verified and is_voting(held.kind)]


def _person(actor: Actor) -> list[uuid.UUID]:
    return [] if actor.user_id is None else [actor.user_id]


def _is_theirs(actor: Actor, voting: Sequence[uuid.UUID]) -> tuple[ColumnElement[bool], ...]:
    """Of an entry of a roll: it is of one of these organizations, or of the actor by the mandate of one."""
    return RollEntry.voter_id.in_([*voting, *_person(actor)]), RollEntry.organization_id.in_(voting)


def _tags(
    session: Session, contests: Sequence[Any], voters: Sequence[uuid.UUID]
) -> tuple[Mapping[tuple[uuid.UUID, uuid.UUID], str], set[uuid.UUID]]:
    """The voter tags in the open contests by contest and voter, and the contests whose key is missing."""
    tags: dict[tuple[uuid.UUID, uuid.UUID], str] = {}
    keyless: set[uuid.UUID] = set()
    for contest in contests:
        if contest.state is not ContestState.OPEN:
            continue
        try:
            key = key_store(session).read(contest.id)
        except KeyMissing:
            keyless.add(contest.id)
            continue
        for one in voters:
            tags[contest.id, one] = voter_tag(key, contest.code, voter_text(contest.unit, one))
    return tags, keyless


def _tag_of(tags: Mapping[tuple[uuid.UUID, uuid.UUID], str]) -> Any:
    """The tag of the roll entry that a row is about."""
    return case(
        *(
            (and_(RollEntry.contest_id == contest, RollEntry.voter_id == voter), tag)
            for (contest, voter), tag in tags.items()
        )
    )


def submitted_count(session: Session) -> int:
    """How many proposals wait for a moderator, in all consultations."""
    query = select(func.count()).where(Proposal.state == ProposalState.SUBMITTED)
    return session.scalar(query) or 0
