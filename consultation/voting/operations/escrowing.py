"""The copy of a contest's key under two organizers' control, for as long as the contest is open."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from consultation.kernel.outbox import record
from consultation.kernel.permissions import Actor, Permission, require
from consultation.voting.escrow import joined_key, split
from consultation.voting.events import ContestKeyEscrowed, ContestKeyRecovered
from consultation.voting.keys import KeyStore, key_store
from consultation.voting.locking import lock
from consultation.voting.models import Contest
from consultation.voting.states import ContestState


class NotOpen(Exception):
    """Before the opening there is no key, and after the close it must not come back."""


class KeyInUse(Exception):
    """Another key lies in the place of the contest's."""


def escrow_key(
    session: Session, contest: Contest, *, actor: Actor, now: datetime, keys: KeyStore | None = None
) -> list[dict[str, Any]]:
    """The two halves of the key, which whoever asks writes to two files.

    Raises:
        Denied: the actor may not.
        NotOpen: the contest is not open.
        KeyMissing: it is gone.
    """
    require(actor, Permission.CONTEST_OPEN, contest, now=now)
    _open(session, contest)
    halves = split(contest.code, contest.id, (keys or key_store(session)).read(contest.id))
    record(session, ContestKeyEscrowed(contest.id, contest.code), actor=actor, now=now)
    session.flush()
    return halves


def recover_key(
    session: Session,
    contest: Contest,
    shares: list[Mapping[str, Any]],
    *,
    actor: Actor,
    now: datetime,
    keys: KeyStore | None = None,
) -> None:
    """Put the key back where it is missing; where it is there already, nothing happens.

    Raises:
        Denied: the actor may not.
        NotOpen: the contest is not open.
        BadEscrow: the halves do not give this contest's key.
        KeyInUse: another key lies there.
    """
    require(actor, Permission.CONTEST_OPEN, contest, now=now)
    _open(session, contest)
    if not (keys or key_store(session)).restore(contest.id, joined_key(contest.id, shares)):
        raise KeyInUse
    record(session, ContestKeyRecovered(contest.id, contest.code), actor=actor, now=now)
    session.flush()


def _open(session: Session, contest: Contest) -> None:
    lock(session, contest)
    if contest.state is not ContestState.OPEN:
        raise NotOpen
