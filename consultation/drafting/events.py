"""What happened to an agenda."""

import uuid

from consultation.kernel.events import Event


class AgendaDrafted(Event):
    subject_id: uuid.UUID
    contest_id: uuid.UUID
    placements: int


class ItemMoved(Event):
    """An organizer placed an item elsewhere than the tally did, for a public reason."""

    subject_id: uuid.UUID
    item_code: str
    position: int
    reason: str


class AgendaReleased(Event):
    subject_id: uuid.UUID
    number: str
    status: str
    sha256: str
