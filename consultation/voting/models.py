"""Contests, their rolls, the ballot box in its two tables, and stored tallies.

The chain is append-only (triggers refuse anything else): it says that ballots were cast, in which order, under which
commitment, and nothing of what they say or of who cast them. The contents can be emptied. No column joins a voter to
a ballot; what could (the contest's key) lies outside the database and is destroyed at the close of a secret contest.
"""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, LargeBinary, UniqueConstraint
from sqlalchemy.orm import relationship

from consultation.convening.models import Consultation
from consultation.curation.models import AgendaItem
from consultation.kernel.ids import uuid7
from consultation.kernel.orm import Base, Mapped, Trilingual, choice, mapped_column, one_of, trilingual
from consultation.kernel.roles import COLLECTIVE
from consultation.voting.rules import PUBLISHED_FROM
from consultation.voting.states import AffiliatesCount, CheckpointKind, ContestKind, ContestState, Secrecy, VotingUnit


class Contest(Base):
    """A question put to the vote. ``frozen`` is all that shapes the result, as it was at the opening, and
    ``frozen_sha256`` its digest, which is shown. ``record`` is what only the close can say (who voted, how many ballots
    count); its digest stands in the closing checkpoint. ``voters``: the kinds of members that vote, by the
    consultation's rule of when the contest was made; ``electorate`` narrows them (``electorate.Narrowing``). ``unit``:
    whether each of them has a ballot, or each of their delegates.
    ``announced_at``: since when its provisional roll is shown, to which members may object until
    ``objections_until``."""

    __tablename__ = "contest"
    __table_args__ = (
        one_of("state", ContestState),
        one_of("kind", ContestKind),
        one_of("secrecy", Secrecy),
        one_of("affiliates_count", AffiliatesCount),
        one_of("unit", VotingUnit),
        CheckConstraint("unit = 'members' OR secrecy <> 'no_roll'", name="delegates_are_on_a_roll"),
        CheckConstraint("places > 0", name="places_positive"),
        CheckConstraint("minutes IS NULL OR minutes > 0", name="minutes_positive"),
        CheckConstraint("max_choices > 0 AND max_essential >= 0", name="limits_positive"),
        CheckConstraint("closes_at IS NULL OR opens_at IS NULL OR closes_at > opens_at", name="closes_later"),
        CheckConstraint("(state = 'configured') = (opened_at IS NULL) OR state = 'void'", name="opening_is_dated"),
        CheckConstraint("(opened_at IS NULL) = (frozen_sha256 IS NULL)", name="opening_is_frozen"),
        CheckConstraint(
            "state NOT IN ('closed', 'tallied', 'published') OR closed_at IS NOT NULL", name="close_is_dated"
        ),
        CheckConstraint("(record IS NULL) = (record_sha256 IS NULL)", name="record_is_digested"),
        CheckConstraint("record IS NULL OR closed_at IS NOT NULL", name="record_of_a_close"),
        CheckConstraint("(state = 'published') = (published_at IS NOT NULL)", name="publication_is_dated"),
        CheckConstraint("ballots_published_from > 0", name="publication_threshold_positive"),
        CheckConstraint("objections_until IS NULL OR announced_at < objections_until", name="objections_take_time"),
        CheckConstraint(
            "(state = 'void') = (voided_at IS NOT NULL) AND (voided_at IS NULL) = (void_reason IS NULL)",
            name="void_is_dated_and_said_why",
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    consultation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("consultation.id"), index=True)
    code: Mapped[str] = mapped_column(unique=True)
    question: Mapped[Trilingual] = trilingual("question")
    kind: Mapped[ContestKind] = choice(ContestKind)
    secrecy: Mapped[Secrecy] = choice(Secrecy)
    affiliates_count: Mapped[AffiliatesCount] = choice(AffiliatesCount, default=AffiliatesCount.EACH)
    unit: Mapped[VotingUnit] = choice(VotingUnit, default=VotingUnit.MEMBERS)
    state: Mapped[ContestState] = choice(ContestState)
    voters: Mapped[list[str]] = mapped_column(default=lambda: sorted(COLLECTIVE))
    electorate: Mapped[dict[str, Any]] = mapped_column(default=dict)
    rule: Mapped[str]
    places: Mapped[int]
    minutes: Mapped[int | None]
    max_choices: Mapped[int]
    max_essential: Mapped[int]
    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    announced_at: Mapped[datetime | None]
    objections_until: Mapped[datetime | None]
    voided_at: Mapped[datetime | None]
    void_reason: Mapped[str | None]
    ballots_published_from: Mapped[int] = mapped_column(default=PUBLISHED_FROM)
    beacon_source: Mapped[str] = mapped_column(default="")
    beacon: Mapped[str | None]
    frozen: Mapped[dict[str, Any] | None]
    frozen_sha256: Mapped[str | None]
    blank_count: Mapped[int | None]
    record: Mapped[dict[str, Any] | None]
    record_sha256: Mapped[str | None]
    created_at: Mapped[datetime]

    consultation: Mapped[Consultation] = relationship(lazy="raise_on_sql")
    options: Mapped[list["ContestOption"]] = relationship(
        lazy="raise_on_sql", order_by="ContestOption.position", cascade="all, delete-orphan"
    )


class ContestOption(Base):
    """An agenda item on the ballot, with the revision of its text that was frozen at the opening."""

    __tablename__ = "contest_option"
    __table_args__ = (UniqueConstraint("contest_id", "position"), UniqueConstraint("contest_id", "code"))

    contest_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contest.id", ondelete="CASCADE"), primary_key=True)
    item_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("agenda_item.id"), primary_key=True)
    position: Mapped[int]
    code: Mapped[str]
    title: Mapped[str]
    item_revision: Mapped[int]

    item: Mapped[AgendaItem] = relationship(lazy="raise_on_sql")


