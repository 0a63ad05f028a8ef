"""Secrets of people that the program must be able to read again, encrypted at rest; and short ones, kept by a keyed
digest. Both keys follow from the secret key, which is not in the database: a copy of the database opens nothing."""

import base64
import hashlib
import hmac
import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 12


class Vault:
    """``about`` binds what is sealed to whom it is about, so that a row copied to somebody else does not open."""

    def __init__(self, secret_key: str) -> None:
        self._secret_key = secret_key.encode()

    def seal(self, plain: str, *, about: str) -> str:
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = nonce + self._cipher().encrypt(nonce, plain.encode(), about.encode())
        return base64.b64encode(sealed).decode()

    def open(self, sealed: str, *, about: str) -> str | None:
        """What was sealed; nothing when it was changed, is about somebody else, or the secret key is another one."""
        from cryptography.exceptions import InvalidTag

        try:
            kept = base64.b64decode(sealed, validate=True)
            return self._cipher().decrypt(kept[:NONCE_BYTES], kept[NONCE_BYTES:], about.encode()).decode()
        except (InvalidTag, ValueError):
            return None

    def digest(self, text: str, *, about: str) -> str:
        """A keyed digest, for what is too short to be safe under a plain one."""
        return hmac.new(self._key("digest"), f"{about}\x00{text}".encode(), hashlib.sha256).hexdigest()

    def _cipher(self) -> "AESGCM":
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        return AESGCM(self._key("seal"))

    def _key(self, purpose: str) -> bytes:
        return hmac.new(self._secret_key, f"consultation/accounts/{purpose}".encode(), hashlib.sha256).digest()
