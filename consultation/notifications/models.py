"""What people are told."""

import uuid
from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint

from consultation.kernel.ids import uuid7
from consultation.kernel.orm import Base, Mapped, mapped_column


class Notice(Base):
    """A line in somebody's inbox about an event; ``name`` is the event's, and the page words it in their language."""

    __tablename__ = "notice"
    __table_args__ = (UniqueConstraint("user_id", "event_position"), Index(None, "user_id", "created_at"))

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    event_position: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str]
    subject_code: Mapped[str]
    subject_title: Mapped[str]
    detail: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
