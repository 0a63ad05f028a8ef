"""Casting a ballot. One transaction: the lock, then the clock, then the checks, then the writing; the receipt is shown
only once it is committed."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import delete
from sqlalchemy.orm import Session

from consultation.kernel.permissions import Actor, Denied, Permission, Reason, may, require
from consultation.voting import chain, letters
from consultation.voting.keys import KeyMissing, KeyStore, key_store
from consultation.voting.models import BallotDraft, ChainEntry, Contest
from consultation.voting.operations.box import Box, limits_of, voter_of, voter_text
from consultation.voting.operations.checkpoints import signing_key_of
from consultation.voting.policy import Voting
from consultation.voting.queries import draft_of, is_on_roll
from consultation.voting.rules import check, to_content
from consultation.voting.signed import SignedReceipt
from consultation.voting.signing import Signer, signer_of
from consultation.voting.slots import lock_and_look
from consultation.voting.states import ContestState
from consultation.voting.tally import BallotRow


class CastConflict(Exception):
    """The idempotency key was used before, for another ballot."""


def cast(session: Session, contest: Contest, *, signer: Signer | None = None, **said: Any) -> SignedReceipt:
    """``take_ballot`` with what is said there, and sign the receipt of it at once."""
    signer = signer or signer_of(session)
    return signed_receipt(contest, take_ballot(session, contest, signer=signer, **said), signer)


def take_ballot(
    session: Session,
    contest: Contest,
    *,
    organization_id: uuid.UUID,
    ballot: Sequence[Sequence[str]],
    key: str,
    actor: Actor,
    clock: Callable[[], datetime],
    keys: KeyStore | None = None,
    signer: Signer | None = None,
    beside: Sequence[uuid.UUID] | None = None,
) -> "Cast":
    """Put a ballot into the box, in place of the one that the same voter may have cast before: the organization's, or
    in a contest of delegates that of the actor, who is on the roll by a mandate of the organization.

    ``ballot``: tiers of item codes, best first; none at all is a blank ballot. ``key``: made once for each form, so
    that a double click or a retry gives the same entry. ``clock`` is read after the lock was taken. ``beside``: who
    votes for the organization beside the actor, where it was read with what the ballot goes into. The receipt is signed
    when it is shown; what would keep it from being signed keeps the ballot out.

    Raises:
        Denied: no mandate, not verified, not on the roll, or outside the window; a draft stays as it is.
        InvalidVote: the contest does not take such a ballot.
        CastConflict: the key was used for another ballot.
        KeyMissing: the contest's key file, or the signing key, is gone.
    """
    told = letters.to_be_told(session, contest, organization_id, actor.user_id, beside)
    voter_id = voter_of(contest, organization_id, actor.user_id)
    secret = _Secret.of(keys or key_store(session), contest, voter_id, key)
    found = lock_and_look(session, contest, voter_id, organization_id, secret.tag, secret.key_digest)
    now = clock()
    voting = Voting(contest, organization_id, bool(found.on_roll))
    decision = may(actor, Permission.BALLOT_CAST, voting, now=now)
    if not decision and (decision.reason is not Reason.WINDOW or contest.state is not ContestState.OPEN):
        raise Denied(Permission.BALLOT_CAST, decision)
    content = to_content(BallotRow(check(ballot, limits_of(contest))))
    signer = signer or signer_of(session)
    if secret.contest_key is None:
        raise KeyMissing(contest.id)
    if signing_key := signing_key_of(contest):
        signer.require(signing_key)
    body_digest = chain.cast_digest(secret.contest_key, "body", secret.tag, content)
    if found.known_body is not None:
        if found.known_body != body_digest:
            raise CastConflict
        return session.get_one(ChainEntry, (contest.id, found.known_position))
    if not decision:
        raise Denied(Permission.BALLOT_CAST, decision)
    head = None if found.position is None else (found.position, found.entry_hash)
    box = Box(session, contest, secret.contest_key, signer, now, head=head)
    entry = box.append(secret.tag, (found.revision or 0) + 1, content)
    if found.drafted:
        _drop_draft(session, contest, voter_id)
    letters.tell_of_ballot(session, contest, organization_id, told, now)
    session.flush()
    # Last, so that it can leave with the commit.
    box.write({"key_sha256": secret.key_digest, "body_sha256": body_digest})
    return entry


@dataclass(frozen=True, slots=True)
class _Secret:
    """What the contest's key makes of a voter and of an idempotency key; without the key, of which only those hear who
    may vote, it matches nothing."""

    contest_key: bytes | None
    tag: str
    key_digest: str

    @classmethod
    def of(cls, keys: KeyStore, contest: Contest, voter_id: uuid.UUID, key: str) -> "_Secret":
        try:
            contest_key = keys.read(contest.id)
        except KeyMissing:
            return cls(None, "", "")
        tag = chain.voter_tag(contest_key, contest.code, voter_text(contest.unit, voter_id))
        return cls(contest_key, tag, chain.cast_digest(contest_key, "key", tag, key))


def save_draft(
    session: Session,
    contest: Contest,
    *,
    organization_id: uuid.UUID,
    tiers: Sequence[Sequence[str]],
    actor: Actor,
    now: datetime,
) -> None:
    """Keep what has been chosen so far: for an organization, whose delegates and deputies share one draft, or in a
    contest of delegates for the actor alone.

    Raises:
        Denied: as for casting.
    """
    voter_id = voter_of(contest, organization_id, actor.user_id)
    voting = Voting(contest, organization_id, is_on_roll(session, contest.id, voter_id, organization_id))
    require(actor, Permission.BALLOT_CAST, voting, now=now)
    draft = draft_of(session, contest.id, voter_id)
    if draft is None:
        whose = {"organization_id": voter_id} if voter_id == organization_id else {"user_id": voter_id}
        draft = BallotDraft(contest_id=contest.id, voter_id=voter_id, **whose)
        session.add(draft)
    draft.tiers = [list(tier) for tier in tiers]
    draft.saved_at = now
    session.flush()


class Cast(Protocol):
    """What a receipt says of an entry of the chain."""

    @property
    def position(self) -> int: ...
    @property
    def commitment(self) -> str: ...
    @property
    def entry_hash(self) -> str: ...
    @property
    def revision(self) -> int: ...


def signed_receipt(contest: Contest, entry: Cast, signer: Signer) -> SignedReceipt:
    """The receipt of a ballot in the box, the same each time; unsigned in a contest that was opened without a key.

    Raises:
        SigningKeyMissing: the key under which the contest was opened is gone.
    """
    receipt = SignedReceipt(
        contest=contest.code,
        frozen_sha256=contest.frozen_sha256 or "",
        position=entry.position,
        commitment=entry.commitment,
        entry_hash=entry.entry_hash,
        revision=entry.revision,
        signing_key=signing_key_of(contest),
    )
    return signer.sign(receipt) if receipt.signing_key else receipt


def _drop_draft(session: Session, contest: Contest, voter_id: uuid.UUID) -> None:
    """In SQL, since the page may not have loaded it; a loaded one must not be written again."""
    loaded = session.identity_map.get(session.identity_key(BallotDraft, (contest.id, voter_id)))
    if loaded is not None:
        session.expunge(loaded)
    session.execute(
        delete(BallotDraft)
        .where(BallotDraft.contest_id == contest.id, BallotDraft.voter_id == voter_id)
        .execution_options(synchronize_session=False)
    )
