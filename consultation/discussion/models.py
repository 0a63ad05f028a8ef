"""Comments on proposals, in threads of two levels."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import relationship

from consultation.discussion.states import Stance, Visibility
from consultation.kernel.ids import uuid7
from consultation.kernel.orm import Base, Mapped, choice, mapped_column, one_of
from consultation.membership.models import MemberOrganization
from consultation.proposals.models import Proposal


class Comment(Base):
    """``thread_id`` is the comment at the top of its thread (none for that one itself); ``answers_id`` is the comment
    that it answers, which deeper replies keep although they are shown at the second level."""

    __tablename__ = "comment"
    __table_args__ = (
        one_of("stance", Stance),
        one_of("visibility", Visibility),
        UniqueConstraint("proposal_id", "import_identity"),
        CheckConstraint("body <> ''", name="body_present"),
        CheckConstraint("(visibility = 'hidden') = (hidden_reason IS NOT NULL)", name="hidden_has_reason"),
        CheckConstraint("answers_id IS NULL OR thread_id IS NOT NULL", name="answers_within_thread"),
        CheckConstraint("thread_id IS NULL OR thread_id <> id", name="not_its_own_thread"),
        Index("ix_comment_threads", "proposal_id", "visibility", "thread_id", "created_at", "id"),
        Index(None, "thread_id", "created_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    proposal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("proposal.id", ondelete="CASCADE"))
    thread_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("comment.id", ondelete="CASCADE"))
    answers_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("comment.id", ondelete="SET NULL"), index=True)
    author_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"), index=True)
    organization_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("member_organization.id"), index=True)
    author_label: Mapped[str | None]
    language: Mapped[str]
    stance: Mapped[Stance] = choice(Stance, default=Stance.NONE)
    body: Mapped[str]
    visibility: Mapped[Visibility] = choice(Visibility, default=Visibility.VISIBLE)
    hidden_reason: Mapped[str | None]
    created_at: Mapped[datetime]
    reply_count: Mapped[int] = mapped_column(default=0)
    import_identity: Mapped[str | None]
    original: Mapped[dict[str, Any]] = mapped_column(default=dict)

    proposal: Mapped[Proposal] = relationship(lazy="raise_on_sql")
    organization: Mapped[MemberOrganization | None] = relationship(lazy="raise_on_sql")
