"""Putting ballots into the box: entries that follow one another."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert
from sqlalchemy.orm import Session

from consultation.kernel.orm import Base
from consultation.kernel.sending import send_ahead
from consultation.voting import chain
from consultation.voting.models import BallotContent, CastKey, ChainEntry, Contest
from consultation.voting.operations.checkpoints import sign_steps, signing_key_of, step_of
from consultation.voting.queries import chain_head
from consultation.voting.rules import STRICT_RULES, Limits
from consultation.voting.signing import Signer
from consultation.voting.states import VotingUnit


def _inserting(table: type[Base], *names: str) -> Any:
    plain: Any = table.__table__
    return insert(plain).values({name: bindparam(name, type_=plain.c[name].type) for name in names})


_LINK = ("contest_id", "position", "prev_hash", "commitment", "voter_tag", "revision", "entry_hash")
_ENTRY = _inserting(ChainEntry, *_LINK)
_CONTENT = _inserting(BallotContent, "contest_id", "commitment", "content")
_KEY = _inserting(CastKey, "contest_id", "key_sha256", "body_sha256", "position")
_AT_ONCE = _KEY.add_cte(_ENTRY.cte("entry"), _CONTENT.cte("content"))
"""The same as one statement, which PostgreSQL takes: it looks at what refers to what at its end."""


def limits_of(contest: Contest) -> Limits:
    """What the ballots of an opened contest may say, as it was frozen."""
    frozen = contest.frozen or {"options": []}
    return Limits(
        kind=contest.kind,
        max_choices=contest.max_choices,
        max_essential=contest.max_essential,
        items=frozenset(option["code"] for option in frozen["options"]),
        ties=contest.rule not in STRICT_RULES,
    )


def voter_of(contest: Contest, organization_id: uuid.UUID, user_id: uuid.UUID | None) -> uuid.UUID:
    """Whose ballot a person casts for an organization, as ``RollEntry.voter_id``: the organization's, or their own as
    its delegate."""
    return user_id if contest.unit is VotingUnit.DELEGATES and user_id is not None else organization_id


def voter_text(unit: VotingUnit, voter_id: uuid.UUID) -> str:
    """How a voter on the roll is named to the tag."""
    return f"{'person' if unit is VotingUnit.DELEGATES else 'organization'}:{voter_id}"


def label_voter(label: str) -> str:
    """How a voter of a contest without a roll is named to the tag."""
    return f"label:{label}"


class Box:
    """The ballot box of a contest whose lock is held: knows the last entry, and appends after it. ``now`` dates the
    checkpoints that it signs on the way."""

    def __init__(
        self,
        session: Session,
        contest: Contest,
        key: bytes,
        signer: Signer,
        now: datetime,
        head: tuple[int, str] | None = None,
    ) -> None:
        self.session = session
        self.contest = contest
        self.key = key
        self.signer = signer
        self.now = now
        head = head or chain_head(session, contest.id)
        self.position, self.head = head or (0, chain.genesis(contest.code, contest.frozen_sha256 or ""))
        self._entries: list[dict[str, object]] = []
        self._contents: list[dict[str, object]] = []
        self._steps: list[tuple[int, str]] = []

    def tag(self, voter: str) -> str:
        return chain.voter_tag(self.key, self.contest.code, voter)

    def append(self, tag: str, revision: int, content: bytes) -> chain.Entry:
        """Link a ballot to the chain; ``write`` sends it to the database."""
        commitment = self.commitment(tag, revision, content)
        entry = chain.link(self.contest.code, self.position + 1, self.head, commitment, tag, revision)
        self.position, self.head = entry.position, entry.entry_hash
        self._entries.append(
            {
                "contest_id": self.contest.id,
                "position": entry.position,
                "prev_hash": entry.prev_hash,
                "commitment": entry.commitment,
                "voter_tag": entry.voter_tag,
                "revision": entry.revision,
                "entry_hash": entry.entry_hash,
            }
        )
        self._contents.append({"contest_id": self.contest.id, "commitment": commitment, "content": content})
        if signing_key_of(self.contest) and entry.position % step_of(self.contest) == 0:
            self._steps.append((entry.position, entry.entry_hash))
        return entry

    def commitment(self, tag: str, revision: int, content: bytes) -> str:
        """What binds this voter's ballot of this revision."""
        return chain.commitment(self.contest.code, content, chain.nonce(self.key, tag, revision))

    def write(self, cast_key: Mapping[str, object] | None = None) -> None:
        """Send the appended entries and contents, in bulk, and a checkpoint for each step that they reached; with a
        single entry, the idempotency key under which it was cast."""
        if not self._entries:
            return
        connection = self.session.connection()
        if cast_key is not None and connection.dialect.name == "postgresql":
            send_ahead(connection, _AT_ONCE, {**self._entries[0], **self._contents[0], **cast_key})
        else:
            connection.execute(_ENTRY, self._entries)
            connection.execute(_CONTENT, self._contents)
            if cast_key is not None:
                connection.execute(_KEY, {**self._entries[0], **cast_key})
        sign_steps(self.session, self.contest, self.signer, self._steps, self.now)
        self._entries, self._contents, self._steps = [], [], []
