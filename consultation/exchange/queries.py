"""What an import looks up: what is stored already, and what a row names. And what is told of ballot boxes."""

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from consultation.curation.models import AgendaItem, Provenance
from consultation.discussion.models import Comment
from consultation.exchange.bundle.votes import ballots_are_public
from consultation.membership.models import MemberOrganization
from consultation.proposals.models import Proposal, Revision
from consultation.voting.models import ChainEntry, Checkpoint, Contest, RollEntry
from consultation.voting.signed import SignedCheckpoint

BATCH = 500
"""Values in one query, below every database's limit of parameters."""


Value = TypeVar("Value")


def batches(values: Iterable[Value]) -> Iterator[list[Value]]:
    """The values without repetition, in lists that one query can take."""
    remaining = iter(dict.fromkeys(values))
    while batch := list(islice(remaining, BATCH)):
        yield batch


class Directory:
    """The organizations by what a file may call them: a code, or the exact name in a language. One that went up in
    another stands for that one."""

    def __init__(self, session: Session) -> None:
        rows = session.execute(
            select(
                func.coalesce(MemberOrganization.merged_into_id, MemberOrganization.id).label("id"),
                MemberOrganization.code,
                MemberOrganization.name,
                MemberOrganization.name_fr,
                MemberOrganization.name_es,
            ).order_by(MemberOrganization.created_at.desc(), MemberOrganization.code.desc())
        )
        self._by_name: dict[str, tuple[uuid.UUID, str]] = {}
        self._by_code: dict[str, tuple[uuid.UUID, str]] = {}
        for row in rows:
            for name in (row.name_es, row.name_fr, row.name):
                if name:
                    self._by_name[name] = (row.id, row.code)
            self._by_code[row.code] = (row.id, row.code)

    def id_of(self, name: str) -> uuid.UUID | None:
        """The organization of a code or exact name."""
        found = self._by_code.get(name) or self._by_name.get(name)
        return None if found is None else found[0]

    def code_of(self, name: str) -> str | None:
        """The code of the organization of a code or exact name."""
        found = self._by_code.get(name) or self._by_name.get(name)
        return None if found is None else found[1]

    @property
    def codes(self) -> set[str]:
        return set(self._by_code)


def stored_organizations(session: Session, identities: Iterable[str]) -> dict[str, MemberOrganization]:
    """The organizations that were imported, by identity."""
    return {
        str(found.import_identity): found
        for batch in batches(identities)
        for found in session.scalars(select(MemberOrganization).where(MemberOrganization.import_identity.in_(batch)))
    }


def stored_proposals(session: Session, consultation_id: uuid.UUID, identities: Iterable[str]) -> Mapping[str, Any]:
    """The text with which each of these proposals was imported (its first revision), by identity."""
    return {
        str(row.import_identity): row
        for batch in batches(identities)
        for row in session.execute(
            select(Proposal.import_identity, Revision.title, Revision.barrier, Revision.evidence, Revision.remedy)
            .join(Revision, Revision.proposal_id == Proposal.id)
            .where(
                Proposal.consultation_id == consultation_id,
                Proposal.import_identity.in_(batch),
                Revision.number == 1,
            )
        )
    }


def proposals_named(
    session: Session, consultation_id: uuid.UUID, by_identity: Mapping[str, str]
) -> dict[str, tuple[uuid.UUID, str]]:
    """Name in the file → id and code of the proposal. ``by_identity``: name → identity of a proposal with that
    ``ref``; a name may also be a proposal's code, though a ``ref`` comes first."""
    found: dict[str, tuple[uuid.UUID, str]] = {}
    columns = (Proposal.id, Proposal.code, Proposal.import_identity)
    names = {identity: name for name, identity in by_identity.items()}
    for batch in batches(by_identity):
        query = select(*columns).where(Proposal.consultation_id == consultation_id, Proposal.code.in_(batch))
        found |= {str(row.code): (row.id, str(row.code)) for row in session.execute(query)}
    for batch in batches(names):
        query = select(*columns).where(Proposal.consultation_id == consultation_id, Proposal.import_identity.in_(batch))
        found |= {names[str(row.import_identity)]: (row.id, str(row.code)) for row in session.execute(query)}
    return found


@dataclass(frozen=True, slots=True)
class StoredComment:
    """A comment of an earlier import. ``distance``: 0 at the top, 1 right below, 2 for any deeper one."""

    id: uuid.UUID
    identity: str
    proposal_id: uuid.UUID
    proposal_code: str
    thread_id: uuid.UUID | None
    root: str
    distance: int
    body: str


