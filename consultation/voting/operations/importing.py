"""Ballots from paper or from outside: entered by the people who run the contest, into the same box and chain."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from consultation.kernel.outbox import record
from consultation.kernel.permissions import Actor, Decision, Denied, Permission, Reason, require
from consultation.voting.events import BallotsImported
from consultation.voting.keys import KeyStore, key_store
from consultation.voting.locking import lock
from consultation.voting.models import CastKey, ChainEntry, Contest, RollEntry
from consultation.voting.operations.box import Box, label_voter, limits_of, voter_text
from consultation.voting.rules import InvalidVote, check_row, in_steps, to_content
from consultation.voting.signing import Signer, signer_of
from consultation.voting.states import ContestState, Secrecy
from consultation.voting.tally import BallotRow

ALREADY_CAST = "already_cast"
FEW = 100
"""For so many ballots the chain is asked about their voters alone, and not read as a whole."""


@dataclass(frozen=True, slots=True)
class ImportedBallots:
    """What became of each voter's ballot: new, in place of an earlier one, the same as before, or refused with a code
    (those of ``InvalidVote``, ``not_on_roll`` and ``already_cast``)."""

    imported: list[str] = field(default_factory=list)
    revised: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    rejected: dict[str, str] = field(default_factory=dict)


def import_ballots(
    session: Session,
    contest: Contest,
    ballots: Mapping[str, BallotRow],
    *,
    actor: Actor,
    now: datetime,
    keys: KeyStore | None = None,
    signer: Signer | None = None,
) -> ImportedBallots:
    """Put ballots into an open contest's box, in the mapping's order.

    The voter is any label where the contest claims no roll, and otherwise the code of an entry of the roll, which the
    ballot uses up. What a voter has cast itself, with a receipt, nobody replaces for it: such a
    ballot is refused as ``already_cast`` whatever it says, so that nobody learns by trying whether it says the same.
    What is no ballot is refused as such whether or not its voter has cast one, so that nobody learns that either.
    Repeatable: the same ballot again changes nothing. Paper that arrived in time may be entered until somebody closes
    the contest.

    Raises:
        Denied: the actor may not, or the contest is not open.
        KeyMissing: the contest's key file, or the signing key, is gone.
    """
    require(actor, Permission.IMPORT_RUN, contest, now=now)
    lock(session, contest)
    if contest.state is not ContestState.OPEN:
        raise Denied(Permission.IMPORT_RUN, Decision(Reason.WINDOW))
    key = (keys or key_store(session)).read(contest.id)
    found = put_in(session, Box(session, contest, key, signer or signer_of(session), now), ballots)
    changed = len(found.imported) + len(found.revised)
    if changed:
        record(session, BallotsImported(contest.id, contest.code, in_steps(changed)), actor=actor, now=now)
    session.flush()
    return found


def put_in(session: Session, box: Box, ballots: Mapping[str, BallotRow]) -> ImportedBallots:
    """The same for whoever may, into a box whose lock is held; leaves no event."""
    contest, limits = box.contest, limits_of(box.contest)
    outside = contest.secrecy is Secrecy.NO_ROLL
    voters = {} if outside else _roll(session, contest)
    tags = {
        label: box.tag(label_voter(label) if outside else voter_text(contest.unit, voters[label]))
        for label in ballots
        if outside or label in voters
    }
    asked = list(tags.values()) if len(tags) <= FEW else None
    latest, cast = _latest(session, contest, asked), _cast_by_voters(session, contest, asked)
    found = ImportedBallots()
    for label, ballot in ballots.items():
        if label not in tags:
            found.rejected[label] = "not_on_roll"
            continue
        try:
            content = to_content(check_row(ballot, limits, weighted=outside))
        except InvalidVote as error:
            found.rejected[label] = error.code
            continue
        tag = tags[label]
        if tag in cast:
            found.rejected[label] = ALREADY_CAST
            continue
        revision, commitment = latest.get(tag, (0, ""))
        if revision and box.commitment(tag, revision, content) == commitment:
            found.unchanged.append(label)
            continue
        entry = box.append(tag, revision + 1, content)
        latest[tag] = (entry.revision, entry.commitment)
        (found.revised if revision else found.imported).append(label)
    box.write()
    return found


def _roll(session: Session, contest: Contest) -> dict[str, uuid.UUID]:
    query = select(RollEntry.code, RollEntry.voter_id).where(RollEntry.contest_id == contest.id)
    return {row.code: row.voter_id for row in session.execute(query)}


def _latest(session: Session, contest: Contest, tags: Sequence[str] | None) -> dict[str, tuple[int, str]]:
    """Each voter's last revision and commitment, by tag; of these voters, or of all."""
    newest = (
        select(ChainEntry.voter_tag, func.max(ChainEntry.revision).label("revision"))
        .where(ChainEntry.contest_id == contest.id, *_of(tags))
        .group_by(ChainEntry.voter_tag)
        .subquery()
    )
    query = (
        select(ChainEntry.voter_tag, ChainEntry.revision, ChainEntry.commitment)
        .join(newest, (newest.c.voter_tag == ChainEntry.voter_tag) & (newest.c.revision == ChainEntry.revision))
        .where(ChainEntry.contest_id == contest.id)
    )
    return {row.voter_tag: (row.revision, row.commitment) for row in session.execute(query)}


def _cast_by_voters(session: Session, contest: Contest, tags: Sequence[str] | None) -> set[str]:
    """The tags of those who have cast a ballot themselves: a cast leaves its key beside the chain until the close, an
    import none. Of these voters, or of all."""
    query = (
        select(ChainEntry.voter_tag)
        .join(CastKey, (CastKey.contest_id == ChainEntry.contest_id) & (CastKey.position == ChainEntry.position))
        .where(ChainEntry.contest_id == contest.id, *_of(tags))
    )
    return set(session.scalars(query))


def _of(tags: Sequence[str] | None) -> tuple[ColumnElement[bool], ...]:
    return () if tags is None else (ChainEntry.voter_tag.in_(tags),)
