"""The part ``verify``: the stand-alone verifier on bundles of generated ballots, each made and checked in processes of
their own, so that the memory of one is not taken for that of the other.

Run as a program, ``make BUNDLE.zip BALLOTS ITEMS`` writes a bundle, and ``check BUNDLE.zip`` prints one line of JSON.
"""

import json
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

from benchmarks.processes import output_of, python
from benchmarks.tally import Say, ballots_of

SIZES = ((1_000, 50), (10_000, 50), (100_000, 100))
SEATS = 20
SEED, SIGNED_AT, BEACON, CODE = b"b" * 32, "2027-05-01T12:00:00Z", "4711", "BENCH"


def measure(*, say: Say, sizes: tuple[tuple[int, int], ...] = SIZES) -> dict[str, Any]:
    """Each size: seconds to read and hash the files (the least that any check of a bundle does), seconds in all, and
    the peak memory of the process."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for ballots, items in sizes:
            say(f"verify, {ballots} ballots on {items} items: making the bundle")
            path = Path(folder) / "bundle.zip"
            output_of(python("-m", "benchmarks.verify", "make", str(path), str(ballots), str(items)))
            say(f"verify, {ballots} ballots on {items} items")
            found = json.loads(output_of(python("-m", "benchmarks.verify", "check", str(path))))
            rows.append({"ballots": ballots, "items": items, "bundle_mb": round(path.stat().st_size / 1e6, 1), **found})
    return {"seats": SEATS, "rows": rows}


def bundle(ballots: int, items: int) -> bytes:
    """One published contest of strict rankings without a roll, sealed, signed and counted as the application does."""
    from consultation.exchange.bundle import columns
    from consultation.exchange.bundle.archive import archive
    from consultation.exchange.bundle.tables import Table
    from consultation.voting import chain
    from consultation.voting.rules import panel_of
    from consultation.voting.states import ContestKind
    from consultation.voting.tally import BallotRow, Profile, tally

    codes = [f"B27-A{number:03d}" for number in range(1, items + 1)]
    contest = _contest(codes)
    lists = list(_lists(codes, ballots))
    entries, contents = _sealed(contest["frozen_sha256"], lists)
    record = {"roll": None, "final": ballots, "blank": 0, "superseded": 0}
    contest |= {"record": record, "record_sha256": chain.digest(chain.RECORD, chain.canonical(record))}
    contest |= {"ballot_count": ballots, "blank_count": 0}
    profile = Profile.from_ballots(codes, (BallotRow(tuple((item,) for item in one)) for one in lists))
    rules = panel_of(ContestKind.RANKING, "expanding_approvals", items)
    results = [tally(profile, rule, seats=SEATS, contest=CODE, beacon=BEACON) for rule in rules]
    about = {"rule": "expanding_approvals"}
    tables = (
        (columns.CONTESTS, [contest]),
        (columns.ROLL, []),
        (columns.CHAIN, entries),
        (columns.CHECKPOINTS, _checkpoints(contest, entries)),
        (columns.BALLOTS, sorted(contents, key=lambda row: row["commitment"])),
        (
            columns.TALLIES,
            [
                {
                    "contest": CODE,
                    "rule": result.rule,
                    "version": result.version,
                    "headline": result.rule == about["rule"],
                    "input_sha256": result.input_sha256,
                    "result": json.loads(chain.canonical(result.to_dict())),
                }
                for result in results
            ],
        ),
    )
    said = {"slug": "bench", "title": {"en": "Bench"}}
    return archive(said, [Table(*described, rows) for described, rows in tables])


def _contest(codes: list[str]) -> dict[str, Any]:
    from consultation.voting import chain
    from consultation.voting.tally import RULES

    settings = {
        "question": {"en": "Which?", "fr": "Lesquels?", "es": "¿Cuáles?"},
        "kind": "ranking",
        "secrecy": "no_roll",
        "unit": "members",
        "rule": "expanding_approvals",
        "places": SEATS,
        "minutes": None,
        "max_choices": len(codes),
        "max_essential": 3,
        "opens_at": None,
        "closes_at": None,
        "beacon_source": "",
    }
    frozen = {
        **settings,
        "format": 2,
        "contest": CODE,
        "rule_version": RULES["expanding_approvals"].version,
        "ballots_published_from": 100,
        "checkpoint_step": 10,
        "roll": None,
        "options": [{"position": at, "code": code} for at, code in enumerate(codes, start=1)],
        "signing_key": _key().public_key().public_bytes_raw().hex(),
    }
    digest = chain.digest("contest/frozen/1", chain.canonical(frozen))
    dates = dict.fromkeys(("opened_at", "closed_at", "published_at"))
    key = frozen["signing_key"]
    about = {"code": CODE, "beacon": BEACON, "ballots_published": True, "signing_key": key}
    return settings | dates | about | {"frozen": frozen, "frozen_sha256": digest}


def _key() -> Any:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(SEED)


def _lists(codes: list[str], ballots: int) -> Iterator[list[str]]:
    starts, listed = ballots_of(ballots, len(codes))
    for begin, end in pairwise(starts):
        yield [codes[item] for item in listed[begin:end]]


def _sealed(frozen_sha256: str, lists: list[list[str]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The chain, and the ballots with what opens them."""
    from consultation.voting import chain

    entries, contents, head = [], [], chain.genesis(CODE, frozen_sha256)
    for position, items in enumerate(lists, start=1):
        ballot = {"tiers": [[item] for item in items]}
        tag = chain.digest("bench/tag", position)
        nonce = chain.digest("bench/nonce", position)
        commitment = chain.commitment(CODE, chain.canonical(ballot), nonce)
        entry = chain.link(CODE, position, head, commitment, tag, 1)
        head = entry.entry_hash
        entries.append({"contest": CODE, **{name: getattr(entry, name) for name in chain.Entry.__slots__}})
        contents.append({"contest": CODE, "commitment": commitment, "nonce": nonce, "ballot": ballot})
    return entries, contents


