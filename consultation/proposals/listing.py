"""Lists of public proposals: filtered, sorted, cut into pages by keyset, at the same cost on every page."""

import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    and_,
    bindparam,
    func,
    literal_column,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from consultation.membership.models import MemberOrganization
from consultation.membership.queries import organization_name
from consultation.proposals.models import SHUFFLE_BITS, Proposal, ProposalTerm, Translation
from consultation.proposals.search import matching, phrase
from consultation.proposals.states import PUBLIC_STATES, ProposalState
from consultation.web.pagination import PAGE_SIZE, BadCursor, Slice, decode, encode

STARTS = 10_000
"""How many starting points the fair order has; the address carries one of them."""

EXCERPT = 280
_STATES = tuple(sorted(PUBLIC_STATES))
_p, _named = Proposal.__table__.c, ProposalTerm.__table__.c
_member, _translation = MemberOrganization.__table__.c, Translation.__table__.c
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Sort(StrEnum):
    NEWEST = "newest"
    ENDORSED = "endorsed"
    DISCUSSED = "discussed"
    FAIR = "fair"
    OLDEST = "oldest"


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list shows. ``term_ids``: every one of them is named by the proposal. No state: all public ones."""

    text: str = ""
    theme_id: uuid.UUID | None = None
    term_ids: tuple[uuid.UUID, ...] = field(default=())
    language: str = ""
    state: ProposalState | None = None

    def __bool__(self) -> bool:
        return self != Filters()


def listing(
    session: Session,
    consultation_id: uuid.UUID,
    filters: Filters,
    *,
    sort: Sort,
    language: str,
    after: str | None = None,
    start: int = 0,
    size: int = PAGE_SIZE,
) -> Slice:
    """One page of public proposals as plain rows, in one query.

    Each state is read in the order of its own index and stops at the page's size; the merged beginnings are the page.
    ``language`` is the reader's: a row carries its title in it where a translation exists. ``start`` (below
    ``STARTS``) is where the fair order begins.

    Raises:
        BadCursor: when ``after`` was not made by this list.
    """
    last = None if after is None else _position(after, sort)
    shape = _Shape(
        states=(filters.state,) if filters.state in PUBLIC_STATES else _STATES,
        sort=sort,
        language=language,
        by_theme=filters.theme_id is not None,
        by_language=bool(filters.language),
        by_terms=len(filters.term_ids),
        by_text=bool(filters.text),
        resumes_in=None if last is None else last.stretch,
        postgresql=session.get_bind().dialect.name == "postgresql",
    )
    given = _values(consultation_id, filters, postgresql=shape.postgresql)
    if sort is Sort.FAIR:
        given["start"] = start % STARTS * (2**SHUFFLE_BITS // STARTS)
    if last is not None:
        given |= {"last_key": last.key, "last_id": last.id}
    found = session.execute(_statement(shape), {**given, "limit": size + 1}).all()
    if len(found) <= size:
        return Slice(found, None)
    ended = found[size - 1]
    return Slice(found[:size], encode([sort, ended.stretch, _plain(ended.key), ended.id.hex]))


def count(session: Session, consultation_id: uuid.UUID, filters: Filters) -> int:
    """How many public proposals the filters leave."""
    shape = _Shape(
        states=(filters.state,) if filters.state in PUBLIC_STATES else _STATES,
        by_theme=filters.theme_id is not None,
        by_language=bool(filters.language),
        by_terms=len(filters.term_ids),
        by_text=bool(filters.text),
        postgresql=session.get_bind().dialect.name == "postgresql",
    )
    return session.scalar(_count(shape), _values(consultation_id, filters, postgresql=shape.postgresql)) or 0


class _Shape(NamedTuple):
    """What makes one statement differ from another, apart from its values. Each statement is built once: building it
    costs more than running it."""

    states: tuple[ProposalState, ...]
    sort: Sort = Sort.NEWEST
    language: str = ""
    by_theme: bool = False
    by_language: bool = False
    by_terms: int = 0
    by_text: bool = False
    resumes_in: int | None = None
    postgresql: bool = False


def _values(consultation_id: uuid.UUID, filters: Filters, *, postgresql: bool) -> dict[str, Any]:
    given: dict[str, Any] = {"consultation": consultation_id}
    if filters.theme_id is not None:
        given["theme"] = filters.theme_id
    if filters.language:
        given["tag"] = filters.language
    if filters.text:
        given["words"] = phrase(filters.text, postgresql=postgresql)
    return given | {f"term_{number}": term_id for number, term_id in enumerate(filters.term_ids)}


@lru_cache(maxsize=256)
def _statement(shape: _Shape) -> Select[Any]:
    order = _ORDERS[shape.sort]
    beginnings = []
    for state in shape.states:
        for number, stretch in enumerate(order.stretches):
            if shape.resumes_in is not None and number < shape.resumes_in:
                continue
            query = select(_p.id, order.key.label("key"), literal_column(str(number), Integer).label("stretch"))
            query = query.where(_p.state == state, *_conditions(shape), *stretch)
            if number == shape.resumes_in:
                query = query.where(order.beyond())
            limit = bindparam("limit", type_=Integer)
            beginnings.append(query.order_by(*order.by(order.key, _p.id)).limit(limit).subquery())
    merged = union_all(*(select(each) for each in beginnings)).subquery()
    rows = _rows(shape.language).join(merged, merged.c.id == _p.id).add_columns(merged.c.key, merged.c.stretch)
    rows = rows.order_by(merged.c.stretch, *order.by(merged.c.key, merged.c.id))
    return rows.limit(bindparam("limit", type_=Integer))


@lru_cache(maxsize=256)
def _count(shape: _Shape) -> Select[Any]:
    return select(func.count()).select_from(Proposal.__table__).where(_p.state.in_(shape.states), *_conditions(shape))


def _conditions(shape: _Shape) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [_p.consultation_id == bindparam("consultation")]
    if shape.by_theme:
        conditions.append(_p.theme_id == bindparam("theme"))
    if shape.by_language:
        conditions.append(_p.language == bindparam("tag"))
    for number in range(shape.by_terms):
        named = select(_named.proposal_id).where(_named.term_id == bindparam(f"term_{number}"))
        conditions.append(_p.id.in_(named))
    if shape.by_text:
        conditions.append(matching(bindparam("words"), postgresql=shape.postgresql))
    return conditions


def _rows(language: str) -> Select[Any]:
    return select(
        _p.id,
        _p.code,
        _p.state,
        _p.language,
        _p.title,
        func.substr(_p.barrier, 1, EXCERPT + 1).label("excerpt"),
        _p.theme_id,
        _p.content_notes,
        _p.endorsement_count,
        _p.comment_count,
        _p.author_label,
        _member.code.label("organization_code"),
        organization_name(language).label("organization"),
        _member.protected,
        _translation.title.label("translated_title"),
    ).select_from(
        Proposal.__table__.outerjoin(MemberOrganization.__table__, _member.id == _p.organization_id).outerjoin(
            Translation.__table__, and_(_translation.proposal_id == _p.id, _translation.language == language)
        )
    )


class _Last(NamedTuple):
    """Where the page before ended: in which stretch of the order, and at what."""

    stretch: int
    key: Any
    id: uuid.UUID


@dataclass(frozen=True, slots=True)
class _Order:
    """``stretches`` are read one after the other; each is a tuple of conditions."""

    key: ColumnElement[Any]
    descending: bool
    stretches: tuple[tuple[ColumnElement[bool], ...], ...] = ((),)

    def by(self, key: Any, identifier: Any) -> tuple[ColumnElement[Any], ...]:
        return (key.desc(), identifier.desc()) if self.descending else (key.asc(), identifier.asc())

    def beyond(self) -> ColumnElement[bool]:
        # Not a row comparison, which SQLite would not answer from the index with the bound on the key alone.
        key, identifier = bindparam("last_key", type_=self.key.type), bindparam("last_id", type_=_p.id.type)
        if self.descending:
            return (self.key <= key) & ((self.key < key) | (_p.id < identifier))
        return (self.key >= key) & ((self.key > key) | (_p.id > identifier))


_START: ColumnElement[int] = bindparam("start", type_=BigInteger)
_ORDERS = {
    Sort.NEWEST: _Order(_p.published_at, descending=True),
    Sort.OLDEST: _Order(_p.published_at, descending=False),
    Sort.ENDORSED: _Order(_p.endorsement_count, descending=True),
    Sort.DISCUSSED: _Order(_p.comment_count, descending=True),
    Sort.FAIR: _Order(_p.shuffle, descending=False, stretches=((_p.shuffle >= _START,), (_p.shuffle < _START,))),
}


def _position(after: str, sort: Sort) -> _Last:
    made_for, stretch, key, identifier = decode(after, str, int, int, str)
    try:
        if made_for != sort or stretch not in range(len(_ORDERS[sort].stretches)):
            raise ValueError(made_for)
        if not 0 <= abs(key) < 2**63:
            raise ValueError(key)
        when = sort in (Sort.NEWEST, Sort.OLDEST)
        return _Last(stretch, _EPOCH + timedelta(microseconds=key) if when else key, uuid.UUID(identifier))
    except (ValueError, OverflowError) as error:
        raise BadCursor(after) from error


def _plain(key: datetime | int) -> int:
    return (key - _EPOCH) // timedelta(microseconds=1) if isinstance(key, datetime) else key
