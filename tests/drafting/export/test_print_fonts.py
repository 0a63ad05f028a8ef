"""Web fonts unpacked for print."""

import struct
import zlib

import pytest

from consultation.drafting.export.print_fonts import installed, unpack

TABLES = {b"head": b"h" * 54, b"glyf": bytes(range(256)) * 4, b"cmap": b"c" * 5}


def packed() -> bytes:
    """A WOFF made by hand from its specification: two tables are compressed, one is too short to be."""
    body, entries = b"", b""
    start = 44 + 20 * len(TABLES)
    for number, (tag, table) in enumerate(sorted(TABLES.items())):
        small = zlib.compress(table)
        stored = small if len(small) < len(table) else table
        entries += struct.pack(">4sIIII", tag, start + len(body), len(stored), len(table), number)
        body += stored + b"\0" * (-len(stored) % 4)
    total = 12 + 16 * len(TABLES) + sum(len(t) + -len(t) % 4 for t in TABLES.values())
    head = struct.pack(
        ">4sIIHHIHHIIIII", b"wOFF", 0x10000, start + len(body), len(TABLES), 0, total, 1, 0, 0, 0, 0, 0, 0
    )
    return head + entries + body


def test_every_table_comes_out_whole_and_where_the_directory_says():
    font = unpack(packed())
    assert struct.unpack_from(">IHHHH", font) == (0x10000, 3, 32, 1, 16)
    records = [struct.unpack_from(">4sIII", font, 12 + 16 * i) for i in range(3)]
    assert {tag: font[place : place + size] for tag, _sum, place, size in records} == TABLES
    assert [tag for tag, *_rest in records] == sorted(TABLES)
    assert [place % 4 for _tag, _sum, place, _size in records] == [0, 0, 0]


@pytest.mark.parametrize("damaged", [b"", b"wOF2" + packed()[4:], packed()[:60], packed()[:-40]])
def test_damaged_fonts_are_refused(damaged):
    with pytest.raises(ValueError, match="font"):
        unpack(damaged)


def test_a_missing_folder_means_no_further_fonts(tmp_path):
    assert installed(tmp_path / "absent") == ()
    (tmp_path / "sample.woff").write_bytes(packed())
    assert [name for name, _font in installed(tmp_path)] == ["sample.ttf"]
