"""What happened to an agenda."""

import uuid
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AgendaDrafted:
    subject_id: uuid.UUID
    contest_id: uuid.UUID
    placements: int


@dataclass(frozen=True, slots=True)
class ItemMoved:
    """An organizer placed an item elsewhere than the tally did, for a public reason."""

    subject_id: uuid.UUID
    item_code: str
    position: int
    reason: str


@dataclass(frozen=True, slots=True)
class AgendaReleased:
    subject_id: uuid.UUID
    number: str
    status: str
    sha256: str
