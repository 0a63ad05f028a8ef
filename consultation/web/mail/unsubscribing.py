"""The address by which one press turns off a kind of letters, without signing in (RFC 8058).

It names the person by their opaque id, and is signed, so that nobody can turn off anybody else's letters. It does not
run out: letters lie in mailboxes for years.
"""

import base64
import binascii
import hashlib
import hmac
import uuid

_DOMAIN = b"letters off"
_SIGNATURE = 24


def sign(secret: str, user_id: uuid.UUID, kind: str) -> str:
    """What stands at the end of the address."""
    return f"{_text(user_id.bytes)}.{_signature(secret, user_id, kind)}"


def read(secret: str, token: str, kind: str) -> uuid.UUID | None:
    """Whose letters of this kind the token turns off; nobody's when it was not made here."""
    name, _, signature = token.partition(".")
    try:
        user_id = uuid.UUID(bytes=base64.urlsafe_b64decode(name + "=="))
    except (ValueError, binascii.Error):
        return None
    if not hmac.compare_digest(signature.encode(), _signature(secret, user_id, kind).encode()):
        return None
    return user_id


def _signature(secret: str, user_id: uuid.UUID, kind: str) -> str:
    said = b"\0".join((_DOMAIN, user_id.bytes, kind.encode()))
    return _text(hmac.new(secret.encode(), said, hashlib.sha256).digest())[:_SIGNATURE]


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
