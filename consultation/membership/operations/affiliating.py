"""Umbrellas and their affiliates: proposed by one side, agreed by the other or by the desk, ended by either."""

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from consultation.kernel.outbox import record
from consultation.kernel.permissions import Actor, Decision, Denied, Permission, Reason, may, require
from consultation.kernel.roles import COLLECTIVE
from consultation.membership.events import AffiliationAgreed, AffiliationEnded, AffiliationProposed
from consultation.membership.models import Affiliation, MemberOrganization
from consultation.membership.queries import affiliations_in_force
from consultation.membership.rules import would_circle
from consultation.membership.states import OrganizationState


class NoAffiliation(Exception):
    """The two cannot be joined. ``code``: ``itself``, ``person``, ``not_verified``, ``circle``, ``has_umbrella``,
    ``stands``, ``over``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def propose_affiliation(
    session: Session,
    *,
    umbrella: MemberOrganization,
    affiliate: MemberOrganization,
    by: MemberOrganization,
    actor: Actor,
    now: datetime,
) -> Affiliation:
    """Say, for one of the two, that the affiliate belongs to the umbrella. The other one is asked.

    Raises:
        Denied: when the actor does not manage ``by``.
        NoAffiliation: when they are one, not both verified, joined or asked already, or would form a circle.
    """
    require(actor, Permission.ORGANIZATION_MANAGE, by, now=now)
    if umbrella.id == affiliate.id:
        raise NoAffiliation("itself")
    if not {umbrella.kind, affiliate.kind} <= COLLECTIVE:
        raise NoAffiliation("person")
    if {umbrella.state, affiliate.state} != {OrganizationState.VERIFIED}:
        raise NoAffiliation("not_verified")
    standing = _standing(session)
    if any((one.umbrella_id, one.affiliate_id) == (umbrella.id, affiliate.id) for one in standing):
        raise NoAffiliation("stands")
    _check(session, umbrella.id, affiliate.id)
    made = Affiliation(umbrella_id=umbrella.id, affiliate_id=affiliate.id, proposed_by_id=by.id, proposed_at=now)
    session.add(made)
    session.flush()
    other = affiliate if by.id == umbrella.id else umbrella
    record(session, AffiliationProposed(other.id, made.id, umbrella.id, affiliate.id), actor=actor, now=now)
    session.flush()
    return made


def agree_affiliation(session: Session, affiliation: Affiliation, *, actor: Actor, now: datetime) -> None:
    """Agree, for the organization that was asked, or as the desk that verifies organizations. Agreeing again changes
    nothing. Both organizations are loaded.

    Raises:
        Denied: when the actor may not.
        NoAffiliation: when it has ended meanwhile, or no longer fits beside what was agreed since.
    """
    if not may(actor, Permission.ORGANIZATION_MANAGE, affiliation.other, now=now):
        _require_desk(actor, affiliation, now)
    _standing(session)
    session.refresh(affiliation, ["agreed_at", "ended_at"])
    if affiliation.ended_at is not None:
        raise NoAffiliation("over")
    if affiliation.agreed_at is not None:
        return
    _check(session, affiliation.umbrella_id, affiliation.affiliate_id)
    affiliation.agreed_at = now
    agreed = AffiliationAgreed(
        affiliation.proposed_by_id, affiliation.id, affiliation.umbrella_id, affiliation.affiliate_id
    )
    record(session, agreed, actor=actor, now=now)
    session.flush()


def end_affiliation(session: Session, affiliation: Affiliation, *, actor: Actor, now: datetime) -> None:
    """End it, take it back or decline it, for either side or as the desk. Ending it again changes nothing.

    Raises:
        Denied: when the actor may not.
    """
    sides = (affiliation.umbrella, affiliation.affiliate)
    if not any(may(actor, Permission.ORGANIZATION_MANAGE, side, now=now) for side in sides):
        _require_desk(actor, affiliation, now)
    _standing(session)
    session.refresh(affiliation, ["agreed_at", "ended_at"])
    if affiliation.ended_at is not None:
        return
    affiliation.ended_at = now
    ended = AffiliationEnded(
        affiliation.umbrella_id,
        affiliation.id,
        affiliation.umbrella_id,
        affiliation.affiliate_id,
        affiliation.agreed_at is not None,
    )
    record(session, ended, actor=actor, now=now)
    session.flush()


def _require_desk(actor: Actor, affiliation: Affiliation, now: datetime) -> None:
    """Those who verify organizations, but for their own."""
    for side in (affiliation.umbrella, affiliation.affiliate):
        decision = may(actor, Permission.ORGANIZATION_VERIFY, side, now=now)
        if not decision:
            foreign = decision.reason is Reason.ROLE and bool(actor.mandates)
            raise Denied(Permission.ORGANIZATION_MANAGE, Decision(Reason.NO_MANDATE) if foreign else decision)


def _check(session: Session, umbrella: uuid.UUID, affiliate: uuid.UUID) -> None:
    umbrella_of = {below: above for above, below in affiliations_in_force(session)}
    if affiliate in umbrella_of:
        raise NoAffiliation("has_umbrella")
    if would_circle(umbrella_of, umbrella, affiliate):
        raise NoAffiliation("circle")


def _standing(session: Session) -> list[Affiliation]:
    """All that stand, locked: of two people who close a circle at once, the second sees what the first did."""
    query = select(Affiliation).where(Affiliation.ended_at.is_(None)).order_by(Affiliation.id)
    return list(session.scalars(query.with_for_update()))
