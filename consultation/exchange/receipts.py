"""What became of the ballot of a receipt: asked by whoever holds it, answered from what is published, kept nowhere."""

import json
import re
import uuid
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from consultation.exchange.bundle.votes import ballots_are_public
from consultation.voting.models import BallotContent, ChainEntry, Contest
from consultation.voting.queries import ballot_count, contests
from consultation.voting.signed import RECEIPT, SignedReceipt, is_signed
from consultation.voting.states import ContestState

LONGEST = 20_000
MOST_PLACES = 2**31 - 1
_DIGEST, _SIGNATURE = re.compile(r"\b[0-9a-f]{64}\b"), re.compile(r"\b[0-9a-f]{128}\b")
_MOST_DIGESTS = 20


class NotAReceipt(ValueError):
    """The text is none."""


class Standing(StrEnum):
    """Counts: among the published ballots. Replaced: by a later one of the same voter. With auditors: in the chain,
    and too few ballots to publish them. Early: signed, and nothing is published yet. Changed: the signature does not
    hold. Other: of another key, or other frozen rules, than the contest's. Absent: signed, and not in the chain.
    Unknown: of no contest here, or nothing in the text is in a published chain."""

    COUNTS = "counts"
    REPLACED = "replaced"
    WITH_AUDITORS = "with_auditors"
    EARLY = "early"
    CHANGED = "changed"
    OTHER = "other"
    ABSENT = "absent"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Found:
    """``position`` is the receipt's, ``later`` that of the ballot which took its place."""

    standing: Standing
    contest: Contest | None = None
    position: int = 0
    later: int = 0


def find_ballot(session: Session, consultation_id: uuid.UUID, text: str) -> Found:
    """What became of the ballot whose receipt this is: its file for programs, or its text for people.

    Raises:
        NotAReceipt: it is neither.
    """
    opened = {one.code: one for one in contests(session, consultation_id) if one.frozen_sha256}
    if text.lstrip().startswith("{"):
        receipt = _read(text)
        contest = opened.get(receipt.contest)
    else:
        contest, receipt = _in_words(session, list(opened.values()), text)
    if contest is None:
        return Found(Standing.UNKNOWN)
    wrong = _is_not_ours(contest, receipt)
    if wrong is not None:
        return Found(wrong, contest, receipt.position)
    if contest.state is not ContestState.PUBLISHED:
        return Found(Standing.EARLY, contest, receipt.position)
    return _in_the_chain(session, contest, receipt)


def _read(text: str) -> SignedReceipt:
    try:
        values = json.loads(text)
        if values.pop("format") != RECEIPT:
            raise NotAReceipt
        receipt = SignedReceipt(**values)
    except (ValueError, TypeError, KeyError, RecursionError):
        raise NotAReceipt from None
    numbers: list[Any] = [receipt.position, receipt.revision]
    digests: list[Any] = [receipt.commitment, receipt.entry_hash, receipt.frozen_sha256]
    texts: list[Any] = [receipt.contest, receipt.signing_key, receipt.signature]
    well = all(type(one) is int and 0 < one <= MOST_PLACES for one in numbers)
    well = well and all(isinstance(one, str) for one in (*digests, *texts))
    if not well or not all(_DIGEST.fullmatch(one) for one in digests):
        raise NotAReceipt
    return receipt


def _in_words(session: Session, opened: list[Contest], text: str) -> tuple[Contest | None, SignedReceipt]:
    """By the commitment that the text names, wherever in it: languages word receipts differently."""
    digests = _DIGEST.findall(text)[:_MOST_DIGESTS]
    if not digests:
        raise NotAReceipt
    published = {one.id: one for one in opened if one.state is ContestState.PUBLISHED}
    entry = session.scalars(
        select(ChainEntry)
        .where(ChainEntry.contest_id.in_(published), ChainEntry.commitment.in_(digests))
        .order_by(ChainEntry.contest_id, ChainEntry.position)
        .limit(1)
    ).first()
    if entry is None:
        return None, SignedReceipt("", "", 0, "", "", 0)
    contest = published[entry.contest_id]
    signature = _SIGNATURE.search(text)
    receipt = SignedReceipt(
        contest=contest.code,
        frozen_sha256=contest.frozen_sha256 or "",
        position=entry.position,
        commitment=entry.commitment,
        entry_hash=entry.entry_hash,
        revision=entry.revision,
    )
    if signature is not None:
        receipt = replace(receipt, signing_key=_key(contest), signature=signature.group())
    return contest, receipt


def _key(contest: Contest) -> str:
    return str((contest.frozen or {}).get("signing_key", ""))


def _is_not_ours(contest: Contest, receipt: SignedReceipt) -> Standing | None:
    """Whether it is another contest's, or was changed. A receipt in words may stand without its signature; a file
    that names a key must carry one."""
    if receipt.frozen_sha256 != contest.frozen_sha256:
        return Standing.OTHER
    if not receipt.signing_key and not receipt.signature:
        return None
    if receipt.signing_key != _key(contest):
        return Standing.OTHER
    return None if is_signed(receipt.signing_key, receipt.message(), receipt.signature) else Standing.CHANGED


def _in_the_chain(session: Session, contest: Contest, receipt: SignedReceipt) -> Found:
    entry: Any = session.get(ChainEntry, (contest.id, receipt.position))
    told = (receipt.commitment, receipt.entry_hash, receipt.revision)
    if entry is None or (entry.commitment, entry.entry_hash, entry.revision) != told:
        return Found(Standing.ABSENT, contest, receipt.position)
    last = session.scalar(
        select(func.max(ChainEntry.position)).where(
            ChainEntry.contest_id == contest.id, ChainEntry.voter_tag == entry.voter_tag
        )
    )
    if last != entry.position:
        return Found(Standing.REPLACED, contest, entry.position, last or 0)
    if session.get(BallotContent, (contest.id, entry.commitment)) is None:
        return Found(Standing.ABSENT, contest, entry.position)
    public = ballots_are_public(contest, ballot_count(session, contest.id))
    return Found(Standing.COUNTS if public else Standing.WITH_AUDITORS, contest, entry.position)
