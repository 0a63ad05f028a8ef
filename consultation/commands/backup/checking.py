"""What a restored ballot box must show before it may stand: whole chains, signed checkpoints, keys while votes are
taken.

A backup that is older than what somebody has kept would make ballots disappear that were acknowledged; it is found by
the checkpoints that it does not reach.
"""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from sqlalchemy import inspect, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from consultation.voting.chain import Entry, genesis, verify_chain
from consultation.voting.keys import KeyMissing, KeyStore
from consultation.voting.models import Contest
from consultation.voting.queries import chain_entries, checkpoints
from consultation.voting.signed import CHECKPOINT, SignedCheckpoint, verify_checkpoint
from consultation.voting.signing import Signer
from consultation.voting.states import ContestState

OLDER = {"position", "contest"}


class Unsound(Exception):
    """What was restored may not stand; says why."""


class Older(Unsound):
    """The archive is older than a checkpoint that somebody kept."""


def reading(connection: Connection) -> Session:
    """A session that sees what the connection's transaction has written, and ends nothing of it."""
    return Session(connection, join_transaction_mode="create_savepoint", expire_on_commit=False)


def kept_in(connection: Connection) -> list[SignedCheckpoint]:
    """The checkpoints of the database that is about to be replaced; none where it has no such table yet."""
    if not inspect(connection).has_table("checkpoint"):
        return []
    with reading(connection) as session:
        signed = checkpoints(session, session.scalars(select(Contest)).all())
        return [one for found in signed.values() for one in found]


def read_file(path: Path) -> list[SignedCheckpoint]:
    """The checkpoints in a file: one, or a list, or one a line.

    Raises:
        ValueError: there are none in it, or something else is.
    """
    text = path.read_text(encoding="utf-8").strip()
    try:
        documents = json.loads(text)
    except ValueError:
        documents = [json.loads(line) for line in text.splitlines() if line.strip()]
    if isinstance(documents, dict):
        documents = documents.get("checkpoints", [documents]) if documents.get("format") != CHECKPOINT else [documents]
    if not isinstance(documents, list) or not documents:
        raise ValueError("no checkpoint")
    return [SignedCheckpoint.read(one) for one in documents]


def check_boxes(session: Session, kept: Iterable[SignedCheckpoint], *, even_if_older: bool) -> list[str]:
    """Check every contest's chain and checkpoints, and that they reach those that were kept. Returns the codes of the
    contests of which the archive is older, where that is accepted.

    Raises:
        Unsound: a chain does not hold, or another one was signed.
        Older: it does not reach what was kept, and that is not accepted.
    """
    contests = session.scalars(select(Contest).where(Contest.opened_at.is_not(None)).order_by(Contest.code)).all()
    signed, older = checkpoints(session, contests), set()
    waiting = list(kept)
    for contest in contests:
        entries = list(chain_entries(session, contest.id))
        frozen, key = contest.frozen_sha256 or "", str((contest.frozen or {}).get("signing_key", ""))
        if fault := verify_chain(contest.code, genesis(contest.code, frozen), entries):
            raise Unsound(f"The chain of {contest.code} does not hold at entry {fault.position} ({fault.code}).")
        for one in signed[contest.id]:
            if wrong := verify_checkpoint(one, frozen, key, entries):
                raise Unsound(f"The checkpoint of {contest.code} at entry {one.position} does not hold ({wrong}).")
        own = [one for one in waiting if one.contest == contest.code]
        waiting = [one for one in waiting if one.contest != contest.code]
        older |= _older(contest.code, own, frozen, key, entries)
    older |= {one.contest for one in waiting}
    if older and not even_if_older:
        raise Older(f"It is older than what was signed of {', '.join(sorted(older))} since: ballots would disappear.")
    return sorted(older)


def _older(code: str, kept: Sequence[SignedCheckpoint], frozen: str, key: str, entries: Sequence[Entry]) -> set[str]:
    """The contest's code where a kept checkpoint lies beyond the chain."""
    found = set()
    for one in kept:
        wrong = verify_checkpoint(one, frozen, key, entries)
        if wrong in OLDER:
            found.add(code)
        elif wrong:
            raise Unsound(f"A checkpoint of {code} that was kept is of another chain ({wrong}, entry {one.position}).")
    return found


def check_keys(session: Session, keys: KeyStore, signer: Signer) -> None:
    """While a contest is open its key must be there: another one would let everybody vote a second time.

    Raises:
        Unsound: a key file is missing.
    """
    for contest in session.scalars(select(Contest).where(Contest.state == ContestState.OPEN).order_by(Contest.code)):
        try:
            keys.read(contest.id)
            if signer.public_key() != (contest.frozen or {}).get("signing_key", signer.public_key()):
                raise Unsound(f"{contest.code} is open, and the signing key is another one. Restore box.key first.")
        except KeyMissing as error:
            raise Unsound(f"{contest.code} is open, and a key is missing. {error}") from error
