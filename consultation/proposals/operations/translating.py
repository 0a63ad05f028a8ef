"""A proposal in other languages than its own."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from consultation.kernel.orm import LANGUAGES
from consultation.kernel.outbox import record
from consultation.kernel.permissions import Actor, Permission, require
from consultation.proposals.events import ProposalTranslated
from consultation.proposals.models import Proposal, Translation
from consultation.proposals.rules import Fault, InvalidProposal, ProposalText, checked, searchable
from consultation.proposals.states import TranslationState


def translate(
    session: Session,
    proposal: Proposal,
    *,
    language: str,
    text: ProposalText,
    reviewed: bool = False,
    actor: Actor,
    now: datetime,
) -> Translation:
    """Keep the text in another language, of the revision that stands now, in the place of the one before.

    Raises:
        Denied: when the actor may not.
        InvalidProposal: when the text cannot be taken, or is in the proposal's own language.
    """
    require(actor, Permission.PROPOSAL_AMEND, proposal, now=now)
    session.refresh(proposal, ["revision", "language"], with_for_update={"of": Proposal})
    text, _sources = checked(text, (), language, imported=False)
    if language == proposal.language or language not in LANGUAGES:
        raise InvalidProposal([Fault.LANGUAGE_UNKNOWN])
    translation = session.get(Translation, (proposal.id, language)) or Translation(
        proposal_id=proposal.id, language=language
    )
    translation.revision = proposal.revision
    translation.state = TranslationState.REVIEWED if reviewed else TranslationState.TRANSLATED
    translation.title, translation.barrier = text.title, text.barrier
    translation.evidence, translation.remedy = text.evidence, text.remedy
    session.add(translation)
    session.flush()
    make_findable(session, proposal)
    event = ProposalTranslated(proposal.id, proposal.consultation_id, language, proposal.revision)
    record(session, event, actor=actor, now=now)
    session.flush()
    return translation


def mark_stale(session: Session, proposal: Proposal) -> None:
    """Its own text has changed: what was translated before says something else now."""
    for translation in _others(session, proposal):
        translation.state = TranslationState.STALE


def make_findable(session: Session, proposal: Proposal) -> None:
    """Let the search find the proposal by its texts of today, in every language."""
    texts = [ProposalText(each.title, each.barrier, each.evidence, each.remedy) for each in _others(session, proposal)]
    own = ProposalText(proposal.title, proposal.barrier, proposal.evidence, proposal.remedy)
    proposal.search_text = searchable(proposal.code, [own, *texts])


def _others(session: Session, proposal: Proposal) -> Sequence[Translation]:
    return session.scalars(select(Translation).where(Translation.proposal_id == proposal.id)).all()
