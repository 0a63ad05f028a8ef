"""A change of somebody's address that waits to be taken."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index

from consultation.kernel.ids import uuid7
from consultation.kernel.orm import Base, Mapped, mapped_column


class AddressChange(Base):
    """The address that a person wants to have, one a person at most. Of the link that is mailed there only the digest
    is kept, from when the letter leaves; taking it takes the row away."""

    __tablename__ = "address_change"
    __table_args__ = (
        CheckConstraint("expires_at > created_at", name="expires_later"),
        CheckConstraint("email = lower(email)", name="email_lower"),
        Index(None, "expires_at"),
        Index(None, "email"),
    )

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(unique=True, default=uuid7)
    email: Mapped[str]
    token_sha256: Mapped[str | None] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
