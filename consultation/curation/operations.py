"""Making agenda items of proposals."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from consultation.convening.models import Consultation
from consultation.curation.events import ItemAdmitted, ProposalPlaced
from consultation.curation.models import AgendaItem, Provenance
from consultation.curation.states import ConsentState, ItemState, Relation
from consultation.kernel.ids import uuid7
from consultation.kernel.moves import apply
from consultation.kernel.outbox import record
from consultation.kernel.permissions import Actor
from consultation.proposals.models import Proposal
from consultation.proposals.states import PLACEMENT

FROZEN = ("state", "revision", "language", "title", "barrier", "evidence", "remedy", "theme_id")
"""What an item takes from its proposal, read again under the lock: its author may have amended it a moment ago."""


def admit(
    session: Session, proposal: Proposal, *, actor: Actor, now: datetime, minutes: int | None = None
) -> AgendaItem:
    """Make an agenda item of a published proposal, alone and word for word, and lock it; the proposal is placed.

    No consent is needed, since nothing changes. An item that is admitted while a contest is open is not on that
    contest's ballot, whose options were frozen at its opening; it stands in the log all the same. ``minutes`` is the
    time that the item asks of the gathering.

    Raises:
        Denied: when the actor may not.
        WrongState: when the proposal is not published, or somebody placed it a moment ago.
    """
    session.refresh(proposal, attribute_names=FROZEN, with_for_update=True)
    item_id = uuid7()
    apply(session, proposal, PLACEMENT, event=ProposalPlaced(proposal.id, item_id), actor=actor, now=now)
    number, prefix = _next_number(session, proposal)
    item = AgendaItem(
        id=item_id,
        consultation_id=proposal.consultation_id,
        number=number,
        code=f"{prefix}-A{number:03d}",
        state=ItemState.LOCKED,
        relation=Relation.ALONE,
        language=proposal.language,
        title=proposal.title,
        barrier=proposal.barrier,
        evidence=proposal.evidence,
        remedy=proposal.remedy,
        theme_id=proposal.theme_id,
        minutes=minutes,
        created_at=now,
        locked_at=now,
    )
    item.provenance = [
        Provenance(
            proposal_id=proposal.id,
            position=1,
            proposal_revision=proposal.revision,
            consent=ConsentState.NOT_NEEDED,
            created_at=now,
        )
    ]
    session.add(item)
    admitted = ItemAdmitted(item.id, item.consultation_id, item.code, proposal.id, proposal.revision)
    record(session, admitted, actor=actor, now=now)
    session.flush()
    return item


def _next_number(session: Session, proposal: Proposal) -> tuple[int, str]:
    """Take the consultation's next item number and count the item; the row's lock keeps two from taking the same."""
    taken, prefix = session.execute(
        update(Consultation)
        .where(Consultation.id == proposal.consultation_id)
        .values(
            next_item_number=Consultation.next_item_number + 1,
            item_count=Consultation.item_count + 1,
        )
        .returning(Consultation.next_item_number, Consultation.prefix)
        .execution_options(synchronize_session=False)
    ).one()
    loaded = session.identity_map.get(session.identity_key(Consultation, proposal.consultation_id))
    if loaded is not None:
        session.expire(loaded, ["next_item_number", "item_count"])
    return taken - 1, prefix
