"""Proposals with their revisions, evidence, translations and endorsements."""

import secrets
import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import relationship

from consultation.accounts.models import User
from consultation.convening.models import Consultation, Term
from consultation.kernel.ids import uuid7
from consultation.kernel.orm import Base, Mapped, choice, mapped_column, one_of
from consultation.membership.models import MemberOrganization
from consultation.proposals.states import EvidenceKind, ProposalState, TranslationState

SHUFFLE_BITS = 62


class Proposal(Base):
    """A submitted text. The current text stands here; every text it ever had stands in its revisions.

    ``shuffle`` is a random number that never changes: read from a starting point of each visitor's own, it gives
    every proposal the same chance to be seen first. It is also the row's number in SQLite's search index, since the
    table's own row numbers may change in a VACUUM. ``search_text`` is all of its text, folded (small letters, no
    accents). ``import_identity`` is what makes a repeated import add nothing.
    ``content_notes`` are codes of ``ContentNote``; once a moderator has decided on them, ``notes_settled``, its author
    no longer does. ``decline_code`` is the public half of a refusal, ``decline_reason`` what the moderator wrote to the
    author.
    """

    __tablename__ = "proposal"
    __table_args__ = (
        one_of("state", ProposalState),
        UniqueConstraint("consultation_id", "number"),
        UniqueConstraint("consultation_id", "import_identity"),
        CheckConstraint("title <> ''", name="title_present"),
        CheckConstraint("(state = 'draft') = (submitted_at IS NULL)", name="submission_is_dated"),
        CheckConstraint("(state = 'draft') = (number IS NULL)", name="number_at_submission"),
        CheckConstraint(
            "state NOT IN ('published', 'placed') OR published_at IS NOT NULL", name="publication_is_dated"
        ),
        CheckConstraint(
            "(state = 'declined') = "
            "(declined_at IS NOT NULL AND decline_code IS NOT NULL AND decline_reason IS NOT NULL)",
            name="decline_has_reason_and_date",
        ),
        CheckConstraint("endorsement_count >= 0 AND comment_count >= 0", name="counts_positive"),
        Index("ix_proposal_listing_newest", "consultation_id", "state", "published_at", "id"),
        Index("ix_proposal_listing_shuffle", "consultation_id", "state", "shuffle", "id"),
        Index("ix_proposal_listing_endorsed", "consultation_id", "state", "endorsement_count", "id"),
        Index("ix_proposal_listing_discussed", "consultation_id", "state", "comment_count", "id"),
        Index("ix_proposal_listing_theme", "consultation_id", "theme_id", "state"),
        Index("ix_proposal_queue_of_all", "state", "submitted_at", "id"),
        Index("ix_proposal_queue", "consultation_id", "state", "submitted_at", "id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    consultation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("consultation.id"))
    number: Mapped[int | None]
    code: Mapped[str | None] = mapped_column(unique=True)
    state: Mapped[ProposalState] = choice(ProposalState)
    language: Mapped[str]
    title: Mapped[str]
    barrier: Mapped[str] = mapped_column(default="")
    evidence: Mapped[str] = mapped_column(default="")
    remedy: Mapped[str] = mapped_column(default="")
    theme_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("term.id"))
    organization_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("member_organization.id"), index=True)
    author_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"), index=True)
    author_label: Mapped[str | None]
    revision: Mapped[int] = mapped_column(default=1)
    late: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    declined_at: Mapped[datetime | None]
    decline_code: Mapped[str | None]
    decline_reason: Mapped[str | None]
    content_notes: Mapped[list[str]] = mapped_column(default=list)
    notes_settled: Mapped[bool] = mapped_column(default=False)
    endorsement_count: Mapped[int] = mapped_column(default=0)
    comment_count: Mapped[int] = mapped_column(default=0)
    shuffle: Mapped[int] = mapped_column(BigInteger, unique=True, default=lambda: secrets.randbits(SHUFFLE_BITS))
    search_text: Mapped[str] = mapped_column(default="")
    source_url: Mapped[str | None]
    import_identity: Mapped[str | None]
    original: Mapped[dict[str, Any]] = mapped_column(default=dict)

    consultation: Mapped[Consultation] = relationship(lazy="raise_on_sql")
    organization: Mapped[MemberOrganization | None] = relationship(lazy="raise_on_sql")
    author: Mapped[User | None] = relationship(lazy="raise_on_sql")
    theme: Mapped[Term | None] = relationship(lazy="raise_on_sql")
    terms: Mapped[list[Term]] = relationship(
        secondary="proposal_term", lazy="raise_on_sql", order_by=(Term.kind, Term.position)
    )
    revisions: Mapped[list["Revision"]] = relationship(lazy="raise_on_sql", order_by="Revision.number")
    sources: Mapped[list["Evidence"]] = relationship(
        lazy="raise_on_sql", order_by="Evidence.position", cascade="all, delete-orphan"
    )
    translations: Mapped[list["Translation"]] = relationship(lazy="raise_on_sql", cascade="all, delete-orphan")


