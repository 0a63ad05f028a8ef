"""What happens to contests. That a ballot was cast is no event: the log's order and times beside the chain's positions
would join voters to ballots for ever. Nor does any event carry a count by option."""

import uuid

from consultation.kernel.events import Event


class ContestCreated(Event):
    subject_id: uuid.UUID
    code: str
    kind: str
    places: int


class ElectorateChanged(Event):
    """Before the opening; ``voters`` are kinds of members, ``electorate`` what narrows them, ``unit`` whether they
    or their delegates vote."""

    subject_id: uuid.UUID
    code: str
    voters: list[str]
    affiliates_count: str
    electorate: dict[str, list[str]]
    unit: str = "members"


class RollAnnounced(Event):
    """Who would vote is shown, and members may object until a moment."""

    subject_id: uuid.UUID
    code: str
    objections_until: str


class RollObjectionRaised(Event):
    subject_id: uuid.UUID
    code: str
    objection_id: uuid.UUID
    kind: str


class RollObjectionAnswered(Event):
    subject_id: uuid.UUID
    code: str
    objection_id: uuid.UUID
    upheld: bool


class ContestOpened(Event):
    """``frozen_sha256`` is the digest of all that shapes the result; ``voters`` is None where no roll is claimed."""

    subject_id: uuid.UUID
    code: str
    frozen_sha256: str
    options: int
    voters: int | None


class BallotsImported(Event):
    """Ballots from paper or from outside were entered. Steps of ten, as for everything while a contest is open."""

    subject_id: uuid.UUID
    code: str
    at_least: int


class PaperDeskUsed(Event):
    """Somebody read paper ballots. Once a day for each person: not whose, how many, or when each."""

    subject_id: uuid.UUID
    code: str


class PaperReadingsDiffered(Event):
    """Two people have read the same paper ballot differently."""

    subject_id: uuid.UUID
    code: str


class PaperReadingsDropped(Event):
    """Readings of a paper ballot that waited were taken back."""

    subject_id: uuid.UUID
    code: str


class ContestClosed(Event):
    """``head`` is the hash of the chain's last entry."""

    subject_id: uuid.UUID
    code: str
    head: str
    entries: int


class ContestKeyEscrowed(Event):
    """A copy of the contest's key was made, in two halves."""

    subject_id: uuid.UUID
    code: str


class ContestKeyRecovered(Event):
    """The contest's key was put back from the two halves of its copy."""

    subject_id: uuid.UUID
    code: str


class ContestTallied(Event):
    subject_id: uuid.UUID
    code: str
    rules: list[str]
    beacon: str


class ContestPublished(Event):
    subject_id: uuid.UUID
    code: str


class ContestVoided(Event):
    """``was`` is the state it was in."""

    subject_id: uuid.UUID
    code: str
    was: str
