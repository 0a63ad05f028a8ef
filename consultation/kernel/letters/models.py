"""The queue of mail: one row a letter, which goes once it is sent."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index

from consultation.kernel.ids import uuid7
from consultation.kernel.orm import Base, Mapped, mapped_column


class LetterRefusal(Base):
    """That a person wants no letters of this kind."""

    __tablename__ = "letter_refusal"

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    created_at: Mapped[datetime]


class Letter(Base):
    """To somebody with an account, or to an address that may have none. ``details`` hold nothing secret: what opens
    something is made when the letter is written. ``due_at`` moves on with each try."""

    __tablename__ = "letter"
    __table_args__ = (
        CheckConstraint("(user_id IS NULL) <> (address IS NULL)", name="one_recipient"),
        CheckConstraint("expires_at > created_at", name="expires_later"),
        CheckConstraint("attempts >= 0", name="attempts_counted"),
        Index(None, "due_at"),
        Index(None, "expires_at"),
        Index(None, "user_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    kind: Mapped[str]
    user_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    address: Mapped[str | None]
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    expires_at: Mapped[datetime]
