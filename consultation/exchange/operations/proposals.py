"""Importing proposals."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from consultation.convening.models import Consultation
from consultation.convening.states import TermKind
from consultation.convening.vocabulary import vocabulary
from consultation.exchange.operations.words import Words
from consultation.exchange.queries import Directory, stored_proposals
from consultation.exchange.reading import ImportReport, ProposalRow, Reason
from consultation.exchange.rules import public_label, with_cells
from consultation.exchange.source import EVERY, UNDETERMINED, Contents, Progress, in_silence
from consultation.kernel.permissions import Actor, Permission, may, require
from consultation.kernel.permissions import Reason as Refusal
from consultation.moderation.operations import decline, publish
from consultation.moderation.states import ReasonCode
from consultation.proposals.models import Proposal
from consultation.proposals.operations import submit
from consultation.proposals.rules import ProposalText
from consultation.proposals.states import ProposalState

DECIDED_ELSEWHERE = "Declined before it was imported."
DECISIONS = {
    ProposalState.PUBLISHED: Permission.PROPOSAL_PUBLISH,
    ProposalState.DECLINED: Permission.PROPOSAL_DECLINE,
}
TERM_FIELDS = (
    (TermKind.ISSUE, "issues"),
    (TermKind.SECTOR, "sectors"),
    (TermKind.JURISDICTION, "jurisdictions"),
)


def import_proposals(
    session: Session,
    consultation: Consultation,
    contents: Contents,
    *,
    progress: Progress = in_silence,
    actor: Actor,
    now: datetime,
) -> ImportReport:
    """Bring the proposals of a file into a consultation: submitted, published or declined, as the source says.

    No phase is asked. Declined ones get their number and reason, and stay unseen. Authors are labels, never accounts.
    A text whose language nobody says is of an undetermined one. What speaks for the actor's own organization stays
    submitted, whatever the source says, since somebody else must decide on it.

    Raises:
        Denied: when the actor may not import, or not decide on what others propose.
    """
    require(actor, Permission.IMPORT_RUN, consultation, now=now)
    rows, report = contents.rows, contents.report()
    stored = stored_proposals(session, consultation.id, (row.identity for row in rows))
    directory = Directory(session)
    words = Words(vocabulary(session), contents.columns)
    for done, row in enumerate(rows, start=1):
        known = stored.get(row.identity)
        if row.rejected:
            report.add(row, stored=False)
        elif known is not None:
            before = ProposalText(known.title, known.barrier, known.evidence, known.remedy)
            differs = _text(row).tidied() != before
            report.add(row, unchanged=True, also=[Reason.DIFFERS_FROM_STORED] if differs else [])
        else:
            proposal, noticed = _submit(session, consultation, row, words, directory, actor, now)
            noticed += _decide(session, proposal, ProposalState(row.state), actor, now)
            report.add(row, also=noticed)
        if done % EVERY == 0:
            progress(done, len(rows))
    return report


def _text(row: ProposalRow) -> ProposalText:
    return ProposalText(row.title, row.barrier, row.evidence, row.remedy)


def _submit(
    session: Session,
    consultation: Consultation,
    row: ProposalRow,
    words: Words,
    directory: Directory,
    actor: Actor,
    now: datetime,
) -> tuple[Proposal, list[Reason]]:
    themes, left = words.terms(TermKind.THEME, "theme", (row.theme,) if row.theme else ())
    term_ids: list[uuid.UUID] = []
    for kind, field in TERM_FIELDS:
        found, unknown = words.terms(kind, field, getattr(row, field))
        term_ids += found
        left |= unknown
    noticed = [Reason.VOCABULARY_UNKNOWN] if left else []
    organization_id, label, kept = represented(row, words, directory)
    if row.organization and organization_id is None:
        noticed.append(Reason.ORGANIZATION_UNKNOWN)
    proposal = submit(
        session,
        consultation,
        text=_text(row),
        language=row.language or UNDETERMINED,
        organization_id=organization_id,
        author_label=label,
        theme_id=next(iter(themes), None),
        term_ids=term_ids,
        created_at=row.created_at,
        source_url=row.source_url,
        import_identity=row.identity,
        original=with_cells(row.original, {**left, **kept}),
        actor=actor,
        now=now,
    )
    return proposal, noticed


def represented(row: Any, words: Words, directory: Directory) -> tuple[uuid.UUID | None, str | None, dict[str, Any]]:
    """For whom a row speaks: the organization, the author's public label, and what stays with the original data."""
    organization_id = directory.id_of(row.organization) if row.organization else None
    label = public_label(row.author)
    kept: dict[str, Any] = {}
    if row.organization and organization_id is None:
        kept |= words.left("organization", (row.organization,))
        label = label or public_label(row.organization)
    if row.author and label != row.author:
        kept |= words.left("author", (row.author,))
    return organization_id, label, kept


def _decide(session: Session, proposal: Proposal, state: ProposalState, actor: Actor, now: datetime) -> list[Reason]:
    """Publish or decline, as the row's state says; nobody decides on their own organization's matter."""
    asked = DECISIONS.get(state)
    if asked is None:
        return []
    if may(actor, asked, proposal, now=now).reason is Refusal.OWN_MATTER:
        return [Reason.OWN_ORGANIZATION]
    if state is ProposalState.PUBLISHED:
        publish(session, proposal, actor=actor, now=now)
    else:
        decline(session, proposal, code=ReasonCode.IMPORTED_DECISION, reason=DECIDED_ELSEWHERE, actor=actor, now=now)
    return []
