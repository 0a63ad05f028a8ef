"""Finding contests, rolls, the chain and stored tallies."""

import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, UnaryExpression, func, select
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.sql.operators import custom_op

from consultation.accounts.models import User
from consultation.accounts.queries import public_name
from consultation.convening.models import Consultation
from consultation.curation.models import AgendaItem
from consultation.membership.models import MemberOrganization
from consultation.membership.queries import organization_name
from consultation.voting.chain import Entry
from consultation.voting.models import (
    BallotContent,
    BallotDraft,
    ChainEntry,
    Checkpoint,
    Contest,
    ContestOption,
    Explanation,
    RollEntry,
    StoredTally,
)
from consultation.voting.signed import SignedCheckpoint
from consultation.voting.states import ContestState


def contest_by_code(session: Session, code: str) -> Contest | None:
    """A contest with its options and its consultation, phases included."""
    query = (
        select(Contest)
        .where(Contest.code == code)
        .options(selectinload(Contest.options), joinedload(Contest.consultation).joinedload(Consultation.phases))
    )
    return session.scalars(query).unique().one_or_none()


def contests(session: Session, consultation_id: uuid.UUID) -> list[Contest]:
    """The consultation's contests, the oldest first, without their options."""
    query = select(Contest).where(Contest.consultation_id == consultation_id).order_by(Contest.created_at, Contest.id)
    return list(session.scalars(query))


def contests_over(session: Session, now: datetime) -> Sequence[uuid.UUID]:
    """The open contests of any consultation whose time is over, the one that ended first before the others."""
    query = select(Contest.id).where(Contest.state == ContestState.OPEN, Contest.closes_at <= now)
    return session.scalars(query.order_by(Contest.closes_at, Contest.id)).all()


def option_rows(session: Session, contest_id: uuid.UUID) -> Sequence[Any]:
    """The options in the order of the ballot: code, title, language, theme_id, minutes."""
    return session.execute(
        select(ContestOption.code, ContestOption.title, AgendaItem.language, AgendaItem.theme_id, AgendaItem.minutes)
        .join(AgendaItem, AgendaItem.id == ContestOption.item_id)
        .where(ContestOption.contest_id == contest_id)
        .order_by(ContestOption.position)
    ).all()


def option_codes(session: Session, contest_id: uuid.UUID) -> frozenset[str]:
    """The codes on the ballot."""
    return frozenset(session.scalars(select(ContestOption.code).where(ContestOption.contest_id == contest_id)))


def voters_among(
    session: Session, contest_id: uuid.UUID, organization_ids: Sequence[uuid.UUID], user_id: uuid.UUID | None
) -> list[MemberOrganization]:
    """Those of the organizations that are on the contest's roll, by name; of a contest of delegates the one by whose
    mandate this person is."""
    return list(
        session.scalars(
            select(MemberOrganization)
            .join(RollEntry, RollEntry.organization_id == MemberOrganization.id)
            .where(
                RollEntry.contest_id == contest_id,
                RollEntry.voter_id.in_([*organization_ids, *([user_id] if user_id else [])]),
                RollEntry.organization_id.in_(organization_ids),
            )
            .order_by(MemberOrganization.name, MemberOrganization.id)
        )
    )


def is_on_roll(session: Session, contest_id: uuid.UUID, voter_id: uuid.UUID, organization_id: uuid.UUID) -> bool:
    """Whether the voter is on it, as this organization or by its mandate."""
    query = select(RollEntry.id).where(
        RollEntry.contest_id == contest_id,
        RollEntry.voter_id == voter_id,
        RollEntry.organization_id == organization_id,
    )
    return session.scalar(query) is not None


def roll_size(session: Session, contest_id: uuid.UUID) -> int:
    """How many may vote."""
    return session.scalar(select(func.count()).where(RollEntry.contest_id == contest_id)) or 0


def names_on_roll(session: Session, contest_id: uuid.UUID, language: str) -> dict[str, str]:
    """The names on the roll by code, of those that may be named: the member's in this language; of a delegate also
    their public name, or else the code."""
    query = (
        select(
            RollEntry.code,
            organization_name(language, RollEntry).label("name"),
            RollEntry.user_id,
            public_name().label("person"),
        )
        .join(MemberOrganization, MemberOrganization.id == RollEntry.organization_id)
        .outerjoin(User, User.id == RollEntry.user_id)
        .where(RollEntry.contest_id == contest_id, MemberOrganization.protected.is_(False))
    )
    return {
        row.code: row.name if row.user_id is None else f"{row.person or row.code} ({row.name})"
        for row in session.execute(query)
    }


def ballot_count(session: Session, contest_id: uuid.UUID) -> int:
    """How many voters have a ballot in the box, superseded ones not counted. While the contest is open it may be told
    only in steps (``rules.in_steps``)."""
    query = select(func.count()).where(ChainEntry.contest_id == contest_id, ChainEntry.revision == 1)
    return session.scalar(query) or 0


