"""Passkeys: what the browser is asked, and whether its answer is genuine (WebAuthn, level 3). The library is loaded
where it is used.

An answer counts only from this site's own origin, for the challenge that was given, from an authenticator that has
verified the person (by a finger, a face or a PIN): that is why a passkey is both steps of signing in at once.
"""

import base64
import json
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from consultation.accounts.models import Passkey, User

NAME = "CNERJ-RCEJR"
LONGEST_ANSWER = 16 * 1024


class NotGenuine(Exception):
    """The browser's answer proves nothing."""


@dataclass(frozen=True, slots=True)
class Site:
    """The name that passkeys are bound to, and the one origin from which they are used."""

    id: str
    origin: str

    @classmethod
    def of(cls, base_url: str) -> "Site":
        """By the public address. Passkeys need a name: the loopback address goes by its own, ``localhost``."""
        parts = urlsplit(base_url)
        host = parts.hostname or ""
        if _is_number(host):
            host = "localhost"
        port = f":{parts.port}" if parts.port else ""
        return cls(host, f"{parts.scheme}://{host}{port}")


@dataclass(frozen=True, slots=True)
class Registered:
    """A new passkey, as its authenticator gave it."""

    credential_id: str
    public_key: str
    sign_count: int


def _is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def usable_at(base_url: str, host: str) -> bool:
    """Whether the browser, which asked ``host``, stands where passkeys can be used."""
    return urlsplit(f"//{host}").hostname == Site.of(base_url).id


def creation_options(site: Site, user: "User", challenge: str, existing: Iterable["Passkey"]) -> str:
    """What the browser needs to make a passkey, as JSON."""
    from webauthn import generate_registration_options, options_to_json
    from webauthn.helpers.structs import (
        AuthenticatorSelectionCriteria,
        PublicKeyCredentialDescriptor,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    options = generate_registration_options(
        rp_id=site.id,
        rp_name=NAME,
        user_id=user.id.bytes,
        user_name=user.email,
        user_display_name=user.name,
        challenge=_bytes(challenge),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=_bytes(one.credential_id)) for one in existing],
    )
    return options_to_json(options)


def request_options(site: Site, challenge: str) -> str:
    """What the browser needs to use a passkey of this site, whosever it is, as JSON."""
    from webauthn import generate_authentication_options, options_to_json
    from webauthn.helpers.structs import UserVerificationRequirement

    options = generate_authentication_options(
        rp_id=site.id, challenge=_bytes(challenge), user_verification=UserVerificationRequirement.REQUIRED
    )
    return options_to_json(options)


def parsed(answer: str) -> dict[str, Any]:
    """The browser's answer, of which nothing is believed yet.

    Raises:
        NotGenuine: when it is none.
    """
    try:
        credential = json.loads(answer) if len(answer) <= LONGEST_ANSWER else None
    except ValueError as error:
        raise NotGenuine from error
    if not isinstance(credential, dict) or not isinstance(credential.get("id"), str):
        raise NotGenuine
    return credential


def registered(site: Site, credential: dict[str, Any], challenge: str) -> Registered:
    """The passkey that was made.

    Raises:
        NotGenuine: for another challenge, another site, or without having verified the person.
    """
    from webauthn import verify_registration_response
    from webauthn.helpers.exceptions import WebAuthnException

    try:
        made = verify_registration_response(
            credential=credential,
            expected_challenge=_bytes(challenge),
            expected_rp_id=site.id,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise NotGenuine from error
    return Registered(_text(made.credential_id), _text(made.credential_public_key), made.sign_count)


def used(site: Site, credential: dict[str, Any], challenge: str, passkey: "Passkey") -> int:
    """How often the passkey was used, by its own count, if the answer was made with it.

    Raises:
        NotGenuine: besides the reasons above, when the count goes back: then somebody has a copy.
    """
    from webauthn import verify_authentication_response
    from webauthn.helpers.exceptions import WebAuthnException

    response = credential.get("response")
    handle = response.get("userHandle") if isinstance(response, dict) else None
    if handle and handle != _text(passkey.user_id.bytes):
        raise NotGenuine
    try:
        verified = verify_authentication_response(
            credential=credential,
            expected_challenge=_bytes(challenge),
            expected_rp_id=site.id,
            expected_origin=site.origin,
            credential_public_key=_bytes(passkey.public_key),
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise NotGenuine from error
    return verified.new_sign_count


def _text(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def _bytes(value: str) -> bytes:
    return base64.urlsafe_b64decode(value + "=" * (-len(value) % 4))
