"""A person's data as one document: each row of the database that names them, by the inventory."""

import uuid
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from consultation.accounts.models import User
from consultation.kernel.orm import Base
from consultation.membership.models import Mandate
from consultation.privacy.inventory import ADDRESSES, HOLDINGS, Holding
from consultation.privacy.queries import own_memberships
from consultation.voting.models import Contest, RollEntry

FORMAT = "consultation-personal-data/1"


def personal_data(session: Session, user: User, *, site: str, now: datetime) -> dict[str, Any]:
    """Everything that the database holds about the person, as plain JSON values."""
    found: dict[str, Any] = {one.section: _rows(session, one, user.id) for one in HOLDINGS if one.section}
    for holding in ADDRESSES.values():
        if isinstance(holding, Holding):
            found[holding.section] = _rows(session, holding, user.email)
    found["own_memberships"] = [_plain_row(one) for one in own_memberships(session, user.id)]
    found["participation"] = _participation(session, user.id)
    return {
        "format": FORMAT,
        "site": site,
        "made_at": now.isoformat(),
        "person": str(user.id),
        "sections": dict(sorted(found.items())),
        "left_out": {
            f"{one.table}.{name}": "opens something, belongs to somebody else, or repeats what stands elsewhere"
            for one in HOLDINGS
            for name in one.without
        },
    }


def _rows(session: Session, holding: Holding, value: uuid.UUID | str) -> list[dict[str, Any]]:
    table: Table = Base.metadata.tables[holding.table]
    columns = [column for column in table.columns if column.name not in holding.without]
    query = select(*columns).where(table.c[holding.column] == value).order_by(*table.primary_key.columns)
    return [_plain_values(row._mapping) for row in session.execute(query)]


def _plain_row(mapped: Any) -> dict[str, Any]:
    table = type(mapped).__table__
    return _plain_values({column.name: getattr(mapped, column.name) for column in table.columns})


def _plain_values(values: Mapping[Any, Any]) -> dict[str, Any]:
    return {str(name): _plain(value) for name, value in values.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, uuid.UUID) else value


def _participation(session: Session, user_id: uuid.UUID) -> list[dict[str, Any]]:
    """The contests in which a member for whom the person speaks or spoke is on the roll; those in which they have a
    ballot of their own stand under ``rolls``. Whether it voted is told
    where it is known to all, after the close; who cast a ballot, and which, the database does not know."""
    rows = session.execute(
        select(Contest.code, RollEntry.name, RollEntry.voted)
        .join(RollEntry, RollEntry.contest_id == Contest.id)
        .join(Mandate, Mandate.organization_id == RollEntry.organization_id)
        .where(Mandate.user_id == user_id, RollEntry.user_id.is_(None))
        .distinct()
        .order_by(Contest.code, RollEntry.name)
    )
    return [{"contest": row.code, "on_the_roll_as": row.name, "voted": row.voted} for row in rows]