def stored_comments(
    session: Session, consultation_id: uuid.UUID, identities: Iterable[str]
) -> dict[str, StoredComment]:
    """The comments of earlier imports, by identity."""
    return {
        found.identity: found
        for batch in batches(identities)
        for found in _stored_comments(session, consultation_id, batch)
    }


def _stored_comments(
    session: Session, consultation_id: uuid.UUID, identities: Sequence[str]
) -> Iterator[StoredComment]:
    top = Comment.__table__.alias("top")
    query: Any = (
        select(
            Comment.id,
            Comment.import_identity,
            Comment.proposal_id,
            Proposal.code,
            Comment.thread_id,
            Comment.answers_id,
            Comment.body,
            top.c.import_identity.label("root"),
        )
        .join(Proposal, Proposal.id == Comment.proposal_id)
        .outerjoin(top, top.c.id == Comment.thread_id)
        .where(Proposal.consultation_id == consultation_id, Comment.import_identity.in_(identities))
    )
    for row in session.execute(query):
        distance = 0 if row.thread_id is None else 1 if row.answers_id == row.thread_id else 2
        root = row.import_identity if row.thread_id is None else row.root or str(row.thread_id)
        yield StoredComment(
            row.id, row.import_identity, row.proposal_id, row.code, row.thread_id, root, distance, row.body
        )


def item_codes(session: Session, proposal_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The item's code for each of these proposals that is in one."""
    return {
        row.proposal_id: row.code
        for batch in batches(proposal_ids)
        for row in session.execute(
            select(Provenance.proposal_id, AgendaItem.code)
            .join(AgendaItem, AgendaItem.id == Provenance.item_id)
            .where(Provenance.proposal_id.in_(batch))
        )
    }


def codes_on_roll(session: Session, contest_id: uuid.UUID) -> set[str]:
    """The codes of those who may vote in a contest."""
    return set(session.scalars(select(RollEntry.code).where(RollEntry.contest_id == contest_id)))


LATEST = 4
"""So many of the newest checkpoints of a box are shown beside the opening's."""


@dataclass(frozen=True, slots=True)
class BoxFacts:
    """``ballots``: how many voters have one in the box, to be told in steps while it is open. ``checkpoints``: the
    opening's and the newest; ``more``: how many others there are."""

    contest: Contest
    ballots: int
    ballots_are_public: bool
    checkpoints: Sequence[SignedCheckpoint]
    more: int


def boxes(session: Session, contests: Sequence[Contest]) -> list[BoxFacts]:
    """What is known of the boxes of these contests, in two queries."""
    ids = [contest.id for contest in contests]
    counts: dict[uuid.UUID, int] = {
        row.contest_id: row.ballots
        for row in session.execute(
            select(ChainEntry.contest_id, func.count().label("ballots"))
            .where(ChainEntry.contest_id.in_(ids), ChainEntry.revision == 1)
            .group_by(ChainEntry.contest_id)
        )
    }
    last = func.max(Checkpoint.number).over(partition_by=Checkpoint.contest_id).label("last")
    numbered = select(Checkpoint.contest_id, Checkpoint.number, last).where(Checkpoint.contest_id.in_(ids)).subquery()
    query = (
        select(Checkpoint, numbered.c.last)
        .join(numbered, (numbered.c.contest_id == Checkpoint.contest_id) & (numbered.c.number == Checkpoint.number))
        .where(or_(Checkpoint.number == 0, Checkpoint.number > numbered.c.last - LATEST))
        .order_by(Checkpoint.contest_id, Checkpoint.number)
    )
    rows: dict[uuid.UUID, list[Any]] = {contest_id: [] for contest_id in ids}
    for row in session.execute(query):
        rows[row.Checkpoint.contest_id].append(row)
    return [_facts(contest, counts.get(contest.id, 0), rows[contest.id]) for contest in contests]


def _facts(contest: Contest, ballots: int, rows: Sequence[Any]) -> BoxFacts:
    names = ("kind", "position", "entry_hash", "record_sha256", "signed_at", "signature")
    signed = [
        SignedCheckpoint(
            contest=contest.code,
            frozen_sha256=contest.frozen_sha256 or "",
            signing_key=str((contest.frozen or {}).get("signing_key", "")),
            **{name: getattr(row.Checkpoint, name) for name in names},
        )
        for row in rows
    ]
    more = rows[0].last + 1 - len(rows) if rows else 0
    return BoxFacts(contest, ballots, ballots_are_public(contest, ballots), signed, more)


def with_boxes(session: Session) -> dict[uuid.UUID, int]:
    """How many ballot boxes each consultation has opened, by its id."""
    query = (
        select(Contest.consultation_id, func.count().label("opened"))
        .where(Contest.frozen_sha256.is_not(None))
        .group_by(Contest.consultation_id)
    )
    return {row.consultation_id: row.opened for row in session.execute(query)}
