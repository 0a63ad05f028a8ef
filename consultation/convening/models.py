"""Gatherings, consultations with their phases, and the vocabularies in three languages."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import relationship

from consultation.convening.states import PhaseName, TermKind
from consultation.kernel.ids import uuid7
from consultation.kernel.orm import Base, Mapped, Trilingual, choice, mapped_column, one_of, trilingual


class Term(Base):
    """A word of a vocabulary: a theme, a critical issue, a sector, a jurisdiction or a legal instrument.

    A retired term stays on what carries it and is offered no more. ``data`` holds what only its kind has
    (a jurisdiction's country and level, an instrument's year).
    """

    __tablename__ = "term"
    __table_args__ = (
        one_of("kind", TermKind),
        UniqueConstraint("kind", "code"),
        CheckConstraint("label_en <> '' AND label_fr <> '' AND label_es <> ''", name="labels_present"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    kind: Mapped[TermKind] = choice(TermKind)
    code: Mapped[str]
    position: Mapped[int]
    parent_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("term.id"))
    label: Mapped[Trilingual] = trilingual("label")
    short: Mapped[Trilingual] = trilingual("short")
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    retired_at: Mapped[datetime | None]


class Gathering(Base):
    """The national gathering for which an agenda is made."""

    __tablename__ = "gathering"
    __table_args__ = (CheckConstraint("ends_on >= starts_on", name="ends_later"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    title: Mapped[Trilingual] = trilingual("title")
    place: Mapped[Trilingual] = trilingual("place")
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]


class Consultation(Base):
    """One bounded process with phases. ``prefix`` begins the codes of its proposals and items; the counters are kept in
    the transactions that change what they count. ``member_rule`` says by act which people may do it besides
    organizations, where that differs from the default; ``personal_approvals`` how many verify somebody who joins in
    their own name."""

    __tablename__ = "consultation"
    __table_args__ = (
        CheckConstraint("title_en <> '' AND title_fr <> '' AND title_es <> ''", name="titles_present"),
        CheckConstraint(
            "submitted_count >= 0 AND published_count >= 0 AND item_count >= 0 AND comment_count >= 0",
            name="counts_positive",
        ),
        CheckConstraint("personal_approvals IN (1, 2)", name="personal_approvals_one_or_two"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    slug: Mapped[str] = mapped_column(unique=True)
    prefix: Mapped[str] = mapped_column(unique=True)
    title: Mapped[Trilingual] = trilingual("title")
    summary: Mapped[Trilingual] = trilingual("summary")
    convener: Mapped[Trilingual] = trilingual("convener")
    funder: Mapped[Trilingual] = trilingual("funder")
    decider: Mapped[Trilingual] = trilingual("decider")
    contact: Mapped[str] = mapped_column(default="")
    zone: Mapped[str] = mapped_column(default="America/Toronto")
    member_rule: Mapped[dict[str, Any]] = mapped_column(default=dict)
    personal_approvals: Mapped[int] = mapped_column(default=2)
    late_proposals: Mapped[bool] = mapped_column(default=False)
    gathering_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("gathering.id"))
    next_proposal_number: Mapped[int] = mapped_column(default=1)
    next_item_number: Mapped[int] = mapped_column(default=1)
    submitted_count: Mapped[int] = mapped_column(default=0)
    published_count: Mapped[int] = mapped_column(default=0)
    item_count: Mapped[int] = mapped_column(default=0)
    comment_count: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]

    phases: Mapped[list["Phase"]] = relationship(
        lazy="raise_on_sql",
        order_by="Phase.position",
        cascade="all, delete-orphan",
        back_populates="consultation",
    )
    gathering: Mapped[Gathering | None] = relationship(lazy="raise_on_sql")


class Phase(Base):
    """A stretch of time, ``[opens_at, closes_at)``. Without an opening it is not planned yet; without a closing it
    stays open until somebody closes it."""

    __tablename__ = "phase"
    __table_args__ = (
        one_of("name", PhaseName),
        CheckConstraint("closes_at IS NULL OR closes_at > opens_at", name="closes_later"),
        CheckConstraint("closes_at IS NULL OR opens_at IS NOT NULL", name="closes_after_opening"),
        UniqueConstraint("consultation_id", "name"),
        Index(None, "consultation_id", "position"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    consultation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("consultation.id", ondelete="CASCADE"))
    name: Mapped[PhaseName] = choice(PhaseName)
    position: Mapped[int]
    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]

    consultation: Mapped[Consultation] = relationship(lazy="raise_on_sql", back_populates="phases")
