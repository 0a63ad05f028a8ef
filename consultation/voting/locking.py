"""The write lock on a contest."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from consultation.voting.models import Contest

_NAMES = (
    *("state", "opens_at", "closes_at", "opened_at", "closed_at", "published_at", "frozen_sha256", "beacon"),
    *("unit", "voters", "affiliates_count", "electorate", "announced_at", "objections_until"),
)
CHANGING = tuple(Contest.__table__.c[name] for name in _NAMES)
"""What may have changed of a contest until the lock on it was taken."""

# Built once, and past the ORM, which has nothing to add: while the lock is held all others wait.
LOCK = select(*CHANGING).where(Contest.__table__.c.id == bindparam("id")).with_for_update()


def lock(session: Session, contest: Contest) -> None:
    """Take the write lock on the contest, and see it as it is now that nobody else can change it.

    SQLite's transaction holds the lock on the whole database since its BEGIN IMMEDIATE; PostgreSQL locks the row.
    """
    session.flush()
    see(contest, session.connection().execute(LOCK, {"id": contest.id}).mappings().one())


def see(contest: Contest, row: Mapping[Any, Any]) -> None:
    """Let the contest hold what was read of it under the lock."""
    for name in _NAMES:
        set_committed_value(contest, name, row[name])
