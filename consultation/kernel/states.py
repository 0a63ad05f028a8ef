"""States as data: a transition names where it starts, where it ends, and the permission it needs. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from consultation.kernel.permissions import Permission


@dataclass(frozen=True, slots=True)
class Transition:
    """A move from any of ``sources`` to ``target``. ``name`` is the verb, as in ``POST …/publication``."""

    name: str
    sources: frozenset[StrEnum]
    target: StrEnum
    permission: Permission
