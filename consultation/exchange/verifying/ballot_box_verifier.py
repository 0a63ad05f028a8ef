#!/usr/bin/env python3
"""Check a ballot box: did anything change, is your ballot in it, and does the count come out the same?

    python ballot_box_verifier.py BUNDLE.zip [--checkpoint FILE]... [--receipt FILE]... [--lang en|fr|es] [--json]

BUNDLE.zip is the open data of a consultation. A checkpoint or a receipt is a small file that somebody kept: with it,
also a box that was written anew as a whole is found out. The exit status is 0 when everything checks out, 1 when
something does not (each finding has a code that stays the same, and says where), and 2 for wrong use or a file that is
not a bundle.

This one file needs Python 3.9 or newer and nothing else: no package, no network, no code of the program that ran the
vote. It writes nothing to the disk. Its parts, in order:

    1. reading a bundle without trusting it       4. one contest, check by check
    2. digests: how bytes are joined and hashed   5. counting again
    3. Ed25519 signatures, from RFC 8032          6. the report, and its words in three languages

How things are hashed and signed. A digest or a signature is over its parts, the first of which names what it is for;
each part is preceded by its length in bytes, as eight bytes, big-endian. Numbers are parts as decimal text. JSON is a
part in its canonical form: keys sorted, no spaces, UTF-8. SHA-256 throughout, written in lower-case hexadecimal.
"""

from __future__ import annotations

import argparse
import hashlib
import heapq
import json
import re
import sys
import zipfile
import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, NamedTuple, Union

VERSION = "1"
REPORT_FORMAT = "ballot-box/verification/1"

# ---------------------------------------------------------------------------------------------------------------------
# 1. Reading a bundle without trusting it
#
# A bundle comes from somebody who may wish us ill: nothing is unpacked to the disk, sizes are counted while reading
# (a header can lie), and text that could be read in two ways (a name twice) is refused.
# ---------------------------------------------------------------------------------------------------------------------

MOST_FILES = 500
MOST_BYTES_OF_A_FILE = 1_500_000_000
MOST_BYTES_IN_ALL = 4_000_000_000
MOST_BYTES_OF_A_KEPT_FILE = 50_000_000
LONGEST_NUMBER = 40
CHUNK = 1 << 20

TABLES = ("contests", "roll", "chain", "checkpoints", "ballots", "tallies")

Json = Any
Row = Any
"""An object of JSON."""


class Unreadable(Exception):
    """The file is not what it should be: exit 2. ``code`` is a key of WORDS."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


class Bundle(NamedTuple):
    """What was read: the manifest, the digest and size of each file, and the tables that are about votes."""

    manifest: dict
    files: dict
    tables: dict


def read_bundle(path: str) -> Bundle:
    """Read the ZIP file once. Raises Unreadable."""
    try:
        with zipfile.ZipFile(path) as archive:
            return _read_archive(archive)
    except OSError as error:
        raise Unreadable("cannot_open", file=path, why=error.strerror or type(error).__name__) from None
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise Unreadable("not_a_zip", file=path, why=str(error) or type(error).__name__) from None


def _read_archive(archive: zipfile.ZipFile) -> Bundle:
    entries = archive.infolist()
    if len(entries) > MOST_FILES:
        raise Unreadable("too_many_files", most=MOST_FILES)
    wanted = {"manifest.json"} | {f"json/{name}.json" for name in TABLES}
    found: dict = {}
    texts: dict = {}
    total = 0
    for entry in entries:
        name = entry.filename
        if name in found:
            raise Unreadable("file_twice", file=name)
        if entry.flag_bits & 1 or entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Unreadable("odd_entry", file=name)
        content, digest, size = _read_entry(archive, entry, MOST_BYTES_IN_ALL - total, keep=name in wanted)
        total += size
        found[name] = (size, digest)
        if name in wanted:
            texts[name] = content
    if "manifest.json" not in texts or "json/contests.json" not in texts:
        raise Unreadable("no_bundle")
    tables = {}
    manifest = read_json(texts.pop("manifest.json"), "manifest.json")
    if not isinstance(manifest, dict) or not isinstance(manifest.get("files"), dict):
        raise Unreadable("no_bundle")
    for name in TABLES:
        text = texts.pop(f"json/{name}.json", None)
        rows = [] if text is None else read_json(text, f"json/{name}.json")
        if not isinstance(rows, list):
            raise Unreadable("bad_json", file=f"json/{name}.json", why="not a list")
        tables[name] = rows
    return Bundle(manifest, found, tables)


def _read_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, left: int, *, keep: bool) -> tuple:
    """The content (empty unless it is to be kept), its SHA-256 and its size."""
    chunks, digest, size = [], hashlib.sha256(), 0
    with archive.open(entry) as stream:
        while chunk := stream.read(CHUNK):
            size += len(chunk)
            if size > min(left, MOST_BYTES_OF_A_FILE):
                raise Unreadable("too_large", file=entry.filename)
            digest.update(chunk)
            if keep:
                chunks.append(chunk)
    return b"".join(chunks), digest.hexdigest(), size


def read_json(content: bytes, name: str) -> Json:
    """JSON that has one meaning only. Raises Unreadable."""

    def once(pairs: list) -> dict:
        value = dict(pairs)
        if len(value) != len(pairs):
            raise ValueError("a name twice in one object")
        return value

    def number(text: str) -> int:
        if len(text) > LONGEST_NUMBER:
            raise ValueError("a number too long")
        return int(text)

    def no_number(text: str) -> float:
        raise ValueError(f"{text[:20]} is no whole number")

    try:
        text = content.decode("utf-8")
        value = json.loads(
            text, object_pairs_hook=once, parse_int=number, parse_float=no_number, parse_constant=no_number
        )
        if re.search(r"\\u[dD][89a-fA-F]", text):
            canonical(value)  # half a character cannot be written, and fails here
    except (ValueError, RecursionError) as error:
        why = "nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise Unreadable("bad_json", file=name, why=why) from None
    return value


def read_kept(path: str) -> list:
    """What is in a file that somebody kept: one object, or a list of them. Raises Unreadable."""
    try:
        with Path(path).open("rb") as file:
            content = file.read(MOST_BYTES_OF_A_KEPT_FILE + 1)
    except OSError as error:
        raise Unreadable("cannot_open", file=path, why=error.strerror or type(error).__name__) from None
    if len(content) > MOST_BYTES_OF_A_KEPT_FILE:
        raise Unreadable("too_large", file=path)
    value = read_json(content, path)
    return value if isinstance(value, list) else [value]


HEX = re.compile(r"[0-9a-f]{64}\Z")
SIGNATURE_HEX = re.compile(r"[0-9a-f]{128}\Z")
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\Z")


def is_text(value: Json) -> bool:
    return isinstance(value, str)


def is_number(value: Json) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def is_flag(value: Json) -> bool:
    return isinstance(value, bool)


def is_object(value: Json) -> bool:
    return isinstance(value, dict)


def is_hash(value: Json) -> bool:
    return isinstance(value, str) and HEX.match(value) is not None


def is_hash_or_empty(value: Json) -> bool:
    return value == "" or is_hash(value)


def is_signature(value: Json) -> bool:
    return isinstance(value, str) and SIGNATURE_HEX.match(value) is not None


def is_instant(value: Json) -> bool:
    return isinstance(value, str) and INSTANT.match(value) is not None


Shape = Mapping[str, Callable[[Json], bool]]

CONTEST: Shape = {"code": is_text, "frozen": is_object, "frozen_sha256": is_hash, "ballots_published": is_flag}
ROLL_ENTRY: Shape = {"contest": is_text, "organization": is_text, "voted": is_flag}
ENTRY: Shape = {
    "contest": is_text,
    "position": is_number,
    "prev_hash": is_hash,
    "commitment": is_hash,
    "voter_tag": is_hash,
    "revision": is_number,
    "entry_hash": is_hash,
}
SEAL: Shape = {
    "contest": is_text,
    "kind": is_text,
    "position": is_number,
    "entry_hash": is_hash,
    "record_sha256": is_hash_or_empty,
    "signed_at": is_instant,
    "signature": is_signature,
}
CHECKPOINT: Shape = {**SEAL, "number": is_number}
BALLOT: Shape = {"contest": is_text, "commitment": is_hash, "nonce": is_hash, "ballot": is_object}
TALLY: Shape = {
    "contest": is_text,
    "rule": is_text,
    "version": is_text,
    "headline": is_flag,
    "input_sha256": is_hash,
    "result": is_object,
}
SHAPES = {
    "contests": CONTEST,
    "roll": ROLL_ENTRY,
    "chain": ENTRY,
    "checkpoints": CHECKPOINT,
    "ballots": BALLOT,
    "tallies": TALLY,
}
SAVED_CHECKPOINT: Shape = {**SEAL, "frozen_sha256": is_hash, "signing_key": is_hash}
RECEIPT: Shape = {
    "contest": is_text,
    "frozen_sha256": is_hash,
    "position": is_number,
    "commitment": is_hash,
    "entry_hash": is_hash,
    "revision": is_number,
    "signing_key": is_hash,
    "signature": is_signature,
}


def misshapen(row: Json, shape: Shape) -> str | None:
    """The first field that is missing or of another kind; None when the row is as it should be."""
    if not isinstance(row, dict):
        return "{}"
    return next((name for name, holds in shape.items() if not holds(row.get(name))), None)


# ---------------------------------------------------------------------------------------------------------------------
# 2. Digests
# ---------------------------------------------------------------------------------------------------------------------

GENESIS, ENTRY_DOMAIN, COMMITMENT = "ballot-box/genesis/1", "ballot-box/entry/1", "ballot-box/commitment/1"
RECEIPT_DOMAIN, CHECKPOINT_DOMAIN = "ballot-box/receipt/1", "ballot-box/checkpoint/1"
RECORD, FROZEN, ROLL = "ballot-box/record/1", "contest/frozen/1", "contest/roll/2"

Part = Union[str, bytes, int]


def canonical(value: Json) -> bytes:
    """The one way to write a value as JSON."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8")


def joined(*parts: Part) -> bytes:
    """The parts one after another, each preceded by its length."""
    pieces = []
    for part in parts:
        data = part if isinstance(part, bytes) else str(part).encode("utf-8")
        pieces.append(len(data).to_bytes(8, "big"))
        pieces.append(data)
    return b"".join(pieces)


def digest(domain: str, *parts: Part) -> str:
    return hashlib.sha256(joined(domain, *parts)).hexdigest()


def tie_priority(contest: str, beacon: str, item: str) -> str:
    """Who is drawn first in a tie: the lowest of these. It has no domain; the tie-break was frozen in these words."""
    return hashlib.sha256(joined(contest, beacon, item)).hexdigest()


# ---------------------------------------------------------------------------------------------------------------------
# 3. Ed25519 signatures, from RFC 8032, section 5.1
#
# The curve is -x² + y² = 1 + d x² y² over the whole numbers modulo P. A point is kept as (X, Y, Z, T) with x = X/Z,
# y = Y/Z and x·y = T/Z. Only checking is needed here, so nothing has to be kept secret and no time has to be constant.
# ---------------------------------------------------------------------------------------------------------------------

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)
NEUTRAL = (0, 1, 1, 0)

Point = tuple


def add(first: Point, second: Point) -> Point:
    """The sum of two points (section 5.1.4)."""
    x1, y1, z1, t1 = first
    x2, y2, z2, t2 = second
    a = (y1 - x1) * (y2 - x2) % P
    b = (y1 + x1) * (y2 + x2) % P
    c = 2 * t1 * t2 * D % P
    d = 2 * z1 * z2 % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def opposite(point: Point) -> Point:
    x, y, z, t = point
    return -x % P, y, z, -t % P


def times(factor: int, point: Point) -> Point:
    total = NEUTRAL
    while factor:
        if factor & 1:
            total = add(total, point)
        point = add(point, point)
        factor >>= 1
    return total


def is_neutral(point: Point) -> bool:
    x, y, z, _t = point
    return bool(x % P == 0 and (y - z) % P == 0)


def encoded(point: Point) -> bytes:
    """A point as 32 bytes (section 5.1.2): y, and in the highest bit whether x is odd."""
    x, y, z, _t = point
    inverse = pow(z, P - 2, P)
    x, y = x * inverse % P, y * inverse % P
    return int(y | (x & 1) << 255).to_bytes(32, "little")


def decoded(data: bytes) -> Point | None:
    """The point (section 5.1.3), or None for bytes that are none, or that are another way to write one."""
    number = int.from_bytes(data, "little")
    odd, y = number >> 255, number & ((1 << 255) - 1)
    if y >= P:
        return None
    u, v = (y * y - 1) % P, (D * y * y + 1) % P
    x = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    if (v * x * x - u) % P:
        x = x * ROOT_OF_MINUS_ONE % P
        if (v * x * x - u) % P:
            return None
    if x == 0 and odd:
        return None
    if x & 1 != odd:
        x = P - x
    return x, y, 1, x * y % P


class Multiples:
    """A point's multiples for each byte of a factor, so that many factors are quick to apply."""

    def __init__(self, point: Point) -> None:
        self.rows = []
        for _byte in range(32):
            row = [NEUTRAL]
            for _multiple in range(255):
                row.append(add(row[-1], point))
            self.rows.append(row)
            point = add(row[-1], point)

    def times(self, factor: int) -> Point:
        total = NEUTRAL
        for row, byte in zip(self.rows, factor.to_bytes(32, "little")):
            if byte:
                total = add(total, row[byte])
        return total


BASE = decoded((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))
_base_multiples: list = []


