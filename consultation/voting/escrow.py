"""Copies of a contest's key for the time while it is open, in two halves of which neither tells anything. Pure.

One half is random, the other the key exclusive-or the random one. Whoever has both has the key, and with a copy of the
database could tell who cast which ballot: both must be destroyed after the close.
"""

import hmac
import secrets
import uuid
from collections.abc import Mapping
from typing import Any

from consultation.voting.chain import digest

FORMAT = "ballot-box/escrow/1"
PLEASE_DESTROY = (
    "One of two halves of the contest's key. Destroy this file once the contest is closed: "
    "from then on it could only break the secrecy of the vote."
)
SHARES = 2


class BadEscrow(ValueError):
    """The files do not give the key. ``code``: ``not_a_share``, ``damaged``, ``other_contest``, ``same_share``,
    ``not_a_pair``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def split(contest: str, contest_id: uuid.UUID, key: bytes) -> list[dict[str, Any]]:
    """The key's two halves, each as what its file says."""
    mask = secrets.token_bytes(len(key))
    halves = (mask, _xor(mask, key))
    pair, check = secrets.token_hex(16), _check_of(contest_id, key)
    return [_share(contest, contest_id, pair, number, half, check) for number, half in enumerate(halves, start=1)]


def joined_key(contest_id: uuid.UUID, shares: list[Mapping[str, Any]]) -> bytes:
    """The key that two halves give.

    Raises:
        BadEscrow: they are damaged, of another contest, or no pair.
    """
    try:
        return _joined(contest_id, shares)
    except (KeyError, TypeError, ValueError) as error:
        if isinstance(error, BadEscrow):
            raise
        raise BadEscrow("damaged") from None


def _joined(contest_id: uuid.UUID, shares: list[Mapping[str, Any]]) -> bytes:
    halves = []
    for share in shares:
        if share.get("format") != FORMAT:
            raise BadEscrow("not_a_share")
        if not hmac.compare_digest(str(share.get("sha256")), _checksum(share)):
            raise BadEscrow("damaged")
        if share["contest_id"] != str(contest_id):
            raise BadEscrow("other_contest")
        halves.append(bytes.fromhex(share["half"]))
    if len({share["share"] for share in shares}) != SHARES:
        raise BadEscrow("same_share")
    if len({(share["pair"], share["key_check"]) for share in shares}) != 1:
        raise BadEscrow("not_a_pair")
    key = _xor(*halves)
    if not hmac.compare_digest(_check_of(contest_id, key), shares[0]["key_check"]):
        raise BadEscrow("not_a_pair")
    return key


def _share(contest: str, contest_id: uuid.UUID, pair: str, number: int, half: bytes, check: str) -> dict[str, Any]:
    share = {
        "format": FORMAT,
        "contest": contest,
        "contest_id": str(contest_id),
        "pair": pair,
        "share": number,
        "of": SHARES,
        "half": half.hex(),
        "key_check": check,
        "note": PLEASE_DESTROY,
    }
    return share | {"sha256": _checksum(share)}


def _checksum(share: Mapping[str, Any]) -> str:
    """Over all else that the file says, so that a slip of the disk or of the pen shows."""
    return digest(FORMAT, *(f"{name}={share[name]}" for name in sorted(share) if name != "sha256"))


def _check_of(contest_id: uuid.UUID, key: bytes) -> str:
    """Tells whether a key is the right one, and nothing of it: it is random, and as long as the digest."""
    return digest("ballot-box/escrow-key/1", str(contest_id), key)


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(first ^ second for first, second in zip(one, other, strict=True))
