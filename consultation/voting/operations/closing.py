"""Closing a contest, by hand or because its time is over.

In one transaction who voted is marked for all at once, what was superseded or begun is dropped, and what opens the
final ballots is stored; after the commit the key is destroyed and the space is given back.
"""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.orm import Session

from consultation.kernel.afterwards import after_commit
from consultation.kernel.due import DueAct
from consultation.kernel.moves import apply
from consultation.kernel.permissions import OPERATOR, Actor
from consultation.voting import chain, letters
from consultation.voting.events import ContestClosed
from consultation.voting.keys import KeyStore, key_store
from consultation.voting.locking import lock
from consultation.voting.models import BallotContent, BallotDraft, CastKey, Contest, RollEntry
from consultation.voting.operations.box import Box, voter_text
from consultation.voting.operations.checkpoints import sign_closing, signing_key_of
from consultation.voting.operations.erasing import forget_order, give_space_back
from consultation.voting.operations.grouping import ballots_by_voter, group_counts
from consultation.voting.paper import paper_share
from consultation.voting.paper_models import PaperReading
from consultation.voting.queries import chain_entries, chain_head, contests_over
from consultation.voting.rules import from_content
from consultation.voting.signing import Signer, signer_of
from consultation.voting.states import CLOSURE, ContestState, Secrecy


def close_contest(
    session: Session,
    contest: Contest,
    *,
    actor: Actor,
    now: datetime,
    keys: KeyStore | None = None,
    signer: Signer | None = None,
) -> Contest:
    """Close, for good. What joined voters to ballots does not outlive it, unless the contest is a named one.

    The record of the close, and the whole chain with it, are signed.

    Raises:
        Denied, WrongState: as for every move; denied also before the closing that was announced at the opening.
        KeyMissing: the key file, or the signing key, is gone; the caller rolls back, and it can be restored.
    """
    lock(session, contest)
    position, head = chain_head(session, contest.id) or (0, chain.genesis(contest.code, contest.frozen_sha256 or ""))
    closed = ContestClosed(contest.id, contest.code, head if position else "", position)
    apply(session, contest, CLOSURE, event=closed, actor=actor, now=now)
    contest.closed_at = now
    store = keys or key_store(session)
    signer = signer or signer_of(session)
    box = Box(session, contest, store.read(contest.id), signer, now)
    finals = chain.finals(chain_entries(session, contest.id))
    contest.blank_count = _keep_finals(session, contest, box, finals)
    roll, commitments = _mark_roll(session, contest, box, finals)
    groups = group_counts(session, contest, ballots_by_voter(session, contest, commitments))
    by_voters = set(session.scalars(select(CastKey.position).where(CastKey.contest_id == contest.id)))
    contest.record = {
        "roll": None if contest.secrecy is Secrecy.NO_ROLL else roll,
        "final": len(finals),
        "blank": contest.blank_count,
        "superseded": position - len(finals),
        "paper": paper_share(
            len(finals),
            sum(entry.position not in by_voters for entry in finals.values()),
            ever_paper=len(by_voters) < position,
            ever_cast=bool(by_voters),
        ),
    } | ({} if groups is None else {"groups": groups})
    contest.record_sha256 = chain.digest(chain.RECORD, chain.canonical(contest.record))
    if signing_key_of(contest):
        sign_closing(session, contest, signer, position, head, now)
    for begun in (CastKey, BallotDraft, PaperReading):
        session.execute(
            delete(begun).where(begun.contest_id == contest.id).execution_options(synchronize_session=False)
        )
    letters.shuffle(session, contest)
    session.flush()
    forget_key(session, contest, store)
    forget_traces(session)
    return contest


def close_due(session: Session, contest_id: uuid.UUID, now: datetime) -> None:
    """Close a contest whose time is over, as the operator; nothing where somebody has closed it meanwhile.

    Raises:
        KeyMissing: as for closing by hand.
    """
    contest = session.get_one(Contest, contest_id)
    lock(session, contest)
    if contest.state is ContestState.OPEN:
        close_contest(session, contest, actor=OPERATOR, now=now)


CLOSING = DueAct("contests-closing", waiting=contests_over, act=close_due)


def forget_key(session: Session, contest: Contest, store: KeyStore) -> None:
    """Destroy the key once the transaction is committed. Tallying asks it again, in case the process died between."""
    if contest.secrecy is not Secrecy.NAMED:
        contest_id = contest.id
        after_commit(session, lambda: store.destroy(contest_id))


def forget_traces(session: Session) -> None:
    """Once the transaction is committed, let nothing of what it dropped stay readable. Tallying does it again, in case
    the process died between, or somebody else's long transaction stood in the way."""
    after_commit(session, lambda: forget_order(session))
    after_commit(session, lambda: give_space_back(session))


def _keep_finals(session: Session, contest: Contest, box: Box, finals: dict[str, chain.Entry]) -> int:
    """Drop superseded contents and store the nonces of the others. Returns the number of blank ballots."""
    nonces = {entry.commitment: chain.nonce(box.key, tag, entry.revision) for tag, entry in finals.items()}
    rows = session.execute(
        select(BallotContent.commitment, BallotContent.content).where(BallotContent.contest_id == contest.id)
    ).all()
    superseded = [{"gone": row.commitment} for row in rows if row.commitment not in nonces]
    if superseded:
        table = BallotContent.__table__
        this = (table.c.contest_id == contest.id) & (table.c.commitment == bindparam("gone"))
        session.connection().execute(delete(BallotContent).where(this), superseded)
    kept = [
        {"contest_id": contest.id, "commitment": commitment, "nonce": opening} for commitment, opening in nonces.items()
    ]
    if kept:
        session.execute(update(BallotContent), kept)
    return sum(1 for row in rows if row.commitment in nonces and not from_content(row.content).tiers)


def _mark_roll(
    session: Session, contest: Contest, box: Box, finals: dict[str, chain.Entry]
) -> tuple[list[list[Any]], dict[uuid.UUID, str]]:
    """Who voted, for all at once, so that nobody can pair an entry of the chain with an entry of the roll. Returns the
    codes of all with their marks, in order; and of those who voted the commitment of their ballot, to count by."""
    marked, commitments = [], {}
    for entry in session.scalars(select(RollEntry).where(RollEntry.contest_id == contest.id)):
        final = finals.get(box.tag(voter_text(contest.unit, entry.voter_id)))
        entry.voted = final is not None
        marked.append([entry.code, entry.voted])
        if final is not None:
            commitments[entry.voter_id] = final.commitment
    return sorted(marked), commitments
