"""Proposals, items, comments and how they hang together, as far as they are public."""

import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from consultation.convening.models import Consultation, Term
from consultation.convening.states import TermKind
from consultation.curation.models import AgendaItem, Provenance
from consultation.curation.states import ItemState
from consultation.discussion.models import Comment
from consultation.discussion.states import Visibility
from consultation.exchange.bundle import columns as described
from consultation.exchange.bundle.tables import Row, Table
from consultation.membership.models import MemberOrganization
from consultation.proposals.models import Endorsement, Evidence, Proposal, ProposalTerm, Translation
from consultation.proposals.states import PUBLIC_STATES, ProposalState

LIST_OF = {
    TermKind.ISSUE: "issues",
    TermKind.SECTOR: "sectors",
    TermKind.JURISDICTION: "jurisdictions",
    TermKind.INSTRUMENT: "instruments",
}


def tables_of_texts(session: Session, consultation: Consultation) -> Iterator[Table]:
    """The tables, each in an order that does not depend on the database."""
    organizations = {row.id: row for row in session.execute(select(*_ORGANIZATION))}
    proposals = _proposals(session, consultation)
    endorsements = _endorsements(session, consultation)
    comments = _comments(session, consultation)
    named = {row["organization"] for row in (*proposals, *comments)} | {row["organization"] for row in endorsements}
    codes = {organization_id: row.code for organization_id, row in organizations.items()}
    for rows in (proposals, endorsements, comments):
        for row in rows:
            row["organization"] = codes.get(row["organization"])
    yield Table(*described.PROPOSALS, proposals)
    yield Table(*described.DISPOSITIONS, _dispositions(session, consultation))
    yield Table(*described.ENDORSEMENTS, sorted(endorsements, key=lambda row: (row["proposal"], row["organization"])))
    yield Table(*described.COMMENTS, comments)
    yield Table(*described.ITEMS, _items(session, consultation))
    yield Table(*described.PROVENANCE, _provenance(session, consultation))
    members = sorted((organizations[each] for each in named if each), key=lambda row: row.code)
    yield Table(*described.ORGANIZATIONS, [public_organization(row) for row in members])


_ORGANIZATION = (
    MemberOrganization.id,
    MemberOrganization.code,
    MemberOrganization.name,
    MemberOrganization.name_fr,
    MemberOrganization.name_es,
    MemberOrganization.protected,
)


def public_organization(row: Any) -> Row:
    """An organization as the public sees it: under protection, by its code alone."""
    names = (None, None, None) if row.protected else (row.name, row.name_fr, row.name_es)
    return dict(zip(("code", "name", "name_fr", "name_es"), (row.code, *names), strict=True))


def _proposals(session: Session, consultation: Consultation) -> list[dict[str, Any]]:
    public = (Proposal.consultation_id == consultation.id, Proposal.state.in_(PUBLIC_STATES))
    terms: dict[uuid.UUID, dict[str, list[str]]] = defaultdict(lambda: {name: [] for name in LIST_OF.values()})
    query: Any = (
        select(ProposalTerm.proposal_id, Term.kind, Term.code)
        .join(Term, Term.id == ProposalTerm.term_id)
        .join(Proposal, Proposal.id == ProposalTerm.proposal_id)
        .where(*public, Term.kind.in_(LIST_OF))
        .order_by(Term.kind, Term.position, Term.code)
    )
    for row in session.execute(query):
        terms[row.proposal_id][LIST_OF[row.kind]].append(row.code)
    sources = _grouped(
        session,
        select(Evidence).join(Proposal, Proposal.id == Evidence.proposal_id).where(*public).order_by(Evidence.position),
        ("kind", "title", "publisher", "year", "place", "url"),
    )
    translations = _grouped(
        session,
        select(Translation)
        .join(Proposal, Proposal.id == Translation.proposal_id)
        .where(*public)
        .order_by(Translation.language),
        ("language", "state", "revision", "title", "barrier", "evidence", "remedy"),
    )
    rows = session.execute(
        select(Proposal, Term.code)
        .outerjoin(Term, Term.id == Proposal.theme_id)
        .where(*public)
        .order_by(Proposal.number)
    )
    return [
        {
            **{name: getattr(proposal, name) for name in described.PROPOSAL_FIELDS},
            "theme": theme,
            "organization": proposal.organization_id,
            **terms[proposal.id],
            "sources": sources[proposal.id],
            "translations": translations[proposal.id],
        }
        for proposal, theme in rows
    ]