class PublicKey:
    """Checks signatures under one key. Raises ValueError for bytes that are no key: not a point of the curve, or one
    outside the group of the base point, under which signatures can be made to fit more than one message."""

    def __init__(self, data: bytes) -> None:
        point = decoded(data) if len(data) == 32 else None
        if point is None or is_neutral(point) or not is_neutral(times(ORDER, point)):
            raise ValueError("no Ed25519 public key")
        if not _base_multiples:
            _base_multiples.append(Multiples(BASE or NEUTRAL))
        self.data = data
        self._negative = Multiples(opposite(point))

    def verifies(self, signature: bytes, message: bytes) -> bool:
        """Whether S·B = R + k·A (section 5.1.7), R compared as bytes, so that each has one form only."""
        if len(signature) != 64:
            return False
        r, s = signature[:32], int.from_bytes(signature[32:], "little")
        if s >= ORDER:
            return False  # the same signature in a second form
        k = int.from_bytes(hashlib.sha512(r + self.data + message).digest(), "little") % ORDER
        return encoded(add(_base_multiples[0].times(s), self._negative.times(k))) == r


def key_or_none(text: Json) -> PublicKey | None:
    return _key(text) if is_hash(text) else None


@lru_cache(maxsize=16)
def _key(text: str) -> PublicKey | None:
    try:
        return PublicKey(bytes.fromhex(text))
    except ValueError:
        return None


# ---------------------------------------------------------------------------------------------------------------------
# 4. One contest, check by check
# ---------------------------------------------------------------------------------------------------------------------

STEP = 10
"""Every tenth entry has a signed checkpoint, unless another step was frozen."""

MOST_OPTIONS = 5_000

UNTIED_RULES = ("irv", "stv")
MOST_TIERS = {"tiers": 2, "shortlist": 1}
FROZEN_SETTINGS = (
    *("kind", "secrecy", "rule", "places", "minutes", "max_choices", "max_essential", "beacon_source", "question"),
    *("opens_at", "closes_at"),
)


class Finding(NamedTuple):
    """``ok``: True for what holds, False for what does not, None for what one should know. ``code`` is stable."""

    contest: str
    code: str
    ok: bool | None
    facts: dict


class Report:
    """Gathers findings. Of one code in one contest the first few are told one by one, then only how many."""

    TOLD = 5

    def __init__(self) -> None:
        self.findings: list = []
        self.contest = ""
        self._times: Counter = Counter()

    def holds(self, code: str, **facts: object) -> None:
        self.findings.append(Finding(self.contest, code, True, facts))

    def fails(self, code: str, **facts: object) -> None:
        self._times[self.contest, code] += 1
        if self._times[self.contest, code] <= self.TOLD:
            self.findings.append(Finding(self.contest, code, False, facts))

    def tells(self, code: str, **facts: object) -> None:
        self.findings.append(Finding(self.contest, code, None, facts))

    def failures(self) -> int:
        return sum(self._times.values())

    def untold(self) -> Iterator[tuple]:
        """Contest, code, and how many of it were not told one by one."""
        for (contest, code), number in sorted(self._times.items()):
            if number > self.TOLD:
                yield contest, code, number - self.TOLD

    @property
    def ok(self) -> bool:
        return not self._times


class Contest:
    """What the bundle says of one contest. ``row`` is that of the table of contests."""

    def __init__(self, row: Row) -> None:
        self.row = row
        self.code: str = row["code"]
        self.frozen: Row = row["frozen"]
        self.genesis = digest(GENESIS, self.code, row["frozen_sha256"])
        self.roll: list = []
        self.chain: list = []
        self.checkpoints: list = []
        self.ballots: list = []
        self.tallies: list = []

    @cached_property
    def codes(self) -> list | None:
        """The codes of the frozen options; None where they are not as they should be."""
        options = self.frozen.get("options")
        if not all_are(options, is_object) or not 0 < len(options) <= MOST_OPTIONS:
            return None
        codes = [option.get("code") for option in options]
        return codes if all_are(codes, is_text) and len(set(codes)) == len(codes) else None

    @cached_property
    def finals(self) -> dict:
        """Each voter's last entry, by tag: the ballots that count."""
        last: dict = {}
        for entry in self.chain:
            known = last.get(entry["voter_tag"])
            if known is None or entry["revision"] > known["revision"]:
                last[entry["voter_tag"]] = entry
        return last

    @cached_property
    def published(self) -> set:
        """The commitments of the published ballots."""
        return {row["commitment"] for row in self.ballots}


def verify(bundle: Bundle, saved: Sequence[tuple], receipts: Sequence[tuple]) -> Report:
    """Check everything. ``saved`` and ``receipts``: pairs of a file's name and an object in it."""
    report = Report()
    check_files(report, bundle)
    contests = sort_rows(report, bundle)
    keys = {}
    for contest in contests.values():
        report.contest = contest.code
        keys[contest.code] = check_contest(report, contest)
    report.contest = ""
    for name, value in saved:
        check_saved(report, name, value, contests, keys)
    for name, value in receipts:
        check_receipt(report, name, value, contests, keys)
    report.contest = ""
    if not contests:
        report.tells("no_contest")
    return report


def check_files(report: Report, bundle: Bundle) -> None:
    """The files are those of the manifest, byte for byte. It guards against damage; whoever makes a bundle also
    writes its manifest, so what follows does not rely on it."""
    listed, found = bundle.manifest["files"], dict(bundle.files)
    found.pop("manifest.json", None)
    for name in sorted(listed):
        described = listed[name] if isinstance(listed[name], dict) else {}
        if name not in found:
            report.fails("manifest_missing", file=name)
        elif found[name] != (described.get("bytes"), described.get("sha256")):
            report.fails("manifest_digest", file=name)
    for name in sorted(set(found) - set(listed)):
        report.fails("manifest_unlisted", file=name)
    rows = bundle.manifest.get("rows")
    for name in TABLES:
        told = rows.get(name, 0) if isinstance(rows, dict) else None
        if told != len(bundle.tables[name]):
            report.fails("manifest_rows", table=name, told=told, found=len(bundle.tables[name]))
    if report.ok:
        report.holds("files_ok", number=len(found))


def sort_rows(report: Report, bundle: Bundle) -> dict:
    """The rows of each table by contest; rows of another shape, or of no contest, are findings."""
    contests: dict = {}
    for at, row in enumerate(bundle.tables["contests"], start=1):
        field = misshapen(row, CONTEST)
        if field is not None:
            report.fails("row_shape", table="contests", row=at, field=field)
        elif row["code"] in contests:
            report.fails("contest_twice", row=at, contest=row["code"])
        else:
            contests[row["code"]] = Contest(row)
    for table in TABLES[1:]:
        for at, row in enumerate(bundle.tables[table], start=1):
            field = misshapen(row, SHAPES[table])
            if field is not None:
                report.fails("row_shape", table=table, row=at, field=field)
            elif row["contest"] not in contests:
                report.fails("row_stray", table=table, row=at, contest=row["contest"])
            else:
                getattr(contests[row["contest"]], table).append(row)
    return contests


def check_contest(report: Report, contest: Contest) -> PublicKey | None:
    """All checks of one contest. Returns the key that its checkpoints and receipts are signed with."""
    key = check_frozen(report, contest)
    check_chain(report, contest)
    if contest.frozen.get("format") == 1:
        report.tells("unsigned")
    else:
        check_checkpoints(report, contest, key)
        check_record(report, contest)
        check_roll(report, contest)
    whole = check_ballots(report, contest)
    check_tallies(report, contest, counted=whole)
    return key


def check_frozen(report: Report, contest: Contest) -> PublicKey | None:
    """What was frozen at the opening has the digest that the chain begins with, and the contest's other columns say
    the same. Format 1 is that of contests opened before there were signatures."""
    before, row, frozen = report.failures(), contest.row, contest.frozen
    if digest(FROZEN, canonical(frozen)) != row["frozen_sha256"]:
        report.fails("frozen_digest")
    if frozen.get("contest") != contest.code:
        report.fails("frozen_setting", field="code")
    for name in FROZEN_SETTINGS:
        if not same_setting(row.get(name), frozen.get(name)):
            report.fails("frozen_setting", field=name)
    if frozen.get("format") not in (1, 2):
        report.fails("frozen_format", format=frozen.get("format"))
    if contest.codes is None:
        report.fails("frozen_setting", field="options")
    key = key_or_none(frozen.get("signing_key"))
    if frozen.get("format") != 1 and (key is None or row.get("signing_key") != frozen.get("signing_key")):
        report.fails("signing_key")
    if report.failures() == before:
        report.holds("frozen_ok", digest=row["frozen_sha256"], key=frozen.get("signing_key") or "–")
    return key


def same_setting(column: Json, frozen: Json) -> bool:
    """Equal, or the same instant in two forms (2027-01-01T00:00:00Z and …+00:00)."""
    if is_text(column) and is_text(frozen):
        return bool(column.replace("Z", "+00:00") == frozen.replace("Z", "+00:00"))
    return bool(column == frozen) and is_flag(column) == is_flag(frozen)


def all_are(values: Json, holds: Callable[[Json], bool]) -> bool:
    return isinstance(values, list) and all(holds(value) for value in values)


def check_chain(report: Report, contest: Contest) -> None:
    """Each entry follows from the one before it. After an entry that does not hold, checking goes on from what it
    says, so that one change is told once."""
    before, previous = report.failures(), contest.genesis
    revisions: dict = {}
    commitments: set = set()
    for position, entry in enumerate(contest.chain, start=1):
        tag, revision, commitment = entry["voter_tag"], entry["revision"], entry["commitment"]
        if entry["position"] != position:
            report.fails("chain_position", position=position, told=entry["position"])
        if entry["prev_hash"] != previous:
            report.fails("chain_previous", position=position)
        made = digest(ENTRY_DOMAIN, contest.code, entry["position"], entry["prev_hash"], commitment, tag, revision)
        if entry["entry_hash"] != made:
            report.fails("chain_hash", position=position)
        if revision != revisions.get(tag, 0) + 1:
            report.fails("chain_revision", position=position)
        if commitment in commitments:
            report.fails("chain_commitment", position=position)
        revisions[tag] = revision
        commitments.add(commitment)
        previous = entry["entry_hash"]
    if report.failures() == before:
        report.holds("chain_ok", entries=len(contest.chain), voters=len(revisions), head=previous)


def seal_message(contest: str, frozen_sha256: str, seal: Row) -> bytes:
    """What the signature of a checkpoint is over."""
    return joined(
        CHECKPOINT_DOMAIN,
        contest,
        frozen_sha256,
        *(seal[name] for name in ("kind", "position", "entry_hash", "record_sha256", "signed_at")),
    )


def hash_at(contest: Contest, position: int) -> str | None:
    """The hash that the chain has at a position; at 0 its genesis."""
    if position == 0:
        return contest.genesis
    return contest.chain[position - 1]["entry_hash"] if 0 < position <= len(contest.chain) else None


def check_checkpoints(report: Report, contest: Contest, key: PublicKey | None) -> None:
    """An opening, one for each tenth entry, and a closing that covers the whole chain and the record, all signed with
    the frozen key and at one with the chain."""
    before, rows = report.failures(), contest.checkpoints
    last, step = len(contest.chain), contest.frozen.get("checkpoint_step", STEP)
    if not is_number(step) or step < 1:
        report.fails("frozen_setting", field="checkpoint_step")
        return
    expected = [("opening", 0), *(("step", at) for at in range(step, last + 1, step)), ("closing", last)]
    found = [(row["kind"], row["position"]) for row in rows]
    there = set(found)
    for kind, position in expected:
        if (kind, position) not in there:
            report.fails("checkpoint_missing", kind=kind, position=position)
    numbered = [row["number"] for row in rows] == list(range(len(rows)))
    if not numbered or found != [each for each in expected if each in there]:
        report.fails("checkpoint_order")
    for row in rows:
        if key is None or not key.verifies(
            bytes.fromhex(row["signature"]), seal_message(contest.code, contest.row["frozen_sha256"], row)
        ):
            report.fails("checkpoint_signature", number=row["number"])
        if hash_at(contest, row["position"]) != row["entry_hash"]:
            report.fails("checkpoint_entry", number=row["number"], position=row["position"])
        if row["record_sha256"] != (contest.row.get("record_sha256") if row["kind"] == "closing" else ""):
            report.fails("checkpoint_record", number=row["number"])
    if report.failures() == before:
        report.holds("checkpoints_ok", number=len(rows))


def check_record(report: Report, contest: Contest) -> None:
    """What was written down at the close has its digest, and agrees with the chain and the roll."""
    before, record = report.failures(), contest.row.get("record")
    if not isinstance(record, dict):
        report.fails("record_missing")
        return
    if digest(RECORD, canonical(record)) != contest.row.get("record_sha256"):
        report.fails("record_digest")
    finals = len(contest.finals)
    counts = {"final": finals, "superseded": len(contest.chain) - finals, "blank": contest.row.get("blank_count")}
    if contest.row.get("ballots_published") is True:
        counts["blank"] = sum(1 for row in contest.ballots if not row["ballot"].get("tiers"))
    for name, number in counts.items():
        if not is_number(record.get(name)) or record[name] != number:
            report.fails("record_counts", field=name, told=record.get(name), found=number)
    for column, name in (("ballot_count", "final"), ("blank_count", "blank")):
        if contest.row.get(column) != record.get(name):
            report.fails("record_counts", field=column, told=contest.row.get(column), found=record.get(name))
    marks = sorted([voter_code(row), row["voted"]] for row in contest.roll)
    if record.get("roll") != (marks if contest.frozen.get("roll") is not None else None):
        report.fails("record_roll")
    if "paper" in record:
        check_paper(report, contest, record["paper"], finals)
    if report.failures() == before:
        report.holds("record_ok", final=finals, superseded=counts["superseded"], blank=counts["blank"])
        tell_paper(report, record.get("paper"))


