"""Posting many comments at once: as ``discussion.operations.post`` does one by one, in a hundredth of the statements.

While an import writes, SQLite lets nobody else write, so that what takes milliseconds for one comment must not be done
five thousand times.
"""

import uuid
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, update
from sqlalchemy.orm import Session

from consultation.convening.models import Consultation
from consultation.discussion.events import CommentPosted
from consultation.discussion.models import Comment
from consultation.discussion.states import Stance, Visibility
from consultation.exchange.queries import BATCH, StoredComment
from consultation.kernel.ids import uuid7
from consultation.kernel.outbox import record
from consultation.kernel.permissions import Actor, Permission, require
from consultation.proposals.models import Proposal


class Threads:
    """Takes imported comments, those that are answered before those that answer, and writes them in batches.

    ``stored``: what was imported earlier, by identity. ``count`` ends it: it writes what still waits, and counts the
    visible ones at their threads, proposals and consultation.

    Raises:
        Denied: when the actor may not import.
    """

    def __init__(
        self,
        session: Session,
        consultation: Consultation,
        stored: Mapping[str, StoredComment],
        *,
        actor: Actor,
        now: datetime,
    ) -> None:
        require(actor, Permission.IMPORT_RUN, consultation, now=now)
        self._session = session
        self._consultation = consultation
        self._actor = actor
        self._now = now
        # Identity → id, and id of the thread's top, of whatever may be answered.
        self._known = {identity: (one.id, one.thread_id or one.id) for identity, one in stored.items()}
        self._rows: list[dict[str, Any]] = []
        self._replies: Counter[uuid.UUID] = Counter()
        self._comments: Counter[uuid.UUID] = Counter()

    def post(
        self,
        *,
        proposal_id: uuid.UUID,
        body: str,
        language: str,
        stance: Stance,
        answers: str | None,
        organization_id: uuid.UUID | None,
        author_label: str | None,
        created_at: datetime | None,
        hidden_reason: str | None,
        import_identity: str,
        original: dict[str, Any],
    ) -> None:
        """Add a comment, or a reply when it ``answers`` the one of that identity. ``body`` is tidied and not empty, as
        ``reading`` leaves it."""
        comment_id = uuid7()
        answers_id, thread_id = self._known[answers] if answers else (None, None)
        self._known[import_identity] = (comment_id, thread_id or comment_id)
        self._rows.append(
            {
                "id": comment_id,
                "proposal_id": proposal_id,
                "thread_id": thread_id,
                "answers_id": answers_id,
                "author_id": None,
                "organization_id": organization_id,
                "author_label": author_label,
                "language": language,
                "stance": stance,
                "body": body,
                "visibility": Visibility.VISIBLE if hidden_reason is None else Visibility.HIDDEN,
                "hidden_reason": hidden_reason,
                "created_at": created_at or self._now,
                "reply_count": 0,
                "import_identity": import_identity,
                "original": original,
            }
        )
        if hidden_reason is None:
            self._comments[proposal_id] += 1
            if thread_id is not None:
                self._replies[thread_id] += 1
        if len(self._rows) == BATCH:
            self._write()

    def count(self) -> None:
        """Write the rest, then the counters."""
        self._write()
        self._add(Comment, "reply_count", self._replies)
        self._add(Proposal, "comment_count", self._comments)
        self._add(Consultation, "comment_count", Counter({self._consultation.id: self._comments.total()}))
        self._session.expire(self._consultation, ["comment_count"])

    def _write(self) -> None:
        if not self._rows:
            return
        self._session.execute(insert(Comment), self._rows)
        for row in self._rows:
            event = CommentPosted(row["id"], row["proposal_id"], row["answers_id"], row["organization_id"])
            record(self._session, event, actor=self._actor, now=self._now)
        self._session.flush()
        self._rows = []

    def _add(self, model: Any, name: str, steps: Counter[uuid.UUID]) -> None:
        """Raise a counter of each of these rows, in the order of their ids, so that two imports cannot block each
        other."""
        rows = [{"row": row, "step": step} for row, step in sorted(steps.items()) if step]
        if rows:
            table = model.__table__
            counter = table.c[name]
            raised = {counter: counter + bindparam("step")}
            self._session.connection().execute(update(table).where(table.c.id == bindparam("row")).values(raised), rows)
