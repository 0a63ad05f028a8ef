"""Ballot boxes for the verifier, made without a database: generated ballots, sealed as the application seals them, and
counted by its own tally. Tests take such a box, change something, write it as a bundle and see what the verifier says.
"""

import copy
import hashlib
import io
import json
import random
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from consultation.exchange.verifying import ballot_box_verifier as verifier
from consultation.voting import chain
from consultation.voting.rules import PANEL, from_content, panel_of, to_content
from consultation.voting.states import ContestKind
from consultation.voting.tally import RULES, BallotRow, Profile, tally

SEED, OTHER_SEED, CONTEST_KEY = b"s" * 32, b"o" * 32, b"k" * 32
SIGNED_AT = "2027-05-01T12:00:00Z"
BEACON = "4711"
ROLL_TABLES = ("contests", "roll", "chain", "checkpoints", "ballots", "tallies")

Tables = dict[str, list[dict[str, Any]]]


def public_key(seed: bytes) -> str:
    key = Ed25519PrivateKey.from_private_bytes(seed).public_key()
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw).hex()


def sign(seed: bytes, *parts: str | int) -> str:
    message = b""
    for part in parts:
        data = str(part).encode()
        message += len(data).to_bytes(8, "big") + data
    return Ed25519PrivateKey.from_private_bytes(seed).sign(message).hex()


def ballots(source: random.Random, kind: str, codes: Sequence[str], voters: int, *, weighted: bool) -> list[BallotRow]:
    """As many as there are voters; some of them blank, some with ties, few items, so that much is tied and repeated."""
    found = []
    for _voter in range(voters):
        chosen = source.sample(codes, source.randint(0, min(len(codes), 6)))
        tiers: list[tuple[str, ...]] = []
        if kind == "shortlist" and chosen:
            tiers = [tuple(sorted(chosen))]
        elif kind == "tiers" and chosen:
            essential = source.randint(0, min(3, len(chosen)))
            tiers = [tuple(sorted(tier)) for tier in (chosen[:essential], chosen[essential:]) if tier]
            if len(tiers) == 1:
                tiers = [tuple(sorted(chosen))]
        else:
            while chosen:
                size = source.choice((1, 1, 1, 2, 3))
                tiers.append(tuple(sorted(chosen[:size])))
                chosen = chosen[size:]
        support = None
        if weighted and tiers and source.random() < 0.3:
            support = frozenset(item for tier in tiers[: source.randint(0, len(tiers) - 1)] for item in tier)
        found.append(BallotRow(tuple(tiers), support, source.choice((1, 1, 2, 7)) if weighted else 1))
    return found


