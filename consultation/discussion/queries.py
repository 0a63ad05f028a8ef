"""Threads of comments: a page of threads by keyset, each with its first replies, as plain rows."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any

from sqlalchemy import Integer, Select, bindparam, case, func, or_, select
from sqlalchemy.orm import Session

from consultation.accounts.models import User
from consultation.accounts.queries import public_name
from consultation.discussion.models import Comment
from consultation.discussion.states import Stance, Visibility
from consultation.kernel.roles import COLLECTIVE
from consultation.membership.models import MemberOrganization
from consultation.membership.queries import organization_name
from consultation.web.pagination import PAGE_SIZE, BadCursor, decode, encode

FIRST_REPLIES = 2
MAXIMUM_REPLIES = 500
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Sort(StrEnum):
    OLDEST = "oldest"
    NEWEST = "newest"


@dataclass(frozen=True, slots=True)
class CommentRow:
    """A comment as it is shown. Of a hidden one, only that it was there: it keeps its visible replies in place.

    ``person`` is the one who wrote it for an organization, where they chose to be named; ``unnamed`` says of whoever
    is named by nothing what they are: ``person``, or ``former`` once their account is erased.
    """

    id: uuid.UUID
    language: str
    stance: Stance
    body: str
    created_at: datetime
    hidden: bool
    author: str
    protected_code: str | None
    person: str
    unnamed: str
    reply_count: int
    answers_id: uuid.UUID | None
    replies: Sequence["CommentRow"] = field(default=())

    @property
    def more(self) -> int:
        """How many replies are not shown yet."""
        return self.reply_count - len(self.replies)


@dataclass(frozen=True, slots=True)
class Threads:
    """A page of threads, and the cursor of the next one, if any."""

    rows: Sequence[CommentRow]
    next_cursor: str | None = None


def threads(
    session: Session,
    proposal_id: uuid.UUID,
    *,
    sort: Sort,
    language: str,
    after: str | None = None,
    size: int = PAGE_SIZE,
) -> Threads:
    """A page of threads with the first replies of each; one query, and one more when there are replies.

    Raises:
        BadCursor: when ``after`` was not made by this list.
    """
    given: dict[str, Any] = {"proposal": proposal_id, "limit": size + 1}
    if after is not None:
        given |= _position(after, sort)
    rows = session.execute(_threads(language, sort, after is not None), given).all()
    ended = rows[size - 1] if len(rows) > size else None
    rows = rows[:size]
    answered = [row.id for row in rows if row.reply_count]
    replies: dict[uuid.UUID, list[CommentRow]] = {}
    if answered:
        for row in session.execute(_first_replies(language), {"threads": answered}):
            replies.setdefault(row.thread_id, []).append(_shown_as(row))
    following = encode([sort, (ended.created_at - _EPOCH) // _TICK, ended.id.hex]) if ended is not None else None
    return Threads([_shown_as(row, replies.get(row.id, ())) for row in rows], following)


def thread(session: Session, proposal_id: uuid.UUID, thread_id: uuid.UUID, *, language: str) -> Threads:
    """One thread with its replies, or no row when there is none to see. Two queries."""
    top, replies = _thread(language)
    row = session.execute(top, {"proposal": proposal_id, "thread": thread_id}).first()
    if row is None:
        return Threads([])
    rows = session.execute(replies, {"thread": thread_id})
    return Threads([_shown_as(row, [_shown_as(reply) for reply in rows])])


def visible_comment(session: Session, proposal_id: uuid.UUID, comment_id: uuid.UUID) -> Comment | None:
    """A comment on this proposal that one may answer."""
    return session.scalar(
        select(Comment).where(
            Comment.id == comment_id, Comment.proposal_id == proposal_id, Comment.visibility == Visibility.VISIBLE
        )
    )


_TICK = timedelta(microseconds=1)
_c = Comment.__table__.c
_VISIBLE = _c.visibility == Visibility.VISIBLE
_SHOWN = or_(_VISIBLE, _c.reply_count > 0)


def _comments(language: str) -> Select[Any]:
    """A person is named as they chose: beside an organization for which they speak, and not where they are the member
    themselves, nor beside one that is protected."""
    member, user = MemberOrganization.__table__, User.__table__
    return select(
        _c.id,
        _c.thread_id,
        _c.answers_id,
        _c.language,
        _c.stance,
        _c.body,
        _c.created_at,
        _c.visibility,
        _c.reply_count,
        member.c.code,
        member.c.protected,
        func.coalesce(organization_name(language), _c.author_label, "").label("author"),
        func.coalesce(case((member.c.kind.not_in(COLLECTIVE), ""), else_=public_name()), "").label("person"),
        user.c.id.label("author_id"),
        user.c.erased_at,
    ).select_from(
        Comment.__table__.outerjoin(member, member.c.id == _c.organization_id).outerjoin(
            user, user.c.id == _c.author_id
        )
    )


@lru_cache(maxsize=64)
def _threads(language: str, sort: Sort, resumes: bool) -> Select[Any]:
    query = _comments(language).where(_c.proposal_id == bindparam("proposal"), _c.thread_id.is_(None), _SHOWN)
    at, last = bindparam("last_at", type_=_c.created_at.type), bindparam("last_id", type_=_c.id.type)
    if sort is Sort.NEWEST:
        query = query.order_by(_c.created_at.desc(), _c.id.desc())
        beyond = (_c.created_at <= at) & ((_c.created_at < at) | (_c.id < last))
    else:
        query = query.order_by(_c.created_at, _c.id)
        beyond = (_c.created_at >= at) & ((_c.created_at > at) | (_c.id > last))
    return (query.where(beyond) if resumes else query).limit(bindparam("limit", type_=Integer))


@lru_cache(maxsize=8)
def _first_replies(language: str) -> Select[Any]:
    place = func.row_number().over(partition_by=_c.thread_id, order_by=(_c.created_at, _c.id))
    ranked = (
        select(_c.id, place.label("place"))
        .where(_c.thread_id.in_(bindparam("threads", expanding=True)), _VISIBLE)
        .subquery()
    )
    query = _comments(language).join(ranked, ranked.c.id == _c.id).where(ranked.c.place <= FIRST_REPLIES)
    return query.order_by(_c.created_at, _c.id)


@lru_cache(maxsize=8)
def _thread(language: str) -> tuple[Select[Any], Select[Any]]:
    """The top of a thread, and its replies."""
    top = _comments(language).where(
        _c.proposal_id == bindparam("proposal"), _c.id == bindparam("thread"), _c.thread_id.is_(None), _SHOWN
    )
    replies = _comments(language).where(_c.thread_id == bindparam("thread"), _VISIBLE)
    return top, replies.order_by(_c.created_at, _c.id).limit(MAXIMUM_REPLIES)


def _position(after: str, sort: Sort) -> dict[str, Any]:
    made_for, ticks, identifier = decode(after, str, int, str)
    try:
        if made_for != sort:
            raise ValueError(made_for)
        return {"last_at": _EPOCH + ticks * _TICK, "last_id": uuid.UUID(identifier)}
    except (ValueError, OverflowError) as error:
        raise BadCursor(after) from error


def _shown_as(row: Any, replies: Sequence[CommentRow] = ()) -> CommentRow:
    hidden = row.visibility is Visibility.HIDDEN
    author, person = (row.author, row.person) if row.author else (row.person, "")
    unnamed = "" if row.author_id is None else "person" if row.erased_at is None else "former"
    return CommentRow(
        row.id,
        row.language,
        row.stance,
        "" if hidden else row.body,
        row.created_at,
        hidden,
        "" if hidden or row.protected else author,
        row.code if row.protected and not hidden else None,
        "" if hidden or row.protected else person,
        unnamed,
        row.reply_count,
        row.answers_id,
        replies,
    )
