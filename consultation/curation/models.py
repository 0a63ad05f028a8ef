"""Agenda items: what is ranked and drafted, each tied to the proposals it is made of."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import relationship

from consultation.convening.models import Consultation, Term
from consultation.curation.states import ConsentState, ItemState, Relation
from consultation.kernel.ids import uuid7
from consultation.kernel.orm import Base, Mapped, choice, mapped_column, one_of
from consultation.proposals.models import Proposal


class AgendaItem(Base):
    """A line that may be ranked. Its text in the language of its making stands here; ``revision`` counts its edits."""

    __tablename__ = "agenda_item"
    __table_args__ = (
        one_of("state", ItemState),
        one_of("relation", Relation),
        UniqueConstraint("consultation_id", "number"),
        CheckConstraint("title <> ''", name="title_present"),
        CheckConstraint("minutes IS NULL OR minutes > 0", name="minutes_positive"),
        Index(None, "consultation_id", "state", "number"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    consultation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("consultation.id"))
    number: Mapped[int]
    code: Mapped[str] = mapped_column(unique=True)
    state: Mapped[ItemState] = choice(ItemState)
    relation: Mapped[Relation] = choice(Relation)
    language: Mapped[str]
    title: Mapped[str]
    summary: Mapped[str] = mapped_column(default="")
    barrier: Mapped[str] = mapped_column(default="")
    evidence: Mapped[str] = mapped_column(default="")
    remedy: Mapped[str] = mapped_column(default="")
    theme_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("term.id"), index=True)
    minutes: Mapped[int | None]
    revision: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    locked_at: Mapped[datetime | None]

    consultation: Mapped[Consultation] = relationship(lazy="raise_on_sql")
    theme: Mapped[Term | None] = relationship(lazy="raise_on_sql")
    provenance: Mapped[list["Provenance"]] = relationship(
        lazy="raise_on_sql",
        order_by="Provenance.position",
        cascade="all, delete-orphan",
        back_populates="item",
    )

    @property
    def content_notes(self) -> list[str]:
        """What the proposals speak of of which it is made; they are loaded with its provenance."""
        return sorted({code for source in self.provenance for code in source.proposal.content_notes})


class Provenance(Base):
    """That an item is made of a proposal, in the revision it had, and what its organization said to that.

    A proposal is in one item at the most."""

    __tablename__ = "provenance"
    __table_args__ = (one_of("consent", ConsentState), UniqueConstraint("item_id", "position"))

    proposal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("proposal.id"), primary_key=True)
    item_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("agenda_item.id", ondelete="CASCADE"))
    position: Mapped[int]
    proposal_revision: Mapped[int]
    consent: Mapped[ConsentState] = choice(ConsentState)
    minority_note: Mapped[str | None]
    created_at: Mapped[datetime]

    item: Mapped[AgendaItem] = relationship(lazy="raise_on_sql", back_populates="provenance")
    proposal: Mapped[Proposal] = relationship(lazy="raise_on_sql")
