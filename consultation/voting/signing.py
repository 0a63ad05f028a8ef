"""The key that signs receipts and checkpoints: one for the installation, in a file outside the database.

It is no contest's key: it joins nobody to a ballot, is not destroyed at a close, and belongs in a safe copy. Whoever
has it can sign in the installation's name, which a checkpoint that somebody saved earlier shows.
"""

from __future__ import annotations

import secrets
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy.orm import Session

from consultation.voting.keys import KeyMissing
from consultation.voting.secrets_on_disk import attached, create
from consultation.voting.signed import SignedCheckpoint, SignedReceipt

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

SEED_BYTES = 32
Signed = TypeVar("Signed", SignedReceipt, SignedCheckpoint)


class SigningKeyMissing(KeyMissing):
    """The key under which the contest was opened is not where it should be, or another one is there."""

    def __init__(self) -> None:
        Exception.__init__(self, "The signing key under which the contest was opened is missing. Restore box.key.")


class Signer:
    """The installation's signing key, in a folder that only the server's user can read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._last: tuple[bytes, Ed25519PrivateKey, str] | None = None

    @property
    def path(self) -> Path:
        return self.folder / "box.key"

    def ensure(self) -> str:
        """The public key, of a pair that is made when there is none."""
        create(self.path, secrets.token_bytes(SEED_BYTES))
        return self.public_key()

    def public_key(self) -> str:
        """64 hexadecimal digits.

        Raises:
            SigningKeyMissing: its file is not there, or not whole.
        """
        return self._pair()[1]

    def require(self, public_key: str) -> None:
        """Nothing, when this key would sign.

        Raises:
            SigningKeyMissing: it is another one, or none.
        """
        if self.public_key() != public_key:
            raise SigningKeyMissing

    def sign(self, thing: Signed) -> Signed:
        """The same, signed, when the key is the one that it names.

        Raises:
            SigningKeyMissing: it is another one, or none.
        """
        private, public = self._pair()
        if public != thing.signing_key:
            raise SigningKeyMissing
        return replace(thing, signature=private.sign(thing.message()).hex())

    def _pair(self) -> tuple[Ed25519PrivateKey, str]:
        """The key and its public half. The file is read each time, so that one which is gone signs nothing more; only
        what follows from its bytes is not computed again."""
        try:
            seed = self.path.read_bytes()
        except FileNotFoundError:
            raise SigningKeyMissing from None
        if len(seed) != SEED_BYTES:
            raise SigningKeyMissing
        last = self._last
        if last is None or last[0] != seed:
            last = self._last = (seed, *_pair_of(seed))
        return last[1:]


def _pair_of(seed: bytes) -> tuple[Ed25519PrivateKey, str]:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    private = Ed25519PrivateKey.from_private_bytes(seed)
    return private, private.public_key().public_bytes_raw().hex()


def signer_of(session: Session) -> Signer:
    """The signer that belongs to the session's database."""
    return attached(session, Signer)
