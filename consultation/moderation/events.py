"""What moderators decided. The words of a decision stand in its ``ModerationAction``, which ``action_id`` names."""

import uuid

from consultation.kernel.events import Event


class ProposalPublished(Event):
    subject_id: uuid.UUID
    consultation_id: uuid.UUID
    action_id: uuid.UUID


class ProposalChangesRequested(Event):
    subject_id: uuid.UUID
    consultation_id: uuid.UUID
    action_id: uuid.UUID
    reason_code: str


class ProposalDeclined(Event):
    subject_id: uuid.UUID
    consultation_id: uuid.UUID
    action_id: uuid.UUID
    reason_code: str


class ProposalAnnotated(Event):
    """``notes`` are the content notes that stand since then."""

    subject_id: uuid.UUID
    consultation_id: uuid.UUID
    action_id: uuid.UUID
    notes: tuple[str, ...]


class CommentHidden(Event):
    subject_id: uuid.UUID
    proposal_id: uuid.UUID
    action_id: uuid.UUID
    reason_code: str


class CommentRestored(Event):
    subject_id: uuid.UUID
    proposal_id: uuid.UUID
    action_id: uuid.UUID


class CaseClaimed(Event):
    subject_id: uuid.UUID
    consultation_id: uuid.UUID
    claim_id: uuid.UUID


class CaseClaimRenewed(Event):
    subject_id: uuid.UUID
    consultation_id: uuid.UUID
    claim_id: uuid.UUID


class CaseTakenOver(Event):
    """``held_by`` is whose it was."""

    subject_id: uuid.UUID
    consultation_id: uuid.UUID
    claim_id: uuid.UUID
    held_by: uuid.UUID


class CaseReleased(Event):
    """``held_by`` is whose it was; ``how`` is a ``ClaimEnd``."""

    subject_id: uuid.UUID
    consultation_id: uuid.UUID
    claim_id: uuid.UUID
    held_by: uuid.UUID
    how: str
