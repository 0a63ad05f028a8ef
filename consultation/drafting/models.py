"""The agenda as it is drafted, and its frozen releases."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import relationship

from consultation.convening.models import Consultation, Term
from consultation.curation.models import AgendaItem
from consultation.drafting.states import DraftState, ReleaseStatus
from consultation.kernel.ids import uuid7
from consultation.kernel.orm import Base, Mapped, choice, mapped_column, one_of
from consultation.voting.models import Contest


class AgendaDraft(Base):
    """The agenda of a consultation on its way: sections by theme, items placed in them in the tally's order unless a
    placement says why not."""

    __tablename__ = "agenda_draft"
    __table_args__ = (one_of("state", DraftState),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    consultation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("consultation.id"), unique=True)
    contest_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contest.id"))
    state: Mapped[DraftState] = choice(DraftState)
    created_at: Mapped[datetime]

    consultation: Mapped[Consultation] = relationship(lazy="raise_on_sql")
    contest: Mapped[Contest] = relationship(lazy="raise_on_sql")
    sections: Mapped[list["Section"]] = relationship(
        lazy="raise_on_sql", order_by="Section.position", cascade="all, delete-orphan"
    )


class Section(Base):
    """A part of the agenda: one theme's items, or those without a theme."""

    __tablename__ = "section"
    __table_args__ = (UniqueConstraint("draft_id", "position"), UniqueConstraint("draft_id", "theme_id"))

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    draft_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("agenda_draft.id", ondelete="CASCADE"))
    theme_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("term.id"))
    position: Mapped[int]

    theme: Mapped[Term | None] = relationship(lazy="raise_on_sql")
    placements: Mapped[list["Placement"]] = relationship(
        lazy="raise_on_sql", order_by="Placement.position", cascade="all, delete-orphan"
    )


class Placement(Base):
    """An item's place in a section, its permanent number, the rank that the tally gave it, and, where organizers
    departed from that, the public reason."""

    __tablename__ = "placement"
    __table_args__ = (
        UniqueConstraint("section_id", "position"),
        UniqueConstraint("draft_id", "item_id"),
        UniqueConstraint("draft_id", "number"),
        CheckConstraint("departure_reason IS NULL OR departure_reason <> ''", name="departure_has_reason"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    draft_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("agenda_draft.id", ondelete="CASCADE"))
    section_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("section.id", ondelete="CASCADE"))
    item_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("agenda_item.id"), index=True)
    position: Mapped[int]
    number: Mapped[int]
    tally_rank: Mapped[int | None]
    departure_reason: Mapped[str | None]

    item: Mapped[AgendaItem] = relationship(lazy="raise_on_sql")


class Release(Base):
    """A frozen, numbered edition: the snapshot that feeds every format, with its digest. Never changed
    (a trigger refuses it), so ``released_by`` is an opaque id that outlives the account."""

    __tablename__ = "release"
    __table_args__ = (one_of("status", ReleaseStatus), UniqueConstraint("consultation_id", "number"))

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    consultation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("consultation.id"))
    position: Mapped[int]
    number: Mapped[str]
    status: Mapped[ReleaseStatus] = choice(ReleaseStatus)
    snapshot: Mapped[dict[str, Any]]
    sha256: Mapped[str]
    released_at: Mapped[datetime]
    released_by: Mapped[uuid.UUID | None]
