"""Everything an agenda tells, read from the database in a fixed number of queries, whatever its size."""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from consultation.convening.models import Consultation, Term
from consultation.convening.states import TermKind
from consultation.curation.models import AgendaItem, Provenance
from consultation.discussion.models import Comment
from consultation.discussion.states import Visibility
from consultation.drafting.models import AgendaDraft
from consultation.membership.models import MemberOrganization
from consultation.proposals.models import Evidence, Proposal, ProposalTerm, Translation
from consultation.proposals.states import PUBLIC_STATES, ProposalState
from consultation.voting.models import BallotContent, RollEntry, StoredTally


@dataclass(frozen=True, slots=True)
class Counts:
    submitted: int
    published: int
    declined: int
    withdrawn: int
    items: int
    hidden_comments: int


@dataclass(frozen=True, slots=True)
class Withheld:
    """A proposal of which the public reads code and reason, and nothing else."""

    code: str
    disposition: str
    reason_code: str | None


@dataclass(frozen=True, slots=True)
class Facts:
    """See ``facts_of``."""

    counts: Counts
    tallies: Sequence[StoredTally]
    ballots: int
    electorate: int
    public_proposals: Sequence[Proposal]
    withheld: Sequence[Withheld]
    sources_of: Mapping[uuid.UUID, Sequence[Provenance]]
    organizations: Mapping[uuid.UUID, MemberOrganization]
    participants: Sequence[MemberOrganization]
    terms: Mapping[uuid.UUID, Term]
    silent_themes: Sequence[Term]
    _translations: Mapping[uuid.UUID, Mapping[str, Translation]] = field(default_factory=dict)
    _evidence: Mapping[uuid.UUID, Sequence[Evidence]] = field(default_factory=dict)
    _term_ids: Mapping[uuid.UUID, Sequence[uuid.UUID]] = field(default_factory=dict)
    _item_codes: Mapping[uuid.UUID, str] = field(default_factory=dict)

    def translations_of(self, proposal_id: uuid.UUID) -> Mapping[str, Translation]:
        return self._translations.get(proposal_id, {})

    def evidence_of(self, proposal_id: uuid.UUID) -> Sequence[Evidence]:
        return self._evidence.get(proposal_id, ())

    def terms_of_item(self, item_id: uuid.UUID) -> list[Term]:
        """The terms that any source of the item names, each once, in the vocabulary's order."""
        named = {
            term_id
            for source in self.sources_of.get(item_id, ())
            for term_id in self._term_ids.get(source.proposal_id, ())
        }
        return sorted((self.terms[term_id] for term_id in named), key=lambda term: (term.kind, term.position))

    def item_code_of(self, proposal_id: uuid.UUID) -> str | None:
        return self._item_codes.get(proposal_id)


