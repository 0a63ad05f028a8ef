"""People who sign in, their roles, the one-time links that let them in, and their sessions."""

import uuid
from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import relationship

from consultation.accounts.states import ShownAs
from consultation.kernel.ids import uuid7
from consultation.kernel.orm import Base, Mapped, choice, mapped_column, one_of
from consultation.kernel.roles import Role


class User(Base):
    """A person. ``session_epoch`` rises to end all their sessions, each of which names the one it began in.

    ``shown_as`` says how everybody sees them. ``pseudonym_key`` is the pseudonym folded, so that no two look alike.
    An erased account keeps its id, which others' rows name, and nothing of the person.
    """

    __tablename__ = "user"
    __table_args__ = (
        CheckConstraint("language IN ('en', 'fr', 'es')", name="language_known"),
        CheckConstraint("email = lower(email)", name="email_lower"),
        one_of("shown_as", ShownAs),
        CheckConstraint("shown_as <> 'pseudonym' OR pseudonym IS NOT NULL", name="pseudonym_present"),
        CheckConstraint("(pseudonym IS NULL) = (pseudonym_key IS NULL)", name="pseudonym_has_key"),
        CheckConstraint("erased_at IS NULL OR (NOT active AND name = '')", name="erased_is_nobody"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    language: Mapped[str]
    password_hash: Mapped[str | None]
    session_epoch: Mapped[int] = mapped_column(default=0)
    failed_sign_ins: Mapped[int] = mapped_column(default=0)
    last_failed_at: Mapped[datetime | None]
    active: Mapped[bool] = mapped_column(default=True)
    shown_as: Mapped[ShownAs] = choice(ShownAs, default=ShownAs.DELEGATE)
    pseudonym: Mapped[str | None]
    pseudonym_key: Mapped[str | None] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    last_signed_in_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]

    role_rows: Mapped[list["UserRole"]] = relationship(lazy="raise_on_sql", cascade="all, delete-orphan")

    @property
    def roles(self) -> frozenset[Role]:
        return frozenset(row.role for row in self.role_rows)

    @property
    def public_name(self) -> str:
        """The name by which everybody may know the person, or nothing when they are not to be named."""
        return {ShownAs.NAME: self.name, ShownAs.PSEUDONYM: self.pseudonym or ""}.get(self.shown_as, "")

    def grant(self, role: Role) -> None:
        """Give the person a role; one that they have they keep."""
        if role not in self.roles:
            self.role_rows.append(UserRole(role=role))


class UserRole(Base):
    __tablename__ = "user_role"
    __table_args__ = (one_of("role", Role),)

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    role: Mapped[Role] = choice(Role, primary_key=True)


class SignInLink(Base):
    """A one-time link: only the digest of its token is kept, and using it sets ``used_at``.

    One that was mailed has a code of six digits beside it, for the browser that asked alone: under a keyed digest,
    since so few digits would be found by trying all. ``tries`` counts the codes that were tried.
    """

    __tablename__ = "sign_in_link"
    __table_args__ = (
        CheckConstraint("expires_at > created_at", name="expires_later"),
        CheckConstraint("(code_digest IS NULL) = (browser_sha256 IS NULL)", name="code_for_a_browser"),
        CheckConstraint("tries >= 0", name="tries_counted"),
        Index(None, "user_id"),
        Index(None, "browser_sha256"),
    )

    token_sha256: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    code_digest: Mapped[str | None]
    browser_sha256: Mapped[str | None]
    tries: Mapped[int] = mapped_column(default=0)


class UserSession(Base):
    """Somebody signed in on one browser. Only the digest of what its cookie holds is kept, and of the device no more
    than a person would say of it. ``confirmed_at`` is when the person last showed that it is them, ``second_step_at``
    when they did by something that they have, besides what they know or receive."""

    __tablename__ = "user_session"
    __table_args__ = (
        CheckConstraint("expires_at > created_at", name="expires_later"),
        Index(None, "user_id"),
        Index(None, "expires_at"),
    )

    token_sha256: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(unique=True, default=uuid7)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    epoch: Mapped[int]
    method: Mapped[str]
    browser: Mapped[str]
    system: Mapped[str]
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime]
    confirmed_at: Mapped[datetime]
    second_step_at: Mapped[datetime | None]
    expires_at: Mapped[datetime]


class KnownDevice(Base):
    """A browser on which a person has signed in, known again by a cookie; the digest is over person and cookie
    together, so that it does not tell who shares a browser."""

    __tablename__ = "known_device"
    __table_args__ = (Index(None, "user_id"), Index(None, "last_used_at"))

    device_sha256: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime]


class Authenticator(Base):
    """An app that shows a new code every half minute. Its secret is encrypted; it counts from ``confirmed_at`` on, and
    no code at or before ``last_step`` is taken again."""

    __tablename__ = "authenticator"
    __table_args__ = (CheckConstraint("tries >= 0", name="tries_counted"),)

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    secret: Mapped[str]
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    last_step: Mapped[int | None] = mapped_column(BigInteger)
    tries: Mapped[int] = mapped_column(default=0)
    tries_since: Mapped[datetime | None]


class RecoveryCode(Base):
    """A code on paper that stands in for the authenticator once."""

    __tablename__ = "recovery_code"
    __table_args__ = (Index(None, "user_id"),)

    code_sha256: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Passkey(Base):
    """A key pair that somebody's device or password manager holds; the public half. ``sign_count`` is the device's own
    count of its uses, which a copy would give away."""

    __tablename__ = "passkey"
    __table_args__ = (CheckConstraint("sign_count >= 0", name="sign_count_counted"), Index(None, "user_id"))

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    name: Mapped[str]
    credential_id: Mapped[str] = mapped_column(unique=True)
    public_key: Mapped[str]
    sign_count: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]


class PasskeyChallenge(Base):
    """What a browser was given to sign, by its digest, until it is used or has expired; for making a passkey it is
    somebody's."""

    __tablename__ = "passkey_challenge"
    __table_args__ = (Index(None, "expires_at"), Index(None, "user_id"))

    challenge_sha256: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    expires_at: Mapped[datetime]


class LinkedIdentity(Base):
    """Somebody's account at a provider, by which they sign in here. The provider promises that a ``subject`` is one
    person for good; their address there may change, and may become somebody else's."""

    __tablename__ = "linked_identity"
    __table_args__ = (UniqueConstraint("issuer", "subject"), UniqueConstraint("user_id", "issuer"))

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    issuer: Mapped[str]
    subject: Mapped[str]
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime]


class UsedState(Base):
    """A state with which somebody came back from a provider, by its digest: nobody comes back with it again. Kept until
    it would have expired anyway."""

    __tablename__ = "used_state"
    __table_args__ = (Index(None, "expires_at"),)

    state_sha256: Mapped[str] = mapped_column(primary_key=True)
    expires_at: Mapped[datetime]
