"""What happens to proposals."""

import uuid
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ProposalSubmitted:
    subject_id: uuid.UUID
    consultation_id: uuid.UUID
    organization_id: uuid.UUID | None
    code: str
    revision: int


@dataclass(frozen=True, slots=True)
class ProposalAmended:
    subject_id: uuid.UUID
    consultation_id: uuid.UUID
    revision: int


@dataclass(frozen=True, slots=True)
class ProposalTranslated:
    subject_id: uuid.UUID
    consultation_id: uuid.UUID
    language: str
    revision: int


@dataclass(frozen=True, slots=True)
class ProposalWithdrawn:
    subject_id: uuid.UUID
    consultation_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class ProposalEndorsed:
    subject_id: uuid.UUID
    organization_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class EndorsementWithdrawn:
    subject_id: uuid.UUID
    organization_id: uuid.UUID
