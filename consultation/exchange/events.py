"""What left the platform."""

import uuid
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ContactsExported:
    """The subject is the request by which two people agreed to it; nothing in particular where the operator did it."""

    subject_id: uuid.UUID
    rows: int
