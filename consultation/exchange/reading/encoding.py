"""In which encoding a text file is written, found from all of its bytes and never guessed past damage."""

from __future__ import annotations

import codecs
import re
from typing import BinaryIO

from consultation.exchange.reading.errors import UnreadableFile

CHUNK = 1 << 20
FEW_CONTROLS = 8

# What people call the encodings that are accepted by name -> (name for Python, name for the report).
KNOWN = {
    "utf8": ("utf-8-sig", "UTF-8"),
    "utf8sig": ("utf-8-sig", "UTF-8"),
    "utf16": ("utf-16", "UTF-16"),
    "windows1252": ("cp1252", "Windows-1252"),
    "cp1252": ("cp1252", "Windows-1252"),
    "ansi": ("cp1252", "Windows-1252"),
    "latin1": ("latin-1", "ISO-8859-1"),
    "iso88591": ("latin-1", "ISO-8859-1"),
    "iso885915": ("iso-8859-15", "ISO-8859-15"),
    "latin9": ("iso-8859-15", "ISO-8859-15"),
    "macroman": ("mac-roman", "Mac Roman"),
    "macintosh": ("mac-roman", "Mac Roman"),
}
PUBLIC_NAMES = dict(KNOWN.values()) | {"utf-16-le": "UTF-16", "utf-16-be": "UTF-16"}

_MULTIBYTE = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}",
)
_HIGH = re.compile(rb"[\x80-\xff]")
_UNUSED_1252 = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")
_CONTROLS = re.compile(rb"[\x01-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_BINARY_STARTS = (
    b"%PDF-",
    b"\x89PNG",
    b"GIF8",
    b"\xff\xd8\xff",
    b"\x1f\x8b",
    b"BZh",
    b"7z\xbc\xaf",
    b"Rar!",
    b"SQLite f",
)

_WEB_PAGE = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype\s+html|html[\s>])", re.IGNORECASE)
# In UTF-16 every second byte of plain letters is zero. Where neither a mark nor a person says that it is, eight tell.
_UTF_16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_UTF_16 = {"utf-16-le": re.compile(rb"(?:[\t\n\r -~]\0){8}"), "utf-16-be": re.compile(rb"(?:\0[\t\n\r -~]){8}")}


def detect_encoding(stream: BinaryIO, requested: str = "auto") -> str:
    """The Python codec for a seekable stream, which is left at its start.

    ``requested`` is ``auto`` or a common name of an encoding, which is then checked against the bytes.
    UTF-8 and UTF-16, with or without a mark, are recognized by themselves. Windows-1252 is taken only
    where the bytes are not UTF-8 *and* do not look like UTF-8 that was damaged: cut at the end, or with at least
    as many well-formed characters of several bytes as stray ones.
    Raises UnreadableFile: binary_file, web_page, damaged_text, unknown_encoding, undetected_encoding.
    """
    stream.seek(0)
    start = stream.read(4096)
    stream.seek(0)
    if start.startswith(_BINARY_STARTS):
        raise UnreadableFile("binary_file")
    if _WEB_PAGE.match(start):
        raise UnreadableFile("web_page")
    if requested.lower() != "auto":
        codec = _by_name(requested)
        if codec == "utf-16" and not start.startswith(_UTF_16_MARKS):
            codec = "utf-16-be" if start.startswith(b"\0") else "utf-16-le"
    elif start.startswith(_UTF_16_MARKS):
        codec = "utf-16"
    else:
        codec = next((name for name, shape in _UTF_16.items() if shape.match(start)), "utf-8-sig")
    if not codec.startswith("utf-16"):
        _refuse_binary(stream)
    failure = _first_failure(stream, codec)
    if failure is None:
        return codec
    offset, line, at_end = failure
    has_mark = start.startswith(codecs.BOM_UTF8)
    if requested.lower() == "auto" and codec == "utf-8-sig" and not has_mark and not at_end:
        good, stray, unused = _high_bytes(stream)
        if good < stray:
            if unused:
                raise UnreadableFile("undetected_encoding", offset=offset, line=line)
            return "cp1252"
    raise UnreadableFile("damaged_text", offset=offset, line=line, encoding=PUBLIC_NAMES[codec])


def _by_name(name: str) -> str:
    known = KNOWN.get(re.sub(r"[^a-z0-9]", "", name.lower()))
    if known is None:
        choices = ", ".join(dict.fromkeys(public for _, public in KNOWN.values()))
        raise UnreadableFile("unknown_encoding", encoding=name, choices=choices)
    return known[0]


def _refuse_binary(stream: BinaryIO) -> None:
    """NUL never stands in text, and other control characters are rare there."""
    total = controls = 0
    while chunk := stream.read(CHUNK):
        if b"\0" in chunk:
            raise UnreadableFile("binary_file")
        total += len(chunk)
        controls += len(_CONTROLS.findall(chunk))
    stream.seek(0)
    if controls > FEW_CONTROLS and controls * 100 > total:
        raise UnreadableFile("binary_file")


def _first_failure(stream: BinaryIO, codec: str) -> tuple[int, int, bool] | None:
    """Offset and line (from 1) of the first byte that does not decode, and whether the file ends within it."""
    # A mark counts as a character here, so that offsets are those of the file.
    decoder = codecs.getincrementaldecoder("utf-8" if codec == "utf-8-sig" else codec)()
    consumed, line = 0, 1
    stream.seek(0)
    try:
        while True:
            chunk = stream.read(CHUNK)
            pending = len(decoder.getstate()[0])
            try:
                decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                offset = consumed - pending + error.start
                line += chunk[: max(0, error.start - pending)].count(b"\n")
                return offset, line, error.reason.startswith("unexpected end")
            if not chunk:
                return None
            consumed += len(chunk)
            line += chunk.count(b"\n")
    finally:
        stream.seek(0)


def _high_bytes(stream: BinaryIO) -> tuple[int, int, bool]:
    """Well-formed UTF-8 characters of several bytes, stray high bytes, and whether some are unused in Windows-1252."""
    good = stray = 0
    unused = False
    stream.seek(0)
    while chunk := stream.read(CHUNK):
        found = _MULTIBYTE.findall(chunk)
        good += len(found)
        stray += len(_HIGH.findall(chunk)) - sum(map(len, found))
        unused = unused or _UNUSED_1252.search(chunk) is not None
    stream.seek(0)
    return good, stray, unused
