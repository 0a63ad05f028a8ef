"""Passwords, hashed with argon2id (RFC 9106)."""

import base64
import secrets
from dataclasses import dataclass

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError


@dataclass(frozen=True, slots=True)
class Passwords:
    """Hashes and checks; the cost comes from the settings. ``decoy`` has the shape of a hash and is none, of nothing:
    it is checked when an account does not exist, so that both answers take the same time."""

    hasher: PasswordHasher
    decoy: str

    @classmethod
    def with_cost(cls, *, time_cost: int, memory_kib: int) -> "Passwords":
        hasher = PasswordHasher(time_cost=time_cost, memory_cost=memory_kib, parallelism=1)
        salt, digest = (_coded(secrets.token_bytes(length)) for length in (hasher.salt_len, hasher.hash_len))
        return cls(hasher, f"$argon2id$v=19$m={memory_kib},t={time_cost},p=1${salt}${digest}")

    def hash(self, password: str) -> str:
        return self.hasher.hash(password)

    def matches(self, stored: str | None, password: str) -> bool:
        try:
            self.hasher.verify(stored or self.decoy, password)
        except (VerifyMismatchError, VerificationError, InvalidHashError):
            return False
        return stored is not None


def _coded(value: bytes) -> str:
    """As in the string format of argon2: base64 without padding."""
    return base64.b64encode(value).rstrip(b"=").decode()