def _grouped(session: Session, query: Any, names: tuple[str, ...]) -> Mapping[uuid.UUID, list[dict[str, Any]]]:
    found: dict[uuid.UUID, list[dict[str, Any]]] = defaultdict(list)
    for row in session.scalars(query):
        found[row.proposal_id].append({name: getattr(row, name) for name in names})
    return found


def _dispositions(session: Session, consultation: Consultation) -> list[Row]:
    rows = session.execute(
        select(Proposal.code, Proposal.state, Proposal.decline_code)
        .where(
            Proposal.consultation_id == consultation.id,
            Proposal.state.in_([ProposalState.DECLINED, ProposalState.WITHDRAWN]),
        )
        .order_by(Proposal.number)
    )
    return [{"code": row.code, "state": row.state, "reason": row.decline_code} for row in rows]


def _endorsements(session: Session, consultation: Consultation) -> list[dict[str, Any]]:
    rows = session.execute(
        select(Proposal.code, Endorsement.organization_id)
        .join(Proposal, Proposal.id == Endorsement.proposal_id)
        .where(Proposal.consultation_id == consultation.id, Proposal.state.in_(PUBLIC_STATES))
    )
    return [{"proposal": row.code, "organization": row.organization_id} for row in rows]


def _comments(session: Session, consultation: Consultation) -> list[dict[str, Any]]:
    rows = session.execute(
        select(
            Comment.id,
            Proposal.code,
            Comment.thread_id,
            Comment.answers_id,
            Comment.organization_id,
            Comment.language,
            Comment.stance,
            Comment.body,
            Comment.created_at,
        )
        .join(Proposal, Proposal.id == Comment.proposal_id)
        .where(
            Proposal.consultation_id == consultation.id,
            Proposal.state.in_(PUBLIC_STATES),
            Comment.visibility == Visibility.VISIBLE,
        )
        .order_by(Proposal.number, Comment.created_at, Comment.id)
    ).all()
    visible = {row.id for row in rows}
    return [
        {
            "id": str(row.id),
            "proposal": row.code,
            "thread": str(row.thread_id) if row.thread_id in visible else None,
            "answers": str(row.answers_id) if row.answers_id in visible else None,
            "organization": row.organization_id,
            "language": row.language,
            "stance": row.stance,
            "body": row.body,
            "created_at": row.created_at,
        }
        for row in rows
    ]


def _items(session: Session, consultation: Consultation) -> list[Row]:
    rows = session.execute(
        select(AgendaItem, Term.code)
        .outerjoin(Term, Term.id == AgendaItem.theme_id)
        .where(AgendaItem.consultation_id == consultation.id, AgendaItem.state == ItemState.LOCKED)
        .order_by(AgendaItem.number)
    )
    return [{**{name: getattr(item, name) for name in described.ITEM_FIELDS}, "theme": theme} for item, theme in rows]


def _provenance(session: Session, consultation: Consultation) -> list[Row]:
    rows = session.execute(
        select(AgendaItem.code, AgendaItem.relation, Provenance, Proposal.code.label("proposal"))
        .join(Provenance, Provenance.item_id == AgendaItem.id)
        .join(Proposal, Proposal.id == Provenance.proposal_id)
        .where(AgendaItem.consultation_id == consultation.id, AgendaItem.state == ItemState.LOCKED)
        .order_by(AgendaItem.number, Provenance.position)
    )
    return [
        {
            "item": row.code,
            "relation": row.relation,
            "position": row.Provenance.position,
            "proposal": row.proposal,
            "proposal_revision": row.Provenance.proposal_revision,
            "consent": row.Provenance.consent,
            "minority_note": row.Provenance.minority_note,
        }
        for row in rows
    ]
