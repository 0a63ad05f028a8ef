"""What happened to accounts. No address, name or token stands in an event."""

import uuid

from consultation.kernel.events import Event


class UserCreated(Event):
    subject_id: uuid.UUID
    roles: list[str]
    language: str


class RoleGranted(Event):
    subject_id: uuid.UUID
    role: str


class UserSignedIn(Event):
    """``method`` is ``link``, ``code``, ``password``, ``passkey``, ``oidc`` or ``invitation``; ``new_device`` when the
    person has not used this browser before, but others."""

    subject_id: uuid.UUID
    method: str
    session_id: uuid.UUID
    new_device: bool


class SessionEnded(Event):
    """By the person, on this device or from another one."""

    subject_id: uuid.UUID
    session_id: uuid.UUID


class AllSessionsEnded(Event):
    subject_id: uuid.UUID


class PasswordChanged(Event):
    subject_id: uuid.UUID


class AddressChangeAsked(Event):
    subject_id: uuid.UUID


class AddressChangeWithdrawn(Event):
    subject_id: uuid.UUID


class AddressChanged(Event):
    subject_id: uuid.UUID


class AccountDeactivated(Event):
    """The reason stands with the closure."""

    subject_id: uuid.UUID
    closure_id: uuid.UUID


class AccountActivated(Event):
    subject_id: uuid.UUID


class AuthenticatorAdded(Event):
    subject_id: uuid.UUID


class AuthenticatorRemoved(Event):
    subject_id: uuid.UUID


class RecoveryCodesRenewed(Event):
    subject_id: uuid.UUID


class RecoveryCodeUsed(Event):
    """``left`` is how many are still unused."""

    subject_id: uuid.UUID
    left: int


class PasskeyAdded(Event):
    subject_id: uuid.UUID
    passkey_id: uuid.UUID


class PasskeyRemoved(Event):
    subject_id: uuid.UUID
    passkey_id: uuid.UUID


class IdentityLinked(Event):
    """An account at a provider signs the person in from now on."""

    subject_id: uuid.UUID
    identity_id: uuid.UUID


class IdentityUnlinked(Event):
    subject_id: uuid.UUID
    identity_id: uuid.UUID
