"""Counting a closed contest, and publishing what was counted."""

from __future__ import annotations

import json
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from consultation.kernel.ids import uuid7
from consultation.kernel.moves import WrongState, apply
from consultation.kernel.permissions import Actor, Permission, require
from consultation.voting import tally
from consultation.voting.chain import canonical
from consultation.voting.events import ContestPublished, ContestTallied
from consultation.voting.keys import KeyStore, key_store
from consultation.voting.models import Contest, StoredTally
from consultation.voting.operations.box import limits_of, lock
from consultation.voting.operations.closing import forget_key, forget_traces
from consultation.voting.operations.configuring import ContestNotReady
from consultation.voting.queries import counted_contents, stored_tallies
from consultation.voting.rules import PANEL
from consultation.voting.states import PUBLICATION, TALLYING, ContestState


class BeaconFixed(Exception):
    """The contest was tallied with another beacon: the first one stands, or ties could be chosen by trying."""


def rules_of(contest: Contest) -> list[str]:
    """The headline rule, then the others of the panel."""
    return [contest.rule, *(rule for rule in PANEL[contest.kind] if rule != contest.rule)]


def tally_contest(
    session: Session,
    contest: Contest,
    *,
    beacon: str | None,
    actor: Actor,
    now: datetime,
    keys: KeyStore | None = None,
) -> StoredTally:
    """Count the final ballots under the headline rule and the panel, and store each result. Returns the headline's.

    Counting again gives the same rows: a result that does not change keeps its date. ``beacon``: the public value that
    breaks ties; None means the one already set, or at first none, which is allowed where none was announced.

    Raises:
        Denied, WrongState: as for every move.
        BeaconFixed: it was tallied with another one.
        ContestNotReady: ``beacon_needed``, where its source was announced.
    """
    require(actor, Permission.CONTEST_TALLY, contest, now=now)
    lock(session, contest)
    if contest.state not in TALLYING.sources:
        raise WrongState(TALLYING, contest.state)
    contest.beacon = _beacon(contest, beacon)
    if contest.state is ContestState.CLOSED:
        forget_traces(session)
    rules = rules_of(contest)
    stored = {row.rule: row for row in stored_tallies(session, contest.id)}
    changed = False
    for rule, result in _count(session, contest, rules).items():
        changed = _store(session, contest, stored, rule, result, now) or changed
    gone = set(stored) - set(rules)
    if gone:
        session.execute(delete(StoredTally).where(StoredTally.contest_id == contest.id, StoredTally.rule.in_(gone)))
    event = ContestTallied(contest.id, contest.code, rules, contest.beacon)
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


def _beacon(contest: Contest, given: str | None) -> str:
    if contest.beacon is not None:
        if given is not None and given != contest.beacon:
            raise BeaconFixed
        return contest.beacon
    if given is None and contest.beacon_source:
        raise ContestNotReady("beacon_needed")
    return given or ""


def _count(session: Session, contest: Contest, rules: list[str]) -> dict[str, tally.Result]:
    codes = sorted(limits_of(contest).items)
    profile = tally.profile_of_contents(codes, counted_contents(session, contest.id))
    return {
        rule: tally.tally(profile, rule, seats=contest.places, contest=contest.code, beacon=contest.beacon or "")
        for rule in rules
    }


def _store(
    session: Session, contest: Contest, stored: dict[str, StoredTally], rule: str, result: tally.Result, now: datetime
) -> bool:
    """Write the result where it differs from the stored one; says whether it does."""
    row, plain = stored.get(rule), json.loads(canonical(result.to_dict()))
    if row is not None and (row.version, row.input_sha256, row.result) == (result.version, result.input_sha256, plain):
        return False
    if row is None:
        row = stored[rule] = StoredTally(id=uuid7(), contest_id=contest.id, rule=rule)
        session.add(row)
    row.version, row.input_sha256, row.result, row.computed_at = result.version, result.input_sha256, plain, now
    return True
