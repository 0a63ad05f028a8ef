"""Finding agenda items and what they are made of."""

import uuid
from typing import Any, cast

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from consultation.convening.models import Consultation
from consultation.curation.models import AgendaItem, Provenance
from consultation.curation.states import ItemState
from consultation.proposals.models import Proposal
from consultation.proposals.states import ProposalState


def items(session: Session, consultation_id: uuid.UUID, *, with_sources: bool = False) -> list[AgendaItem]:
    """The consultation's locked items in number order; with their provenance, proposals and organizations if asked."""
    query = (
        select(AgendaItem)
        .where(AgendaItem.consultation_id == consultation_id, AgendaItem.state == ItemState.LOCKED)
        .order_by(AgendaItem.number)
    )
    if with_sources:
        query = query.options(_sources())
    return list(session.scalars(query))


def minutes_of(session: Session, consultation_id: uuid.UUID) -> dict[uuid.UUID, int | None]:
    """The minutes that each of the consultation's items asks for, by the item's id."""
    query = select(AgendaItem.id, AgendaItem.minutes).where(AgendaItem.consultation_id == consultation_id)
    return {row.id: row.minutes for row in session.execute(query)}


def item_by_code(session: Session, code: str) -> AgendaItem | None:
    """A locked item with its consultation, phases, provenance, proposals and organizations, in two queries."""
    return (
        session.scalars(
            select(AgendaItem)
            .join(AgendaItem.consultation)
            .where(AgendaItem.code == code, AgendaItem.state == ItemState.LOCKED)
            .options(contains_eager(AgendaItem.consultation).joinedload(Consultation.phases), _sources())
        )
        .unique()
        .one_or_none()
    )


def item_rows(consultation_id: uuid.UUID, *, theme_id: uuid.UUID | None = None, after: int = 0) -> Select[Any]:
    """The list page's rows (number, code, title, language, theme, minutes) in number order, after a number."""
    query = (
        select(
            AgendaItem.number,
            AgendaItem.code,
            AgendaItem.title,
            AgendaItem.language,
            AgendaItem.theme_id,
            AgendaItem.minutes,
        )
        .where(
            AgendaItem.consultation_id == consultation_id,
            AgendaItem.state == ItemState.LOCKED,
            AgendaItem.number > after,
        )
        .order_by(AgendaItem.number)
    )
    chosen = query if theme_id is None else query.where(AgendaItem.theme_id == theme_id)
    return cast("Select[Any]", chosen)


def admissible(session: Session, consultation_id: uuid.UUID) -> list[Proposal]:
    """The consultation's published proposals that are in no item yet, in number order."""
    return list(
        session.scalars(
            select(Proposal)
            .where(Proposal.consultation_id == consultation_id, Proposal.state == ProposalState.PUBLISHED)
            .order_by(Proposal.number)
        )
    )


def proposals_by_code(session: Session, codes: tuple[str, ...]) -> dict[str, Proposal]:
    """The proposals that have these codes."""
    found = session.scalars(select(Proposal).where(Proposal.code.in_(codes)))
    return {proposal.code: proposal for proposal in found if proposal.code is not None}


def placements(session: Session, proposal_ids: list[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The item's code for each of the proposals that is in one."""
    query = (
        select(Provenance.proposal_id, AgendaItem.code)
        .join(AgendaItem, AgendaItem.id == Provenance.item_id)
        .where(Provenance.proposal_id.in_(proposal_ids))
    )
    return {row.proposal_id: row.code for row in session.execute(query)}


def _sources() -> ORMOption:
    return (
        selectinload(AgendaItem.provenance)
        .joinedload(Provenance.proposal)
        .options(joinedload(Proposal.organization), joinedload(Proposal.theme))
    )
