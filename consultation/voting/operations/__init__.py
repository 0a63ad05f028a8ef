"""The life of a contest: configured, announced, opened, voted in, closed, tallied, published; or declared void.

Each operation that follows the opening takes the lock on the contest first and reads what it needs after it.
"""

from consultation.voting.operations.casting import CastConflict, cast, save_draft, signed_receipt, take_ballot
from consultation.voting.operations.closing import CLOSING, close_contest, close_due
from consultation.voting.operations.configuring import ContestNotReady, announce_roll, create_contest, narrow
from consultation.voting.operations.electing import ELECTORATE
from consultation.voting.operations.escrowing import escrow_key, recover_key
from consultation.voting.operations.importing import ImportedBallots, import_ballots
from consultation.voting.operations.objecting import (
    AlreadyAnswered,
    ObjectionRepeated,
    answer_objection,
    raise_objection,
)
from consultation.voting.operations.opening import SIGN_OFF, open_contest, sign_off
from consultation.voting.operations.paper_desk import drop_readings, read_paper, require_desk
from consultation.voting.operations.tallying import (
    BeaconFixed,
    count_beforehand,
    keep_counted,
    publish_contest,
    tally_contest,
)
from consultation.voting.operations.voiding import VOID, ask_to_void, void_contest

__all__ = [
    "CLOSING",
    "ELECTORATE",
    "SIGN_OFF",
    "VOID",
    "AlreadyAnswered",
    "BeaconFixed",
    "CastConflict",
    "ContestNotReady",
    "ImportedBallots",
    "ObjectionRepeated",
    "announce_roll",
    "answer_objection",
    "ask_to_void",
    "cast",
    "close_contest",
    "close_due",
    "count_beforehand",
    "create_contest",
    "drop_readings",
    "escrow_key",
    "import_ballots",
    "keep_counted",
    "narrow",
    "open_contest",
    "publish_contest",
    "raise_objection",
    "read_paper",
    "recover_key",
    "require_desk",
    "save_draft",
    "sign_off",
    "signed_receipt",
    "take_ballot",
    "tally_contest",
    "void_contest",
]
