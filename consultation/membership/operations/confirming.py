"""Once a year each member is asked whether it still takes part, and says so with one button. Nobody is removed."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from consultation.kernel.due import DueAct
from consultation.kernel.moves import WrongState
from consultation.kernel.outbox import record
from consultation.kernel.permissions import OPERATOR, Actor, Permission, require
from consultation.membership.events import ConfirmationAsked, MembershipConfirmed
from consultation.membership.models import MemberOrganization
from consultation.membership.rules import CONFIRMED_FOR
from consultation.membership.states import VERIFICATION, OrganizationState


def confirm_membership(session: Session, organization: MemberOrganization, *, actor: Actor, now: datetime) -> None:
    """Say that the member still takes part; asked or not.

    Raises:
        Denied: when the actor does not manage it.
        WrongState: when it is not verified.
    """
    require(actor, Permission.ORGANIZATION_MANAGE, organization, now=now)
    session.refresh(organization, ["state"], with_for_update={"of": MemberOrganization})
    if organization.state is not OrganizationState.VERIFIED:
        raise WrongState(VERIFICATION, organization.state)
    organization.confirmed_at, organization.confirmation_asked_at = now, None
    record(session, MembershipConfirmed(organization.id), actor=actor, now=now)
    session.flush()


def to_ask(session: Session, now: datetime) -> Sequence[uuid.UUID]:
    """The verified members that have said nothing for a year and are not asked yet."""
    limit = now - CONFIRMED_FOR
    return session.scalars(
        select(MemberOrganization.id)
        .where(
            MemberOrganization.state == OrganizationState.VERIFIED,
            MemberOrganization.verified_at <= limit,
            or_(MemberOrganization.confirmed_at.is_(None), MemberOrganization.confirmed_at <= limit),
            MemberOrganization.confirmation_asked_at.is_(None),
        )
        .order_by(MemberOrganization.verified_at, MemberOrganization.id)
    ).all()


def ask_for_confirmation(session: Session, organization_id: uuid.UUID, now: datetime) -> None:
    """Ask one of them, unless somebody was quicker."""
    organization = session.get_one(MemberOrganization, organization_id, with_for_update=True)
    if organization_id not in to_ask(session, now):
        return
    organization.confirmation_asked_at = now
    record(session, ConfirmationAsked(organization.id), actor=OPERATOR, now=now)
    session.flush()


CONFIRMING = DueAct("yearly-confirmations", waiting=to_ask, act=ask_for_confirmation)

#: How long a member is asked before the desk sees that it has not answered.
PATIENCE = timedelta(days=60)


def unconfirmed(session: Session, now: datetime) -> Sequence[MemberOrganization]:
    """Those that were asked sixty days ago or more and have not answered, for the desk; the longest first."""
    return session.scalars(
        select(MemberOrganization)
        .where(
            MemberOrganization.state == OrganizationState.VERIFIED,
            MemberOrganization.confirmation_asked_at <= now - PATIENCE,
        )
        .order_by(MemberOrganization.confirmation_asked_at, MemberOrganization.id)
    ).all()
