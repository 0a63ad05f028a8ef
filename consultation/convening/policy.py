"""What the phases of a consultation allow."""

from datetime import datetime

from consultation.convening.models import Consultation
from consultation.convening.rules import open_phases
from consultation.convening.states import OPENED_BY_PHASE
from consultation.kernel.permissions import ALLOWED, Decision, Permission, Reason


def phase_allows(consultation: Consultation, permission: Permission, now: datetime) -> Decision:
    """Whether a phase that is open now opens the permission. ``consultation.phases`` is loaded.

    What the operator and organizers do on behalf of others (imports) does not ask this.
    """
    if any(permission in OPENED_BY_PHASE[phase.name] for phase in open_phases(consultation.phases, now)):
        return ALLOWED
    return Decision(Reason.PHASE)
