"""What happens in discussions."""

import uuid

from consultation.kernel.events import Event


class CommentPosted(Event):
    subject_id: uuid.UUID
    proposal_id: uuid.UUID
    answers_id: uuid.UUID | None
    organization_id: uuid.UUID | None
