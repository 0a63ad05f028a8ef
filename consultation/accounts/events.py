"""What happened to accounts. No address, name or token stands in an event."""

import uuid
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class UserCreated:
    subject_id: uuid.UUID
    roles: list[str]
    language: str


@dataclass(frozen=True, slots=True)
class RoleGranted:
    subject_id: uuid.UUID
    role: str


@dataclass(frozen=True, slots=True)
class UserSignedIn:
    """``method`` is ``link``, ``code``, ``password``, ``passkey``, ``oidc`` or ``invitation``; ``new_device`` when the
    person has not used this browser before, but others."""

    subject_id: uuid.UUID
    method: str
    session_id: uuid.UUID
    new_device: bool


@dataclass(frozen=True, slots=True)
class SessionEnded:
    """By the person, on this device or from another one."""

    subject_id: uuid.UUID
    session_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class AllSessionsEnded:
    subject_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class PasswordChanged:
    subject_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class AddressChangeAsked:
    subject_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class AddressChangeWithdrawn:
    subject_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class AddressChanged:
    subject_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class AccountDeactivated:
    """The reason stands with the closure."""

    subject_id: uuid.UUID
    closure_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class AccountActivated:
    subject_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class AuthenticatorAdded:
    subject_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class AuthenticatorRemoved:
    subject_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class RecoveryCodesRenewed:
    subject_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class RecoveryCodeUsed:
    """``left`` is how many are still unused."""

    subject_id: uuid.UUID
    left: int


@dataclass(frozen=True, slots=True)
class PasskeyAdded:
    subject_id: uuid.UUID
    passkey_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class PasskeyRemoved:
    subject_id: uuid.UUID
    passkey_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class IdentityLinked:
    """An account at a provider signs the person in from now on."""

    subject_id: uuid.UUID
    identity_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class IdentityUnlinked:
    subject_id: uuid.UUID
    identity_id: uuid.UUID