class Box:
    """A contest with its chain. ``cast`` in order, then ``close``; ``tables`` is what a bundle says of it."""

    def __init__(
        self,
        kind: str = "tiers",
        secrecy: str = "secret",
        *,
        code: str = "MAIN",
        items: int = 6,
        places: int = 3,
        roll: Sequence[str] = (),
        published_from: int = 1,
        rule: str | None = None,
        minutes: int | None = None,
        versions: Mapping[str, str] | None = None,
        seed: bytes = SEED,
    ) -> None:
        self.code, self.seed, self.roll = code, seed, sorted(roll)
        self.codes = [f"NG27-A{number:03d}" for number in range(1, items + 1)]
        deciding = rule or PANEL[ContestKind(kind)][0]
        self.rules = [*panel_of(ContestKind(kind), deciding, items)]
        self.rules += ["equal_shares"] if minutes and rule != "equal_shares" else []
        outside = secrecy == "no_roll"
        self.frozen: dict[str, Any] = {
            "format": 2,
            "consultation": "gathering",
            "contest": code,
            "question": {"en": "Which?", "fr": "Lesquels?", "es": "¿Cuáles?"},
            "kind": kind,
            "secrecy": secrecy,
            "voters": ["organization"],
            "affiliates_count": "each",
            "rule": deciding,
            "rule_version": RULES[deciding].version,
            "panel": [{"rule": one, "version": (versions or {}).get(one, RULES[one].version)} for one in self.rules],
            "places": places,
            "minutes": minutes,
            "max_choices": items,
            "max_essential": 3,
            "opens_at": "2027-05-01T00:00:00+00:00",
            "closes_at": None,
            "tie_break": "…",
            "beacon_source": "A lottery",
            "ballots_published_from": published_from,
            "options": [
                {"position": at, "code": item, "minutes": 5 * at if minutes else None}
                for at, item in enumerate(self.codes, start=1)
            ],
            "roll": None
            if outside
            else {"voters": len(self.roll), "sha256": chain.digest("contest/roll/2", chain.canonical(self.roll))},
            "signing_key": public_key(seed),
        }
        self.frozen_sha256 = chain.digest("contest/frozen/1", chain.canonical(self.frozen))
        self.entries: list[chain.Entry] = []
        self.contents: dict[str, tuple[bytes, str]] = {}
        self.receipts: list[dict[str, Any]] = []
        self.checkpoints: list[dict[str, Any]] = []
        self._revisions: dict[str, int] = {}
        self._voted: set[str] = set()
        self._seal("opening")

    @property
    def head(self) -> str:
        return self.entries[-1].entry_hash if self.entries else chain.genesis(self.code, self.frozen_sha256)

    def cast(self, voter: str, ballot: BallotRow) -> dict[str, Any]:
        """Returns the receipt."""
        tag = chain.voter_tag(CONTEST_KEY, self.code, voter)
        revision = self._revisions[tag] = self._revisions.get(tag, 0) + 1
        content, nonce = to_content(ballot), chain.nonce(CONTEST_KEY, tag, revision)
        commitment = chain.commitment(self.code, content, nonce)
        entry = chain.link(self.code, len(self.entries) + 1, self.head, commitment, tag, revision)
        self.entries.append(entry)
        self.contents[commitment] = (content, nonce)
        self._voted.add(voter)
        parts = (self.code, self.frozen_sha256, entry.position, commitment, entry.entry_hash)
        receipt = {
            "format": "ballot-box/receipt/1",
            "contest": self.code,
            "frozen_sha256": self.frozen_sha256,
            "position": entry.position,
            "commitment": commitment,
            "entry_hash": entry.entry_hash,
            "revision": revision,
            "signing_key": public_key(self.seed),
            "signature": sign(self.seed, "ballot-box/receipt/1", *parts),
        }
        self.receipts.append(receipt)
        if entry.position % 10 == 0:
            self._seal("step")
        return receipt

    def _seal(self, kind: str, record_sha256: str = "") -> None:
        position = len(self.entries)
        parts = (kind, position, self.head, record_sha256, SIGNED_AT)
        signed = sign(self.seed, "ballot-box/checkpoint/1", self.code, self.frozen_sha256, *parts)
        names = ("kind", "position", "entry_hash", "record_sha256", "signed_at", "signature")
        row = dict(zip(names, (*parts, signed), strict=True))
        self.checkpoints.append({"contest": self.code, "number": len(self.checkpoints), **row})

    def saved(self, number: int) -> dict[str, Any]:
        """A checkpoint as a person keeps it."""
        row = {name: value for name, value in self.checkpoints[number].items() if name != "number"}
        key = {"frozen_sha256": self.frozen_sha256, "signing_key": public_key(self.seed)}
        return {"format": "ballot-box/checkpoint/1", **row, **key}

    def close(self) -> Tables:
        """Seal the box, count it, and say what a bundle says."""
        finals = chain.finals(self.entries)
        rows = sorted(
            (
                {
                    "contest": self.code,
                    "commitment": each.commitment,
                    "nonce": self.contents[each.commitment][1],
                    "ballot": json.loads(self.contents[each.commitment][0]),
                }
                for each in finals.values()
            ),
            key=lambda row: row["commitment"],
        )
        roll = [
            {"contest": self.code, "organization": one, "name": None, "voted": one in self._voted} for one in self.roll
        ]
        blank = sum(not row["ballot"]["tiers"] for row in rows)
        record = {
            "roll": None if self.frozen["roll"] is None else [[row["organization"], row["voted"]] for row in roll],
            "final": len(finals),
            "blank": blank,
            "superseded": len(self.entries) - len(finals),
        }
        record_sha256 = chain.digest("ballot-box/record/1", chain.canonical(record))
        self._seal("closing", record_sha256)
        settings = ("kind", "secrecy", "rule", "places", "minutes", "max_choices", "max_essential", "closes_at")
        shown = len(finals) >= self.frozen["ballots_published_from"]
        contest = {
            "code": self.code,
            **{name: self.frozen[name] for name in (*settings, "beacon_source", "question")},
            "opens_at": "2027-05-01T00:00:00Z",
            "beacon": BEACON,
            "frozen": self.frozen,
            "frozen_sha256": self.frozen_sha256,
            "blank_count": blank,
            "ballot_count": len(finals),
            "ballots_published": shown,
            "record": record,
            "record_sha256": record_sha256,
            "signing_key": public_key(self.seed),
        }
        names = ("position", "prev_hash", "commitment", "voter_tag", "revision", "entry_hash")
        return copy.deepcopy(
            {
                "contests": [contest],
                "roll": roll,
                "chain": [
                    {"contest": self.code, **{name: getattr(one, name) for name in names}} for one in self.entries
                ],
                "checkpoints": self.checkpoints,
                "ballots": rows if shown else [],
                "tallies": self.tallies(rows),
            }
        )

    def tallies(self, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """The results that the application's own tally gives these ballots."""
        counted = [from_content(chain.canonical(row["ballot"])) for row in rows]
        profile = Profile.from_ballots(self.codes, counted)
        costs = {option["code"]: option["minutes"] for option in self.frozen["options"]}
        fits = {"budget": self.frozen["minutes"], "costs": costs}
        points = {"points": [3, 2, 1]}
        more = {
            "positional": points,
            "equal_shares": fits if self.frozen["minutes"] else {"budget": self.frozen["places"]},
        }
        found = []
        for rule in sorted(self.rules):
            about_it = {"seats": self.frozen["places"], "contest": self.code, "beacon": BEACON}
            result = tally(profile, rule, **about_it, **more.get(rule, {}))
            plain = json.loads(chain.canonical(result.to_dict()))
            about = {"rule": rule, "version": result.version, "headline": rule == self.frozen["rule"]}
            found.append({"contest": self.code, **about, "input_sha256": result.input_sha256, "result": plain})
        return found


def filled(source: random.Random, kind: str = "tiers", secrecy: str = "secret", voters: int = 25, **more: Any) -> Box:
    """A box in which all voters but two voted, and some of them again."""
    names = [f"org-{number:03d}" for number in range(voters)]
    outside = secrecy == "no_roll"
    box = Box(kind, secrecy, roll=() if outside else names, **more)
    wanted = ballots(source, kind, box.codes, 2 * voters, weighted=outside)
    for name in names[2:]:
        box.cast(name, wanted.pop())
    for name in source.sample(names[2:], len(names[2:]) // 3):
        box.cast(name, wanted.pop())
    return box


def together(*boxes: Tables) -> Tables:
    """What one bundle says of several contests."""
    return {name: [row for box in boxes for row in box[name]] for name in ROLL_TABLES}


def packed(
    tables: Mapping[str, Any], *, change: Callable[[dict[str, bytes]], None] | None = None, again: bool = True
) -> bytes:
    """A bundle. ``change``: what is done to its files, before the manifest is written or, unless ``again``, after."""
    files = {f"json/{name}.json": json.dumps(rows, ensure_ascii=False).encode() for name, rows in tables.items()}
    files["README.txt"] = b"Read me."
    if change is not None and again:
        change(files)
    described = {
        name: {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()} for name, content in files.items()
    }
    rows = {name: len(rows) for name, rows in tables.items()}
    manifest = {"format": 1, "consultation": "gathering", "rows": rows, "files": described}
    files["manifest.json"] = json.dumps(manifest).encode()
    if change is not None and not again:
        change(files)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def findings(
    path: Path, content: bytes, saved: Sequence[Mapping[str, Any]] = (), receipts: Sequence[Mapping[str, Any]] = ()
) -> verifier.Report:
    """What the verifier finds in a bundle."""
    path.write_bytes(content)
    bundle = verifier.read_bundle(str(path))
    return verifier.verify(bundle, [("kept.json", one) for one in saved], [("receipt.json", one) for one in receipts])


def codes(report: verifier.Report) -> set[str]:
    """The codes of what does not check out."""
    return {finding.code for finding in report.findings if finding.ok is False}
