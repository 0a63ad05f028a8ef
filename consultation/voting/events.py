"""What happens to contests. That a ballot was cast is no event: the log's order and times beside the chain's positions
would join voters to ballots for ever. Nor does any event carry a count by option."""

import uuid
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ContestCreated:
    subject_id: uuid.UUID
    code: str
    kind: str
    places: int


@dataclass(frozen=True, slots=True)
class ElectorateChanged:
    """Before the opening; ``voters`` are kinds of members, ``electorate`` what narrows them, ``unit`` whether they
    or their delegates vote."""

    subject_id: uuid.UUID
    code: str
    voters: list[str]
    affiliates_count: str
    electorate: dict[str, list[str]]
    unit: str = "members"


@dataclass(frozen=True, slots=True)
class RollAnnounced:
    """Who would vote is shown, and members may object until a moment."""

    subject_id: uuid.UUID
    code: str
    objections_until: str


@dataclass(frozen=True, slots=True)
class RollObjectionRaised:
    subject_id: uuid.UUID
    code: str
    objection_id: uuid.UUID
    kind: str


@dataclass(frozen=True, slots=True)
class RollObjectionAnswered:
    subject_id: uuid.UUID
    code: str
    objection_id: uuid.UUID
    upheld: bool


@dataclass(frozen=True, slots=True)
class ContestOpened:
    """``frozen_sha256`` is the digest of all that shapes the result; ``voters`` is None where no roll is claimed."""

    subject_id: uuid.UUID
    code: str
    frozen_sha256: str
    options: int
    voters: int | None


@dataclass(frozen=True, slots=True)
class BallotsImported:
    """Ballots from paper or from outside were entered. Steps of ten, as for everything while a contest is open."""

    subject_id: uuid.UUID
    code: str
    at_least: int


@dataclass(frozen=True, slots=True)
class PaperDeskUsed:
    """Somebody read paper ballots. Once a day for each person: not whose, how many, or when each."""

    subject_id: uuid.UUID
    code: str


@dataclass(frozen=True, slots=True)
class PaperReadingsDiffered:
    """Two people have read the same paper ballot differently."""

    subject_id: uuid.UUID
    code: str


@dataclass(frozen=True, slots=True)
class PaperReadingsDropped:
    """Readings of a paper ballot that waited were taken back."""

    subject_id: uuid.UUID
    code: str


@dataclass(frozen=True, slots=True)
class ContestClosed:
    """``head`` is the hash of the chain's last entry."""

    subject_id: uuid.UUID
    code: str
    head: str
    entries: int


@dataclass(frozen=True, slots=True)
class ContestKeyEscrowed:
    """A copy of the contest's key was made, in two halves."""

    subject_id: uuid.UUID
    code: str


@dataclass(frozen=True, slots=True)
class ContestKeyRecovered:
    """The contest's key was put back from the two halves of its copy."""

    subject_id: uuid.UUID
    code: str


@dataclass(frozen=True, slots=True)
class ContestTallied:
    subject_id: uuid.UUID
    code: str
    rules: list[str]
    beacon: str


@dataclass(frozen=True, slots=True)
class ContestPublished:
    subject_id: uuid.UUID
    code: str


@dataclass(frozen=True, slots=True)
class ContestVoided:
    """``was`` is the state it was in."""

    subject_id: uuid.UUID
    code: str
    was: str
