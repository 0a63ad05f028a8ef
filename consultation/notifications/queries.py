"""Who is told about a matter."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select, union
from sqlalchemy.orm import Session

from consultation.accounts.models import User
from consultation.membership.models import Mandate


def concerned(
    session: Session, *, author_id: uuid.UUID | None, organization_id: uuid.UUID | None, at: datetime
) -> Sequence[uuid.UUID]:
    """The author, and whoever holds a mandate of the organization at that time; people with an account in use."""
    holders = select(Mandate.user_id).where(
        Mandate.organization_id == organization_id,
        Mandate.starts_at <= at,
        or_(Mandate.ends_at.is_(None), Mandate.ends_at > at),
        or_(Mandate.revoked_at.is_(None), Mandate.revoked_at > at),
    )
    people = union(select(User.id).where(User.id == author_id), holders).subquery()
    return session.scalars(select(User.id).where(User.id.in_(select(people.c.id)), User.active)).all()