def check_paper(report: Report, contest: Contest, paper: Json, finals: int) -> None:
    """Which of the ballots came from paper the chain does not tell. But where both kinds are, there are two ballots and
    one cast by its voter, which paper never replaces; and where no roll is claimed, nobody can cast one."""
    shown = paper if isinstance(paper, dict) else {}
    told = int(shown["at_least"]) if is_number(shown.get("at_least")) else -1
    with_roll = contest.frozen.get("roll") is not None
    possible = {
        "none": told == 0 and (with_roll or finals == 0),
        "all": told == finals > 0,
        "some": 0 <= told < finals and told % STEP == 0 and len(contest.chain) > 1 and with_roll,
    }
    if not possible.get(str(shown.get("entered")), False):
        report.fails("record_paper", told=paper, found=finals)


def tell_paper(report: Report, paper: Json) -> None:
    """What a record that holds says of it; one of an earlier close says nothing."""
    entered = paper["entered"] if isinstance(paper, dict) else None
    if entered == "none":
        report.holds("paper_none_ok")
    elif entered == "all":
        report.holds("paper_all_ok")
    elif entered == "some":
        report.holds("paper_some_ok", at_least=paper["at_least"])


def voter_code(row: Row) -> str:
    """What names a voter on the roll: a delegate's own code, or the organization's; in older bundles that alone."""
    code = row.get("code")
    return str(code if is_text(code) else row["organization"])


def check_roll(report: Report, contest: Contest) -> None:
    """The roll is the one that was frozen, and as many are marked as having voted as there are ballots that count."""
    before, frozen = report.failures(), contest.frozen.get("roll")
    codes = sorted(voter_code(row) for row in contest.roll)
    if frozen is None:
        if codes:
            report.fails("roll_digest")
        else:
            report.tells("roll_none")
        return
    told = frozen if isinstance(frozen, dict) else {}
    if told.get("sha256") != digest(ROLL, canonical(codes)) or told.get("voters") != len(codes):
        report.fails("roll_digest")
    voted, finals = sum(row["voted"] for row in contest.roll), len(contest.finals)
    if voted != finals:
        report.fails("roll_turnout", voted=voted, ballots=finals)
    if report.failures() == before:
        report.holds("roll_ok", voters=len(codes), voted=voted)


def check_ballots(report: Report, contest: Contest) -> bool:
    """The published ballots are exactly those that count in the chain; each opens its commitment and is one that the
    contest takes. Says whether they can be counted."""
    before, finals = report.failures(), {entry["commitment"] for entry in contest.finals.values()}
    from_ = contest.frozen.get("ballots_published_from")
    if not contest.row["ballots_published"]:
        if contest.ballots:
            report.fails("ballots_extra", commitment=contest.ballots[0]["commitment"])
        if not is_number(from_) or len(finals) >= from_:
            report.fails("ballots_withheld", ballots=len(finals), told=from_)
        else:
            report.tells("ballots_with_auditors", voters=from_)
        return False
    published = [row["commitment"] for row in contest.ballots]
    for commitment in sorted(finals - contest.published):
        report.fails("ballots_missing", commitment=commitment)
    for commitment in sorted(contest.published - finals):
        report.fails("ballots_extra", commitment=commitment)
    if any(one >= next_ for one, next_ in zip(published, published[1:])):
        report.fails("ballots_order")
    codes = set(contest.codes or ())
    for row in contest.ballots:
        made = digest(COMMITMENT, contest.code, canonical(row["ballot"]), row["nonce"])
        if made != row["commitment"]:
            report.fails("ballot_opening", commitment=row["commitment"])
        reason = refusal(row["ballot"], contest.frozen, codes)
        if reason:
            report.fails("ballot_invalid", commitment=row["commitment"], reason=reason)
    if report.failures() == before:
        report.holds("ballots_ok", ballots=len(published))
    return report.failures() == before and contest.codes is not None


def refusal(ballot: Row, frozen: Row, codes: set) -> str | None:
    """Why the contest does not take a ballot, by what was frozen; None for one that it takes. A ballot has one form:
    tied items stand in the order of their codes, and what goes without saying is not said."""
    tiers, support, weight = ballot.get("tiers"), ballot.get("support"), ballot.get("weight", 1)
    if not set(ballot) <= {"tiers", "support", "weight"} or not all_are(tiers, lambda tier: all_are(tier, is_text)):
        return "form"
    items = [item for tier in tiers for item in tier]
    if any(not tier or tier != sorted(tier) for tier in tiers):
        return "form"
    if not set(items) <= codes:
        return "unknown_item"
    if len(set(items)) != len(items):
        return "duplicate_item"
    limits = [frozen.get("max_choices"), frozen.get("max_essential")]
    if not all_are(limits, is_number) or len(items) > limits[0]:
        return "too_many_choices"
    kind = str(frozen.get("kind"))
    if len(tiers) > MOST_TIERS.get(kind, len(tiers)):
        return "too_many_tiers"
    if kind == "tiers" and len(tiers) == 2 and len(tiers[0]) > limits[1]:
        return "too_many_essential"
    if kind == "ranking" and frozen.get("rule") in UNTIED_RULES and len(items) != len(tiers):
        return "ties_not_allowed"
    if not is_number(weight) or weight < 1 or ("weight" in ballot and weight == 1):
        return "bad_weight"
    if weight != 1 and frozen.get("secrecy") != "no_roll":
        return "bad_weight"
    if "support" in ballot and (not all_are(support, is_text) or support_length(tiers, support) is None):
        return "bad_support"
    return None


def support_length(tiers: Sequence, support: Sequence) -> int | None:
    """How many items stand above the voter's line, which lies between two tiers; None for another kind of set."""
    above: list = []
    for tier in (*tiers, ()):
        if sorted(above) == support:
            return len(above)
        above.extend(tier)
    return None


# Files that people kept.


def check_saved(report: Report, name: str, value: Json, contests: Mapping, keys: Mapping) -> None:
    """A checkpoint from before: the box still has that entry at that place, so nothing before it was changed since."""
    report.contest = ""
    field = misshapen(value, SAVED_CHECKPOINT)
    if field is not None or value.get("format") != CHECKPOINT_DOMAIN:
        report.fails("saved_shape", file=name, field=field or "format")
        return
    contest = _kept_of(report, "saved", name, value, contests, keys, seal_message)
    if contest is None:
        return
    last = value["kind"] == "closing"
    if hash_at(contest, value["position"]) != value["entry_hash"] or (last and value["position"] != len(contest.chain)):
        report.fails("saved_entry", file=name, position=value["position"])
    elif last and value["record_sha256"] != contest.row.get("record_sha256"):
        report.fails("saved_record", file=name)
    else:
        report.holds("saved_ok", file=name, position=value["position"], at=value["signed_at"])


def receipt_message(contest: str, frozen_sha256: str, receipt: Row) -> bytes:
    """What the signature of a receipt is over."""
    return joined(
        RECEIPT_DOMAIN, contest, frozen_sha256, *(receipt[part] for part in ("position", "commitment", "entry_hash"))
    )


def check_receipt(report: Report, name: str, value: Json, contests: Mapping, keys: Mapping) -> None:
    """A voter's receipt: its entry is in the chain, and its ballot counts or was replaced by the same voter."""
    report.contest = ""
    field = misshapen(value, RECEIPT)
    if field is not None or value.get("format") != RECEIPT_DOMAIN:
        report.fails("receipt_shape", file=name, field=field or "format")
        return
    contest = _kept_of(report, "receipt", name, value, contests, keys, receipt_message)
    if contest is None:
        return
    position = value["position"]
    entry = contest.chain[position - 1] if 0 < position <= len(contest.chain) else {}
    if any(entry.get(part) != value[part] for part in ("position", "commitment", "entry_hash", "revision")):
        report.fails("receipt_entry", file=name, position=position)
        return
    last = contest.finals[entry["voter_tag"]]
    if last["revision"] != value["revision"]:
        report.holds("receipt_superseded", file=name, position=position, later=last["position"])
    elif not contest.row["ballots_published"]:
        report.holds("receipt_unpublished", file=name, position=position)
    elif value["commitment"] in contest.published:
        report.holds("receipt_ok", file=name, position=position)
    else:
        report.fails("receipt_ballot", file=name, position=position)


def _kept_of(
    report: Report,
    about: str,
    name: str,
    value: Row,
    contests: Mapping,
    keys: Mapping,
    message: Callable[[str, str, Row], bytes],
) -> Contest | None:
    """The contest that a kept file is about, when the bundle has it as the file says and the signature holds."""
    contest: Contest | None = contests.get(value["contest"])
    if contest is None:
        report.fails(f"{about}_contest", file=name, contest=value["contest"])
        return None
    report.contest = contest.code
    key = keys[contest.code]
    signature = bytes.fromhex(value["signature"])
    own = key_or_none(value["signing_key"])
    if own is None or not own.verifies(signature, message(value["contest"], value["frozen_sha256"], value)):
        report.fails(f"{about}_signature", file=name)
        return None
    if key is None or key.data != own.data or value["frozen_sha256"] != contest.row["frozen_sha256"]:
        report.fails(f"{about}_frozen", file=name)
        return None
    return contest


def check_tallies(report: Report, contest: Contest, *, counted: bool) -> None:
    """Each stored result is what the published ballots give. Without ballots, only what needs none is checked."""
    before, frozen = report.failures(), contest.frozen
    rules = [row["rule"] for row in contest.tallies]
    heads = [row["rule"] for row in contest.tallies if row["headline"]]
    if heads != [frozen.get("rule")] or len(set(rules)) != len(rules):
        report.fails("tally_headline")
    versions = frozen_versions(report, frozen, rules)
    count = Count.of(contest) if counted else None
    beacon = contest.row.get("beacon") or ""
    redone = []
    for row in contest.tallies:
        rule, result = row["rule"], row["result"]
        if row["version"] != versions.get(rule, row["version"]):
            report.fails("tally_version", rule=rule)
        told = parameters_of(result)
        if (result.get("rule"), result.get("version")) != (rule, row["version"]):
            report.fails("tally_parameters", rule=rule, field="rule")
        for name, value in {"contest": contest.code, "beacon": beacon, **expected_of(contest, rule)}.items():
            if told.get(name) != value:
                report.fails("tally_parameters", rule=rule, field=name)
        if result.get("ballots") != len(contest.finals) or result.get("blank") != contest.row.get("blank_count"):
            report.fails("tally_counts", rule=rule)
        if (
            row["input_sha256"] != result.get("input_sha256")
            or row["input_sha256"] != contest.tallies[0]["input_sha256"]
        ):
            report.fails("tally_input", rule=rule)
        check_ties(report, contest.code, beacon, rule, result)
        if count is None:
            continue
        if row["input_sha256"] != count.input_sha256():
            report.fails("tally_input", rule=rule)
        if rule not in RULES or (rule, row["version"]) not in KNOWN_VERSIONS:
            report.tells("tally_unknown", rule=rule, version=row["version"])
            continue
        if compare(report, rule, result, count, contest.code, beacon):
            redone.append(rule)
    if report.failures() == before and redone:
        report.holds("tallies_ok", rules=", ".join(redone))
    report.tells("beacon", beacon=beacon or "–", source=frozen.get("beacon_source") or "–")


def frozen_versions(report: Report, frozen: Row, rules: Sequence) -> dict:
    """The version of each rule that was frozen. The results are by just these rules: one that is missing or not among
    them is a finding. Of contests opened before the list was frozen only the rule that decides is known."""
    deciding, panel = frozen.get("rule"), frozen.get("panel")
    if "panel" not in frozen:
        return {deciding: frozen.get("rule_version")}
    if not all_are(panel, is_object) or any(not (is_text(one.get("rule")) and one.get("version")) for one in panel):
        report.fails("frozen_setting", field="panel")
        return {deciding: frozen.get("rule_version")}
    versions = {one["rule"]: one["version"] for one in panel}
    if len(versions) != len(panel) or versions.get(deciding) != frozen.get("rule_version"):
        report.fails("frozen_setting", field="panel")
    for rule in sorted(set(versions) - set(rules) - {deciding}):
        report.fails("tally_missing", rule=rule)
    for rule in sorted(set(rules) - set(versions) - {deciding}):
        report.fails("tally_extra", rule=rule)
    return versions


SEATED = ("expanding_approvals", "phragmen", "borda", "approval", "schulze", "ranked_pairs", "irv", "stv")
TOLD = {
    "schulze": {"strength": "margins"},
    "ranked_pairs": {"strength": "margins"},
    "irv": {"tied_top": "waits"},
    "stv": {"tied_top": "set_aside"},
}
"""What a contest counts by, where a rule could be read in more than one way."""


def expected_of(contest: Contest, rule: str) -> dict:
    """What a rule takes of what was frozen: the places; for Equal Shares the gathering's minutes and those of each
    item, or, where some are not known, as many places at one each."""
    frozen: Row = contest.frozen
    if rule in SEATED:
        return {"seats": frozen.get("places"), **TOLD.get(rule, {})}
    if rule != "equal_shares" or contest.codes is None:
        return {}
    minutes = {option["code"]: option.get("minutes") for option in frozen["options"]}
    if is_number(frozen.get("minutes")) and all(is_number(each) for each in minutes.values()):
        costs = {code: str(each) for code, each in minutes.items()}
        return {"budget": str(frozen["minutes"]), "costs": costs, "step": None}
    return {"budget": str(frozen.get("places")), "costs": None, "step": None}


def parameters_of(result: Row) -> dict:
    told = result.get("parameters")
    return told if isinstance(told, dict) else {}


