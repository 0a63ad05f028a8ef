"""What left the platform."""

import uuid

from consultation.kernel.events import Event


class BallotsAudited(Event):
    """An auditor took the ballots of a contest along, with what opens them."""

    subject_id: uuid.UUID
    contest: str


class ContactsExported(Event):
    """The subject is the request by which two people agreed to it; nothing in particular where the operator did it."""

    subject_id: uuid.UUID
    rows: int