class RollEntry(Base):
    """One who may vote in a contest, frozen at its opening: a member, or, of a contest of delegates, the person
    ``user_id``, for whom the member stands by whose mandate they are on the roll. ``voter_id`` is the person's id, or
    else the member's. ``code`` names the voter in public, ``name`` is the member's name of that day, with those in
    French and Spanish if it had any (none on rolls from before these were kept); people are named as they choose to be,
    which is read from their accounts. ``voted`` is set for all at once at the close."""

    __tablename__ = "roll_entry"
    __table_args__ = (
        UniqueConstraint("contest_id", "voter_id"),
        UniqueConstraint("contest_id", "code"),
        CheckConstraint("voter_id = coalesce(user_id, organization_id)", name="voter_is_person_or_member"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    contest_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contest.id", ondelete="CASCADE"))
    organization_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member_organization.id"), index=True)
    user_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id"), index=True)
    voter_id: Mapped[uuid.UUID]
    code: Mapped[str]
    name: Mapped[str]
    name_fr: Mapped[str | None]
    name_es: Mapped[str | None]
    voted: Mapped[bool | None]


class ChainEntry(Base):
    """One link of the ballot chain: ``entry_hash`` covers the other columns, and the next link repeats it."""

    __tablename__ = "ballot_chain"
    __table_args__ = (
        UniqueConstraint("contest_id", "prev_hash"),
        UniqueConstraint("contest_id", "commitment"),
        UniqueConstraint("contest_id", "voter_tag", "revision"),
        CheckConstraint("position >= 1 AND revision >= 1", name="counted_from_one"),
    )

    contest_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contest.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    prev_hash: Mapped[str]
    commitment: Mapped[str]
    voter_tag: Mapped[str]
    revision: Mapped[int]
    entry_hash: Mapped[str]


class Checkpoint(Base):
    """The chain's last hash at a moment, signed: numbered from 0, the opening's. Append-only, as the chain is.
    ``signed_at`` is text, as it was signed."""

    __tablename__ = "checkpoint"
    __table_args__ = (
        one_of("kind", CheckpointKind),
        UniqueConstraint("contest_id", "kind", "position"),
        CheckConstraint("number >= 0 AND position >= 0", name="counted_from_zero"),
        CheckConstraint("(kind = 'opening') = (number = 0)", name="opening_first"),
        CheckConstraint("(kind = 'closing') = (record_sha256 <> '')", name="closing_covers_the_record"),
    )

    contest_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contest.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[CheckpointKind] = choice(CheckpointKind)
    position: Mapped[int]
    entry_hash: Mapped[str]
    record_sha256: Mapped[str]
    signed_at: Mapped[str]
    signature: Mapped[str]


class BallotContent(Base):
    """What a ballot says, under its commitment, as canonical JSON. Emptied of superseded ballots at the close."""

    __tablename__ = "ballot_content"
    __table_args__ = (
        ForeignKeyConstraint(["contest_id", "commitment"], ["ballot_chain.contest_id", "ballot_chain.commitment"]),
    )

    contest_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contest.id"), primary_key=True)
    commitment: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    nonce: Mapped[str | None]


class CastKey(Base):
    """An idempotency key of a cast: the same key with the same ballot gives the same receipt. Erased at the close."""

    __tablename__ = "cast_key"

    contest_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contest.id", ondelete="CASCADE"), primary_key=True)
    key_sha256: Mapped[str] = mapped_column(primary_key=True)
    body_sha256: Mapped[str]
    position: Mapped[int]


class BallotDraft(Base):
    """A ballot that a voter (``voter_id`` as on the roll) has begun and not cast. Erased when it is cast and at the
    close."""

    __tablename__ = "ballot_draft"
    __table_args__ = (
        CheckConstraint(
            "(organization_id IS NULL) <> (user_id IS NULL) AND voter_id = coalesce(user_id, organization_id)",
            name="voter_is_person_or_member",
        ),
    )

    contest_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contest.id", ondelete="CASCADE"), primary_key=True)
    voter_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    organization_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("member_organization.id", ondelete="CASCADE"))
    user_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    tiers: Mapped[list[Any]]
    saved_at: Mapped[datetime]


class StoredTally(Base):
    """A computed result: recomputing it from the same input gives the same bytes."""

    __tablename__ = "tally"
    __table_args__ = (UniqueConstraint("contest_id", "rule"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    contest_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contest.id", ondelete="CASCADE"))
    rule: Mapped[str]
    version: Mapped[str]
    input_sha256: Mapped[str]
    result: Mapped[dict[str, Any]]
    computed_at: Mapped[datetime]


class Explanation(Base):
    """Why the result is as it is, computed with the tallies and shown with them: what a page needs, so that no page
    counts ballots or reads whole results."""

    __tablename__ = "explanation"

    contest_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contest.id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[str]
    input_sha256: Mapped[str]
    content: Mapped[dict[str, Any]]
    computed_at: Mapped[datetime]
