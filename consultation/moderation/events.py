"""What moderators decided. The words of a decision stand in its ``ModerationAction``, which ``action_id`` names."""

import uuid
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ProposalPublished:
    subject_id: uuid.UUID
    consultation_id: uuid.UUID
    action_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class ProposalChangesRequested:
    subject_id: uuid.UUID
    consultation_id: uuid.UUID
    action_id: uuid.UUID
    reason_code: str


@dataclass(frozen=True, slots=True)
class ProposalDeclined:
    subject_id: uuid.UUID
    consultation_id: uuid.UUID
    action_id: uuid.UUID
    reason_code: str


@dataclass(frozen=True, slots=True)
class ProposalAnnotated:
    """``notes`` are the content notes that stand since then."""

    subject_id: uuid.UUID
    consultation_id: uuid.UUID
    action_id: uuid.UUID
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CommentHidden:
    subject_id: uuid.UUID
    proposal_id: uuid.UUID
    action_id: uuid.UUID
    reason_code: str


@dataclass(frozen=True, slots=True)
class CommentRestored:
    subject_id: uuid.UUID
    proposal_id: uuid.UUID
    action_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class CaseClaimed:
    subject_id: uuid.UUID
    consultation_id: uuid.UUID
    claim_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class CaseClaimRenewed:
    subject_id: uuid.UUID
    consultation_id: uuid.UUID
    claim_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class CaseTakenOver:
    """``held_by`` is whose it was."""

    subject_id: uuid.UUID
    consultation_id: uuid.UUID
    claim_id: uuid.UUID
    held_by: uuid.UUID


@dataclass(frozen=True, slots=True)
class CaseReleased:
    """``held_by`` is whose it was; ``how`` is a ``ClaimEnd``."""

    subject_id: uuid.UUID
    consultation_id: uuid.UUID
    claim_id: uuid.UUID
    held_by: uuid.UUID
    how: str
