"""A consultation at a glance."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from consultation.convening.models import Consultation
from consultation.convening.rules import open_phases
from consultation.drafting.models import AgendaDraft, Release
from consultation.drafting.queries import latest_release
from consultation.drafting.states import ReleaseStatus
from consultation.organizing.rules import Situation
from consultation.proposals.models import Proposal
from consultation.proposals.states import ProposalState
from consultation.voting.queries import contests


def state_counts(session: Session, consultation: Consultation) -> dict[ProposalState, int]:
    """How many proposals are in each state; all states are there."""
    rows = session.execute(
        select(Proposal.state, func.count()).where(Proposal.consultation_id == consultation.id).group_by(Proposal.state)
    )
    found: dict[ProposalState, int] = {state: count for state, count in rows}  # noqa: C416 - rows are not pairs
    return {state: found.get(state, 0) for state in ProposalState}


def situation(session: Session, consultation: Consultation, now: datetime) -> Situation:
    """Where the consultation stands; its phases are loaded."""
    counts = state_counts(session, consultation)
    held = contests(session, consultation.id)
    edition = latest_release(session, consultation.id)
    return Situation(
        any_phase_open=bool(open_phases(consultation.phases, now)),
        waiting=counts[ProposalState.SUBMITTED],
        published=counts[ProposalState.PUBLISHED] + counts[ProposalState.PLACED],
        admissible=counts[ProposalState.PUBLISHED],
        items=consultation.item_count,
        contest=held[-1].state.value if held else None,
        drafted=has_draft(session, consultation),
        release=edition.number if edition else None,
        final=edition is not None and edition.status is ReleaseStatus.FINAL,
    )


def has_draft(session: Session, consultation: Consultation) -> bool:
    """Whether an agenda has been drafted."""
    return session.scalar(select(AgendaDraft.id).where(AgendaDraft.consultation_id == consultation.id)) is not None


def release_count(session: Session, consultation: Consultation) -> int:
    """How many releases there are."""
    query = select(func.count()).select_from(Release).where(Release.consultation_id == consultation.id)
    return session.scalar(query) or 0
