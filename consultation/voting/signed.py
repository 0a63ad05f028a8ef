"""What is signed: receipts and checkpoints, as bytes and as JSON. Pure.

A signature (Ed25519) covers the domain and the parts, each preceded by its length, as all digests do. The key is the
one that was frozen at the contest's opening; the private half is in ``signing.py``'s care.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from consultation.voting.chain import Entry, canonical, genesis, joined
from consultation.voting.states import CheckpointKind

RECEIPT, CHECKPOINT = "ballot-box/receipt/1", "ballot-box/checkpoint/1"


@dataclass(frozen=True, slots=True)
class SignedReceipt:
    """What the voter keeps: with it they find their ballot in the published set, once that is published.

    ``signing_key`` and ``signature`` are empty in contests that were opened before receipts were signed.
    """

    contest: str
    frozen_sha256: str
    position: int
    commitment: str
    entry_hash: str
    revision: int
    signing_key: str = ""
    signature: str = ""

    def message(self) -> bytes:
        """What its signature covers. The revision is not in it by itself: the hash of the entry covers it."""
        return joined(
            (RECEIPT, self.contest, self.frozen_sha256, self.position, self.commitment, self.entry_hash),
        )

    def document(self) -> dict[str, Any]:
        return {"format": RECEIPT, **asdict(self)}

    def file(self) -> bytes:
        """The receipt as the voter keeps it: one line of canonical JSON."""
        return canonical(self.document()) + b"\n"


@dataclass(frozen=True, slots=True)
class SignedCheckpoint:
    """What the chain was when it was signed: whoever keeps one can tell later whether it was written anew."""

    contest: str
    frozen_sha256: str
    kind: CheckpointKind
    position: int
    entry_hash: str
    record_sha256: str
    signed_at: str
    signing_key: str
    signature: str = ""

    def message(self) -> bytes:
        return joined(
            (
                CHECKPOINT,
                self.contest,
                self.frozen_sha256,
                self.kind.value,
                self.position,
                self.entry_hash,
                self.record_sha256,
                self.signed_at,
            ),
        )

    def document(self) -> dict[str, Any]:
        return {"format": CHECKPOINT, **asdict(self), "kind": self.kind.value}

    def file(self) -> bytes:
        """The checkpoint as a witness keeps it: one line of canonical JSON."""
        return canonical(self.document()) + b"\n"

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> "SignedCheckpoint":
        """From its JSON.

        Raises:
            ValueError: it is none.
        """
        values = dict(document)
        if values.pop("format", None) != CHECKPOINT:
            raise ValueError("not a checkpoint")
        try:
            return cls(**values | {"kind": CheckpointKind(values["kind"])})
        except (KeyError, TypeError):
            raise ValueError("not a checkpoint") from None


def signing_time(instant: datetime) -> str:
    """An instant as checkpoints give it: whole seconds, UTC."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def is_signed(signing_key: str, message: bytes, signature: str) -> bool:
    """Whether the signature (128 hexadecimal digits) of the message is by the key (64)."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(signing_key)).verify(bytes.fromhex(signature), message)
    except (InvalidSignature, ValueError):
        return False
    return True


def verify_checkpoint(
    checkpoint: SignedCheckpoint, frozen_sha256: str, signing_key: str, entries: Sequence[Entry]
) -> str | None:
    """None when the checkpoint is of this contest, signed by the key frozen in it, and the chain (which holds in
    itself) is its continuation; else what is wrong: ``contest``, ``signature``, ``position`` (the chain is shorter, or
    longer than a closing one says), or ``hash`` (the chain is another one)."""
    if checkpoint.frozen_sha256 != frozen_sha256 or checkpoint.signing_key != signing_key:
        return "contest"
    if not is_signed(signing_key, checkpoint.message(), checkpoint.signature):
        return "signature"
    closing = checkpoint.kind is CheckpointKind.CLOSING
    if checkpoint.position > len(entries) or (closing and checkpoint.position != len(entries)):
        return "position"
    if checkpoint.position == 0:
        found = genesis(checkpoint.contest, frozen_sha256)
    else:
        found = entries[checkpoint.position - 1].entry_hash
    return None if found == checkpoint.entry_hash else "hash"
