"""Importing comments with their threads."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from consultation.convening.models import Consultation
from consultation.convening.vocabulary import vocabulary
from consultation.discussion.models import Comment
from consultation.discussion.operations import post
from consultation.discussion.states import Stance
from consultation.exchange.operations.proposals import represented
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
from consultation.exchange.source import EVERY, UNDETERMINED, Progress, Source, in_silence
from consultation.kernel.permissions import Actor, Permission, require
from consultation.moderation.states import ReasonCode
from consultation.proposals.models import Proposal
from consultation.proposals.rules import tidy
from consultation.proposals.states import ProposalState


def import_comments(
    session: Session,
    consultation: Consultation,
    source: Source,
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
        ReadingError: when the file or the options cannot be used.
    """
    require(actor, Permission.IMPORT_RUN, consultation, now=now)
    rows, columns, report = source.read(Kind.COMMENTS, ZoneInfo(consultation.zone))
    proposals = proposals_named(
        session,
        consultation.id,
        {row.item_ref: identity_of(Kind.PROPOSALS, row.item_ref) for row in rows if row.item_ref},
    )
    ids = dict(proposals.values())  # id -> code
    ids_by_code = {code: proposal_id for proposal_id, code in ids.items()}
    known = _known(session, consultation, rows)
    ids_by_code |= {comment.proposal_code: comment.proposal_id for comment in known.values()}
    placed = place_replies(
        [_at_proposal(row, {name: code for name, (_, code) in proposals.items()}) for row in rows],
        {ref: _as_known(comment) for ref, comment in known.items()},
    )
    placed = [_homeless(row) for row in placed]
    importer = _Importer(session, Words(vocabulary(session), columns), actor, now)
    importer.stored = stored_comments(session, consultation.id, (row.identity for row in rows))
    importer.stored |= {comment.identity: comment for comment in known.values()}
    noticed: dict[int, tuple[bool, list[Reason]]] = {}
    # Proposal by proposal, and what is answered before what answers it.
    waiting = sorted(
        (row.placement.item_ref, row.placement.distance, index) for index, row in enumerate(placed) if row.placement
    )
    for code, group in groupby(waiting, key=itemgetter(0)):
        proposal = session.get_one(Proposal, ids_by_code[code])
        for row, unchanged, reasons in importer.bring(proposal, (placed[index] for _, _, index in group)):
            noticed[row.number] = unchanged, reasons
            if len(noticed) % EVERY == 0:
                progress(len(noticed), len(rows))
    for row in placed:
        unchanged, reasons = noticed.get(row.number, (False, []))
        report.add(row, stored=not row.rejected, unchanged=unchanged, also=reasons)
    return report


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


class _Importer:
    """Posts rows, and remembers what was posted for those who answer it."""

    def __init__(self, session: Session, words: Words, actor: Actor, now: datetime) -> None:
        self.session = session
        self.words = words
        self.actor = actor
        self.now = now
        self.directory = Directory(session)
        self.stored: dict[str, StoredComment] = {}

    def bring(self, proposal: Proposal, rows: Iterator[CommentRow]) -> Iterator[tuple[CommentRow, bool, list[Reason]]]:
        """Post the rows on one proposal; with each, whether it was there before, and what was noticed."""
        posted: dict[str, Comment] = {}
        for row in rows:
            before = self.stored.get(row.identity)
            if before is not None:
                differs = before.body != tidy(row.text)
                yield row, True, [Reason.DIFFERS_FROM_STORED] if differs else []
                continue
            comment, reasons = self._post(proposal, row, self._answered(row, posted))
            # The session lets it go: each later count would otherwise look through all that was posted before.
            self.session.expunge(comment)
            posted[row.identity] = comment
            yield row, False, reasons

    def _answered(self, row: CommentRow, posted: Mapping[str, Comment]) -> Comment | None:
        answers = row.placement.answers if row.placement else None
        if answers is None:
            return None
        if answers in posted:
            return posted[answers]
        return self.session.get_one(Comment, self.stored[answers].id)

    def _post(self, proposal: Proposal, row: CommentRow, answers: Comment | None) -> tuple[Comment, list[Reason]]:
        organization_id, label, kept = represented(row, self.words, self.directory)
        comment = post(
            self.session,
            proposal,
            body=row.text,
            language=row.language or UNDETERMINED,
            stance=Stance(row.stance) if row.stance else Stance.NONE,
            answers=answers,
            organization_id=organization_id,
            author_label=label,
            created_at=row.created_at,
            hidden_reason=ReasonCode.IMPORTED_DECISION if row.state == ProposalState.DECLINED else None,
            import_identity=row.identity,
            original=with_cells(row.original, kept),
            actor=self.actor,
            now=self.now,
        )
        unknown = bool(row.organization) and organization_id is None
        return comment, [Reason.ORGANIZATION_UNKNOWN] if unknown else []
