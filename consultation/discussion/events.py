"""What happens in discussions."""

import uuid
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CommentPosted:
    subject_id: uuid.UUID
    proposal_id: uuid.UUID
    answers_id: uuid.UUID | None
    organization_id: uuid.UUID | None