def _checkpoints(contest: dict[str, Any], entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    from consultation.voting import chain

    key, last = _key(), len(entries)
    wanted = [("opening", 0), *(("step", at) for at in range(10, last + 1, 10)), ("closing", last)]
    rows = []
    for number, (kind, position) in enumerate(wanted):
        head = entries[position - 1]["entry_hash"] if position else chain.genesis(CODE, contest["frozen_sha256"])
        record = contest["record_sha256"] if kind == "closing" else ""
        parts = (kind, position, head, record, SIGNED_AT)
        message = chain.joined(("ballot-box/checkpoint/1", CODE, contest["frozen_sha256"], *parts))
        names = ("kind", "position", "entry_hash", "record_sha256", "signed_at")
        row = {"contest": CODE, "number": number, **dict(zip(names, parts, strict=True))}
        rows.append(row | {"signature": key.sign(message).hex()})
    return rows


def check(path: str) -> dict[str, Any]:
    """One bundle, in this process, which loads nothing but the verifier."""
    from consultation.exchange.verifying import ballot_box_verifier as verifier

    before = _peak_mb()
    began, used = time.perf_counter(), time.process_time()
    read = verifier.read_bundle(path)
    reading = time.perf_counter()
    report = verifier.verify(read, [], [])
    done = time.perf_counter()
    if not report.ok:
        raise AssertionError([finding for finding in report.findings if finding.ok is False])
    return {
        "reading_seconds": round(reading - began, 2),
        "seconds": round(done - began, 2),
        "processor_seconds": round(time.process_time() - used, 2),
        "peak_mb": round(_peak_mb()),
        "peak_before_mb": round(before),
    }


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6


if __name__ == "__main__":
    if sys.argv[1] == "make":
        Path(sys.argv[2]).write_bytes(bundle(int(sys.argv[3]), int(sys.argv[4])))
    else:
        sys.stdout.write(json.dumps(check(sys.argv[2])) + "\n")
