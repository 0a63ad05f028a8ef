"""What waits at the paper desk: that somebody has read a voter's paper ballot, and not what they read."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint

from consultation.kernel.orm import Base, Mapped, mapped_column

MOST_READINGS = 3
"""Two that agree put a ballot into the box. Where two differ a third one decides, or all begin again."""


class PaperReading(Base):
    """One person's reading of one voter's paper ballot, until two agree: ``reading`` is its digest under the contest's
    key, so that nobody can read here what the paper says. ``voter`` is the voter's code, or its label where the contest
    claims no roll. The keys refuse that somebody reads the same paper twice, and that it waits twice."""

    __tablename__ = "paper_reading"
    __table_args__ = (
        UniqueConstraint("contest_id", "voter", "number"),
        CheckConstraint(f"number BETWEEN 1 AND {MOST_READINGS}", name="number_counted"),
    )

    contest_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contest.id", ondelete="CASCADE"), primary_key=True)
    voter: Mapped[str] = mapped_column(primary_key=True)
    reader_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"), primary_key=True, index=True)
    number: Mapped[int]
    reading: Mapped[str]
    read_at: Mapped[datetime]
