"""The ballots of a contest for those who were named to check them, where the public does not get them."""

from datetime import datetime

from sqlalchemy.orm import Session

from consultation.exchange.bundle import write_bundle
from consultation.exchange.events import BallotsAudited
from consultation.kernel.outbox import record
from consultation.kernel.permissions import Actor, Permission, require
from consultation.voting.models import Contest


def audit_ballots(session: Session, contest: Contest, *, actor: Actor, now: datetime) -> bytes:
    """The bundle with the contest's ballots in it. ``contest.consultation`` is loaded. Each time is logged.

    Raises:
        Denied: the actor is no auditor, or the results are not published.
    """
    require(actor, Permission.BALLOTS_AUDIT, contest, now=now)
    record(session, BallotsAudited(contest.id, contest.code), actor=actor, now=now)
    session.flush()
    return write_bundle(session, contest.consultation, audited={contest.id})
