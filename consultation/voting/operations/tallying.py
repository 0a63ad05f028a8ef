"""Counting a closed contest, and publishing what was counted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from consultation.kernel.ids import uuid7
from consultation.kernel.moves import WrongState, apply
from consultation.kernel.permissions import Actor, Permission, require
from consultation.voting.events import ContestPublished, ContestTallied
from consultation.voting.keys import KeyStore, key_store
from consultation.voting.locking import lock
from consultation.voting.models import Contest, Explanation, StoredTally
from consultation.voting.operations.closing import forget_key, forget_traces
from consultation.voting.operations.configuring import ContestNotReady
from consultation.voting.operations.counting import Counted, Report, count_contest, silent
from consultation.voting.queries import stored_tallies
from consultation.voting.states import PUBLICATION, TALLYING, ContestState


class BeaconFixed(Exception):
    """The contest was tallied with another beacon: the first one stands, or ties could be chosen by trying."""


def tally_contest(
    session: Session,
    contest: Contest,
    *,
    beacon: str | None,
    actor: Actor,
    now: datetime,
    keys: KeyStore | None = None,
) -> StoredTally:
    """Count the final ballots under the headline rule and the panel, and store each result and why it is so, in the
    transaction of the caller: for so few ballots that nobody notices. Returns the headline's.

    Counting again gives the same rows: a result that does not change keeps its date. ``beacon``: the public value that
    breaks ties; None means the one already set, or at first none, which is allowed where none was announced.

    Raises:
        Denied, WrongState: as for every move.
        BeaconFixed: it was tallied with another one.
        ContestNotReady: ``beacon_needed``, where its source was announced.
    """
    counted = count_beforehand(session, contest, beacon=beacon, actor=actor, now=now)
    return keep_counted(session, contest, counted, actor=actor, now=now, keys=keys)


def count_beforehand(
    session: Session, contest: Contest, *, beacon: str | None, actor: Actor, now: datetime, report: Report = silent
) -> Counted:
    """The same, without storing anything: takes no lock, so that others write meanwhile, however long it takes.

    Raises:
        Denied, WrongState, BeaconFixed, ContestNotReady: as for tallying at once.
    """
    require(actor, Permission.CONTEST_TALLY, contest, now=now)
    if contest.state not in TALLYING.sources:
        raise WrongState(TALLYING, contest.state)
    return count_contest(session, contest, settled_beacon(contest, beacon), report)


def keep_counted(
    session: Session,
    contest: Contest,
    counted: Counted,
    *,
    actor: Actor,
    now: datetime,
    keys: KeyStore | None = None,
) -> StoredTally:
    """Store what was counted before the lock was taken (a closed contest's ballots do not change meanwhile). Returns
    the headline's.

    Raises:
        Denied, WrongState, BeaconFixed, ContestNotReady: as for tallying at once.
    """
    require(actor, Permission.CONTEST_TALLY, contest, now=now)
    lock(session, contest)
    if contest.state not in TALLYING.sources:
        raise WrongState(TALLYING, contest.state)
    if settled_beacon(contest, counted.beacon or None) != counted.beacon:
        raise BeaconFixed
    contest.beacon = counted.beacon
    if contest.state is ContestState.CLOSED:
        forget_traces(session)
    stored = {row.rule: row for row in stored_tallies(session, contest.id)}
    changed = False
    for rule, result in counted.results.items():
        changed = _store(session, contest, stored, rule, result, now) or changed
    changed = _explain(session, contest, counted, now) or changed
    gone = set(stored) - set(counted.results)
    if gone:
        session.execute(delete(StoredTally).where(StoredTally.contest_id == contest.id, StoredTally.rule.in_(gone)))
    event = ContestTallied(contest.id, contest.code, list(counted.results), contest.beacon)
    if changed or contest.state is not TALLYING.target:
        apply(session, contest, TALLYING, event=event, actor=actor, now=now)
    session.flush()
    forget_key(session, contest, keys or key_store(session))
    return stored[contest.rule]


def publish_contest(session: Session, contest: Contest, *, actor: Actor, now: datetime) -> Contest:
    """Show the results to everybody at once.

    Raises:
        Denied, WrongState: as for every move.
    """
    lock(session, contest)
    apply(session, contest, PUBLICATION, event=ContestPublished(contest.id, contest.code), actor=actor, now=now)
    contest.published_at = now
    session.flush()
    return contest


def settled_beacon(contest: Contest, given: str | None) -> str:
    """The beacon that a tally uses. Raises BeaconFixed, ContestNotReady as ``tally_contest`` does."""
    if contest.beacon is not None:
        if given is not None and given != contest.beacon:
            raise BeaconFixed
        return contest.beacon
    if given is None and contest.beacon_source:
        raise ContestNotReady("beacon_needed")
    return given or ""


def _store(
    session: Session,
    contest: Contest,
    stored: dict[str, StoredTally],
    rule: str,
    result: Mapping[str, Any],
    now: datetime,
) -> bool:
    """Write the result where it differs from the stored one; says whether it does."""
    row, version, digest = stored.get(rule), result["version"], result["input_sha256"]
    if row is not None and (row.version, row.input_sha256, row.result) == (version, digest, result):
        return False
    if row is None:
        row = stored[rule] = StoredTally(id=uuid7(), contest_id=contest.id, rule=rule)
        session.add(row)
    row.version, row.input_sha256, row.result, row.computed_at = version, digest, dict(result), now
    return True


def _explain(session: Session, contest: Contest, counted: Counted, now: datetime) -> bool:
    """The same for the explanation."""
    row, content = session.get(Explanation, contest.id), counted.explanation
    if row is not None and row.content == content:
        return False
    if row is None:
        row = Explanation(contest_id=contest.id)
        session.add(row)
    row.version, row.input_sha256, row.content = content["version"], content["input_sha256"], dict(content)
    row.computed_at = now
    return True
