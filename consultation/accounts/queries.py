"""Finding people."""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from consultation.accounts.models import User


def user_by_id(session: Session, user_id: uuid.UUID) -> User | None:
    """An active user with their roles, in one query."""
    return (
        session.scalars(select(User).where(User.id == user_id, User.active).options(joinedload(User.role_rows)))
        .unique()
        .one_or_none()
    )


def user_by_email(session: Session, email: str) -> User | None:
    return (
        session.scalars(
            select(User).where(User.email == email.strip().lower(), User.active).options(joinedload(User.role_rows))
        )
        .unique()
        .one_or_none()
    )