def facts_of(session: Session, consultation: Consultation, draft: AgendaDraft) -> Facts:
    """Read them. Nothing of a declined or withdrawn proposal but its code and reason is selected."""
    proposals = session.scalars(
        select(Proposal)
        .where(Proposal.consultation_id == consultation.id, Proposal.state.in_(PUBLIC_STATES))
        .order_by(Proposal.number)
    ).all()
    ids = select(Proposal.id).where(Proposal.consultation_id == consultation.id, Proposal.state.in_(PUBLIC_STATES))
    provenance = session.execute(
        select(Provenance, AgendaItem.code)
        .join(AgendaItem, AgendaItem.id == Provenance.item_id)
        .where(AgendaItem.consultation_id == consultation.id)
        .options(joinedload(Provenance.proposal))
        .order_by(AgendaItem.number, Provenance.position)
    ).all()
    sources_of: dict[uuid.UUID, list[Provenance]] = defaultdict(list)
    for source, _code in provenance:
        sources_of[source.item_id].append(source)
    terms = {term.id: term for term in session.scalars(select(Term))}
    roll = session.execute(
        select(RollEntry.organization_id, RollEntry.voted).where(RollEntry.contest_id == draft.contest_id)
    ).all()
    voted = {organization_id for organization_id, has_voted in roll if has_voted}
    involved = voted | {proposal.organization_id for proposal in proposals if proposal.organization_id}
    organizations = {
        organization.id: organization
        for organization in session.scalars(select(MemberOrganization).where(MemberOrganization.id.in_(involved)))
    }
    used = {proposal.theme_id for proposal in proposals}
    return Facts(
        counts=_counts(session, consultation),
        tallies=session.scalars(
            select(StoredTally).where(StoredTally.contest_id == draft.contest_id).order_by(StoredTally.rule)
        ).all(),
        ballots=session.scalar(
            select(func.count()).select_from(BallotContent).where(BallotContent.contest_id == draft.contest_id)
        )
        or 0,
        electorate=len(roll),
        public_proposals=proposals,
        withheld=_withheld(session, consultation),
        sources_of=sources_of,
        organizations=organizations,
        participants=sorted(organizations.values(), key=lambda organization: organization.code),
        terms=terms,
        silent_themes=sorted(
            (
                term
                for term in terms.values()
                if term.kind == TermKind.THEME and term.retired_at is None and term.id not in used
            ),
            key=lambda term: term.position,
        ),
        _translations=_grouped(
            session.scalars(select(Translation).where(Translation.proposal_id.in_(ids))),
            lambda row: row.language,
        ),
        _evidence=_listed(
            (row.proposal_id, row)
            for row in session.scalars(
                select(Evidence).where(Evidence.proposal_id.in_(ids)).order_by(Evidence.position)
            )
        ),
        _term_ids=_listed(
            (proposal_id, term_id)
            for proposal_id, term_id in session.execute(
                select(ProposalTerm.proposal_id, ProposalTerm.term_id).where(ProposalTerm.proposal_id.in_(ids))
            )
        ),
        _item_codes={source.proposal_id: code for source, code in provenance},
    )


def _listed(pairs: Any) -> dict[uuid.UUID, list[Any]]:
    found: dict[uuid.UUID, list[Any]] = defaultdict(list)
    for key, value in pairs:
        found[key].append(value)
    return found


def _grouped(rows: Any, key: Any) -> dict[uuid.UUID, dict[str, Any]]:
    found: dict[uuid.UUID, dict[str, Any]] = defaultdict(dict)
    for row in rows:
        found[row.proposal_id][key(row)] = row
    return found


def _counts(session: Session, consultation: Consultation) -> Counts:
    by_state: dict[ProposalState, int] = dict(
        session.execute(
            select(Proposal.state, func.count())
            .where(Proposal.consultation_id == consultation.id)
            .group_by(Proposal.state)
        ).all()
    )
    hidden = session.scalar(
        select(func.count())
        .select_from(Comment)
        .join(Proposal, Proposal.id == Comment.proposal_id)
        .where(Proposal.consultation_id == consultation.id, Comment.visibility == Visibility.HIDDEN)
    )
    return Counts(
        submitted=sum(count for state, count in by_state.items() if state != ProposalState.DRAFT),
        published=sum(by_state.get(state, 0) for state in PUBLIC_STATES),
        declined=by_state.get(ProposalState.DECLINED, 0),
        withdrawn=by_state.get(ProposalState.WITHDRAWN, 0),
        items=consultation.item_count,
        hidden_comments=hidden or 0,
    )


def _withheld(session: Session, consultation: Consultation) -> list[Withheld]:
    rows = session.execute(
        select(Proposal.code, Proposal.state, Proposal.decline_code)
        .where(
            Proposal.consultation_id == consultation.id,
            Proposal.state.in_((ProposalState.DECLINED, ProposalState.WITHDRAWN)),
            Proposal.code.is_not(None),
        )
        .order_by(Proposal.number)
    )
    return [Withheld(code or "", state.value, reason_code) for code, state, reason_code in rows]
