"""What the phases of a consultation allow."""

import uuid
from datetime import datetime

from consultation.convening.models import Consultation
from consultation.convening.rules import members_who_may, open_phases
from consultation.convening.states import OPENED_BY_PHASE, Act
from consultation.kernel.permissions import ALLOWED, Actor, Decision, Permission, Reason


def phase_allows(consultation: Consultation, permission: Permission, now: datetime) -> Decision:
    """Whether a phase that is open now opens the permission. ``consultation.phases`` is loaded.

    What the operator and organizers do on behalf of others (imports) does not ask this.
    """
    if any(permission in OPENED_BY_PHASE[phase.name] for phase in open_phases(consultation.phases, now)):
        return ALLOWED
    return Decision(Reason.PHASE)


def voice_in(actor: Actor, consultation: Consultation, act: Act, organization_id: uuid.UUID | None = None) -> Decision:
    """Whether the actor speaks for a verified member (this one, where it is named) whom the consultation's rule lets do
    this."""
    if actor.is_operator:
        return ALLOWED
    held = [one for one in actor.mandates if organization_id is None or one.organization_id == organization_id]
    if not held:
        return Decision(Reason.NOT_YOURS if actor.mandates else Reason.NO_MANDATE)
    allowed = members_who_may(consultation.member_rule, act)
    fitting = [one for one in held if one.member in allowed]
    if not fitting:
        return Decision(Reason.MEMBER_KIND)
    return ALLOWED if any(one.verified for one in fitting) else Decision(Reason.NOT_VERIFIED)
