"""States and kinds of a contest, and the moves between the states."""

from collections.abc import Mapping
from enum import StrEnum

from consultation.kernel.permissions import Permission
from consultation.kernel.states import Transition


class ContestState(StrEnum):
    CONFIGURED = "configured"
    OPEN = "open"
    CLOSED = "closed"
    TALLIED = "tallied"
    PUBLISHED = "published"
    VOID = "void"


class ContestKind(StrEnum):
    """Tiers: marked choices, some of them essential. Ranking: an order, ties allowed. Shortlist: choices alike."""

    TIERS = "tiers"
    RANKING = "ranking"
    SHORTLIST = "shortlist"


class Secrecy(StrEnum):
    """Secret: nobody can tell who cast which ballot after the close. Named: the roll is published beside the ballots.
    No roll: paper or outside ballots, of which the contest claims no electorate."""

    SECRET = "secret"  # noqa: S105 - the name of a kind
    NAMED = "named"
    NO_ROLL = "no_roll"


class AffiliatesCount(StrEnum):
    """Each: an umbrella and its affiliates vote each on its own. Family: they cast one ballot together, by the
    umbrella or, failing that, by the affiliate that was agreed first."""

    EACH = "each"
    FAMILY = "family"


class VotingUnit(StrEnum):
    """Who has a ballot: each member, cast by any of its delegates; or each person with a mandate to vote for one of the
    members, once however many mandates they hold."""

    MEMBERS = "members"
    DELEGATES = "delegates"


class ObjectionKind(StrEnum):
    """What somebody says is wrong with a provisional roll: a member that should be on it and is not, one that should
    not be, or something else, such as its name."""

    MISSING = "missing"
    NOT_ENTITLED = "not_entitled"
    OTHER = "other"


class CheckpointKind(StrEnum):
    """When the chain was signed: before any ballot, after a number of them, or after the last one."""

    OPENING = "opening"
    STEP = "step"
    CLOSING = "closing"


HEADLINE_RULE: Mapping[ContestKind, str] = {
    ContestKind.TIERS: "expanding_approvals",
    ContestKind.RANKING: "expanding_approvals",
    ContestKind.SHORTLIST: "phragmen",
}

OPENING = Transition("opening", frozenset({ContestState.CONFIGURED}), ContestState.OPEN, Permission.CONTEST_OPEN)
CLOSURE = Transition("closure", frozenset({ContestState.OPEN}), ContestState.CLOSED, Permission.CONTEST_CLOSE)
TALLYING = Transition(
    "tally",
    frozenset({ContestState.CLOSED, ContestState.TALLIED}),
    ContestState.TALLIED,
    Permission.CONTEST_TALLY,
)
PUBLICATION = Transition(
    "publication", frozenset({ContestState.TALLIED}), ContestState.PUBLISHED, Permission.CONTEST_PUBLISH
)
VOIDING = Transition(
    "voiding",
    frozenset({ContestState.CONFIGURED, ContestState.OPEN, ContestState.CLOSED, ContestState.TALLIED}),
    ContestState.VOID,
    Permission.CONTEST_VOID,
)
"""A published result stands: what follows from it may rest on it already."""
MOVES = (OPENING, CLOSURE, TALLYING, PUBLICATION, VOIDING)
