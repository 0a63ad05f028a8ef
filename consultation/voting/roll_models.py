"""What members say against a provisional roll, and how it was answered."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index

from consultation.kernel.ids import uuid7
from consultation.kernel.orm import Base, Mapped, choice, mapped_column, one_of, unique_while
from consultation.voting.states import ObjectionKind


class RollObjection(Base):
    """``organization_id`` speaks, ``about`` is a code or a name as typed. Answered by an organizer, never by whoever
    raised it; what was said stays, and so does the answer."""

    __tablename__ = "roll_objection"
    __table_args__ = (
        one_of("kind", ObjectionKind),
        CheckConstraint(
            "(answered_at IS NULL) = (answer IS NULL) AND (answered_at IS NULL) = (upheld IS NULL)",
            name="answered_whole",
        ),
        CheckConstraint("answered_by IS NULL OR answered_by <> raised_by", name="somebody_else_answers"),
        CheckConstraint("answered_by IS NULL OR answered_at IS NOT NULL", name="answerer_has_answered"),
        Index(None, "contest_id", "raised_at"),
        Index(None, "raised_by"),
        Index(None, "answered_by"),
        unique_while(
            "answered_at IS NULL", "uq_roll_objection_waiting", "contest_id", "organization_id", "kind", "about"
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    contest_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contest.id", ondelete="CASCADE"))
    organization_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("member_organization.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[ObjectionKind] = choice(ObjectionKind)
    about: Mapped[str]
    text: Mapped[str]
    raised_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    raised_at: Mapped[datetime]
    answer: Mapped[str | None]
    upheld: Mapped[bool | None]
    answered_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    answered_at: Mapped[datetime | None]
