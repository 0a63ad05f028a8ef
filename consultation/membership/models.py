"""Member organizations and the people who may speak for them."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import relationship

from consultation.accounts.models import User
from consultation.kernel.ids import uuid7
from consultation.kernel.orm import Base, Mapped, choice, mapped_column, one_of
from consultation.kernel.roles import MandateKind
from consultation.membership.states import OrganizationState


class MemberOrganization(Base):
    """A body that takes part. Names are kept as the organization gives them; one language is enough."""

    __tablename__ = "member_organization"
    __table_args__ = (
        one_of("state", OrganizationState),
        CheckConstraint("(state = 'verified') = (verified_at IS NOT NULL)", name="verified_is_dated"),
        Index(None, "name"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    name_fr: Mapped[str | None]
    name_es: Mapped[str | None]
    acronym: Mapped[str | None]
    sector_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("term.id"))
    languages: Mapped[list[str]] = mapped_column(default=list)
    website: Mapped[str | None]
    protected: Mapped[bool] = mapped_column(default=False)
    state: Mapped[OrganizationState] = choice(OrganizationState)
    verified_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    import_identity: Mapped[str | None] = mapped_column(unique=True)
    original: Mapped[dict[str, Any]] = mapped_column(default=dict)

    def name_in(self, language: str) -> str:
        """Its name in a language, or, where it gave none, the name by which it registered."""
        return {"fr": self.name_fr, "es": self.name_es}.get(language) or self.name


class OrganizationJurisdiction(Base):
    __tablename__ = "organization_jurisdiction"

    organization_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("member_organization.id", ondelete="CASCADE"), primary_key=True
    )
    term_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("term.id"), primary_key=True)


class Mandate(Base):
    """That a person speaks for an organization, from a date until it is revoked or ends."""

    __tablename__ = "mandate"
    __table_args__ = (
        one_of("kind", MandateKind),
        CheckConstraint("ends_at IS NULL OR ends_at > starts_at", name="ends_later"),
        Index(
            "uq_mandate_current",
            "user_id",
            "organization_id",
            unique=True,
            sqlite_where=text("revoked_at IS NULL"),
            postgresql_where=text("revoked_at IS NULL"),
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    organization_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("member_organization.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[MandateKind] = choice(MandateKind)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(lazy="raise_on_sql")
    organization: Mapped[MemberOrganization] = relationship(lazy="raise_on_sql")
