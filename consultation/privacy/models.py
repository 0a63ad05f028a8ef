"""The texts that organizers write, the ledger of who agreed to which of them, and erasures."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index

from consultation.kernel.ids import uuid7
from consultation.kernel.orm import Base, Mapped, Trilingual, choice, mapped_column, one_of, trilingual, unique_while
from consultation.privacy.states import AskedBy, Consent, Occasion, PageName


class PageVersion(Base):
    """One version of a page, in the three languages. Never changed (a trigger refuses it): people agreed to it.

    ``asks``: whoever agreed to an earlier version is asked again. ``saved_by`` is an opaque id that outlives the
    account, none for the operator.
    """

    __tablename__ = "page_version"
    __table_args__ = (
        one_of("name", PageName),
        CheckConstraint("version >= 1", name="version_positive"),
        CheckConstraint("text_en <> '' AND text_fr <> '' AND text_es <> ''", name="texts_present"),
    )

    name: Mapped[PageName] = choice(PageName, primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[Trilingual] = trilingual("text")
    asks: Mapped[bool] = mapped_column(default=False)
    saved_by: Mapped[uuid.UUID | None]
    saved_at: Mapped[datetime]


class Agreement(Base):
    """One line of the ledger: somebody agreed to a version of a page, or took that back. Never changed.

    ``user_id`` is opaque and outlives the account. Whoever sends an application has no account yet: the line names the
    invitation that their mail carries. Version 0 is the program's own text; ``text_sha256`` is the digest of the words
    that were shown, in ``language``.
    """

    __tablename__ = "agreement"
    __table_args__ = (
        one_of("page", PageName),
        one_of("step", Consent),
        one_of("occasion", Occasion),
        CheckConstraint("language IN ('en', 'fr', 'es')", name="language_known"),
        CheckConstraint("(user_id IS NULL) <> (invitation_id IS NULL)", name="somebodys"),
        CheckConstraint("version >= 0", name="version_positive"),
        Index(None, "user_id"),
        Index(None, "invitation_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    user_id: Mapped[uuid.UUID | None]
    invitation_id: Mapped[uuid.UUID | None]
    page: Mapped[PageName] = choice(PageName)
    version: Mapped[int]
    language: Mapped[str]
    text_sha256: Mapped[str]
    step: Mapped[Consent] = choice(Consent)
    occasion: Mapped[Occasion] = choice(Occasion)
    at: Mapped[datetime]


class Erasure(Base):
    """That somebody's account is to be erased at a time, was, or was to be until they took it back."""

    __tablename__ = "erasure"
    __table_args__ = (
        one_of("asked_by", AskedBy),
        CheckConstraint("withdrawn_at IS NULL OR done_at IS NULL", name="one_end"),
        CheckConstraint("due_at >= asked_at", name="due_later"),
        unique_while("withdrawn_at IS NULL AND done_at IS NULL", "uq_erasure_standing", "user_id"),
        Index(None, "due_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    asked_by: Mapped[AskedBy] = choice(AskedBy)
    asked_at: Mapped[datetime]
    due_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
