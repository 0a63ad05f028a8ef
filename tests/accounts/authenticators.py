"""A passkey device in software: it makes keys and signs, as honestly or not as a test tells it to."""

import base64
import hashlib
import json
import os

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

USER_PRESENT, USER_VERIFIED, HAS_KEY = 0x01, 0x04, 0x40


def coded(value):
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def decoded(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Device:
    def __init__(self, *, counts=True):
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = os.urandom(32)
        self.count = 0
        self.counts = counts
        self.handle = None

    def make(self, options, **lies):
        """The answer to options for making a passkey."""
        self.handle = decoded(options["user"]["id"])
        flags = lies.get("flags", USER_PRESENT | USER_VERIFIED) | HAS_KEY
        numbers = self.key.public_key().public_numbers()
        key = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        attested = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + cbor2.dumps(key)
        data = self._data(options["rp"]["id"], flags, lies) + attested
        made = {"attestationObject": cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})}
        return self._answer({"clientDataJSON": self._client("webauthn.create", options, lies), **made})

    def use(self, options, **lies):
        """The answer to options for using one."""
        self.count = lies.get("count", self.count + 1 if self.counts else 0)
        data = self._data(options["rpId"], lies.get("flags", USER_PRESENT | USER_VERIFIED), lies)
        client = self._client("webauthn.get", options, lies)
        signature = lies.get("key", self.key).sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        handle = lies.get("handle", self.handle)
        return self._answer(
            {"clientDataJSON": client, "authenticatorData": data, "signature": signature, "userHandle": handle}
        )

    def _data(self, site, flags, lies):
        digest = hashlib.sha256(lies.get("site", site).encode()).digest()
        return digest + bytes([flags]) + self.count.to_bytes(4, "big")

    def _client(self, kind, options, lies):
        said = {"type": kind, "challenge": lies.get("challenge", options["challenge"])}
        return json.dumps(said | {"origin": lies.get("origin", "http://localhost"), "crossOrigin": False}).encode()

    def _answer(self, response):
        identifier = coded(self.id)
        return json.dumps(
            {
                "id": identifier,
                "rawId": identifier,
                "type": "public-key",
                "response": {name: coded(value) for name, value in response.items()},
                "clientExtensionResults": {},
            }
        )
