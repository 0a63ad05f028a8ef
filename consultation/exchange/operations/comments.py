"""Importing comments with their threads."""

import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from consultation.convening.models import Consultation
from consultation.convening.vocabulary import vocabulary
from consultation.discussion.states import Stance
from consultation.exchange.operations.proposals import represented
from consultation.exchange.operations.threads import Threads
from consultation.exchange.operations.words import Words
from consultation.exchange.queries import Directory, StoredComment, proposals_named, stored_comments
from consultation.exchange.reading import (
    CommentRow,
    ImportReport,
    Kind,
    KnownComment,
    Placement,
    Reason,
    place_replies,
)
from consultation.exchange.rules import identity_of, with_cells
from consultation.exchange.source import EVERY, UNDETERMINED, Contents, Progress, in_silence
from consultation.kernel.permissions import Actor, Permission, require
from consultation.moderation.states import ReasonCode
from consultation.proposals.states import ProposalState


def import_comments(
    session: Session,
    consultation: Consultation,
    contents: Contents,
    *,
    progress: Progress = in_silence,
    actor: Actor,
    now: datetime,
) -> ImportReport:
    """Bring the comments of a file to the proposals of a consultation.

    ``item_ref`` is the ``ref`` under which a proposal was imported, or its code; a reply needs none, since it stands
    with what it answers, which may also be a comment of an earlier import. Comments whose state is declined are stored
    hidden; the others are visible where their proposal is.

    Raises:
        Denied: when the actor may not import.
    """
    require(actor, Permission.IMPORT_RUN, consultation, now=now)
    rows, report = contents.rows, contents.report()
    proposals = proposals_named(
        session,
        consultation.id,
        {row.item_ref: identity_of(Kind.PROPOSALS, row.item_ref) for row in rows if row.item_ref},
    )
    codes = {name: code for name, (_id, code) in proposals.items()}
    ids_by_code = {code: proposal_id for proposal_id, code in proposals.values()}
    known = _known(session, consultation, rows)
    ids_by_code |= {comment.proposal_code: comment.proposal_id for comment in known.values()}
    placed = place_replies(
        [_at_proposal(row, codes) for row in rows], {ref: _as_known(comment) for ref, comment in known.items()}
    )
    placed = [_homeless(row) for row in placed]
    stored = stored_comments(session, consultation.id, (row.identity for row in rows))
    stored |= {comment.identity: comment for comment in known.values()}
    threads = Threads(session, consultation, stored, actor=actor, now=now)
    words, directory = Words(vocabulary(session), contents.columns), Directory(session)
    noticed: dict[int, tuple[bool, list[Reason]]] = {}
    # What is answered before what answers it, and proposal by proposal.
    waiting = sorted((row for row in placed if row.placement), key=_order)
    for done, row in enumerate(waiting, start=1):
        before = stored.get(row.identity)
        if before is None:
            noticed[row.number] = False, _post(threads, ids_by_code, row, words, directory)
        else:
            noticed[row.number] = True, [Reason.DIFFERS_FROM_STORED] if before.body != row.text else []
        if done % EVERY == 0:
            progress(done, len(rows))
    threads.count()
    for row in placed:
        unchanged, reasons = noticed.get(row.number, (False, []))
        report.add(row, stored=not row.rejected, unchanged=unchanged, also=reasons)
    return report


def _order(row: CommentRow) -> tuple[int, str, int]:
    placement = row.placement
    return (placement.distance, placement.item_ref, row.number) if placement else (0, "", row.number)


def _post(
    threads: Threads, ids_by_code: Mapping[str, uuid.UUID], row: CommentRow, words: Words, directory: Directory
) -> list[Reason]:
    placement = row.placement
    if placement is None:
        raise ValueError("A comment without a place cannot be posted.")
    organization_id, label, kept = represented(row, words, directory)
    threads.post(
        proposal_id=ids_by_code[placement.item_ref],
        body=row.text,
        language=row.language or UNDETERMINED,
        stance=Stance(row.stance) if row.stance else Stance.NONE,
        answers=placement.answers,
        organization_id=organization_id,
        author_label=label,
        created_at=row.created_at,
        hidden_reason=ReasonCode.IMPORTED_DECISION if row.state == ProposalState.DECLINED else None,
        import_identity=row.identity,
        original=with_cells(row.original, kept),
    )
    unknown = bool(row.organization) and organization_id is None
    return [Reason.ORGANIZATION_UNKNOWN] if unknown else []


def _at_proposal(row: CommentRow, codes: Mapping[str, str]) -> CommentRow:
    """The row with the proposal's code in place of what the file calls it."""
    if not row.item_ref:
        return row
    code = codes.get(row.item_ref)
    return row.noting(Reason.ITEM_ABSENT) if code is None else replace(row, item_ref=code)


def _homeless(row: CommentRow) -> CommentRow:
    """A comment that names no proposal, and answers nothing that does, has no place."""
    if row.placement is None or row.placement.item_ref:
        return row
    return replace(row.noting(Reason.ITEM_ABSENT), placement=None)


def _known(session: Session, consultation: Consultation, rows: list[CommentRow]) -> dict[str, StoredComment]:
    """What the rows answer that is not in the file and was imported earlier, by ``ref``."""
    own = {row.ref for row in rows}
    identities = {
        identity_of(Kind.COMMENTS, row.parent_ref): row.parent_ref
        for row in rows
        if row.parent_ref and row.parent_ref not in own
    }
    return {
        identities[identity]: found for identity, found in stored_comments(session, consultation.id, identities).items()
    }


def _as_known(comment: StoredComment) -> KnownComment:
    placement = Placement(
        root=comment.root,
        depth=min(comment.distance, 1),
        answers=None if comment.distance == 0 else comment.root,
        distance=comment.distance,
        item_ref=comment.proposal_code,
    )
    return KnownComment(comment.identity, placement)
