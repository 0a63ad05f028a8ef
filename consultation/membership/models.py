"""Member organizations and the people who may speak for them."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import relationship

from consultation.accounts.models import User
from consultation.kernel.ids import uuid7
from consultation.kernel.orm import Base, Mapped, choice, mapped_column, one_of, unique_while
from consultation.kernel.roles import MandateKind, MemberKind
from consultation.membership.states import OrganizationState, Step


class MemberOrganization(Base):
    """A member that takes part: a body, or a person in their own name. Names are kept as it gives them; one language is
    enough. ``expertise`` and ``works_at`` are what an expert says in a sentence, ``approvals_needed`` how many people
    it takes to verify it. ``confirmation_asked_at``: since when it is asked whether it still takes part.

    ``listed``: it wants to stand in the public directory; a ``protected`` one never does, and is named by its code.
    ``scrutiny`` counts the times that its verification began anew: approvals of an earlier time count no more.
    """

    __tablename__ = "member_organization"
    __table_args__ = (
        one_of("state", OrganizationState),
        one_of("kind", MemberKind),
        CheckConstraint("NOT (listed AND protected)", name="protected_is_not_listed"),
        CheckConstraint("kind IN ('organization', 'nation') OR NOT listed", name="people_are_not_listed"),
        CheckConstraint(
            "approvals_needed = 2 OR (approvals_needed = 1 AND kind NOT IN ('organization', 'nation'))",
            name="approvals_two_or_one",
        ),
        CheckConstraint("(state = 'verified') = (verified_at IS NOT NULL)", name="verified_is_dated"),
        CheckConstraint("(state = 'merged') = (merged_into_id IS NOT NULL)", name="merged_into_one"),
        CheckConstraint("merged_into_id <> id", name="merged_into_another"),
        Index(None, "name"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    code: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[MemberKind] = choice(MemberKind, default=MemberKind.ORGANIZATION)
    name: Mapped[str]
    name_fr: Mapped[str | None]
    name_es: Mapped[str | None]
    acronym: Mapped[str | None]
    sector_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("term.id"))
    languages: Mapped[list[str]] = mapped_column(default=list)
    website: Mapped[str | None]
    communities: Mapped[str] = mapped_column(default="")
    existence: Mapped[str] = mapped_column(default="")
    expertise: Mapped[str] = mapped_column(default="")
    works_at: Mapped[str] = mapped_column(default="")
    approvals_needed: Mapped[int] = mapped_column(default=2)
    listed: Mapped[bool] = mapped_column(default=False)
    protected: Mapped[bool] = mapped_column(default=False)
    scrutiny: Mapped[int] = mapped_column(default=0)
    state: Mapped[OrganizationState] = choice(OrganizationState)
    verified_at: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    confirmation_asked_at: Mapped[datetime | None]
    merged_into_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("member_organization.id"), index=True)
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


class VerificationStep(Base):
    """One act in the verification of an organization: the log by which two people verify it.

    ``user_id`` is who acted, none for the operator; ``vouching_id`` is the member organization that vouches.
    """

    __tablename__ = "verification_step"
    __table_args__ = (
        one_of("step", Step),
        CheckConstraint("step <> 'vouching' OR vouching_id IS NOT NULL", name="vouching_is_somebodys"),
        CheckConstraint("vouching_id IS NULL OR vouching_id <> organization_id", name="nobody_vouches_for_itself"),
        Index(None, "organization_id", "created_at"),
        # One person counts once, and so does an organization that vouches, however often they press the button.
        unique_while("step = 'approval'", "uq_verification_step_approval", "organization_id", "scrutiny", "user_id"),
        unique_while("step = 'vouching'", "uq_verification_step_vouching", "organization_id", "vouching_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    organization_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member_organization.id", ondelete="CASCADE"))
    step: Mapped[Step] = choice(Step)
    scrutiny: Mapped[int]
    user_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    vouching_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("member_organization.id", ondelete="CASCADE"))
    note: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]


class OrganizationMerge(Base):
    """That two registrations were one organization's, and everything that changed hands."""

    __tablename__ = "organization_merge"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    kept_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member_organization.id"), index=True)
    gone_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member_organization.id"), unique=True)
    reason: Mapped[str]
    trace: Mapped[dict[str, Any]]
    merged_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"), index=True)
    merged_at: Mapped[datetime]


