"""The life of a contest: configured, opened, voted in, closed, tallied, published.

Each operation that follows the opening takes the lock on the contest first and reads what it needs after it.
"""

from consultation.voting.operations.casting import CastConflict, cast, save_draft, signed_receipt
from consultation.voting.operations.closing import CLOSING, close_contest, close_due
from consultation.voting.operations.configuring import (
    ContestNotReady,
    create_contest,
    electorate,
)
from consultation.voting.operations.electing import ELECTORATE
from consultation.voting.operations.importing import ImportedBallots, import_ballots
from consultation.voting.operations.opening import open_contest
from consultation.voting.operations.tallying import BeaconFixed, publish_contest, tally_contest

__all__ = [
    "CLOSING",
    "ELECTORATE",
    "BeaconFixed",
    "CastConflict",
    "ContestNotReady",
    "ImportedBallots",
    "cast",
    "close_contest",
    "close_due",
    "create_contest",
    "electorate",
    "import_ballots",
    "open_contest",
    "publish_contest",
    "save_draft",
    "signed_receipt",
    "tally_contest",
]
