"""What left the platform."""

import uuid
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BallotsAudited:
    """An auditor took the ballots of a contest along, with what opens them."""

    subject_id: uuid.UUID
    contest: str


@dataclass(frozen=True, slots=True)
class ContactsExported:
    """The subject is the request by which two people agreed to it; nothing in particular where the operator did it."""

    subject_id: uuid.UUID
    rows: int
