"""What a cast asks of the database: statements that are built once, since those who cast wait for one another."""

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import String, and_, bindparam, cast, exists, func, select
from sqlalchemy.orm import Session, load_only

from consultation.convening.models import Consultation
from consultation.kernel.sending import send_ahead
from consultation.membership.models import Mandate, MemberOrganization
from consultation.voting.letters import voters_for
from consultation.voting.locking import CHANGING, LOCK, see
from consultation.voting.models import BallotDraft, CastKey, ChainEntry, Contest, RollEntry

# All of a contest that casting reads, and no more: a contest's row is long, and most of its columns are documents.
_READ = (Contest.code, Contest.kind, Contest.unit, Contest.state, Contest.rule, Contest.max_choices)
_READ_TOO = (Contest.max_essential, Contest.opens_at, Contest.closes_at, Contest.frozen, Contest.frozen_sha256)
# Who is told of a ballot, as one text: to ask for it alone would cost each cast as much again as this statement.
_BESIDE = (
    voters_for(MemberOrganization.id)
    .where(Mandate.user_id != bindparam("user_id"))
    .with_only_columns(func.aggregate_strings(cast(Mandate.user_id, String), ","))
    .correlate(MemberOrganization)
    .scalar_subquery()
)
_SLOTS = (
    select(
        Contest,
        MemberOrganization.id.label("organization_id"),
        MemberOrganization.code.label("organization_code"),
        _BESIDE.label("beside"),
    )
    .join(Consultation, Consultation.id == Contest.consultation_id)
    .outerjoin(
        RollEntry,
        and_(
            RollEntry.contest_id == Contest.id,
            RollEntry.voter_id.in_(bindparam("voter_ids", expanding=True)),
            RollEntry.organization_id.in_(bindparam("organization_ids", expanding=True)),
        ),
    )
    .outerjoin(MemberOrganization, MemberOrganization.id == RollEntry.organization_id)
    .where(Consultation.slug == bindparam("slug"))
    .order_by(Contest.created_at, Contest.id, MemberOrganization.name, MemberOrganization.id)
    .options(load_only(*_READ, *_READ_TOO, raiseload=True))
)


def slots(
    session: Session, slug: str, organization_ids: Sequence[uuid.UUID], user_id: uuid.UUID
) -> dict[Contest, list[Any]]:
    """The consultation's contests, the oldest first, and for each of them those of the organizations that are on its
    roll, by name, as ``organization_id`` and ``organization_code``; where delegates vote the one by whose mandate this
    person is. ``beside`` names who votes for the organization beside them (read it by ``ids``). Of the contests, that
    much is loaded as a cast reads."""
    values = {
        "slug": slug,
        "voter_ids": [*organization_ids, user_id],
        "organization_ids": list(organization_ids),
        "user_id": user_id,
    }
    found: dict[Contest, list[Any]] = {}
    for row in session.execute(_SLOTS, values):
        found.setdefault(row[0], []).extend([row] if row.organization_id is not None else [])
    return found


def ids(text: str | None) -> list[uuid.UUID]:
    """Identifiers that a database put into one text, if there were any."""
    return [uuid.UUID(one) for one in text.split(",")] if text else []


_entries = ChainEntry.contest_id == bindparam("contest_id")
_key = (CastKey.contest_id == bindparam("contest_id")) & (CastKey.key_sha256 == bindparam("key_sha256"))
# Built once, and asked as one, since whoever casts holds the lock meanwhile.
_STANDING = select(
    *CHANGING,
    exists()
    .where(
        RollEntry.contest_id == bindparam("contest_id"),
        RollEntry.voter_id == bindparam("voter_id"),
        RollEntry.organization_id == bindparam("organization_id"),
    )
    .label("on_roll"),
    exists()
    .where(BallotDraft.contest_id == bindparam("contest_id"), BallotDraft.voter_id == bindparam("voter_id"))
    .label("drafted"),
    select(func.max(ChainEntry.revision)).where(_entries, ChainEntry.voter_tag == bindparam("tag")).label("revision"),
    select(CastKey.body_sha256).where(_key).label("known_body"),
    select(CastKey.position).where(_key).label("known_position"),
    select(func.max(ChainEntry.position)).where(_entries).label("position"),
    select(ChainEntry.entry_hash)
    .where(_entries)
    .order_by(ChainEntry.position.desc())
    .limit(1)
    .scalar_subquery()
    .label("entry_hash"),
).where(Contest.id == bindparam("contest_id"))


def lock_and_look(
    session: Session,
    contest: Contest,
    voter_id: uuid.UUID,
    organization_id: uuid.UUID,
    tag: str,
    key_sha256: str,
) -> Any:
    """Take the contest's lock as ``locking.lock`` does, and find all that a cast must know: on_roll, drafted, the
    voter's last revision, the body and position of a cast under the same idempotency key, and the chain's last position
    and entry_hash (each None where there is none). PostgreSQL goes on to look as soon as it has the lock, without
    waiting for this process to hear of it."""
    session.flush()
    connection = session.connection()
    if connection.dialect.name == "postgresql":  # SQLite's transaction has the lock since it began
        send_ahead(connection, LOCK, {"id": contest.id})
    values = {
        "contest_id": contest.id,
        "voter_id": voter_id,
        "organization_id": organization_id,
        "tag": tag,
        "key_sha256": key_sha256,
    }
    found = connection.execute(_STANDING, values).one()
    see(contest, found._mapping)
    return found
