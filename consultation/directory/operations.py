"""Two registrations of one organization become one, with everything that each of them has."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from consultation.discussion.models import Comment
from consultation.kernel.ids import uuid7
from consultation.kernel.moves import apply
from consultation.kernel.outbox import record
from consultation.kernel.permissions import Actor, Permission, require
from consultation.kernel.roles import COLLECTIVE
from consultation.membership.events import AffiliationEnded, OrganizationsMerged
from consultation.membership.models import (
    Affiliation,
    Invitation,
    Mandate,
    MemberOrganization,
    OrganizationMerge,
)
from consultation.membership.queries import affiliations_in_force
from consultation.membership.rules import would_circle
from consultation.membership.states import MERGING, OrganizationState
from consultation.proposals.models import Endorsement, Proposal
from consultation.voting.models import Contest, RollEntry
from consultation.voting.states import ContestState


class CannotMerge(Exception):
    """``code``: ``itself``, ``merged``, ``person``, ``not_verified`` (a verified one would go up in one that is not),
    ``voting`` (the one that would go up stands on the roll of an open contest)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Plan:
    """What a merge does, as ids and codes: before it, what would happen; after it, the trace. What is *united* both
    had, so that one of the two ends."""

    mandates: list[str] = field(default_factory=list)
    mandates_united: list[str] = field(default_factory=list)
    invitations: list[str] = field(default_factory=list)
    invitations_united: list[str] = field(default_factory=list)
    affiliations: list[str] = field(default_factory=list)
    affiliations_ended: list[str] = field(default_factory=list)
    proposals: list[str] = field(default_factory=list)
    endorsements: list[str] = field(default_factory=list)
    endorsements_united: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    past_rolls: list[str] = field(default_factory=list)

    def to_dict(self) -> dict[str, list[str]]:
        return {name: list(getattr(self, name)) for name in self.__slots__}


def foresee(session: Session, kept: MemberOrganization, gone: MemberOrganization) -> Plan:
    """What merging them would do; nothing is changed.

    Raises:
        CannotMerge: when they cannot be merged.
    """
    _check(session, kept, gone)
    moved, united = _split(session, Mandate, "user_id", kept, gone, Mandate.revoked_at.is_(None))
    past = session.scalars(
        select(Mandate.id).where(Mandate.organization_id == gone.id, Mandate.revoked_at.is_not(None))
    )
    standing = (Invitation.accepted_at.is_(None), Invitation.withdrawn_at.is_(None))
    letters, letters_united = _split(session, Invitation, "email", kept, gone, *standing)
    follow, end = _affiliations(session, kept, gone)
    own = set(session.scalars(select(Endorsement.proposal_id).where(Endorsement.organization_id == kept.id)))
    theirs = session.execute(
        select(Endorsement.proposal_id, Proposal.code)
        .join(Proposal, Proposal.id == Endorsement.proposal_id)
        .where(Endorsement.organization_id == gone.id)
        .order_by(Proposal.code)
    ).all()
    return Plan(
        mandates=[*moved, *map(str, past)],
        mandates_united=united,
        invitations=letters,
        invitations_united=letters_united,
        affiliations=[str(one.id) for one in follow],
        affiliations_ended=[str(one.id) for one in end],
        proposals=[
            code or str(id_)
            for id_, code in session.execute(
                select(Proposal.id, Proposal.code).where(Proposal.organization_id == gone.id).order_by(Proposal.code)
            )
        ],
        endorsements=[row.code for row in theirs if row.proposal_id not in own],
        endorsements_united=[row.code for row in theirs if row.proposal_id in own],
        comments=[
            str(one)
            for one in session.scalars(
                select(Comment.id).where(Comment.organization_id == gone.id).order_by(Comment.id)
            )
        ],
        past_rolls=list(
            session.scalars(
                select(Contest.code)
                .join(RollEntry, RollEntry.contest_id == Contest.id)
                .where(RollEntry.organization_id == gone.id)
                .distinct()
                .order_by(Contest.code)
            )
        ),
    )


def merge_organizations(
    session: Session, kept: MemberOrganization, gone: MemberOrganization, *, reason: str, actor: Actor, now: datetime
) -> OrganizationMerge:
    """Let ``gone`` go up in ``kept``. Its code leads there for good; rolls of contests that are over stay as they were
    published, and contests that are not open yet make theirs from what there is then.

    Raises:
        Denied: when the actor may not verify organizations, or speaks for one of the two.
        CannotMerge: when they cannot be merged.
        ValueError: without a reason.
    """
    for one in (kept, gone):
        require(actor, Permission.ORGANIZATION_VERIFY, one, now=now)
    if not reason.strip():
        raise ValueError("Say why, in a sentence.")
    _lock(session, kept, gone)
    plan = foresee(session, kept, gone)
    merge = OrganizationMerge(
        id=uuid7(),
        kept_id=kept.id,
        gone_id=gone.id,
        reason=reason.strip(),
        trace=plan.to_dict(),
        merged_by=actor.user_id,
        merged_at=now,
    )
    _unite(session, plan, kept, gone, actor, now)
    session.add(merge)
    gone.merged_into_id, gone.listed, gone.verified_at = kept.id, False, None
    apply(session, gone, MERGING, event=OrganizationsMerged(kept.id, merge.id, gone.id), actor=actor, now=now)
    _set(session, MemberOrganization, MemberOrganization.merged_into_id == gone.id, merged_into_id=kept.id)
    session.flush()
    return merge


