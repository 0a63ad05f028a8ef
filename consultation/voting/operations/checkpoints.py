"""Signing the chain: before the first ballot, after every so many, and after the last one.

Whoever keeps a checkpoint can tell later whether the chain was cut short or written anew. The times of those in between
are whole hours: exact ones, beside who was at the ballot box when, would join voters to ballots.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.orm import Session

from consultation.voting import chain
from consultation.voting.letters import tell_witnesses
from consultation.voting.models import Checkpoint, Contest
from consultation.voting.rules import STEP
from consultation.voting.signed import SignedCheckpoint, signing_time
from consultation.voting.signing import Signer
from consultation.voting.states import CheckpointKind

# Past the ORM, which has nothing to add: one cast in ten writes one, and all others wait.
_CHECKPOINT = insert(Checkpoint.__table__)  # type: ignore[arg-type]


def signing_key_of(contest: Contest) -> str:
    """The public key under which the contest was opened; empty where it was opened before there was one."""
    return str((contest.frozen or {}).get("signing_key", ""))


def step_of(contest: Contest) -> int:
    """After how many entries the chain is signed."""
    return int((contest.frozen or {}).get("checkpoint_step", STEP))


def sign_opening(session: Session, contest: Contest, signer: Signer, now: datetime) -> None:
    """Before any ballot: what was frozen, and where the chain will begin."""
    start = chain.genesis(contest.code, contest.frozen_sha256 or "")
    _write(session, contest, [_signed(contest, signer, CheckpointKind.OPENING, 0, start, signing_time(now))], now)


def sign_steps(
    session: Session, contest: Contest, signer: Signer, reached: Iterable[tuple[int, str]], now: datetime
) -> None:
    """The chain at each step that was reached, as position and hash."""
    hour = signing_time(now.replace(minute=0, second=0))
    signed = [_signed(contest, signer, CheckpointKind.STEP, position, head, hour) for position, head in reached]
    _write(session, contest, signed, now)


def sign_closing(session: Session, contest: Contest, signer: Signer, position: int, head: str, now: datetime) -> None:
    """The whole chain, and the record of the close."""
    at = signing_time(now)
    record = contest.record_sha256 or ""
    _write(session, contest, [_signed(contest, signer, CheckpointKind.CLOSING, position, head, at, record)], now)


def _signed(
    contest: Contest, signer: Signer, kind: CheckpointKind, position: int, head: str, at: str, record: str = ""
) -> SignedCheckpoint:
    return signer.sign(
        SignedCheckpoint(
            contest=contest.code,
            frozen_sha256=contest.frozen_sha256 or "",
            kind=kind,
            position=position,
            entry_hash=head,
            record_sha256=record,
            signed_at=at,
            signing_key=signing_key_of(contest),
        )
    )


def _write(session: Session, contest: Contest, signed: list[SignedCheckpoint], now: datetime) -> None:
    if signed:
        session.connection().execute(_CHECKPOINT, [_row(contest, one) for one in signed])
        tell_witnesses(session, contest, signed[-1].kind, now)


def _row(contest: Contest, one: SignedCheckpoint) -> dict[str, object]:
    steps = one.position // step_of(contest)
    return {
        "contest_id": contest.id,
        "number": steps + 1 if one.kind is CheckpointKind.CLOSING else steps,
        "kind": one.kind,
        "position": one.position,
        "entry_hash": one.entry_hash,
        "record_sha256": one.record_sha256,
        "signed_at": one.signed_at,
        "signature": one.signature,
    }
