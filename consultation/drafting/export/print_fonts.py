"""Fonts for print beside those in the Typst wheel, such as Noto Sans Canadian Aboriginal for syllabics.

They come from npm as web fonts (WOFF 1.0), which Typst cannot read; unpacked they are OpenType.
Format: W3C, WOFF File Format 1.0, https://www.w3.org/TR/WOFF/ (sections 3 to 5).
"""

from __future__ import annotations

import struct
import zlib
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parents[3] / "static" / "vendor" / "print-fonts"
"""Where the front-end set-up puts them; nothing is missing when it is absent but the characters they hold."""

_HEADER = struct.Struct(">4sIIHHIHHIIIII")
_ENTRY = struct.Struct(">4sIIII")
_OFFSETS, _RECORD = struct.Struct(">IHHHH"), struct.Struct(">4sIII")
_LARGEST = 20_000_000
"""Bytes: no font that we ship comes near it."""


def unpack(woff: bytes) -> bytes:
    """The OpenType font inside a WOFF 1.0 file.

    Raise `ValueError` when the file is something else, damaged, or larger than any font that is ours.
    """
    try:
        signature, flavour, _length, count, _reserved, total, *_rest = _HEADER.unpack_from(woff)
        if signature != b"wOFF" or total > _LARGEST:
            raise ValueError("This is not a WOFF 1.0 font of a reasonable size.")
        entries = [_ENTRY.unpack_from(woff, _HEADER.size + i * _ENTRY.size) for i in range(count)]
        power = 1 << (count.bit_length() - 1)
        directory = [_OFFSETS.pack(flavour, count, power * 16, power.bit_length() - 1, (count - power) * 16)]
        place, tables = _OFFSETS.size + count * _RECORD.size, []
        for tag, offset, packed, size, checksum in sorted(entries):
            raw = woff[offset : offset + packed]
            table = zlib.decompressobj().decompress(raw, size) if packed < size else raw
            if len(table) != size:
                raise ValueError("This font is damaged: a table is shorter than announced.")
            directory.append(_RECORD.pack(tag, checksum, place, size))
            tables.append(table + b"\0" * (-size % 4))
            place += len(tables[-1])
    except (struct.error, zlib.error) as damage:
        raise ValueError("This font is damaged.") from damage
    return b"".join([*directory, *tables])


@cache
def installed(folder: Path = FOLDER) -> tuple[tuple[str, bytes], ...]:
    """File name and OpenType content of each font in the folder, in a fixed order."""
    fonts = [(path.with_suffix(".ttf").name, unpack(path.read_bytes())) for path in sorted(folder.glob("*.woff"))]
    fonts += [(path.name, path.read_bytes()) for path in sorted([*folder.glob("*.ttf"), *folder.glob("*.otf")])]
    return tuple(fonts)
