"""Who may decide about an organization, and who speaks for it."""

import uuid
from datetime import datetime

from consultation.kernel.permissions import ALLOWED, Actor, Decision, Permission, Reason, policy
from consultation.kernel.roles import COLLECTIVE, MandateKind
from consultation.membership.models import MemberOrganization

#: Those who answer for the organization; an editor writes for it only.
MANAGING = frozenset({MandateKind.DELEGATE, MandateKind.DEPUTY})


@policy(Permission.ORGANIZATION_VERIFY)
def not_ones_own(actor: Actor, organization: MemberOrganization, _now: datetime) -> Decision:
    """Nobody judges the organization for which they speak."""
    return ALLOWED if actor.mandate_for(organization.id) is None else Decision(Reason.OWN_MATTER)


@policy(Permission.ORGANIZATION_MANAGE)
def manages(actor: Actor, organization: MemberOrganization, _now: datetime) -> Decision:
    """Its delegates and deputies, whether it is verified yet or not."""
    if actor.is_operator:
        return ALLOWED
    held = actor.mandate_for(organization.id)
    return ALLOWED if held is not None and held.kind in MANAGING else Decision(Reason.NO_MANDATE)


def vouching_mandates(actor: Actor, organization_id: uuid.UUID) -> tuple[uuid.UUID, ...]:
    """The verified organizations, other than this one, for which the actor may vouch."""
    return tuple(
        held.organization_id
        for held in actor.mandates
        if held.verified
        and held.kind in MANAGING
        and held.member in COLLECTIVE
        and held.organization_id != organization_id
    )


@policy(Permission.ORGANIZATION_VOUCH)
def knows_it(actor: Actor, organization: MemberOrganization, _now: datetime) -> Decision:
    """For another organization; whoever speaks for this one too is no witness."""
    if actor.mandate_for(organization.id) is not None:
        return Decision(Reason.OWN_MATTER)
    return ALLOWED if vouching_mandates(actor, organization.id) else Decision(Reason.NO_MANDATE)
