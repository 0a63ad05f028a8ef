"""Taking a person's address, name and pseudonym out of whatever anybody wrote."""

import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from sqlalchemy import JSON, Column, Table, Text, bindparam, cast, or_, select, text, update
from sqlalchemy.orm import Session

from consultation.kernel.orm import Base
from consultation.privacy.inventory import FROZEN
from consultation.proposals.models import Proposal
from consultation.proposals.operations.translating import make_findable

INSTEAD = "[…]"
#: Names of organizations are theirs, whoever they are named after; accounts are erased by themselves.
NOT_SCRUBBED = {
    ("member_organization", "name"),
    ("member_organization", "name_fr"),
    ("member_organization", "name_es"),
    ("member_organization", "acronym"),
    ("proposal", "search_text"),
}
_TEXTS_OF_PROPOSALS = {"proposal": "id", "translation": "proposal_id"}


def scrub(session: Session, words: Collection[str]) -> None:
    """Replace the words everywhere but in what is frozen. Whole words only, whatever their capitals."""
    pattern = _pattern(words)
    touched: set[Any] = set()
    for table, column in _columns(frozen=False):
        for row in _candidates(session, table, column, words):
            *key, before = row
            after = _without(pattern, before, bool(column.nullable))
            if after == before:
                continue
            same = {f"key_{place}": value for place, value in enumerate(key)}
            where = [
                one == bindparam(f"key_{place}", type_=one.type) for place, one in enumerate(table.primary_key.columns)
            ]
            session.execute(update(table).where(*where).values({column: after}), same)
            if table.name in _TEXTS_OF_PROPOSALS:
                at = list(table.primary_key.columns.keys()).index(_TEXTS_OF_PROPOSALS[table.name])
                touched.add(key[at])
    session.expire_all()
    for proposal in session.scalars(select(Proposal).where(Proposal.id.in_(touched))).all():
        make_findable(session, proposal)
    session.flush()
    if touched and session.get_bind().dialect.name == "sqlite":
        # The index marks what was deleted, and lets go of it only when it is made anew.
        session.execute(text("INSERT INTO proposal_search(proposal_search) VALUES ('rebuild')"))


def left_in_frozen(session: Session, words: Collection[str]) -> dict[str, int]:
    """How many rows of which tables hold the words and cannot be changed."""
    pattern, found = _pattern(words), dict[str, int]()
    for table, column in _columns(frozen=True):
        for row in _candidates(session, table, column, words):
            if _without(pattern, row[-1], False) != row[-1]:
                found[table.name] = found.get(table.name, 0) + 1
    return found


def _columns(*, frozen: bool) -> Iterator[tuple[Table, Column[Any]]]:
    for table in Base.metadata.sorted_tables:
        if (table.name in FROZEN) is not frozen or table.name == "user":
            continue
        for column in table.columns:
            free = type(column.type) is Text or isinstance(getattr(column.type, "impl", column.type), JSON)
            if free and not column.primary_key and (table.name, column.name) not in NOT_SCRUBBED:
                yield table, column


def _candidates(session: Session, table: Table, column: Column[Any], words: Collection[str]) -> Sequence[Any]:
    """Rows that may hold one of the words: looked for by their longest stretch of plain letters, which every database
    and every way of writing JSON writes alike."""
    as_text = cast(column, Text)
    stretches = [max(re.findall(r"[a-z0-9@.+_ -]+", word.casefold()) or [""], key=len) for word in words]
    alike = or_(*(as_text.ilike(f"%{_escaped(stretch)}%", escape="\\") for stretch in stretches))
    return session.execute(select(*table.primary_key.columns, column).where(alike)).all()


def _escaped(words: str) -> str:
    return words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _pattern(words: Collection[str]) -> re.Pattern[str]:
    forms = {form for word in words for form in (word, unicodedata.normalize("NFD", word))}
    listed = "|".join(re.escape(form) for form in sorted(forms, key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{listed})(?!\w)", re.IGNORECASE)


def _without(pattern: re.Pattern[str], value: Any, nullable: bool) -> Any:
    if isinstance(value, str):
        if nullable and pattern.fullmatch(value.strip()):
            return None
        return pattern.sub(INSTEAD, value)
    if isinstance(value, list):
        return [_without(pattern, one, False) for one in value]
    if isinstance(value, dict):
        return {pattern.sub(INSTEAD, name): _without(pattern, one, False) for name, one in value.items()}
    return value
