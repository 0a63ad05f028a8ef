"""Identifiers: UUIDs of version 7, which sort by the time of their making and so keep indexes compact."""

import secrets
import time
import uuid


def uuid7() -> uuid.UUID:
    """A new UUID of version 7: 48 bits of milliseconds, then 74 random bits (RFC 9562, section 5.7)."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds & (1 << 48) - 1) << 80 | 0x7 << 76
    value |= secrets.randbits(12) << 64 | 0b10 << 62 | secrets.randbits(62)
    return uuid.UUID(int=value)
