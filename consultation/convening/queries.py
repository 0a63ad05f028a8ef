"""Finding consultations, each with its phases."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from consultation.convening.models import Consultation, Term
from consultation.convening.states import TermKind


def consultation_by_slug(session: Session, slug: str) -> Consultation | None:
    """A consultation with its phases, in one query."""
    query = select(Consultation).where(Consultation.slug == slug).options(joinedload(Consultation.phases))
    return session.scalars(query).unique().one_or_none()


def consultations(session: Session) -> Sequence[Consultation]:
    """All consultations with their phases, the newest first, in one query."""
    query = (
        select(Consultation)
        .options(joinedload(Consultation.phases))
        .order_by(Consultation.created_at.desc(), Consultation.id.desc())
    )
    return session.scalars(query).unique().all()


def term_by_code(session: Session, kind: TermKind, code: str) -> Term | None:
    """A term to edit; pages read the vocabulary instead, which is kept for some seconds."""
    return session.scalar(select(Term).where(Term.kind == kind, Term.code == code))
