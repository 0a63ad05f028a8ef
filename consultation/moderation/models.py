"""What moderators decided, on what, and why; and who is about to decide what."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import relationship

from consultation.kernel.ids import uuid7
from consultation.kernel.orm import Base, Mapped, choice, mapped_column, one_of
from consultation.moderation.states import ActionKind, ReasonCode
from consultation.proposals.models import Proposal


class ModerationAction(Base):
    """One decision on one proposal or comment. Without a moderator it was the operator's. ``content_notes`` are those
    that stand since an annotation."""

    __tablename__ = "moderation_action"
    __table_args__ = (
        one_of("kind", ActionKind),
        one_of("reason_code", ReasonCode),
        CheckConstraint("(proposal_id IS NULL) <> (comment_id IS NULL)", name="one_subject"),
        CheckConstraint(
            "kind NOT IN ('request_changes', 'decline', 'hide') OR (reason_code IS NOT NULL AND reason <> '')",
            name="refusal_has_reason",
        ),
        CheckConstraint("kind <> 'annotate' OR content_notes IS NOT NULL", name="annotation_says_which"),
        Index(None, "proposal_id", "created_at"),
        Index(None, "comment_id", "created_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    kind: Mapped[ActionKind] = choice(ActionKind)
    proposal_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("proposal.id", ondelete="CASCADE"))
    comment_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("comment.id", ondelete="CASCADE"))
    moderator_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"), index=True)
    reason_code: Mapped[ReasonCode | None] = choice(ReasonCode)
    reason: Mapped[str] = mapped_column(default="")
    content_notes: Mapped[list[str] | None]
    created_at: Mapped[datetime]

    proposal: Mapped[Proposal | None] = relationship(lazy="raise_on_sql")


class Claim(Base):
    """That a moderator has taken a proposal to decide, until when. One a proposal; past its time it holds nothing."""

    __tablename__ = "moderation_claim"
    __table_args__ = (CheckConstraint("until > claimed_at", name="ends_later"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    proposal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("proposal.id", ondelete="CASCADE"), unique=True)
    moderator_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    claimed_at: Mapped[datetime]
    until: Mapped[datetime]
