"""What happened to organizations and mandates. No names: they stand in the tables and can be erased there."""

import uuid
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OrganizationRegistered:
    subject_id: uuid.UUID
    code: str


@dataclass(frozen=True, slots=True)
class OrganizationVerified:
    subject_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class MandateGiven:
    """The subject is the organization; ``user_id`` may speak for it."""

    subject_id: uuid.UUID
    mandate_id: uuid.UUID
    user_id: uuid.UUID
    kind: str


@dataclass(frozen=True, slots=True)
class MandateRevoked:
    subject_id: uuid.UUID
    mandate_id: uuid.UUID
    user_id: uuid.UUID
