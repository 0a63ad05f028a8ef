"""Which consultation the front page is about, where it stands, what one can do there, and who is missing. Pure."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol, TypeVar
from zoneinfo import ZoneInfo

from consultation.convening.rules import Standing, last_day, next_phase, open_phases, standing
from consultation.convening.states import PHASE_ORDER, PUBLIC_STEP, PhaseName, PublicStep

ASKING = (PhaseName.PROPOSE, PhaseName.DISCUSS, PhaseName.RANK)
"""The phases in which something is asked of organizations; in the others one reads and follows."""

MINUTES = {PhaseName.PROPOSE: 10, PhaseName.DISCUSS: 5}
SECONDS_AN_ITEM = 20
"""How long one looks at an item of a ballot: a title, sometimes its summary."""


class Dated(Protocol):
    """What the rules read of a phase."""

    @property
    def name(self) -> PhaseName: ...
    @property
    def opens_at(self) -> datetime | None: ...
    @property
    def closes_at(self) -> datetime | None: ...


class Process(Protocol):
    """What the rules read of a consultation."""

    @property
    def phases(self) -> Sequence[Dated]: ...


P = TypeVar("P", bound=Process)


@dataclass(frozen=True, slots=True)
class Stage:
    """A phase as a page shows it: ``closes`` is the last day on which it is open, in the consultation's zone."""

    name: PhaseName
    standing: Standing
    opens: date | None
    closes: date | None
    opens_at: datetime | None
    closes_at: datetime | None

    @property
    def current(self) -> bool:
        return self.standing is Standing.OPEN


@dataclass(frozen=True, slots=True)
class Course:
    """Where a consultation stands: all its stages, those open now, the one that comes next, and the public words of
    what is open."""

    stages: tuple[Stage, ...]
    current: tuple[Stage, ...]
    coming: Stage | None
    steps: frozenset[PublicStep]
    zone: ZoneInfo

    @property
    def over(self) -> bool:
        """Whether phases have passed, none is open and none is to come."""
        began = any(stage.standing is Standing.OVER for stage in self.stages)
        return began and not self.current and self.coming is None

    @property
    def acts(self) -> tuple[Stage, ...]:
        """The open stages, the one in which most can be done before the others: those that ask something, in order,
        then those that one follows, the latest first."""
        asking = [stage for stage in self.current if stage.name in ASKING]
        return (*asking, *(stage for stage in reversed(self.current) if stage.name not in ASKING))

    def has_begun(self, name: PhaseName) -> bool:
        """Whether the phase is open or over."""
        return any(stage.name == name and stage.standing in (Standing.OPEN, Standing.OVER) for stage in self.stages)


def course(phases: Sequence[Dated], zone: ZoneInfo, now: datetime) -> Course:
    """Where a consultation with these phases stands at an instant; its days are counted in its zone."""
    stages = tuple(_stage(phase, zone, now) for phase in phases)
    current = tuple(stage for stage in stages if stage.current)
    coming = next_phase(phases, now)
    return Course(
        stages=stages,
        current=current,
        coming=next((stage for stage in stages if coming is not None and stage.name is coming.name), None),
        steps=frozenset(PUBLIC_STEP[stage.name] for stage in current),
        zone=zone,
    )


def _stage(phase: Dated, zone: ZoneInfo, now: datetime) -> Stage:
    return Stage(
        name=phase.name,
        standing=standing(phase, now),
        opens=None if phase.opens_at is None else phase.opens_at.astimezone(zone).date(),
        closes=None if phase.closes_at is None else last_day(phase.closes_at, zone),
        opens_at=phase.opens_at,
        closes_at=phase.closes_at,
    )


def featured(processes: Sequence[P], now: datetime) -> P | None:
    """The consultation that the front page is about: the one whose open phase comes earliest in the order, since there
    most can still be done; with none open, the one that opens next; otherwise the first given."""
    ahead = len(PHASE_ORDER)

    def urgency(process: P) -> tuple[int, float]:
        current = open_phases(process.phases, now)
        if current:
            return min(PHASE_ORDER.index(phase.name) for phase in current), 0.0
        coming = next_phase(process.phases, now)
        if coming is not None and coming.opens_at is not None:
            return ahead, coming.opens_at.timestamp()
        return ahead + 1, 0.0

    return min(processes, key=urgency, default=None)


def ballot_minutes(items: int) -> int:
    """About how many minutes a ballot of so many items takes, in steps of five."""
    return max(1, -(-items * SECONDS_AN_ITEM // 300)) * 5


class Place(Protocol):
    """What the rules read of a jurisdiction."""

    @property
    def id(self) -> uuid.UUID: ...
    @property
    def data(self) -> Mapping[str, Any]: ...


T = TypeVar("T", bound=Place)


def within(country: str, places: Sequence[T]) -> list[T]:
    """The provinces, states and territories of a country, in their order."""
    levels = ("province", "state", "territory")
    return [place for place in places if place.data.get("country") == country and place.data.get("level") in levels]


def uncovered(terms: Sequence[T], covered: Collection[uuid.UUID]) -> list[T]:
    """Those of the terms that nobody covers, in their order."""
    return [term for term in terms if term.id not in covered]
