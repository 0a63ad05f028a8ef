"""How an agenda item came of its sources, and how far it is."""

from enum import StrEnum

from consultation.kernel.permissions import Permission
from consultation.kernel.states import Transition


class ItemState(StrEnum):
    DRAFTING = "drafting"
    CONSENT_REQUESTED = "consent_requested"
    LOCKED = "locked"


class Relation(StrEnum):
    """Alone and grouped keep their sources' texts; a fusion makes one text of several; sequence and dialogue link."""

    ALONE = "alone"
    GROUPED = "grouped"
    FUSION = "fusion"
    SEQUENCE = "sequence"
    DIALOGUE = "dialogue"


class ConsentState(StrEnum):
    NOT_NEEDED = "not_needed"
    ASKED = "asked"
    AGREED = "agreed"
    AGREED_WITH_NOTE = "agreed_with_note"
    OBJECTED = "objected"
    NO_REPLY = "no_reply"


LOCK = Transition("lock", frozenset({ItemState.DRAFTING}), ItemState.LOCKED, Permission.ITEM_ADMIT)
