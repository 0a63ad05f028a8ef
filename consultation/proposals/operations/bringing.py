"""Bringing a proposal, changing it, and taking it back."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from consultation.convening.models import Consultation
from consultation.convening.states import Act
from consultation.kernel.moves import apply
from consultation.kernel.outbox import record
from consultation.kernel.permissions import Actor, Permission, require
from consultation.proposals.events import (
    ProposalAmended,
    ProposalSubmitted,
    ProposalWithdrawn,
)
from consultation.proposals.models import Evidence, Proposal, ProposalTerm, Revision
from consultation.proposals.operations.translating import make_findable, mark_stale
from consultation.proposals.policy import is_late, require_voice
from consultation.proposals.rules import ProposalText, Source, checked, known_notes, searchable
from consultation.proposals.states import SUBMISSION, WITHDRAWAL, ProposalState

CHANGEABLE = ("state", "revision", "language", "title", "barrier", "evidence", "remedy", "theme_id", "notes_settled")


class Outdated(Exception):
    """Somebody changed the proposal after the text being saved was read."""


def submit(
    session: Session,
    consultation: Consultation,
    *,
    text: ProposalText,
    language: str,
    organization_id: uuid.UUID | None = None,
    author_id: uuid.UUID | None = None,
    author_label: str | None = None,
    theme_id: uuid.UUID | None = None,
    term_ids: Iterable[uuid.UUID] = (),
    sources: Iterable[Source] = (),
    content_notes: Iterable[str] = (),
    created_at: datetime | None = None,
    source_url: str | None = None,
    import_identity: str | None = None,
    original: Mapping[str, Any] | None = None,
    actor: Actor,
    now: datetime,
) -> Proposal:
    """Take a proposal: it gets its number and code, its first revision, and waits for a moderator.

    With ``import_identity`` it is an import, which needs the permission to import and asks no phase. Otherwise the
    actor needs a mandate for ``organization_id``, a phase that takes proposals, and the consultation's phases loaded.

    Raises:
        Denied: when the actor may not.
        InvalidProposal: when the text cannot be taken.
    """
    imported = import_identity is not None
    if imported:
        require(actor, Permission.IMPORT_RUN, consultation, now=now)
    else:
        require(actor, Permission.PROPOSAL_SUBMIT, consultation, now=now)
        require_voice(actor, Permission.PROPOSAL_SUBMIT, consultation, Act.PROPOSE, organization_id)
    text, tidied = checked(text, sources, language, imported=imported)
    number = _next_number(session, consultation)
    code = f"{consultation.prefix}-{number:03d}"
    proposal = Proposal(
        consultation=consultation,
        number=number,
        code=code,
        state=ProposalState.SUBMITTED,
        language=language,
        title=text.title,
        barrier=text.barrier,
        evidence=text.evidence,
        remedy=text.remedy,
        theme_id=theme_id,
        content_notes=known_notes(content_notes),
        organization_id=organization_id,
        author_id=author_id if imported else author_id or actor.user_id,
        author_label=author_label,
        late=not imported and is_late(consultation, now),
        created_at=created_at or now,
        submitted_at=now,
        search_text=searchable(code, [text]),
        source_url=source_url,
        import_identity=import_identity,
        original=dict(original or {}),
    )
    session.add(proposal)
    session.flush()
    session.add(_revision(proposal, actor, now))
    _set_sources(session, proposal, tidied)
    _set_terms(session, proposal, term_ids)
    record(session, _submitted(proposal), actor=actor, now=now)
    session.flush()
    return proposal


def amend(
    session: Session,
    proposal: Proposal,
    *,
    text: ProposalText,
    language: str | None = None,
    theme_id: uuid.UUID | None = None,
    term_ids: Iterable[uuid.UUID] | None = None,
    sources: Sequence[Source] | None = None,
    content_notes: Iterable[str] | None = None,
    expected_revision: int | None = None,
    actor: Actor,
    now: datetime,
) -> Proposal:
    """Replace the text by a new revision; its translations become stale. What is None stays as it is, and so do the
    content notes that a moderator has decided on.

    A proposal that was sent back for changes is submitted again by this. A text that says the same adds no revision.

    Raises:
        Denied: when the actor may not.
        InvalidProposal: when the text cannot be taken.
        Outdated: when the proposal is no longer at ``expected_revision``.
    """
    require(actor, Permission.PROPOSAL_AMEND, proposal, now=now)
    session.refresh(proposal, CHANGEABLE, with_for_update={"of": Proposal})
    require(actor, Permission.PROPOSAL_AMEND, proposal, now=now)
    if expected_revision is not None and proposal.revision != expected_revision:
        raise Outdated(proposal.code)
    text, tidied = checked(text, sources or (), language or proposal.language, imported=False)
    changed = text != ProposalText(proposal.title, proposal.barrier, proposal.evidence, proposal.remedy)
    proposal.language = language or proposal.language
    proposal.theme_id = theme_id or proposal.theme_id
    if content_notes is not None and not proposal.notes_settled:
        proposal.content_notes = known_notes(content_notes)
    if changed:
        _replace_text(session, proposal, text, actor, now)
    if sources is not None:
        session.execute(delete(Evidence).where(Evidence.proposal_id == proposal.id))
        _set_sources(session, proposal, tidied)
    if term_ids is not None:
        session.execute(delete(ProposalTerm).where(ProposalTerm.proposal_id == proposal.id))
        _set_terms(session, proposal, term_ids)
    amended = ProposalAmended(proposal.id, proposal.consultation_id, proposal.revision)
    record(session, amended, actor=actor, now=now)
    if proposal.state == ProposalState.NEEDS_CHANGES:
        apply(session, proposal, SUBMISSION, event=_submitted(proposal), actor=actor, now=now)
    session.flush()
    return proposal


def withdraw(session: Session, proposal: Proposal, *, actor: Actor, now: datetime) -> Proposal:
    """Take a proposal back. Its code stays, and that it was withdrawn; its text is no longer public.

    Raises:
        Denied: when the actor may not.
        WrongState: when it stands in an item, was declined or was withdrawn already.
    """
    session.refresh(proposal, ["state"], with_for_update={"of": Proposal})
    was_public = proposal.state == ProposalState.PUBLISHED
    event = ProposalWithdrawn(proposal.id, proposal.consultation_id)
    apply(session, proposal, WITHDRAWAL, event=event, actor=actor, now=now)
    session.flush()
    if was_public:
        count_public(session, proposal, -1)
    return proposal


def count_public(session: Session, proposal: Proposal, step: int) -> None:
    """Count a proposal that became public (``step`` 1) or ceased to be (-1), and its visible comments with it. The
    caller holds the lock on its row."""
    comments = select(Proposal.comment_count).where(Proposal.id == proposal.id).scalar_subquery()
    session.execute(
        update(Consultation)
        .where(Consultation.id == proposal.consultation_id)
        .values(
            published_count=Consultation.published_count + step,
            comment_count=Consultation.comment_count + step * comments,
        )
    )


def _next_number(session: Session, consultation: Consultation) -> int:
    """Draw the next number; the row stays locked until the transaction ends, so no number is drawn twice."""
    drawn: int = session.execute(
        update(Consultation)
        .where(Consultation.id == consultation.id)
        .values(
            next_proposal_number=Consultation.next_proposal_number + 1,
            submitted_count=Consultation.submitted_count + 1,
        )
        .returning(Consultation.next_proposal_number)
        .execution_options(synchronize_session=False)
    ).scalar_one()
    session.expire(consultation, ["next_proposal_number", "submitted_count"])
    return drawn - 1


def _submitted(proposal: Proposal) -> ProposalSubmitted:
    return ProposalSubmitted(
        proposal.id, proposal.consultation_id, proposal.organization_id, proposal.code or "", proposal.revision
    )


def _replace_text(session: Session, proposal: Proposal, text: ProposalText, actor: Actor, now: datetime) -> None:
    proposal.title, proposal.barrier = text.title, text.barrier
    proposal.evidence, proposal.remedy = text.evidence, text.remedy
    proposal.revision += 1
    session.add(_revision(proposal, actor, now))
    mark_stale(session, proposal)
    make_findable(session, proposal)


def _revision(proposal: Proposal, actor: Actor, now: datetime) -> Revision:
    return Revision(
        proposal_id=proposal.id,
        number=proposal.revision,
        title=proposal.title,
        barrier=proposal.barrier,
        evidence=proposal.evidence,
        remedy=proposal.remedy,
        editor_id=actor.user_id,
        created_at=now,
    )


def _set_sources(session: Session, proposal: Proposal, sources: Iterable[Source]) -> None:
    session.add_all(
        Evidence(
            proposal_id=proposal.id,
            position=position,
            kind=source.kind,
            title=source.title,
            publisher=source.publisher,
            year=source.year,
            place=source.place,
            url=source.url,
        )
        for position, source in enumerate(sources, start=1)
    )


def _set_terms(session: Session, proposal: Proposal, term_ids: Iterable[uuid.UUID]) -> None:
    session.add_all(ProposalTerm(proposal_id=proposal.id, term_id=term_id) for term_id in dict.fromkeys(term_ids))