def _check(session: Session, kept: MemberOrganization, gone: MemberOrganization) -> None:
    if kept.id == gone.id:
        raise CannotMerge("itself")
    if OrganizationState.MERGED in (kept.state, gone.state):
        raise CannotMerge("merged")
    if not {kept.kind, gone.kind} <= COLLECTIVE and kept.kind != gone.kind:
        raise CannotMerge("person")
    if gone.state is OrganizationState.VERIFIED and kept.state is not OrganizationState.VERIFIED:
        raise CannotMerge("not_verified")
    voting = (
        select(Contest.id)
        .join(RollEntry, RollEntry.contest_id == Contest.id)
        .where(Contest.state == ContestState.OPEN, RollEntry.organization_id == gone.id)
    )
    if session.scalar(voting.limit(1)) is not None:
        raise CannotMerge("voting")


def _lock(session: Session, kept: MemberOrganization, gone: MemberOrganization) -> None:
    """No contest opens meanwhile, and of two merges the second sees what the first did."""
    unopened = select(Contest.id).where(Contest.state.in_((ContestState.CONFIGURED, ContestState.OPEN)))
    session.scalars(unopened.order_by(Contest.id).with_for_update(of=Contest)).all()
    both = select(MemberOrganization).where(MemberOrganization.id.in_((kept.id, gone.id)))
    session.scalars(
        both.order_by(MemberOrganization.id).with_for_update(of=MemberOrganization),
        execution_options={"populate_existing": True},
    ).all()


def _split(
    session: Session, model: Any, key: str, kept: MemberOrganization, gone: MemberOrganization, *standing: Any
) -> tuple[list[str], list[str]]:
    """The ids of the standing rows of ``gone``: those that follow, and those of which ``kept`` has the same."""
    column = getattr(model, key)
    own = set(session.scalars(select(column).where(model.organization_id == kept.id, *standing)))
    rows = session.execute(
        select(model.id, column).where(model.organization_id == gone.id, *standing).order_by(model.id)
    )
    follow: list[str] = []
    united: list[str] = []
    for id_, value in rows:
        (united if value in own else follow).append(str(id_))
    return follow, united


def _affiliations(
    session: Session, kept: MemberOrganization, gone: MemberOrganization
) -> tuple[list[Affiliation], list[Affiliation]]:
    """Of the standing affiliations of ``gone``: those that can follow, and those that would double, or close a
    circle."""
    standing = select(Affiliation).where(Affiliation.ended_at.is_(None)).order_by(Affiliation.id)
    every = list(session.scalars(standing))
    pairs = {(one.umbrella_id, one.affiliate_id) for one in every}
    umbrella_of = {below: above for above, below in affiliations_in_force(session)}
    follow: list[Affiliation] = []
    end: list[Affiliation] = []
    for one in every:
        if gone.id not in (one.umbrella_id, one.affiliate_id):
            continue
        umbrella = kept.id if one.umbrella_id == gone.id else one.umbrella_id
        affiliate = kept.id if one.affiliate_id == gone.id else one.affiliate_id
        above = umbrella_of.get(affiliate)
        other_umbrella = one.agreed_at is not None and affiliate == kept.id and above is not None
        circle = would_circle(umbrella_of, umbrella, affiliate)
        fits = umbrella != affiliate and (umbrella, affiliate) not in pairs and not other_umbrella and not circle
        (follow if fits else end).append(one)
        if fits:
            pairs.add((umbrella, affiliate))
            if one.agreed_at is not None:
                umbrella_of[affiliate] = umbrella
    return follow, end


def _unite(
    session: Session, plan: Plan, kept: MemberOrganization, gone: MemberOrganization, actor: Actor, now: datetime
) -> None:
    _set(session, Mandate, Mandate.id.in_(_ids(plan.mandates_united)), revoked_at=now)
    _set(session, Invitation, Invitation.id.in_(_ids(plan.invitations_united)), withdrawn_at=now)
    for model in (Mandate, Invitation, Proposal, Comment):
        _set(session, model, model.organization_id == gone.id, organization_id=kept.id)
    for id_ in _ids(plan.affiliations_ended):
        ended = session.get_one(Affiliation, id_)
        ended.ended_at = now
        told = AffiliationEnded(
            ended.umbrella_id, ended.id, ended.umbrella_id, ended.affiliate_id, ended.agreed_at is not None
        )
        record(session, told, actor=actor, now=now)
    session.flush()
    for id_ in _ids(plan.affiliations):
        one = session.get_one(Affiliation, id_)
        one.umbrella_id = kept.id if one.umbrella_id == gone.id else one.umbrella_id
        one.affiliate_id = kept.id if one.affiliate_id == gone.id else one.affiliate_id
        one.proposed_by_id = kept.id if one.proposed_by_id == gone.id else one.proposed_by_id
    doubled = select(Endorsement.proposal_id).where(Endorsement.organization_id == kept.id)
    removed = list(
        session.scalars(
            delete(Endorsement)
            .where(Endorsement.organization_id == gone.id, Endorsement.proposal_id.in_(doubled))
            .returning(Endorsement.proposal_id)
            .execution_options(synchronize_session=False)
        )
    )
    less = Proposal.endorsement_count - 1
    _set(session, Proposal, Proposal.id.in_(removed), endorsement_count=less)
    _set(session, Endorsement, Endorsement.organization_id == gone.id, organization_id=kept.id)


def _ids(texts: list[str]) -> list[uuid.UUID]:
    return [uuid.UUID(text) for text in texts]


def _set(session: Session, model: Any, condition: Any, **values: Any) -> None:
    query = update(model).where(condition).values(**values)
    session.execute(query.execution_options(synchronize_session=False))