def check_ties(report: Report, contest: str, beacon: str, rule: str, result: Row) -> None:
    """Each draw that the result tells of was drawn by the lowest digest."""
    ties: Json = result.get("ties")
    if not all_are(ties, is_object):
        report.fails("tally_ties", rule=rule, place="–")
        return
    for tie in ties:
        items = tie.get("items")
        if not all_are(items, is_text):
            report.fails("tally_ties", rule=rule, place=tie.get("place"))
            continue
        drawn = [tie_priority(contest, beacon, item) for item in items]
        if tie.get("priorities") != drawn or drawn != sorted(drawn):
            report.fails("tally_ties", rule=rule, place=tie.get("place"))


def compare(report: Report, rule: str, result: Row, count: Count, contest: str, beacon: str) -> bool:
    """The stored result beside the one counted here: exact fractions, no rounding. Says whether it was counted."""
    priority = {item: tie_priority(contest, beacon, item) for item in count.items}
    try:
        mine = RULES[rule](count, priority, parameters_of(result))
    except (TypeError, ValueError, KeyError, ZeroDivisionError):
        report.fails("tally_parameters", rule=rule, field="parameters")
        return False
    except TooLong:
        report.tells("tally_too_long", rule=rule)
        return False
    for code, names in COMPARED.items():
        for name in names:
            if name in mine and result.get(name) != mine[name]:
                report.fails(code, rule=rule, field=name)
    rounds = result.get("rounds")
    if "rounds" in mine and (
        not all_are(rounds, is_object)
        or len(rounds) != len(mine["rounds"])
        or any(told.get(name) != value for told, own in zip(rounds, mine["rounds"]) for name, value in own.items())
    ):
        report.fails("tally_rounds", rule=rule, field="rounds")
    return True


COMPARED = {
    "tally_counts": ("items", "weight", "unsupported"),
    "tally_order": ("order",),
    "tally_selected": ("selected",),
    "tally_scores": ("scores",),
    "tally_rounds": ("quota", "valid", "stages", "pairwise", "step", "steps", "end", "spent", "without_completion"),
}


# ---------------------------------------------------------------------------------------------------------------------
# 5. Counting again
#
# Written from the rules' descriptions and their papers. Whole numbers and fractions only: no rounding but the one that
# Expanding Approvals publishes. Equal ballots are counted together, which changes nothing and saves time.
# ---------------------------------------------------------------------------------------------------------------------


class Pile(NamedTuple):
    """Equal ballots: tiers of items by their number, the items in them, those above the line, and the weight in all."""

    tiers: tuple
    listed: tuple
    supported: tuple
    weight: int


class Count:
    """The ballots, ready to be counted. Items are numbered in the order of their codes."""

    def __init__(self, items: Iterable[str], ballots: Iterable[Row]) -> None:
        self.items = sorted(items)
        number = {item: at for at, item in enumerate(self.items)}
        weights: Counter = Counter()
        for ballot in ballots:
            tiers = tuple(tuple(number[item] for item in tier) for tier in ballot["tiers"])
            above = support_length(ballot["tiers"], ballot["support"]) if "support" in ballot else None
            weights[tiers, sum(map(len, tiers)) if above is None else above] += ballot.get("weight", 1)
        self.piles = []
        for (tiers, above), weight in weights.items():
            listed = tuple(item for tier in tiers for item in tier)
            self.piles.append(Pile(tiers, listed, listed[:above], weight))

    @classmethod
    def of(cls, contest: Contest) -> Count:
        """Of a contest whose ballots were checked."""
        return cls(contest.codes or (), (row["ballot"] for row in contest.ballots))

    def n(self, *, supporting: bool) -> int:
        """The weight of the ballots that support, or list, something. Blank ones count for turnout alone."""
        return sum(pile.weight for pile in self.piles if (pile.supported if supporting else pile.listed))

    @cached_property
    def _input_sha256(self) -> str:
        rows = []
        for pile in self.piles:
            words = tuple(2 * item + (at == 0) for tier in pile.tiers for at, item in enumerate(tier))
            rows.append((len(words), words, len(pile.supported), pile.weight))
        hashed = hashlib.sha256(len(self.items).to_bytes(8, "big") + joined(*self.items))
        hashed.update(len(rows).to_bytes(8, "big"))
        for length, words, above, weight in sorted(rows):
            hashed.update(b"".join(number.to_bytes(8, "big") for number in (weight, length, above, *words)))
        return hashed.hexdigest()

    def input_sha256(self) -> str:
        """The digest that says which ballots were counted: the same however they are ordered."""
        return self._input_sha256


MOST_STEPS = 20_000
"""More steps of Equal Shares than this are not computed."""


class TooLong(Exception):
    """A result that would take too long to count again."""


class Line(NamedTuple):
    """An item as it was placed: its score in the result, the piles that carry it, and what its round says besides."""

    item: int
    score: Fraction
    piles: list
    said: dict


def in_text(number: Fraction | int) -> str:
    return str(Fraction(number))


def outcome(count: Count, lines: Sequence[Line], unplaced: Sequence[int], seats: int, n: int) -> dict:
    """A result of the rules that place one item at a time. ``unplaced``: what nobody supports, in the order drawn."""
    served: set = set()
    rounds = []
    for place, line in enumerate(lines, start=1):
        new = [pile for pile in line.piles if pile not in served]
        served.update(line.piles)
        rounds.append(
            {
                "place": place,
                "item": count.items[line.item],
                "supporters": sum(count.piles[pile].weight for pile in line.piles),
                "unserved": sum(count.piles[pile].weight for pile in new),
                **line.said,
            }
        )
    rest = [count.items[item] for item in unplaced]
    order = [[count.items[line.item]] for line in lines] + ([rest] if rest else [])
    return {
        "items": count.items,
        "weight": n,
        "order": order,
        "selected": [item for tier in order for item in tier][:seats],
        "scores": {count.items[line.item]: in_text(line.score) for line in lines},
        "unsupported": rest,
        "rounds": rounds,
    }


def piles_by_item(count: Count, *, supporting: bool) -> list:
    """For each item the numbers of the piles that support, or list, it."""
    found: list = [[] for _item in count.items]
    for number, pile in enumerate(count.piles):
        for item in pile.supported if supporting else pile.listed:
            found[item].append(number)
    return found


def drawn(count: Count, items: Iterable[int], priority: Mapping) -> list:
    """Items in the order of the draw."""
    return sorted(items, key=lambda item: priority[count.items[item]])


