"""Finding consultations, each with its phases."""

from collections.abc import Sequence

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, joinedload

from consultation.convening.models import Consultation, Term
from consultation.convening.states import TermKind

# Built once, since every page begins with one of them.
_WITH_PHASES = select(Consultation).options(joinedload(Consultation.phases))
_BY_SLUG = _WITH_PHASES.where(Consultation.slug == bindparam("slug"))
_ALL = _WITH_PHASES.order_by(Consultation.created_at.desc(), Consultation.id.desc())


def consultation_by_slug(session: Session, slug: str) -> Consultation | None:
    """A consultation with its phases, in one query."""
    return session.scalars(_BY_SLUG, {"slug": slug}).unique().one_or_none()


def consultations(session: Session) -> Sequence[Consultation]:
    """All consultations with their phases, the newest first, in one query."""
    return session.scalars(_ALL).unique().all()


def terms_of(session: Session, kind: TermKind) -> Sequence[Term]:
    """All terms of a vocabulary, retired ones too, in the order in which it shows them."""
    return session.scalars(select(Term).where(Term.kind == kind).order_by(Term.position, Term.code)).all()


def term_by_code(session: Session, kind: TermKind, code: str) -> Term | None:
    """A term to edit; pages read the vocabulary instead, which is kept for some seconds."""
    return session.scalar(select(Term).where(Term.kind == kind, Term.code == code))
