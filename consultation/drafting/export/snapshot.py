"""The frozen snapshot: what it may hold, its hash, and when two of them are the same agenda."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import ValidationError

SHORT_HASH = 12
"""Digits of the SHA-256 shown to people."""


class SnapshotError(ValueError):
    """The snapshot holds what may not be exported, or lacks what must be. `problems` says where."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("The agenda cannot be exported. " + " ".join(self.problems))


@cache
def schema() -> dict[str, Any]:
    """The documented schema (JSON Schema 2020-12) that comes with every export."""
    text = files(__package__).joinpath("agenda.schema.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


@cache
def _validator() -> Draft202012Validator:
    from jsonschema import Draft202012Validator, FormatChecker

    formats = FormatChecker(["date"])
    formats.checks("date-time", ValueError)(lambda value: bool(datetime.fromisoformat(str(value))))
    return Draft202012Validator(schema(), format_checker=formats)


def canonical(snapshot: Mapping[str, Any]) -> bytes:
    """JSON with sorted keys, no spaces, in UTF-8, and no member that holds the hash itself."""
    body = dict(snapshot)
    body["meta"] = {k: v for k, v in snapshot["meta"].items() if k not in ("sha256", "short_hash")}
    return json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def digest(snapshot: Mapping[str, Any]) -> str:
    """SHA-256, in hexadecimal, of the snapshot without its own hash."""
    return hashlib.sha256(canonical(snapshot)).hexdigest()


def seal(snapshot: Mapping[str, Any]) -> dict[str, Any]:
    """The snapshot with its hash entered: the last step of a release."""
    value = digest(snapshot)
    meta = {**snapshot["meta"], "sha256": value, "short_hash": value[:SHORT_HASH]}
    return {**snapshot, "meta": meta}


def check(snapshot: Mapping[str, Any]) -> list[str]:
    """Everything wrong with a snapshot, one sentence each; an empty list when it may be exported.

    First its form (the schema), then what a schema cannot say: numbers and codes used once, references
    that lead somewhere, a hash that is right.
    """
    errors = sorted(_validator().iter_errors(snapshot), key=lambda error: [str(p) for p in error.absolute_path])
    if errors:
        return [_sentence(_deepest(error)) for error in errors]
    return list(_inconsistencies(snapshot))


def require(snapshot: Mapping[str, Any]) -> None:
    """Raise `SnapshotError` unless the snapshot may be exported. Every format begins with this."""
    if problems := check(snapshot):
        raise SnapshotError(problems)


def _deepest(error: ValidationError) -> ValidationError:
    """Of an error in alternatives, the one inside the alternative that was meant (not the null)."""
    while error.context:
        meant = [e for e in error.context if not (e.validator == "type" and not e.relative_path)]
        if not meant:
            return error
        error = max(meant, key=lambda e: len(e.absolute_path))
    return error


def _sentence(error: ValidationError) -> str:
    place = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in error.absolute_path)
    return f"{place.lstrip('.') or 'The snapshot'}: {error.message[:300]}."


def _inconsistencies(snapshot: Mapping[str, Any]) -> Iterator[str]:
    items = list(items_of(snapshot))
    codes = {item["code"] for item in items}
    yield from _repeated("sections: the item number", (item["number"] for item in items))
    yield from _repeated("sections: the item code", (item["code"] for item in items))
    yield from _repeated("sections: the theme", (section["id"] for section in snapshot["sections"]))
    for item in items:
        yield from _repeated(f"item {item['code']}: the source number", (e["number"] for e in item["evidence"]))
        yield from _repeated(f"item {item['code']}: the proposal", (s["proposal"] for s in item["provenance"]))
    concordance = snapshot["annexes"]["concordance"]
    placed = {(row["proposal"], code) for row in concordance for code in row["items"] if code in codes}
    sources = {(source["proposal"], item["code"]) for item in items for source in item["provenance"]}
    yield from _repeated("annexes.concordance: the proposal", (row["proposal"] for row in concordance))
    for proposal, code in sorted(placed ^ sources):
        yield f"annexes.concordance and the provenance of {code} disagree about proposal {proposal}."
    for row in concordance:
        if (row["disposition"] == "in_agenda") != any(code in codes for code in row["items"]):
            yield f"annexes.concordance: the disposition of {row['proposal']} does not fit its items."
    for withheld in snapshot["annexes"]["withheld"]:
        if withheld["proposal"] in {row["proposal"] for row in concordance}:
            yield f"annexes.withheld: proposal {withheld['proposal']} also stands in the concordance."
    for departure in snapshot["method"]["departures"]:
        if departure["item"] not in codes:
            yield f"method.departures: there is no item {departure['item']} in this agenda."
    for tally in snapshot["annexes"]["tallies"]:
        table = tally.get("pairwise")
        if table and {len(table["items"])} != {len(table["weights"]), *map(len, table["weights"])}:
            yield f"annexes.tallies: the pairwise table of {tally['rule']} is not square."
    try:
        ZoneInfo(snapshot["meta"]["consultation"]["timezone"])
    except (ValueError, KeyError, OSError):
        yield "meta.consultation.timezone: no such time zone."
    value = digest(snapshot)
    if (snapshot["meta"]["sha256"], snapshot["meta"]["short_hash"]) != (value, value[:SHORT_HASH]):
        yield "meta.sha256: the hash does not fit the content."


def _repeated(what: str, values: Iterable[object]) -> Iterator[str]:
    seen: set[object] = set()
    for value in values:
        if value in seen:
            yield f"{what} {value} is used twice."
        seen.add(value)


def items_of(snapshot: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The items in the order of the document."""
    return (item for section in snapshot["sections"] for item in section["items"])


def same_agenda(a: Mapping[str, Any], b: Mapping[str, Any]) -> bool:
    """Whether two snapshots agree but for ids, times and hashes (the members marked `x-volatile`)."""
    return bool(_lasting(a, schema()) == _lasting(b, schema()))


def _lasting(value: Any, rule: Mapping[str, Any]) -> Any:
    """The value without the members that its schema marks as volatile."""
    while "$ref" in rule:
        rule = schema()["$defs"][rule["$ref"].removeprefix("#/$defs/")]
    if "anyOf" in rule and "properties" not in rule:
        kind = dict if isinstance(value, Mapping) else object
        for choice in rule["anyOf"]:
            if kind is dict and choice.get("type") != "null":
                return _lasting(value, choice)
        return value
    if isinstance(value, Mapping):
        members = rule.get("properties", {})
        return {
            key: _lasting(member, members.get(key, {}))
            for key, member in value.items()
            if not members.get(key, {}).get("x-volatile")
        }
    if isinstance(value, list):
        return [_lasting(member, rule.get("items", {})) for member in value]
    return value
