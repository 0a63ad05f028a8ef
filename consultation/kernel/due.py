"""What the passing of time alone brings about: acts that fall due, and that the worker does when nobody else has."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class DueAct:
    """One kind of act. ``waiting`` reads what is due at an instant, and writes nothing; ``act`` does it for one of
    them, in a transaction of its own, and does nothing where somebody was quicker."""

    name: str
    waiting: Callable[[Session, datetime], Sequence[uuid.UUID]]
    act: Callable[[Session, uuid.UUID, datetime], None]
