"""What happens in curation."""

import uuid
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ItemAdmitted:
    """An agenda item was made of a proposal, as it stands, and locked."""

    subject_id: uuid.UUID
    consultation_id: uuid.UUID
    code: str
    proposal_id: uuid.UUID
    proposal_revision: int


@dataclass(frozen=True, slots=True)
class ProposalPlaced:
    """A proposal became part of an agenda item."""

    subject_id: uuid.UUID
    item_id: uuid.UUID
