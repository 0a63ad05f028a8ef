"""Passwords, hashed with argon2id (RFC 9106)."""

from dataclasses import dataclass

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError


@dataclass(frozen=True, slots=True)
class Passwords:
    """Hashes and checks; the cost comes from the settings. ``decoy`` is a hash of nothing anybody knows, checked
    when an account does not exist, so that both answers take the same time."""

    hasher: PasswordHasher
    decoy: str

    @classmethod
    def with_cost(cls, *, time_cost: int, memory_kib: int) -> "Passwords":
        hasher = PasswordHasher(time_cost=time_cost, memory_cost=memory_kib, parallelism=1)
        return cls(hasher, hasher.hash("no account has this password"))

    def hash(self, password: str) -> str:
        return self.hasher.hash(password)

    def matches(self, stored: str | None, password: str) -> bool:
        try:
            self.hasher.verify(stored or self.decoy, password)
        except (VerifyMismatchError, VerificationError, InvalidHashError):
            return False
        return stored is not None
