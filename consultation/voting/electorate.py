"""Which of the members vote in a contest, as data. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What a member must meet besides being verified and of a kind that votes: each part that is not empty must hold
    it in one of its values.

    ``countries`` are those of the places where it works, as in CA; ``places``, ``sectors`` and ``themes`` are codes of
    terms. A place holds what lies in it, and a theme whoever has a published proposal in it. ``only`` and ``without``
    are codes of members: a list of those who vote, and those who do not.
    """

    countries: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    sectors: frozenset[str] = frozenset()
    themes: frozenset[str] = frozenset()
    only: frozenset[str] = frozenset()
    without: frozenset[str] = frozenset()

    @classmethod
    def from_dict(cls, parts: Mapping[str, Any]) -> Self:
        """From lists by name; parts that are not there are empty."""
        return cls(**{part.name: frozenset(parts.get(part.name, ())) for part in fields(cls)})

    def to_dict(self) -> dict[str, list[str]]:
        """The parts that are not empty, as sorted lists."""
        return {part.name: sorted(getattr(self, part.name)) for part in fields(self) if getattr(self, part.name)}
