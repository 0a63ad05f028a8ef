"""Identifiers: UUIDs of version 7, which sort by the time of their making and so keep indexes compact."""

import secrets
import time
import uuid


def uuid7() -> uuid.UUID:
    """A new UUID of version 7: 48 bits of milliseconds, 12 of the fraction of one, so that what is made in one
    millisecond sorts too, then 62 random bits (RFC 9562, sections 5.7 and 6.2, method 3)."""
    milliseconds, nanoseconds = divmod(time.time_ns(), 1_000_000)
    value = (milliseconds & (1 << 48) - 1) << 80 | 0x7 << 76
    value |= (nanoseconds * 4096 // 1_000_000) << 64 | 0b10 << 62 | secrets.randbits(62)
    return uuid.UUID(int=value)
