"""Finding people."""

import uuid

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, joinedload

from consultation.accounts.models import User

# Built once, since every request of somebody signed in begins with it.
_BY_ID = select(User).where(User.id == bindparam("user_id"), User.active).options(joinedload(User.role_rows))


def user_by_id(session: Session, user_id: uuid.UUID) -> User | None:
    """An active user with their roles, in one query."""
    return session.scalars(_BY_ID, {"user_id": user_id}).unique().one_or_none()


def user_by_email(session: Session, email: str) -> User | None:
    return (
        session.scalars(
            select(User).where(User.email == email.strip().lower(), User.active).options(joinedload(User.role_rows))
        )
        .unique()
        .one_or_none()
    )