def draft_of(session: Session, contest_id: uuid.UUID, voter_id: uuid.UUID) -> BallotDraft | None:
    return session.get(BallotDraft, (contest_id, voter_id))


def current_ballot(session: Session, contest_id: uuid.UUID, tag: str) -> Any:
    """A voter's last ballot, by tag: position, commitment, entry_hash, revision and content; None when it cast none."""
    return session.execute(
        select(
            ChainEntry.position,
            ChainEntry.commitment,
            ChainEntry.entry_hash,
            ChainEntry.revision,
            BallotContent.content,
        )
        .join(
            BallotContent,
            (BallotContent.contest_id == ChainEntry.contest_id) & (BallotContent.commitment == ChainEntry.commitment),
        )
        .where(ChainEntry.contest_id == contest_id, ChainEntry.voter_tag == tag)
        .order_by(ChainEntry.revision.desc())
        .limit(1)
    ).one_or_none()


def chain_head(session: Session, contest_id: uuid.UUID) -> tuple[int, str] | None:
    """Position and hash of the chain's last entry; nothing while no ballot was cast."""
    row = session.execute(
        select(ChainEntry.position, ChainEntry.entry_hash)
        .where(ChainEntry.contest_id == contest_id)
        .order_by(ChainEntry.position.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else (row.position, row.entry_hash)


def chain_entries(session: Session, contest_id: uuid.UUID) -> Iterator[Entry]:
    """The whole chain in order, read in batches."""
    query = (
        select(
            ChainEntry.position,
            ChainEntry.prev_hash,
            ChainEntry.commitment,
            ChainEntry.voter_tag,
            ChainEntry.revision,
            ChainEntry.entry_hash,
        )
        .where(ChainEntry.contest_id == contest_id)
        .order_by(ChainEntry.position)
    )
    for row in session.execute(query.execution_options(yield_per=2_000)):
        yield Entry(*row)


def checkpoints(session: Session, contests: Sequence[Contest]) -> dict[uuid.UUID, list[SignedCheckpoint]]:
    """The contests' checkpoints by contest, the opening's first; none where one was opened without a signing key."""
    by_id = {contest.id: contest for contest in contests}
    found: dict[uuid.UUID, list[SignedCheckpoint]] = {contest_id: [] for contest_id in by_id}
    query = select(Checkpoint).where(Checkpoint.contest_id.in_(by_id)).order_by(Checkpoint.number)
    for row in session.scalars(query):
        contest = by_id[row.contest_id]
        found[row.contest_id].append(
            SignedCheckpoint(
                contest=contest.code,
                frozen_sha256=contest.frozen_sha256 or "",
                kind=row.kind,
                position=row.position,
                entry_hash=row.entry_hash,
                record_sha256=row.record_sha256,
                signed_at=row.signed_at,
                signing_key=str((contest.frozen or {}).get("signing_key", "")),
                signature=row.signature,
            )
        )
    return found


def final_contents(session: Session, contest_id: uuid.UUID) -> Iterator[Any]:
    """After the close: the ballots that count (commitment, content, nonce), sorted by commitment."""
    query = (
        select(BallotContent.commitment, BallotContent.content, BallotContent.nonce)
        .where(BallotContent.contest_id == contest_id)
        .order_by(BallotContent.commitment)
    )
    yield from session.execute(query.execution_options(yield_per=2_000))


def counted_contents(session: Session, contest_id: uuid.UUID) -> Iterator[bytes]:
    """After the close: what the ballots that count say, in no order: for counting, which needs none.

    On SQLite the whole table is read in the order in which it lies (a sign before a column keeps its index out):
    following the index to every row takes six times as long. Read past the session, which would take four times.
    """
    contest: ColumnElement[uuid.UUID] = BallotContent.contest_id.expression
    if session.get_bind().dialect.name == "sqlite":
        contest = UnaryExpression(contest, operator=custom_op("+"), type_=contest.type)
    query = select(BallotContent.content).where(contest == contest_id)
    yield from session.connection().execute(query, execution_options={"yield_per": 10_000}).scalars()


def stored_tallies(session: Session, contest_id: uuid.UUID) -> list[StoredTally]:
    """The computed results, one a rule. Before the publication they are nobody's to see: pages ask the state first."""
    query = select(StoredTally).where(StoredTally.contest_id == contest_id).order_by(StoredTally.rule)
    return list(session.scalars(query))


def stored_tally(session: Session, contest_id: uuid.UUID, rule: str) -> StoredTally | None:
    """One of them."""
    query = select(StoredTally).where(StoredTally.contest_id == contest_id, StoredTally.rule == rule)
    return session.scalars(query).one_or_none()


def explanation_of(session: Session, contest_id: uuid.UUID) -> dict[str, Any] | None:
    """Why the result is as it is; none of a contest that was tallied before explanations were kept."""
    return session.scalar(select(Explanation.content).where(Explanation.contest_id == contest_id))
