"""What happens to proposals."""

import uuid

from consultation.kernel.events import Event


class ProposalSubmitted(Event):
    subject_id: uuid.UUID
    consultation_id: uuid.UUID
    organization_id: uuid.UUID | None
    code: str
    revision: int


class ProposalAmended(Event):
    subject_id: uuid.UUID
    consultation_id: uuid.UUID
    revision: int


class ProposalTranslated(Event):
    subject_id: uuid.UUID
    consultation_id: uuid.UUID
    language: str
    revision: int


class ProposalWithdrawn(Event):
    subject_id: uuid.UUID
    consultation_id: uuid.UUID


class ProposalEndorsed(Event):
    subject_id: uuid.UUID
    organization_id: uuid.UUID


class EndorsementWithdrawn(Event):
    subject_id: uuid.UUID
    organization_id: uuid.UUID