def phragmen(count: Count, priority: Mapping, parameters: Mapping) -> dict:
    """Phragmén's sequential rule (Brill, Freeman, Janson, Lackner, doi 10.1007/s10107-023-01926-8).

    Each line costs one unit of load, which its supporters share so that all of them end at the same load s; the item
    whose s is least comes next. With the loads s₁, s₂ … of earlier lines, s = (1 + Σ wᵢ·ℓᵢ) / Σ wᵢ over supporters i.
    All loads are kept as whole numbers over one common denominator; ``at_load`` holds for each item how much of its
    supporters' weight is at each load. What an item bids never falls, so an old bid is a lower bound, and only the
    item with the least one has to bid anew.
    """
    by_item = piles_by_item(count, supporting=True)
    support = [sum(count.piles[pile].weight for pile in piles) for piles in by_item]
    at_load: list = [Counter({0: weight}) for weight in support]
    load_of = [0] * len(count.piles)  # the number of the line that set the pile's load
    loads, denominator = [0], 1
    queue = [
        (Fraction(1, support[item]), priority[count.items[item]], item, 0)
        for item in range(len(support))
        if support[item]
    ]
    heapq.heapify(queue)
    lines: list = []
    while queue:
        bid, drawn_as, item, made = heapq.heappop(queue)
        if made < len(lines):
            carried = sum(weight * loads[line] for line, weight in at_load[item].items())
            bid = Fraction(denominator + carried, denominator * support[item])
            heapq.heappush(queue, (bid, drawn_as, item, len(lines)))
            continue
        lines.append(Line(item, bid, by_item[item], {"load": in_text(bid)}))
        wider = denominator * bid.denominator // _common(denominator, bid.denominator)
        loads = [load * (wider // denominator) for load in loads]
        denominator = wider
        loads.append(bid.numerator * (denominator // bid.denominator))
        for number in by_item[item]:
            pile, before = count.piles[number], load_of[number]
            for other in pile.supported:
                at_load[other][before] -= pile.weight
                at_load[other][len(lines)] += pile.weight
            load_of[number] = len(lines)
    unplaced = drawn(count, (item for item, weight in enumerate(support) if not weight), priority)
    return outcome(count, lines, unplaced, _seats(parameters), count.n(supporting=True))


def _common(first: int, second: int) -> int:
    while second:
        first, second = second, first % second
    return first


def _seats(parameters: Mapping) -> int:
    seats = parameters["seats"]
    if not is_number(seats) or seats < 1:
        raise ValueError(seats)
    return int(seats)


def expanding_approvals(count: Count, priority: Mapping, parameters: Mapping) -> dict:
    """The Expanding Approvals Rule (Aziz and Lee, arXiv:1708.07580).

    With n the weight, k places and m items, the quota is q = n/(k+1) + (1/(m+1))·(⌊n/(k+1)⌋ + 1 − n/(k+1)). For
    j = 1, 2 … each ballot supports what it ranks j or better; an item's rank is one more than the number of items
    above it. While some item's supporters have q left, the first of these by rank-maximality is elected, and what each
    supporter has left is multiplied by 1 − q/(what they have together). What a vote has left is counted in whole units
    of 1/((k+1)(m+1)·10³⁰) vote, rounded up. Then, by most weight left: the places still open, and what comes after.
    """
    k, m, n = _seats(parameters), len(count.items), count.n(supporting=False)
    vote = (k + 1) * (m + 1) * 10**30
    quota = (n * (m + 1) + (k + 1) * (n // (k + 1) + 1) - n) * 10**30
    left = [vote for _pile in count.piles]  # of each vote in the pile
    ranks: list = [Counter() for _item in count.items]
    reached: dict = defaultdict(list)  # rank → the items that piles reach there
    for number, pile in enumerate(count.piles):
        above = 0
        for tier in pile.tiers:
            for item in tier:
                ranks[item][above + 1] += pile.weight
                reached[above + 1].append((number, item))
            above += len(tier)
    lowest = max(reached, default=0)
    rank_maximal = [tuple(-by_rank[rank] for rank in range(1, lowest + 1)) for by_rank in ranks]
    supporters: list = [[] for _item in count.items]
    backed: list = [[] for _pile in count.piles]
    together = [0] * m
    waiting = {item for item in range(m) if ranks[item]}
    lines: list = []

    def first(items: Iterable[int]) -> int:
        return min(items, key=lambda item: (rank_maximal[item], priority[count.items[item]]))

    def place(item: int, cost: int, said: dict) -> None:
        waiting.remove(item)
        had = together[item]
        score = Fraction(had, vote)
        lines.append(Line(item, score, list(supporters[item]), {**said, "remaining": in_text(score)}))
        for number in supporters[item]:
            after = -(-left[number] * (had - cost) // had) if had else 0
            for other in backed[number]:
                together[other] -= (left[number] - after) * count.piles[number].weight
            left[number] = after

    for rank in range(1, lowest + 1):
        for number, item in reached[rank]:
            supporters[item].append(number)
            backed[number].append(item)
            together[item] += left[number] * count.piles[number].weight
        while len(lines) < k:
            enough = [item for item in waiting if together[item] >= quota]
            if not enough:
                break
            place(first(enough), quota, {"by": "quota", "rank": rank})
    while waiting:
        most = max(together[item] for item in waiting)
        by = "remaining" if len(lines) < k else "not_elected"
        best = first(item for item in waiting if together[item] == most)
        place(best, together[best], {"by": by})
    unplaced = drawn(count, (item for item in range(m) if not ranks[item]), priority)
    return {**outcome(count, lines, unplaced, k, n), "quota": in_text(Fraction(quota, vote))}


class Purchase(NamedTuple):
    """An item bought: its price for each unit of weight, and the weight of those who could not pay all of it."""

    item: int
    price: Fraction
    gave_all: int


def equal_shares(count: Count, priority: Mapping, parameters: Mapping) -> dict:
    """The Method of Equal Shares with cost utilities and the completion Add1 (Peters, Pierczyński and Skowron,
    arXiv:2008.13276).

    Each unit of weight begins with an equal part of the budget. An item of cost c has the price p at which its
    supporters, each paying p or all they have left, pay c together; the item of the least p/c is bought, until nothing
    can be. Then everybody begins anew with a step more, again and again: the outcome is the last one before the first
    that costs more than the budget, or the one that holds all that anybody supports.

    Rounding: all amounts are multiplied by the least number that makes the budget, the step for all together and the
    costs whole; money is counted in units of 1/(n·10⁶) of that; p decides exactly, and whoever can pay it pays p
    rounded down.
    """
    n, by_item = count.n(supporting=True), piles_by_item(count, supporting=True)
    told = parameters.get("costs")
    costs = [Fraction(1 if told is None else told[item]) for item in count.items]
    budget = Fraction(parameters["budget"])
    step = Fraction(1, max(n, 1)) if parameters.get("step") is None else Fraction(parameters["step"])
    if budget < 0 or step < 0 or min(costs) < 0:
        raise ValueError("an amount below nothing")
    scale = 1
    for amount in (budget, step * n, *costs):
        scale = scale * amount.denominator // _common(scale, amount.denominator)
    unit = max(n, 1) * 10**6 * scale
    prices = [int(cost * unit) for cost in costs]
    share, more = int(budget * scale * 10**6), int(step * n * scale * 10**6)
    supported = {item for item, piles in enumerate(by_item) if piles}

    def spent(bought: Sequence[Purchase]) -> Fraction:
        return sum((costs[one.item] for one in bought), Fraction(0))

    at_first = bought = buy(count, priority, by_item, prices, share)
    steps, end = 0, "all_supported"
    while {one.item for one in bought} != supported:
        if not more:
            end = "no_completion"
            break
        if steps >= MOST_STEPS:
            raise TooLong
        following = buy(count, priority, by_item, prices, share + (steps + 1) * more)
        if spent(following) > budget:
            end = "next_overspends"
            break
        bought, steps = following, steps + 1
    lines = []
    for one in bought:
        price = one.price / unit
        said = {"cost": in_text(costs[one.item]), "by": "bought", "price": in_text(price), "gave_all": one.gave_all}
        score = price / costs[one.item] if costs[one.item] else Fraction(0)
        lines.append(Line(one.item, score, by_item[one.item], said))
    support = [sum(count.piles[pile].weight for pile in piles) for piles in by_item]
    others = supported - {one.item for one in bought}
    lines += [
        Line(item, Fraction(0), by_item[item], {"cost": in_text(costs[item]), "by": "not_bought"})
        for item in sorted(others, key=lambda item: (-support[item], priority[count.items[item]]))
    ]
    unplaced = drawn(count, set(range(len(costs))) - supported, priority)
    result = outcome(count, lines, unplaced, len(bought), n)
    chosen = [count.items[one.item] for one in bought]
    return {
        **result,
        "scores": {item: result["scores"][item] for item in chosen},
        "selected": chosen,
        "step": in_text(step),
        "steps": steps,
        "end": end,
        "spent": in_text(spent(bought)),
        "without_completion": [count.items[one.item] for one in at_first],
    }


def buy(count: Count, priority: Mapping, by_item: Sequence, prices: Sequence, share: int) -> list:
    """One run, in whole units. A price never falls while money is spent, so an old one is a lower bound, and only the
    item with the least has to be priced anew."""
    money = [share] * len(count.piles)
    queue = [
        (Fraction(0), priority[count.items[item]], item, Fraction(0), 0, -1)
        for item, piles in enumerate(by_item)
        if piles
    ]
    heapq.heapify(queue)
    bought: list = []
    while queue:
        _ratio, draw, item, price, gave_all, asked = heapq.heappop(queue)
        if asked != len(bought):
            asking = priced(count, by_item[item], money, prices[item])
            if asking is not None:
                price, gave_all = asking
                ratio = price / prices[item] if prices[item] else Fraction(0)
                heapq.heappush(queue, (ratio, draw, item, price, gave_all, len(bought)))
            continue
        bought.append(Purchase(item, price, gave_all))
        whole = price.numerator // price.denominator
        for pile in by_item[item]:
            money[pile] -= whole if money[pile] >= price else money[pile]
    return bought


def priced(count: Count, piles: Sequence, money: Sequence, cost: int) -> tuple | None:
    """The price at which the supporters pay the cost together, and the weight of those who give all they have; None
    where they cannot."""
    purses: Counter = Counter()
    for pile in piles:
        purses[money[pile]] += count.piles[pile].weight
    weight, paid, gave_all = sum(purses.values()), 0, 0
    for purse in sorted(purses):
        if cost - paid <= purse * weight:
            return Fraction(cost - paid, weight), gave_all
        paid += purse * purses[purse]
        weight -= purses[purse]
        gave_all += purses[purse]
    return None


def by_score(
    count: Count, scores: Sequence, priority: Mapping, seats: int, *, supporting: bool, told: str | None
) -> dict:
    """A result of the rules that give each item a score: equal ones share a tier, in the order of the draw."""
    by_item = piles_by_item(count, supporting=supporting)
    order = sorted(range(len(scores)), key=lambda item: (-scores[item], priority[count.items[item]]))
    said = [{told: in_text(scores[item])} if told else {} for item in order]
    lines = [Line(item, Fraction(scores[item]), by_item[item], more) for item, more in zip(order, said)]
    tiers: list = []
    for item in order:
        if not tiers or scores[item] != tiers[-1][0]:
            tiers.append((scores[item], []))
        tiers[-1][1].append(count.items[item])
    result = outcome(count, lines, [], seats, count.n(supporting=supporting))
    return {
        **result,
        "order": [tier for _score, tier in tiers],
        "unsupported": [count.items[item] for item in drawn(count, range(len(scores)), priority) if not by_item[item]],
    }


def approval(count: Count, priority: Mapping, parameters: Mapping) -> dict:
    """The weight of an item's supporters."""
    scores = [0] * len(count.items)
    for pile in count.piles:
        for item in pile.supported:
            scores[item] += pile.weight
    return by_score(count, scores, priority, _seats(parameters), supporting=True, told=None)


def borda(count: Count, priority: Mapping, parameters: Mapping) -> dict:
    """For each ballot, one point for each item below, and half a point for each one beside it. What a ballot does not
    list shares its bottom. Points are counted in halves."""
    m = len(count.items)
    halves, bottom = [0] * m, 0
    for pile in count.piles:
        if not pile.tiers:
            continue
        below = m
        unlisted = m - len(pile.listed)
        bottom += pile.weight * (unlisted - 1)  # at first for every item, also where it is listed
        for tier in pile.tiers:
            below -= len(tier)
            for item in tier:
                halves[item] += pile.weight * (2 * below + len(tier) - 1 - (unlisted - 1))
    scores = [Fraction(points + bottom, 2) for points in halves]
    return by_score(count, scores, priority, _seats(parameters), supporting=False, told="score")


def comparisons(count: Count) -> list:
    """At [one][other] the weight of the ballots that put one item before the other."""
    m = len(count.items)
    prefer = [[0] * m for _item in range(m)]
    both = [[0] * m for _item in range(m)]
    listing = [0] * m
    for pile in count.piles:
        listed, rank = pile.listed, {item: at for at, tier in enumerate(pile.tiers) for item in tier}
        for at, item in enumerate(listed):
            listing[item] += pile.weight
            for other in listed[at + 1 :]:
                both[item][other] += pile.weight
                both[other][item] += pile.weight
                if rank[item] < rank[other]:
                    prefer[item][other] += pile.weight
    for item in range(m):
        for other in range(m):
            if item != other:  # whoever lists one of two puts it before the other
                prefer[item][other] += listing[item] - both[item][other]
    return prefer


def by_comparisons(
    count: Count, prefer: list, tiers: Sequence, scores: Sequence, said: Callable, priority: Mapping, seats: int
) -> dict:
    """A result of the rules that order items by comparing every two of them. ``tiers`` of items, the best first."""
    by_item, names = piles_by_item(count, supporting=False), count.items
    order = [drawn(count, tier, priority) for tier in tiers if tier]
    lines = [Line(item, Fraction(scores[item]), by_item[item], said(item)) for tier in order for item in tier]
    return {
        **outcome(count, lines, [], seats, count.n(supporting=False)),
        "order": [[names[item] for item in tier] for tier in order],
        "unsupported": [names[item] for tier in order for item in tier if not by_item[item]],
        "pairwise": {
            name: {other: row[at] for at, other in enumerate(names) if other != name}
            for name, row in zip(names, prefer)
        },
    }


def condorcet(count: Count, priority: Mapping, _parameters: Mapping) -> dict:
    """Each item against each: who wins all wins. The tiers are the smallest sets that beat all that follows."""
    prefer, m = comparisons(count), len(count.items)
    wins = [sum(prefer[item][other] > prefer[other][item] for other in range(m)) for item in range(m)]
    losses = [sum(prefer[item][other] < prefer[other][item] for other in range(m)) for item in range(m)]
    scores = [Fraction(m - 1 - losses[item] + wins[item], 2) for item in range(m)]
    ranked = sorted(range(m), key=lambda item: -scores[item])
    tiers: list = [[]]
    for at, item in enumerate(ranked):
        tiers[-1].append(item)
        if at + 1 < m and all(
            prefer[one][other] > prefer[other][one] for one in tiers[-1] for other in ranked[at + 1 :]
        ):
            tiers.append([])

    def said(item: int) -> dict:
        return {"wins": wins[item], "losses": losses[item], "ties": m - 1 - wins[item] - losses[item]}

    result = by_comparisons(count, prefer, tiers, scores, said, priority, 0)
    by_item = piles_by_item(count, supporting=False)
    unlisted = drawn(count, (item for item in range(m) if not by_item[item]), priority)
    return {
        **result,
        "selected": [count.items[item] for item in tiers[0]] if len(tiers[0]) == 1 else [],
        "unsupported": [count.items[item] for item in unlisted],
    }


def margins(prefer: list) -> list:
    """At [one][other] by how much more weight one item is put before the other than behind it; else 0."""
    m = range(len(prefer))
    return [[max(0, prefer[one][other] - prefer[other][one]) for other in m] for one in m]


def by_what_stands_above(count: Count, prefer: list, below: list, priority: Mapping, seats: int) -> dict:
    """``below``: for each item the set of those that it stands above. Again and again the items that none of those left
    stands above make a tier; an item's score is how many it stands above."""
    left, tiers = set(range(len(below))), []
    while left:
        beaten = set().union(*(below[item] for item in left))
        tiers.append(sorted(left - beaten))
        left &= beaten
    return by_comparisons(count, prefer, tiers, [len(each) for each in below], lambda _item: {}, priority, seats)


def schulze(count: Count, priority: Mapping, parameters: Mapping) -> dict:
    """Schulze's method by margins (arXiv:1804.02973). A chain of majorities is as strong as its weakest one; an item
    stands above another when its strongest chain to it is stronger than the one back."""
    prefer, m = comparisons(count), len(count.items)
    strongest = margins(prefer)
    for through in range(m):
        onward = strongest[through]
        for item in range(m):
            reach = strongest[item][through]
            if reach and item != through:
                strongest[item] = [max(known, min(reach, then)) for known, then in zip(strongest[item], onward)]
                strongest[item][item] = 0
    below = [{other for other in range(m) if strongest[item][other] > strongest[other][item]} for item in range(m)]
    return by_what_stands_above(count, prefer, below, priority, _seats(parameters))


def ranked_pairs(count: Count, priority: Mapping, parameters: Mapping) -> dict:
    """Tideman's ranked pairs by margins: majorities are kept, the largest first, unless they contradict those that are
    kept already. Equal ones as drawn: the winner drawn earlier first, then the loser drawn later (Zavist, Tideman)."""
    prefer, m = comparisons(count), len(count.items)
    place = {item: at for at, item in enumerate(drawn(count, range(m), priority))}
    pairs = [
        (-size, place[one], -place[other], one, other)
        for one, row in enumerate(margins(prefer))
        for other, size in enumerate(row)
        if size
    ]
    below: list = [set() for _item in range(m)]
    above: list = [set() for _item in range(m)]
    for _size, _winner, _loser, one, other in sorted(pairs):
        if one in below[other] or other in below[one]:
            continue
        lower = {other} | below[other]
        upper = {one} | above[one]
        for item in upper:
            below[item] |= lower
        for item in lower:
            above[item] |= upper
    return by_what_stands_above(count, prefer, below, priority, _seats(parameters))


def top_of(pile: Pile, inside: Collection) -> list:
    """What a ballot puts highest among the items that are still in the count."""
    for tier in pile.tiers:
        found = [item for item in tier if item in inside]
        if found:
            return found
    return []


def irv(count: Count, priority: Mapping, parameters: Mapping) -> dict:
    """Instant run-off: the item with the fewest ballots leaves, of equals the one drawn last, down to the last two. A
    ballot that ties what it puts highest waits until one of these is left."""
    by_item, names = piles_by_item(count, supporting=False), count.items
    standing = {item for item, piles in enumerate(by_item) if piles}
    held: dict = {item: set() for item in standing}
    waiting: set = set()
    moving: Collection = range(len(count.piles))
    out: list = []
    votes = dict.fromkeys(standing, 0)
    stages = []
    while standing:
        for number in moving:
            top = top_of(count.piles[number], standing)
            waiting.discard(number)
            if len(top) == 1:
                held[top[0]].add(number)
                votes[top[0]] += count.piles[number].weight
            elif top:
                waiting.add(number)
        idle = sum(count.piles[number].weight for number in waiting)
        counted = sum(votes[item] for item in standing)
        fewest = min(votes[item] for item in standing)
        leaver = drawn(count, (item for item in standing if votes[item] == fewest), priority)[-1]
        stages.append(
            {
                "totals": {names[item]: votes[item] for item in sorted(standing)},
                "waiting": idle,
                "exhausted": count.n(supporting=False) - counted - idle,
                "leaves": names[leaver],
            }
        )
        out.append(leaver)
        standing.remove(leaver)
        if len(standing) == 1:
            out.append(standing.pop())
        moving = [*held.pop(leaver), *waiting]
    lines = [Line(item, Fraction(votes[item]), by_item[item], {"votes": votes[item]}) for item in reversed(out)]
    unlisted = drawn(count, (item for item, piles in enumerate(by_item) if not piles), priority)
    return {**outcome(count, lines, unlisted, _seats(parameters), count.n(supporting=False)), "stages": stages}


VOTE = 100_000
"""STV counts in units of a hundred-thousandth of a vote."""


class Stv:
    """The single transferable vote as Scottish councils are elected (SSI 2011/399): weighted inclusive Gregory, five
    decimals, cut off. A ballot that ties what it puts highest counts for none of it, and no more."""

    def __init__(self, count: Count, priority: Mapping, seats: int) -> None:
        self.count, self.priority, self.seats = count, priority, seats
        self.by_item = piles_by_item(count, supporting=False)
        self.standing = [item for item, piles in enumerate(self.by_item) if piles]
        self.elected: list = []
        self.excluded: list = []
        self.surpluses: list = []
        self.held: dict = {item: [] for item in range(len(count.items))}
        self.value = [VOTE] * len(count.piles)
        self.stages: list = []
        self.history: list = []
        self.totals = dict.fromkeys(self.held, 0)
        self.take(range(len(count.piles)))
        self.valid = sum(self.totals.values()) // VOTE
        self.quota = (self.valid // (seats + 1) + 1) * VOTE

    def take(self, piles: Iterable) -> None:
        """Ballots go to what they put highest among those neither elected nor excluded."""
        inside = set(self.standing)
        for number in piles:
            top = top_of(self.count.piles[number], inside)
            if len(top) == 1:
                self.held[top[0]].append(number)
                self.totals[top[0]] += self.count.piles[number].weight * self.value[number]

    def run(self) -> None:
        self.close("first", None)
        while len(self.elected) < self.seats < len(self.elected) + len(self.standing):
            if self.surpluses:
                self.pass_surplus()
            else:
                self.exclude()
        for item in self.ranked(self.standing):
            if len(self.elected) < self.seats:
                self.elect(item)

    def ranked(self, items: Iterable) -> list:
        """Most votes first; of equals, who had more at the latest stage at which they differed; then the draw."""

        def key(item: int) -> tuple:
            earlier = [-stage[item] for stage in reversed(self.history)]
            return (-self.totals[item], earlier, self.priority[self.count.items[item]])

        return sorted(items, key=key)

    def elect(self, item: int) -> None:
        self.standing.remove(item)
        self.elected.append(item)
        self.stages[-1]["elected"].append(self.count.items[item])

    def close(self, action: str, item: int | None) -> None:
        names = self.count.items
        self.history.append(dict(self.totals))
        self.stages.append(
            {
                "action": action,
                "item": None if item is None else names[item],
                "totals": {
                    names[one]: five_decimals(self.totals[one]) for one in sorted([*self.standing, *self.elected])
                },
                "set_aside": five_decimals(self.valid * VOTE - sum(self.totals.values())),
                "elected": [],
            }
        )
        for one in self.ranked([one for one in self.standing if self.totals[one] >= self.quota]):
            if len(self.elected) < self.seats:
                self.elect(one)
                if self.totals[one] > self.quota:
                    self.surpluses.append(one)

    def pass_surplus(self) -> None:
        item = self.ranked(self.surpluses)[0]
        self.surpluses.remove(item)
        for number in self.held[item]:
            self.value[number] = (self.totals[item] - self.quota) * self.value[number] // self.totals[item]
        self.move(item, self.quota)
        self.close("surplus", item)

    def exclude(self) -> None:
        item = self.ranked(self.standing)[-1]
        self.standing.remove(item)
        self.excluded.append(item)
        self.move(item, 0)
        self.close("exclusion", item)

    def move(self, item: int, stays: int) -> None:
        piles, self.held[item] = self.held[item], []
        self.totals[item] = stays
        self.take(piles)


def five_decimals(units: int) -> str:
    return f"{units // VOTE}.{units % VOTE:05d}"


def stv(count: Count, priority: Mapping, parameters: Mapping) -> dict:
    """See ``Stv``. The order: the elected, those left when all seats were filled, the excluded, the last one first."""
    tally = Stv(count, priority, _seats(parameters))
    tally.run()
    lines, scores = [], {}
    for item in [*tally.elected, *tally.ranked(tally.standing), *reversed(tally.excluded)]:
        by = "elected" if item in tally.elected else "excluded" if item in tally.excluded else "not_elected"
        most = five_decimals(max(stage[item] for stage in tally.history))
        scores[count.items[item]] = most
        lines.append(Line(item, Fraction(0), tally.by_item[item], {"by": by, "votes": most}))
    unlisted = drawn(count, (item for item, piles in enumerate(tally.by_item) if not piles), priority)
    return {
        **outcome(count, lines, unlisted, 0, count.n(supporting=False)),
        "selected": [count.items[item] for item in tally.elected],
        "scores": scores,
        "quota": str(tally.quota // VOTE),
        "valid": tally.valid,
        "stages": tally.stages,
    }


RULES: Mapping[str, Callable[[Count, Mapping, Mapping], dict]] = {
    "expanding_approvals": expanding_approvals,
    "phragmen": phragmen,
    "equal_shares": equal_shares,
    "borda": borda,
    "approval": approval,
    "condorcet": condorcet,
    "schulze": schulze,
    "ranked_pairs": ranked_pairs,
    "irv": irv,
    "stv": stv,
}
KNOWN_VERSIONS = {(rule, "1") for rule in RULES} | {("stv", "2")}
"""What was written from; a rule under another version may count otherwise. Version 2 of STV logs fewer draws."""


# ---------------------------------------------------------------------------------------------------------------------
# 6. The report, and its words in three languages
# ---------------------------------------------------------------------------------------------------------------------

LANGUAGES = ("en", "fr", "es")

WORDS: Mapping[str, tuple] = {
    # What holds
    "files_ok": (
        "All {number} files are as the manifest lists them.",
        "Les {number} fichiers sont tels que le manifeste les énumère.",
        "Los {number} archivos son los que enumera el manifiesto.",
    ),
    "frozen_ok": (
        "What was frozen at the opening has the digest {digest}. Signing key: {key}.",
        "Ce qui a été figé à l’ouverture a l’empreinte {digest}. Clé de signature\u00a0: {key}.",
        "Lo que se fijó en la apertura tiene la huella {digest}. Clave de firma: {key}.",
    ),
    "chain_ok": (
        "The {entries} entries of the chain, by {voters} voters, follow from one another. The last hash is {head}.",
        "Les {entries} entrées de la chaîne, de {voters} votants, découlent l’une de l’autre. La dernière empreinte est"
        " {head}.",
        "Las {entries} entradas de la cadena, de {voters} votantes, se siguen una de otra. La última huella es {head}.",
    ),
    "checkpoints_ok": (
        "The {number} signed checkpoints agree with the chain, and the last one covers all of it.",
        "Les {number} points de contrôle signés concordent avec la chaîne, et le dernier la couvre tout entière.",
        "Los {number} puntos de control firmados concuerdan con la cadena, y el último la abarca completa.",
    ),
    "record_ok": (
        "The record of the close agrees: {final} ballots count ({blank} blank), {superseded} were superseded.",
        "Le procès-verbal de la clôture concorde\u00a0: {final} bulletins comptent (blancs\u00a0: {blank}),"
        " {superseded} ont été remplacés.",
        "El acta del cierre concuerda: cuentan {final} boletas ({blank} en blanco) y {superseded} fueron reemplazadas.",
    ),
    "paper_none_ok": (
        "None of them came from paper or from outside: their voters cast them all.",
        "Aucun d’eux ne vient du papier ni de l’extérieur : tous ont été déposés par les votants.",
        "Ninguna de ellas viene del papel ni de fuera: todas las depositaron quienes votaron.",
    ),
    "paper_all_ok": (
        "All of them came from paper or from outside.",
        "Tous viennent du papier ou de l’extérieur.",
        "Todas vienen del papel o de fuera.",
    ),
    "paper_some_ok": (
        "Some ballots came from paper or from outside; of those that count, at least {at_least}. This is told in tens.",
        "Des bulletins viennent du papier ou de l’extérieur ; parmi ceux qui comptent, au moins {at_least}. Ce"
        " nombre est donné par dizaines.",
        "Algunas boletas vienen del papel o de fuera; de las que cuentan, al menos {at_least}. El número se da por"
        " decenas.",
    ),
    "roll_ok": (
        "The roll is the one frozen at the opening: {voters} voters, {voted} of whom voted, one ballot each.",
        "La liste électorale est celle figée à l’ouverture\u00a0: {voters} inscrits, dont {voted} ont voté, un bulletin"
        " chacun.",
        "El padrón es el que se fijó en la apertura: {voters} inscritos, de los cuales votaron {voted}, una boleta cada"
        " uno.",
    ),
    "ballots_ok": (
        "The {ballots} published ballots are exactly those that count in the chain, unchanged, and all are valid.",
        "Les {ballots} bulletins publiés sont exactement ceux qui comptent dans la chaîne, inchangés, et tous sont"
        " valides.",
        "Las {ballots} boletas publicadas son exactamente las que cuentan en la cadena, sin cambios, y todas son"
        " válidas.",
    ),
    "tallies_ok": (
        "Counted again here, with the same result to the last fraction: {rules}.",
        "Recompté ici, avec le même résultat à la dernière fraction près\u00a0: {rules}.",
        "Contado de nuevo aquí, con el mismo resultado hasta la última fracción: {rules}.",
    ),
    "saved_ok": (
        "{file}: the checkpoint of {at} is signed, and the chain still has the same entry at position {position}.",
        "{file}\u00a0: le point de contrôle du {at} est signé, et la chaîne a toujours la même entrée à la position"
        " {position}.",
        "{file}: el punto de control de {at} está firmado, y la cadena tiene aún la misma entrada en la posición"
        " {position}.",
    ),
    "receipt_ok": (
        "{file}: the ballot at position {position} is in the published set, unchanged, and counts.",
        "{file}\u00a0: le bulletin à la position {position} est parmi ceux publiés, inchangé, et il compte.",
        "{file}: la boleta en la posición {position} está entre las publicadas, sin cambios, y cuenta.",
    ),
    "receipt_superseded": (
        "{file}: the ballot at position {position} was replaced by the same voter, at position {later}.",
        "{file}\u00a0: le bulletin à la position {position} a été remplacé par la même personne votante, à la position"
        " {later}.",
        "{file}: la boleta en la posición {position} fue reemplazada por la misma persona votante, en la posición"
        " {later}.",
    ),
    "receipt_unpublished": (
        "{file}: the ballot at position {position} is in the chain and counts. What it says is with the auditors.",
        "{file}\u00a0: le bulletin à la position {position} est dans la chaîne et compte. Son contenu est chez l’équipe"
        " de vérification.",
        "{file}: la boleta en la posición {position} está en la cadena y cuenta. Su contenido está con la auditoría.",
    ),
    # What one should know
    "no_contest": (
        "The bundle holds no contest: contests are in it once their results are published.",
        "L’ensemble ne contient aucun scrutin\u00a0: ils y figurent une fois leurs résultats publiés.",
        "El paquete no contiene ninguna votación: figuran en él una vez publicados sus resultados.",
    ),
    "unsigned": (
        "The contest was opened before there were signatures: no checkpoint, no record of the close and no digest of"
        " the roll can be checked.",
        "Le scrutin a été ouvert avant qu’il y ait des signatures\u00a0: ni point de contrôle, ni procès-verbal de"
        " clôture, ni empreinte de la liste ne peuvent être vérifiés.",
        "La votación se abrió antes de que hubiera firmas: no se pueden verificar puntos de control, acta de cierre ni"
        " huella del padrón.",
    ),
    "roll_none": (
        "The contest claims no roll: nothing shows who cast the ballots, nor that each voter cast one.",
        "Le scrutin ne se réclame d’aucune liste\u00a0: rien ne montre qui a voté, ni que chaque personne n’a voté"
        " qu’une fois.",
        "La votación no declara padrón: nada muestra quién votó, ni que cada votante lo hiciera una sola vez.",
    ),
    "ballots_with_auditors": (
        "With fewer than {voters} voters the ballots are not published, since one could be recognized. They are with"
        " the auditors, so the count was not done again here.",
        "À moins de {voters} votants, les bulletins ne sont pas publiés, car on pourrait en reconnaître un. Ils sont"
        " chez l’équipe de vérification; le dépouillement n’a donc pas été refait ici.",
        "Con menos de {voters} votantes las boletas no se publican, porque se podría reconocer alguna. Están con la"
        " auditoría; por eso el cómputo no se rehízo aquí.",
    ),
    "tally_unknown": (
        "The result under the rule {rule}, version {version}, was not counted again: this verifier does not know it.",
        "Le résultat selon la règle {rule}, version {version}, n’a pas été recompté\u00a0: ce vérificateur ne la"
        " connaît pas.",
        "El resultado según la regla {rule}, versión {version}, no se contó de nuevo: este verificador no la conoce.",
    ),
    "tally_too_long": (
        "The result under the rule {rule} was not counted again: it would take too long.",
        "Le résultat selon la règle {rule} n’a pas été recompté\u00a0: ce serait trop long.",
        "El resultado según la regla {rule} no se contó de nuevo: tomaría demasiado tiempo.",
    ),
    "beacon": (
        "Ties were drawn with the value “{beacon}”. Compare it with its source, announced at the opening: {source}.",
        "Les égalités ont été départagées avec la valeur «\u00a0{beacon}\u00a0». Comparez-la avec sa source, annoncée à"
        " l’ouverture\u00a0: {source}.",
        "Los empates se sortearon con el valor «{beacon}». Compárelo con su fuente, anunciada en la apertura:"
        " {source}.",
    ),
    # Files and rows that are not as they should be
    "manifest_missing": (
        "The manifest lists {file}, which is not in the bundle.",
        "Le manifeste énumère {file}, qui n’est pas dans l’ensemble.",
        "El manifiesto enumera {file}, que no está en el paquete.",
    ),
    "manifest_digest": (
        "{file} is not the file that the manifest describes.",
        "{file} n’est pas le fichier que le manifeste décrit.",
        "{file} no es el archivo que describe el manifiesto.",
    ),
    "manifest_unlisted": (
        "{file} is in the bundle, and the manifest does not list it.",
        "{file} est dans l’ensemble, et le manifeste ne l’énumère pas.",
        "{file} está en el paquete, y el manifiesto no lo enumera.",
    ),
    "manifest_rows": (
        "The table {table} has {found} rows; the manifest says {told}.",
        "Le tableau {table} a {found} lignes; le manifeste en annonce {told}.",
        "La tabla {table} tiene {found} filas; el manifiesto dice {told}.",
    ),
    "row_shape": (
        "Row {row} of the table {table}: the field {field} is missing or is not as it should be.",
        "Ligne {row} du tableau {table}\u00a0: le champ {field} manque ou n’est pas comme il devrait être.",
        "Fila {row} de la tabla {table}: el campo {field} falta o no es como debería ser.",
    ),
    "row_stray": (
        "Row {row} of the table {table} belongs to the contest {contest}, which is not in the bundle.",
        "La ligne {row} du tableau {table} appartient au scrutin {contest}, qui n’est pas dans l’ensemble.",
        "La fila {row} de la tabla {table} pertenece a la votación {contest}, que no está en el paquete.",
    ),
    "contest_twice": (
        "Row {row}: the contest {contest} is there twice.",
        "Ligne {row}\u00a0: le scrutin {contest} y est deux fois.",
        "Fila {row}: la votación {contest} está dos veces.",
    ),
    # What was frozen
    "frozen_digest": (
        "What was frozen at the opening was changed: it does not have the digest with which the chain begins.",
        "Ce qui a été figé à l’ouverture a été changé\u00a0: son empreinte n’est pas celle par laquelle la chaîne"
        " commence.",
        "Lo que se fijó en la apertura fue cambiado: no tiene la huella con la que empieza la cadena.",
    ),
    "frozen_setting": (
        "{field} is not as it was frozen at the opening.",
        "{field} n’est pas tel que figé à l’ouverture.",
        "{field} no es como se fijó en la apertura.",
    ),
    "frozen_format": (
        "What was frozen is in format {format}, which this verifier does not know. Take a newer one.",
        "Ce qui a été figé est au format {format}, que ce vérificateur ne connaît pas. Prenez-en un plus récent.",
        "Lo que se fijó está en el formato {format}, que este verificador no conoce. Use uno más reciente.",
    ),
    "signing_key": (
        "The signing key is not the one frozen at the opening, or is no valid key.",
        "La clé de signature n’est pas celle figée à l’ouverture, ou n’est pas une clé valide.",
        "La clave de firma no es la que se fijó en la apertura, o no es una clave válida.",
    ),
    # The chain
    "chain_position": (
        "Entry {position} says that it is entry {told}: an entry was taken out, put in or moved.",
        "L’entrée {position} se dit l’entrée {told}\u00a0: une entrée a été enlevée, ajoutée ou déplacée.",
        "La entrada {position} dice ser la entrada {told}: se quitó, se agregó o se movió una entrada.",
    ),
    "chain_previous": (
        "Entry {position} does not follow from the one before it.",
        "L’entrée {position} ne découle pas de la précédente.",
        "La entrada {position} no se sigue de la anterior.",
    ),
    "chain_hash": (
        "Entry {position} was changed: its hash is that of something else.",
        "L’entrée {position} a été changée\u00a0: son empreinte est celle d’autre chose.",
        "La entrada {position} fue cambiada: su huella es la de otra cosa.",
    ),
    "chain_revision": (
        "Entry {position}: the ballots of its voter do not count 1, 2, 3 …",
        "Entrée {position}\u00a0: les bulletins de cette personne ne se suivent pas 1, 2, 3 …",
        "Entrada {position}: las boletas de esa persona no van 1, 2, 3 …",
    ),
    "chain_commitment": (
        "Entry {position} repeats the commitment of an earlier one.",
        "L’entrée {position} répète l’engagement d’une entrée antérieure.",
        "La entrada {position} repite el compromiso de una anterior.",
    ),
    # Checkpoints
    "checkpoint_missing": (
        "The signed checkpoint “{kind}” at position {position} is missing.",
        "Le point de contrôle signé «\u00a0{kind}\u00a0» à la position {position} manque.",
        "Falta el punto de control firmado «{kind}» en la posición {position}.",
    ),
    "checkpoint_order": (
        "The checkpoints are not in order, or there is one too many.",
        "Les points de contrôle ne sont pas en ordre, ou il y en a un de trop.",
        "Los puntos de control no están en orden, o sobra uno.",
    ),
    "checkpoint_signature": (
        "The signature of checkpoint {number} does not hold.",
        "La signature du point de contrôle {number} ne tient pas.",
        "La firma del punto de control {number} no es válida.",
    ),
    "checkpoint_entry": (
        "Checkpoint {number}: the chain has another entry at position {position}.",
        "Point de contrôle {number}\u00a0: la chaîne a une autre entrée à la position {position}.",
        "Punto de control {number}: la cadena tiene otra entrada en la posición {position}.",
    ),
    "checkpoint_record": (
        "Checkpoint {number} is not about this record of the close.",
        "Le point de contrôle {number} ne porte pas sur ce procès-verbal de clôture.",
        "El punto de control {number} no es sobre esta acta de cierre.",
    ),
    # The record of the close, and the roll
    "record_missing": (
        "The record of the close is missing.",
        "Le procès-verbal de la clôture manque.",
        "Falta el acta del cierre.",
    ),
    "record_digest": (
        "The record of the close was changed: it does not have its digest.",
        "Le procès-verbal de la clôture a été changé\u00a0: il n’a pas son empreinte.",
        "El acta del cierre fue cambiada: no tiene su huella.",
    ),
    "record_counts": (
        "The number {field} is told as {told}; it is {found}.",
        "Le nombre {field} est donné comme {told}; c’est {found}.",
        "El número {field} se da como {told}; es {found}.",
    ),
    "record_roll": (
        "The roll does not say of everybody what the record of the close says: who voted.",
        "La liste électorale ne dit pas de chacun ce que dit le procès-verbal de clôture\u00a0: qui a voté.",
        "El padrón no dice de cada quien lo que dice el acta de cierre: quién votó.",
    ),
    "record_paper": (
        "What the record of the close says of paper ballots ({told}) cannot be true of {found} ballots.",
        "Ce que le procès-verbal de clôture dit des bulletins papier ({told}) ne peut être vrai de {found} bulletins.",
        "Lo que el acta de cierre dice de las boletas en papel ({told}) no puede ser cierto de {found} boletas.",
    ),
    "roll_digest": (
        "The roll is not the one that was frozen at the opening.",
        "La liste électorale n’est pas celle figée à l’ouverture.",
        "El padrón no es el que se fijó en la apertura.",
    ),
    "roll_turnout": (
        "{voted} on the roll are marked as having voted, and {ballots} ballots count.",
        "{voted} personnes inscrites sont marquées comme ayant voté, et {ballots} bulletins comptent.",
        "{voted} personas inscritas figuran como votantes, y cuentan {ballots} boletas.",
    ),
    # Ballots
    "ballots_missing": (
        "A ballot that counts is not among the published ones. Its commitment is {commitment}.",
        "Un bulletin qui compte n’est pas parmi ceux publiés. Son engagement est {commitment}.",
        "Una boleta que cuenta no está entre las publicadas. Su compromiso es {commitment}.",
    ),
    "ballots_extra": (
        "A published ballot does not count in the chain. Its commitment is {commitment}.",
        "Un bulletin publié ne compte pas dans la chaîne. Son engagement est {commitment}.",
        "Una boleta publicada no cuenta en la cadena. Su compromiso es {commitment}.",
    ),
    "ballots_order": (
        "The ballots are not sorted by commitment; their order could tell who cast them.",
        "Les bulletins ne sont pas triés par engagement; leur ordre pourrait révéler qui les a déposés.",
        "Las boletas no están ordenadas por compromiso; su orden podría revelar quién las depositó.",
    ),
    "ballots_withheld": (
        "{ballots} ballots count, and ballots are to be published from {told} on; these are not.",
        "{ballots} bulletins comptent, et ils doivent être publiés à partir de {told}; ceux-ci ne le sont pas.",
        "Cuentan {ballots} boletas, y deben publicarse a partir de {told}; estas no lo están.",
    ),
    "ballot_opening": (
        "A ballot was changed: it does not open the commitment {commitment}.",
        "Un bulletin a été changé\u00a0: il n’ouvre pas l’engagement {commitment}.",
        "Una boleta fue cambiada: no abre el compromiso {commitment}.",
    ),
    "ballot_invalid": (
        "The contest takes no such ballot ({reason}). Its commitment is {commitment}.",
        "Le scrutin n’admet pas un tel bulletin ({reason}). Son engagement est {commitment}.",
        "La votación no admite una boleta así ({reason}). Su compromiso es {commitment}.",
    ),
    # Results
    "tally_headline": (
        "The result under the rule that decides is missing, or one is there twice.",
        "Le résultat selon la règle qui décide manque, ou l’un y est deux fois.",
        "Falta el resultado según la regla que decide, o alguno está dos veces.",
    ),
    "tally_missing": (
        "The result under the rule {rule}, which was to stand beside the deciding one since the opening, is missing.",
        "Il manque le résultat selon la règle {rule}, qui devait depuis l’ouverture accompagner celui qui décide.",
        "Falta el resultado según la regla {rule}, que desde la apertura debía acompañar al que decide.",
    ),
    "tally_extra": (
        "There is a result under the rule {rule}, which is not among the rules frozen at the opening.",
        "Il y a un résultat selon la règle {rule}, qui n’est pas parmi les règles figées à l’ouverture.",
        "Hay un resultado según la regla {rule}, que no está entre las reglas fijadas en la apertura.",
    ),
    "tally_version": (
        "{rule}: the version of the rule is not the one frozen at the opening.",
        "{rule}\u00a0: la version de la règle n’est pas celle figée à l’ouverture.",
        "{rule}: la versión de la regla no es la que se fijó en la apertura.",
    ),
    "tally_parameters": (
        "{rule}: counted with other parameters than the contest’s ({field}).",
        "{rule}\u00a0: compté avec d’autres paramètres que ceux du scrutin ({field}).",
        "{rule}: contado con otros parámetros que los de la votación ({field}).",
    ),
    "tally_counts": (
        "{rule}: the ballots, weights or items told are not those of the box.",
        "{rule}\u00a0: les bulletins, poids ou points indiqués ne sont pas ceux de l’urne.",
        "{rule}: las boletas, pesos o puntos indicados no son los de la urna.",
    ),
    "tally_input": (
        "{rule}: the digest of the ballots counted is not that of these ballots.",
        "{rule}\u00a0: l’empreinte des bulletins comptés n’est pas celle de ces bulletins.",
        "{rule}: la huella de las boletas contadas no es la de estas boletas.",
    ),
    "tally_ties": (
        "{rule}: the draw at place {place} is not the one that was frozen.",
        "{rule}\u00a0: le tirage au rang {place} n’est pas celui qui a été figé.",
        "{rule}: el sorteo en el lugar {place} no es el que se fijó.",
    ),
    "tally_order": (
        "{rule}: counted again, the order is another one.",
        "{rule}\u00a0: au second dépouillement, l’ordre est différent.",
        "{rule}: al contar de nuevo, el orden es otro.",
    ),
    "tally_selected": (
        "{rule}: counted again, other items are selected.",
        "{rule}\u00a0: au second dépouillement, d’autres points sont retenus.",
        "{rule}: al contar de nuevo, se seleccionan otros puntos.",
    ),
    "tally_scores": (
        "{rule}: counted again, the scores are others.",
        "{rule}\u00a0: au second dépouillement, les scores sont différents.",
        "{rule}: al contar de nuevo, los puntajes son otros.",
    ),
    "tally_rounds": (
        "{rule}: counted again, what is told line by line is different ({field}).",
        "{rule}\u00a0: au second dépouillement, ce qui est dit ligne par ligne est différent ({field}).",
        "{rule}: al contar de nuevo, lo que se dice línea por línea es distinto ({field}).",
    ),
    # Files that people kept
    "saved_shape": (
        "{file} is no checkpoint: the field {field} is missing or is not as it should be.",
        "{file} n’est pas un point de contrôle\u00a0: le champ {field} manque ou n’est pas comme il devrait être.",
        "{file} no es un punto de control: el campo {field} falta o no es como debería ser.",
    ),
    "saved_contest": (
        "{file} is a checkpoint of the contest {contest}, which is not in this bundle.",
        "{file} est un point de contrôle du scrutin {contest}, qui n’est pas dans cet ensemble.",
        "{file} es un punto de control de la votación {contest}, que no está en este paquete.",
    ),
    "saved_signature": (
        "{file}: the signature of the checkpoint does not hold. The file was changed, or nobody signed it.",
        "{file}\u00a0: la signature du point de contrôle ne tient pas. Le fichier a été changé, ou personne ne l’a"
        " signé.",
        "{file}: la firma del punto de control no es válida. El archivo fue cambiado, o nadie lo firmó.",
    ),
    "saved_frozen": (
        "{file}: the checkpoint is signed, for this contest with another key or other frozen rules. Either it is not"
        " from this platform, or the whole box was written anew.",
        "{file}\u00a0: le point de contrôle est signé, pour ce scrutin avec une autre clé ou d’autres règles figées."
        " Soit il ne vient pas de cette plateforme, soit l’urne entière a été réécrite.",
        "{file}: el punto de control está firmado, para esta votación con otra clave u otras reglas fijadas. O no viene"
        " de esta plataforma, o toda la urna fue reescrita.",
    ),
    "saved_entry": (
        "{file}: the chain no longer has the entry that was signed at position {position}. The box was changed after"
        " you kept this file.",
        "{file}\u00a0: la chaîne n’a plus l’entrée signée à la position {position}. L’urne a été changée après que vous"
        " avez gardé ce fichier.",
        "{file}: la cadena ya no tiene la entrada firmada en la posición {position}. La urna fue cambiada después de"
        " que usted guardó este archivo.",
    ),
    "saved_record": (
        "{file}: the record of the close is not the one that was signed. It was changed after you kept this file.",
        "{file}\u00a0: le procès-verbal de clôture n’est pas celui qui a été signé. Il a été changé après que vous avez"
        " gardé ce fichier.",
        "{file}: el acta de cierre no es la que se firmó. Fue cambiada después de que usted guardó este archivo.",
    ),
    "receipt_shape": (
        "{file} is no receipt: the field {field} is missing or is not as it should be.",
        "{file} n’est pas un accusé de réception\u00a0: le champ {field} manque ou n’est pas comme il devrait être.",
        "{file} no es un comprobante: el campo {field} falta o no es como debería ser.",
    ),
    "receipt_contest": (
        "{file} is a receipt of the contest {contest}, which is not in this bundle.",
        "{file} est un accusé de réception du scrutin {contest}, qui n’est pas dans cet ensemble.",
        "{file} es un comprobante de la votación {contest}, que no está en este paquete.",
    ),
    "receipt_signature": (
        "{file}: the signature of the receipt does not hold. The file was changed, or nobody signed it.",
        "{file}\u00a0: la signature de l’accusé de réception ne tient pas. Le fichier a été changé, ou personne ne"
        " l’a signé.",
        "{file}: la firma del comprobante no es válida. El archivo fue cambiado, o nadie lo firmó.",
    ),
    "receipt_frozen": (
        "{file}: the receipt is signed, for this contest with another key or other frozen rules. Either it is not from"
        " this platform, or the whole box was written anew.",
        "{file}\u00a0: l’accusé de réception est signé, pour ce scrutin avec une autre clé ou d’autres règles"
        " figées. Soit il ne vient pas de cette plateforme, soit l’urne entière a été réécrite.",
        "{file}: el comprobante está firmado, para esta votación con otra clave u otras reglas fijadas. O no viene de"
        " esta plataforma, o toda la urna fue reescrita.",
    ),
    "receipt_entry": (
        "{file}: the chain does not have this ballot at position {position}. The box was changed after it was cast.",
        "{file}\u00a0: la chaîne n’a pas ce bulletin à la position {position}. L’urne a été changée après son dépôt.",
        "{file}: la cadena no tiene esta boleta en la posición {position}. La urna fue cambiada después de"
        " depositarla.",
    ),
    "receipt_ballot": (
        "{file}: the ballot at position {position} counts, and is not among the published ones.",
        "{file}\u00a0: le bulletin à la position {position} compte, et n’est pas parmi ceux publiés.",
        "{file}: la boleta en la posición {position} cuenta, y no está entre las publicadas.",
    ),
    # Files that cannot be read (exit 2)
    "cannot_open": (
        "{file} cannot be opened: {why}.",
        "{file} ne peut pas être ouvert\u00a0: {why}.",
        "No se puede abrir {file}: {why}.",
    ),
    "not_a_zip": (
        "{file} is not a whole ZIP file: {why}.",
        "{file} n’est pas un fichier ZIP entier\u00a0: {why}.",
        "{file} no es un archivo ZIP completo: {why}.",
    ),
    "no_bundle": (
        "The file is not a bundle of open data: manifest.json or json/contests.json is not in it, or not as it should"
        " be.",
        "Le fichier n’est pas un ensemble de données ouvertes\u00a0: manifest.json ou json/contests.json n’y est pas,"
        " ou n’est pas comme il devrait être.",
        "El archivo no es un paquete de datos abiertos: manifest.json o json/contests.json no está en él, o no es como"
        " debería ser.",
    ),
    "too_many_files": (
        "The bundle holds more than {most} files.",
        "L’ensemble contient plus de {most} fichiers.",
        "El paquete contiene más de {most} archivos.",
    ),
    "file_twice": (
        "{file} is in the bundle twice.",
        "{file} est deux fois dans l’ensemble.",
        "{file} está dos veces en el paquete.",
    ),
    "odd_entry": (
        "{file} is encrypted, or packed in a way that bundles are not.",
        "{file} est chiffré, ou comprimé autrement que dans un tel ensemble.",
        "{file} está cifrado, o comprimido de otro modo que en un paquete así.",
    ),
    "too_large": (
        "{file} is larger than this verifier reads.",
        "{file} est plus gros que ce que ce vérificateur lit.",
        "{file} es más grande de lo que lee este verificador.",
    ),
    "bad_json": (
        "{file} is not the JSON that it should be: {why}.",
        "{file} n’est pas le JSON attendu\u00a0: {why}.",
        "{file} no es el JSON esperado: {why}.",
    ),
    # Around the findings
    "title": ("Check of {file}", "Vérification de {file}", "Verificación de {file}"),
    "digest": (
        "SHA-256 of the bundle: {digest}",
        "SHA-256 de l’ensemble\u00a0: {digest}",
        "SHA-256 del paquete: {digest}",
    ),
    "files": ("Files", "Fichiers", "Archivos"),
    "contest": ("Contest {contest}", "Scrutin {contest}", "Votación {contest}"),
    "more": ("and {number} more", "et {number} de plus", "y {number} más"),
    "mark_ok": ("ok", "ok", "ok"),
    "mark_note": ("note", "note", "nota"),
    "mark_wrong": ("WRONG", "ERREUR", "ERROR"),
    "result_ok": (
        "Everything that was checked holds.",
        "Tout ce qui a été vérifié tient.",
        "Todo lo que se verificó se sostiene.",
    ),
    "result_wrong": (
        "Not everything checks out. Findings: {number}. Keep this bundle and the files you had kept, and tell the"
        " organizers and the auditors.",
        "Tout ne concorde pas. Constats\u00a0: {number}. Gardez cet ensemble et les fichiers que vous aviez gardés, et"
        " avisez l’équipe organisatrice et l’équipe de vérification.",
        "No todo concuerda. Hallazgos: {number}. Guarde este paquete y los archivos que tenía, y avise a quienes"
        " organizan y auditan.",
    ),
    "proved": ("What this shows", "Ce que cela montre", "Lo que esto muestra"),
    "not_proved": ("What it cannot show", "Ce que cela ne peut pas montrer", "Lo que no puede mostrar"),
}

PROVED: Sequence[tuple] = (
    (
        "The rules were fixed before the first ballot.",
        "Les règles ont été figées avant le premier bulletin.",
        "Las reglas se fijaron antes de la primera boleta.",
    ),
    (
        "No ballot was changed, taken out, put in or moved since a checkpoint or a receipt that you gave it. Without"
        " such a file a box that was written anew as a whole, by whoever has the signing key, would not show.",
        "Aucun bulletin n’a été changé, enlevé, ajouté ni déplacé depuis un point de contrôle ou un accusé de"
        " réception que vous lui avez fourni. Sans un tel fichier, une urne réécrite tout entière par qui détient la"
        " clé de signature ne se verrait pas.",
        "Ninguna boleta fue cambiada, quitada, agregada ni movida desde un punto de control o un comprobante que usted"
        " le dio. Sin tal archivo, una urna reescrita por completo por quien tiene la clave de firma no se notaría.",
    ),
    (
        "One ballot was counted for each who voted, the last one; where the ballots are published, the result is what"
        " they give by these rules.",
        "Un bulletin a été compté pour chaque votant, le dernier; là où les bulletins sont publiés, le résultat est"
        " celui qu’ils donnent selon ces règles.",
        "Se contó una boleta por cada votante, la última; donde las boletas están publicadas, el resultado es el que"
        " ellas dan según estas reglas.",
    ),
)

NOT_PROVED: Sequence[tuple] = (
    (
        "That everybody voted freely: a receipt lets its holder show others how they voted, and so be put under"
        " pressure.",
        "Que chacun a voté librement\u00a0: un accusé de réception permet à qui le détient de montrer aux autres"
        " comment il a voté, et donc de subir des pressions.",
        "Que cada quien votó libremente: un comprobante permite a quien lo tiene mostrar cómo votó, y por eso puede"
        " recibir presiones.",
    ),
    (
        "That nobody saw the ballots while the contest was open: whoever runs the server could.",
        "Que personne n’a vu les bulletins pendant le scrutin\u00a0: qui exploite le serveur le pouvait.",
        "Que nadie vio las boletas mientras la votación estaba abierta: quien opera el servidor podía hacerlo.",
    ),
    (
        "That a device put in the box what its owner chose, and that those marked as having voted cast the ballots"
        " themselves.",
        "Qu’un appareil a déposé ce que sa personne propriétaire avait choisi, et que celles qui sont marquées comme"
        " ayant voté ont déposé elles-mêmes les bulletins.",
        "Que un dispositivo depositó lo que eligió su dueña o dueño, y que quienes figuran como votantes depositaron"
        " las boletas por sí mismos.",
    ),
    (
        "The counts by groups: they were made at the close, and what joined voters to ballots is destroyed, so nobody"
        " can make them again.",
        "Les nombres par groupes\u00a0: ils ont été établis à la clôture, et ce qui reliait votants et bulletins est"
        " détruit; personne ne peut donc les refaire.",
        "Los conteos por grupos: se hicieron al cierre, y lo que unía a votantes y boletas está destruido, así que"
        " nadie puede rehacerlos.",
    ),
    (
        "The texts of the bundle, and the copies in its folder csv: their digests stand in a manifest that whoever made"
        " the bundle wrote.",
        "Les textes de l’ensemble, et les copies de son dossier csv\u00a0: leurs empreintes sont dans un manifeste"
        " écrit par qui a fait l’ensemble.",
        "Los textos del paquete, y las copias de su carpeta csv: sus huellas están en un manifiesto escrito por quien"
        " hizo el paquete.",
    ),
)


class Speaker:
    """Says things in one language."""

    def __init__(self, language: str) -> None:
        self._at = LANGUAGES.index(language)

    def __call__(self, code: str, **facts: object) -> str:
        return self.of(WORDS[code]).format(**{name: shortened(value) for name, value in facts.items()})

    def of(self, words: tuple) -> str:
        return str(words[self._at])


def shortened(value: object) -> str:
    """A fact from a file that may hold anything: one line, of printable characters, not too long."""
    text = "".join(character if character.isprintable() else "?" for character in str(value))
    return text if len(text) <= 300 else text[:300] + "…"


def as_text(report: Report, say: Speaker, name: str, bundle_sha256: str) -> str:
    lines = [say("title", file=name), say("digest", digest=bundle_sha256)]
    marks = {True: "mark_ok", None: "mark_note", False: "mark_wrong"}
    more = {(contest, code): number for contest, code, number in report.untold()}
    for contest in dict.fromkeys(finding.contest for finding in report.findings):
        lines += ["", say("contest", contest=contest) if contest else say("files")]
        for finding in (one for one in report.findings if one.contest == contest):
            mark = f"[{say(marks[finding.ok])}]"
            code = "" if finding.ok else f"{finding.code}: "
            lines.append(f"  {mark:<9} {code}{say(finding.code, **finding.facts)}")
        lines += [
            f"            {code}: {say('more', number=number)}" for (of, code), number in more.items() if of == contest
        ]
    lines += ["", say("result_ok") if report.ok else say("result_wrong", number=report.failures())]
    for head, points in (("proved", PROVED), ("not_proved", NOT_PROVED)):
        if report.ok or head == "not_proved":
            lines += ["", say(head), *(f"  - {say.of(words)}" for words in points)]
    return "\n".join(lines) + "\n"


def as_json(report: Report, say: Speaker, name: str, bundle_sha256: str) -> str:
    value = {
        "format": REPORT_FORMAT,
        "verifier": VERSION,
        "bundle": {"file": name, "sha256": bundle_sha256},
        "ok": report.ok,
        "findings": [
            {
                "contest": finding.contest or None,
                "code": finding.code,
                "ok": finding.ok,
                "facts": {fact: told if is_number(told) else shortened(told) for fact, told in finding.facts.items()},
                "text": say(finding.code, **finding.facts),
            }
            for finding in report.findings
        ],
        "more": [
            {"contest": contest or None, "code": code, "number": number} for contest, code, number in report.untold()
        ],
        "proved": [say.of(words) for words in PROVED] if report.ok else [],
        "not_proved": [say.of(words) for words in NOT_PROVED],
    }
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def file_sha256(path: str) -> str:
    hashed = hashlib.sha256()
    with Path(path).open("rb") as file:
        while chunk := file.read(CHUNK):
            hashed.update(chunk)
    return hashed.hexdigest()


def main(arguments: Sequence[str] | None = None) -> int:
    """The command. Returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="ballot_box_verifier.py", description="Check the ballot boxes in a bundle of open data."
    )
    parser.add_argument("bundle", metavar="BUNDLE.zip")
    parser.add_argument("--checkpoint", metavar="FILE", action="append", default=[], help="a checkpoint that you kept")
    parser.add_argument("--receipt", metavar="FILE", action="append", default=[], help="a receipt that you kept")
    parser.add_argument("--lang", choices=LANGUAGES, default="en", help="language of the report (default: en)")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    try:
        chosen = parser.parse_args(arguments)
    except SystemExit as end:
        return int(end.code or 0)
    say = Speaker(chosen.lang)
    try:
        saved = [(name, value) for name in chosen.checkpoint for value in read_kept(name)]
        receipts = [(name, value) for name in chosen.receipt for value in read_kept(name)]
        bundle = read_bundle(chosen.bundle)
        bundle_sha256 = file_sha256(chosen.bundle)
    except (Unreadable, MemoryError) as error:
        unreadable = error if isinstance(error, Unreadable) else Unreadable("too_large", file=chosen.bundle)
        said = say(unreadable.code, **unreadable.facts)
        if chosen.json:
            write(json.dumps({"format": REPORT_FORMAT, "ok": False, "error": unreadable.code, "text": said}) + "\n")
        else:
            sys.stderr.write(said + "\n")
        return 2
    report = verify(bundle, saved, receipts)
    shown = as_json if chosen.json else as_text
    write(shown(report, say, chosen.bundle, bundle_sha256))
    return 0 if report.ok else 1


def write(text: str) -> None:
    """To the terminal, also to one that lacks some of the characters."""
    if hasattr(sys.stdout, "buffer"):
        sys.stdout.flush()
        encoding = sys.stdout.encoding or "utf-8"
        sys.stdout.buffer.write(text.encode(encoding, errors="replace"))
        sys.stdout.flush()
    else:
        sys.stdout.write(text)


if __name__ == "__main__":
    sys.exit(main())
