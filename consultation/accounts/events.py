"""What happened to accounts. No address, name or token stands in an event."""

import uuid
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class UserCreated:
    subject_id: uuid.UUID
    roles: list[str]
    language: str


@dataclass(frozen=True, slots=True)
class UserSignedIn:
    """``method`` is ``link``, ``password`` or ``invitation``."""

    subject_id: uuid.UUID
    method: str


@dataclass(frozen=True, slots=True)
class PasswordChanged:
    subject_id: uuid.UUID