class ProposalTerm(Base):
    """A critical issue, sector, jurisdiction or legal instrument that a proposal names (its theme is a column)."""

    __tablename__ = "proposal_term"

    proposal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("proposal.id", ondelete="CASCADE"), primary_key=True)
    term_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("term.id"), primary_key=True, index=True)


class Revision(Base):
    """A text that a proposal has or had."""

    __tablename__ = "revision"
    __table_args__ = (
        UniqueConstraint("proposal_id", "number"),
        CheckConstraint("number >= 1", name="number_positive"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    proposal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("proposal.id", ondelete="CASCADE"))
    number: Mapped[int]
    title: Mapped[str]
    barrier: Mapped[str]
    evidence: Mapped[str]
    remedy: Mapped[str]
    editor_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"), index=True)
    created_at: Mapped[datetime]

    editor: Mapped[User | None] = relationship(lazy="raise_on_sql")


class Evidence(Base):
    """A source on which a proposal rests."""

    __tablename__ = "evidence"
    __table_args__ = (
        one_of("kind", EvidenceKind),
        UniqueConstraint("proposal_id", "position"),
        CheckConstraint("title <> ''", name="title_present"),
        CheckConstraint("url IS NULL OR url LIKE 'http://%' OR url LIKE 'https://%'", name="url_is_web"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    proposal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("proposal.id", ondelete="CASCADE"))
    position: Mapped[int]
    kind: Mapped[EvidenceKind] = choice(EvidenceKind)
    title: Mapped[str]
    publisher: Mapped[str] = mapped_column(default="")
    year: Mapped[int | None]
    place: Mapped[str] = mapped_column(default="")
    url: Mapped[str | None]


class Translation(Base):
    """A proposal's text in another language, of a given revision; an edit of the source makes it stale."""

    __tablename__ = "translation"
    __table_args__ = (
        one_of("state", TranslationState),
        CheckConstraint("language IN ('en', 'fr', 'es')", name="language_known"),
    )

    proposal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("proposal.id", ondelete="CASCADE"), primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    revision: Mapped[int]
    state: Mapped[TranslationState] = choice(TranslationState)
    title: Mapped[str]
    barrier: Mapped[str] = mapped_column(default="")
    evidence: Mapped[str] = mapped_column(default="")
    remedy: Mapped[str] = mapped_column(default="")


class Endorsement(Base):
    """That an organization supports a proposal: one for each, withdrawable."""

    __tablename__ = "endorsement"
    __table_args__ = (Index(None, "organization_id"),)

    proposal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("proposal.id", ondelete="CASCADE"), primary_key=True)
    organization_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("member_organization.id", ondelete="CASCADE"), primary_key=True
    )
    endorsed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"), index=True)
    created_at: Mapped[datetime]

    organization: Mapped[MemberOrganization] = relationship(lazy="raise_on_sql")
