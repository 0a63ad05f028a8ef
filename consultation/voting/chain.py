"""The arithmetic of the ballot box: canonical bytes, commitments, voter tags and the chain of entries. Pure.

Every digest is SHA-256 or HMAC-SHA-256 over a domain and parts, each preceded by its length in bytes (eight bytes,
big-endian), so that no two different lists of parts give the same bytes. All digests are 64 hexadecimal digits.
The domains carry the version: whatever changes the bytes takes a new one.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

GENESIS, COMMITMENT, ENTRY = "ballot-box/genesis/1", "ballot-box/commitment/1", "ballot-box/entry/1"
RECORD = "ballot-box/record/1"
TAG, NONCE, CAST = "ballot-box/voter-tag/1", "ballot-box/nonce/1", "ballot-box/cast/1"
PAPER = "ballot-box/paper/1"


def canonical(value: Any) -> bytes:
    """The one way to write a value as JSON: keys sorted, no spaces, UTF-8."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def joined(parts: Iterable[str | bytes | int]) -> bytes:
    """The parts one after the other, each preceded by its length in eight bytes; whole numbers as decimal text."""
    joined = b""
    for part in parts:
        data = part if isinstance(part, bytes) else str(part).encode()
        joined += len(data).to_bytes(8, "big") + data
    return joined


def digest(domain: str, *parts: str | bytes | int) -> str:
    """SHA-256 over the domain and the parts, each preceded by its length; whole numbers as decimal text."""
    return hashlib.sha256(joined((domain, *parts))).hexdigest()


def keyed_digest(key: bytes, domain: str, *parts: str | bytes | int) -> str:
    """HMAC-SHA-256 over the same bytes."""
    return hmac.new(key, joined((domain, *parts)), hashlib.sha256).hexdigest()


def genesis(contest: str, frozen_sha256: str) -> str:
    """What the first entry follows: the contest's code and the digest of all that was frozen at its opening."""
    return digest(GENESIS, contest, frozen_sha256)


def voter_tag(key: bytes, contest: str, voter: str) -> str:
    """What stands for the voter in the chain; without the contest's key nobody can tell whose it is."""
    return keyed_digest(key, TAG, contest, voter)


def nonce(key: bytes, tag: str, revision: int) -> str:
    """What hides the ballot in its commitment; made of the key, so that destroying the key destroys the nonces of
    superseded ballots."""
    return keyed_digest(key, NONCE, tag, revision)


def commitment(contest: str, content: bytes, ballot_nonce: str) -> str:
    """What binds the chain to a ballot without showing it; ``content`` is the ballot in canonical JSON."""
    return digest(COMMITMENT, contest, content, ballot_nonce)


def cast_digest(key: bytes, *parts: str | bytes) -> str:
    """For idempotency keys and bodies: keyed, so that the database alone tells nothing of who cast what."""
    return keyed_digest(key, CAST, *parts)


@dataclass(frozen=True, slots=True)
class Entry:
    """One link of the chain. ``position`` and ``revision`` count from 1."""

    position: int
    prev_hash: str
    commitment: str
    voter_tag: str
    revision: int
    entry_hash: str


def link(contest: str, position: int, prev_hash: str, ballot_commitment: str, tag: str, revision: int) -> Entry:
    """The entry at a position; its hash covers all the rest."""
    entry_hash = digest(ENTRY, contest, position, prev_hash, ballot_commitment, tag, revision)
    return Entry(position, prev_hash, ballot_commitment, tag, revision, entry_hash)


@dataclass(frozen=True, slots=True)
class Fault:
    """The first place where a chain does not hold. ``code``: ``position`` (an entry is missing, doubled or moved),
    ``previous`` (it does not follow the one before), ``hash`` (something in it was changed), ``revision`` (a voter's
    ballots do not count 1, 2, 3 …)."""

    position: int
    code: str


def verify_chain(contest: str, start: str, entries: Iterable[Entry]) -> Fault | None:
    """None when the entries, in order, form the contest's chain from ``start`` (its genesis); else the first fault.

    A chain that was cut short, or written anew as a whole, holds in itself: only a hash of it that somebody kept
    shows that.
    """
    previous, revisions = start, dict[str, int]()
    for position, entry in enumerate(entries, start=1):
        if entry.position != position:
            return Fault(position, "position")
        if entry.prev_hash != previous:
            return Fault(position, "previous")
        if link(contest, position, previous, entry.commitment, entry.voter_tag, entry.revision) != entry:
            return Fault(position, "hash")
        if entry.revision != revisions.get(entry.voter_tag, 0) + 1:
            return Fault(position, "revision")
        revisions[entry.voter_tag] = entry.revision
        previous = entry.entry_hash
    return None


def finals(entries: Iterable[Entry]) -> dict[str, Entry]:
    """Each voter's last entry, by tag."""
    last: dict[str, Entry] = {}
    for entry in entries:
        if entry.voter_tag not in last or entry.revision > last[entry.voter_tag].revision:
            last[entry.voter_tag] = entry
    return last
