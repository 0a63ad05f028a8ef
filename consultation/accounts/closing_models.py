"""Why and when accounts were deactivated."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index

from consultation.kernel.ids import uuid7
from consultation.kernel.orm import Base, Mapped, mapped_column


class AccountClosure(Base):
    """That an account was deactivated, and activated again. Who did it is nobody where the operator did. The reason
    stands here and not in the log of events, which nobody can change: a name in it goes when its owner is erased."""

    __tablename__ = "account_closure"
    __table_args__ = (
        CheckConstraint("opened_at IS NULL OR opened_at >= closed_at", name="opened_later"),
        CheckConstraint("opened_by IS NULL OR opened_at IS NOT NULL", name="opened_by_at"),
        Index(None, "user_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    reason: Mapped[str]
    closed_at: Mapped[datetime]
    closed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id"))
    opened_at: Mapped[datetime | None]
    opened_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id"))