class Affiliation(Base):
    """That an organization belongs to another one, its umbrella: proposed by one of the two, in force once the other
    one, or the desk, has agreed, until either ends it. An organization has one umbrella at a time."""

    __tablename__ = "affiliation"
    __table_args__ = (
        CheckConstraint("umbrella_id <> affiliate_id", name="two_organizations"),
        CheckConstraint("proposed_by_id IN (umbrella_id, affiliate_id)", name="proposed_by_one"),
        CheckConstraint("agreed_at IS NULL OR agreed_at >= proposed_at", name="agreed_later"),
        CheckConstraint("ended_at IS NULL OR ended_at >= proposed_at", name="ended_later"),
        Index(None, "umbrella_id"),
        unique_while("ended_at IS NULL", "uq_affiliation_standing", "affiliate_id", "umbrella_id"),
        unique_while("agreed_at IS NOT NULL AND ended_at IS NULL", "uq_affiliation_umbrella", "affiliate_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    umbrella_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member_organization.id", ondelete="CASCADE"))
    affiliate_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member_organization.id", ondelete="CASCADE"))
    proposed_by_id: Mapped[uuid.UUID]
    proposed_at: Mapped[datetime]
    agreed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    umbrella: Mapped[MemberOrganization] = relationship(lazy="raise_on_sql", foreign_keys=[umbrella_id])
    affiliate: Mapped[MemberOrganization] = relationship(lazy="raise_on_sql", foreign_keys=[affiliate_id])

    @property
    def other(self) -> MemberOrganization:
        """The one that has to agree."""
        return self.affiliate if self.proposed_by_id == self.umbrella_id else self.umbrella


class Mandate(Base):
    """That a person speaks for an organization, from a date until it is revoked or ends."""

    __tablename__ = "mandate"
    __table_args__ = (
        one_of("kind", MandateKind),
        CheckConstraint("ends_at IS NULL OR ends_at > starts_at", name="ends_later"),
        unique_while("revoked_at IS NULL", "uq_mandate_current", "user_id", "organization_id"),
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


class Invitation(Base):
    """A mandate offered by mail. Only the digest of the token that the letter carries is kept."""

    __tablename__ = "invitation"
    __table_args__ = (
        one_of("kind", MandateKind),
        CheckConstraint("language IN ('en', 'fr', 'es')", name="language_known"),
        CheckConstraint("email = lower(email)", name="email_lower"),
        CheckConstraint("expires_at > created_at", name="expires_later"),
        CheckConstraint("mandate_ends_at IS NULL OR mandate_ends_at > created_at", name="mandate_ends_later"),
        CheckConstraint("accepted_at IS NULL OR withdrawn_at IS NULL", name="one_end"),
        unique_while(
            "accepted_at IS NULL AND withdrawn_at IS NULL", "uq_invitation_standing", "organization_id", "email"
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    organization_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member_organization.id", ondelete="CASCADE"))
    email: Mapped[str]
    name: Mapped[str] = mapped_column(default="")
    language: Mapped[str]
    kind: Mapped[MandateKind] = choice(MandateKind)
    founding: Mapped[bool] = mapped_column(default=False)
    mandate_ends_at: Mapped[datetime | None]
    invited_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    token_sha256: Mapped[str | None] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]

    organization: Mapped[MemberOrganization] = relationship(lazy="raise_on_sql")

    def stands(self, now: datetime) -> bool:
        """Whether it can be accepted."""
        return self.accepted_at is None and self.withdrawn_at is None and self.expires_at > now
