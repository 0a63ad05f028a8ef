"""What happens in curation."""

import uuid

from consultation.kernel.events import Event


class ItemAdmitted(Event):
    """An agenda item was made of a proposal, as it stands, and locked."""

    subject_id: uuid.UUID
    consultation_id: uuid.UUID
    code: str
    proposal_id: uuid.UUID
    proposal_revision: int


class ProposalPlaced(Event):
    """A proposal became part of an agenda item."""

    subject_id: uuid.UUID
    item_id: uuid.UUID
