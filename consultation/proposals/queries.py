"""Finding proposals, and what stands beside one."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Integer,
    Row,
    Select,
    String,
    Text,
    bindparam,
    cast,
    false,
    func,
    literal,
    null,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import Session, joinedload, selectinload

from consultation.accounts.models import User
from consultation.convening.models import Consultation
from consultation.kernel.permissions import Actor, Permission, granted
from consultation.membership.models import MemberOrganization
from consultation.proposals.listing import Filters, Sort, count, listing
from consultation.proposals.models import Endorsement, Evidence, Proposal, ProposalTerm, Revision, Translation
from consultation.proposals.rules import ProposalText
from consultation.proposals.states import PUBLIC_STATES, EvidenceKind, ProposalState, TranslationState

__all__ = ["Filters", "Sort", "count", "listing"]

NAMED_ENDORSEMENTS = 200


class _Sight(NamedTuple):
    """What decides which proposals an actor sees, apart from who they are. A statement is composed once for each
    combination, since that takes longer than to run it."""

    everything: bool
    signed_in: bool
    speaks: bool
    unpublished: bool

    @classmethod
    def of(cls, actor: Actor) -> "_Sight":
        reads = bool(granted(actor, Permission.PROPOSAL_READ_UNPUBLISHED))
        return cls(actor.is_operator, actor.user_id is not None, bool(actor.mandates), reads)

    def condition(self) -> ColumnElement[bool]:
        """Public, their own, or, but for drafts, a moderator's; of ``seen_by``, who speaks for ``seen_for``."""
        if self.everything:
            return true()
        public = Proposal.state.in_(PUBLIC_STATES)
        if not self.signed_in:
            return public
        ours = Proposal.organization_id.in_(bindparam("seen_for", expanding=True)) if self.speaks else false()
        alone = Proposal.organization_id.is_(None) & (Proposal.author_id == bindparam("seen_by"))
        submitted = Proposal.state != ProposalState.DRAFT if self.unpublished else false()
        return or_(public, ours, alone, submitted)


@lru_cache
def _by_code(sight: _Sight, *, to_edit: bool = False) -> Select[Any]:
    """A proposal, with its consultation, its phases, and who proposed it."""
    query = (
        select(Proposal)
        .where(sight.condition(), Proposal.code == bindparam("code"))
        .options(
            joinedload(Proposal.consultation).selectinload(Consultation.phases),
            joinedload(Proposal.organization),
            joinedload(Proposal.author).load_only(User.name, User.pseudonym, User.shown_as, User.erased_at),
        )
    )
    return query.options(selectinload(Proposal.terms), selectinload(Proposal.sources)) if to_edit else query


def _seen(session: Session, code: str, actor: Actor, **how: bool) -> Proposal | None:
    values = {"code": code, "seen_by": actor.user_id, "seen_for": [held.organization_id for held in actor.mandates]}
    found: Proposal | None = session.scalar(_by_code(_Sight.of(actor), **how), values)
    return found


def proposal_by_code(session: Session, code: str, *, actor: Actor) -> Proposal | None:
    """A proposal that the actor may see, or none. Two queries: it, and its consultation's phases."""
    return _seen(session, code, actor)


def proposals_of(session: Session, actor: Actor) -> Sequence[Proposal]:
    """What the actor's organizations, and the actor alone, have proposed, in any state; the newest first."""
    mine = Proposal.organization_id.in_([held.organization_id for held in actor.mandates])
    alone = Proposal.organization_id.is_(None) & (Proposal.author_id == actor.user_id)
    query = select(Proposal).where((mine | alone) if actor.user_id else mine).order_by(Proposal.created_at.desc())
    return session.scalars(query.options(joinedload(Proposal.consultation))).all()


@dataclass(frozen=True, slots=True)
class Disposition:
    """What became of a proposal whose text is not public."""

    code: str
    state: ProposalState
    decline_code: str | None
    consultation_slug: str


def disposition(session: Session, code: str) -> Disposition | None:
    """That a proposal was declined or withdrawn, which anybody may know; of any other, nothing."""
    query: Any = (
        select(Proposal.code, Proposal.state, Proposal.decline_code, Consultation.slug)
        .join(Consultation, Consultation.id == Proposal.consultation_id)
        .where(Proposal.code == code, Proposal.state.in_([ProposalState.DECLINED, ProposalState.WITHDRAWN]))
    )
    row = session.execute(query).first()
    return None if row is None else Disposition(*row)


@dataclass(frozen=True, slots=True)
class SourceRow:
    kind: EvidenceKind
    title: str
    publisher: str
    place: str
    url: str | None
    year: int | None


@dataclass(frozen=True, slots=True)
class TranslationRow:
    language: str
    state: TranslationState
    revision: int
    text: ProposalText


@dataclass(frozen=True, slots=True)
class EndorserRow:
    """An organization that endorses; ``names`` by language, none where it is listed under protection."""

    code: str
    protected: bool
    name: str
    names: Mapping[str, str | None]

    def name_in(self, language: str) -> str:
        return self.names.get(language) or self.name


@dataclass(frozen=True, slots=True)
class Beside:
    """The short lists that stand beside a proposal."""

    term_ids: tuple[uuid.UUID, ...]
    sources: tuple[SourceRow, ...]
    translations: Mapping[str, TranslationRow]
    endorsers: tuple[EndorserRow, ...]


def beside(session: Session, proposal: Proposal) -> Beside:
    """Terms, sources, translations and endorsements of a proposal, in one query: the rows of the four tables, each
    with its part's name, its place in the order, six texts and a number."""
    rows = session.execute(_parts(), {"proposal": proposal.id}).all()
    parts: dict[str, list[Row[Any]]] = {"term": [], "source": [], "translation": [], "endorser": []}
    for row in sorted(rows, key=lambda row: (row.part, row.place, row.a)):
        parts[row.part].append(row)
    return Beside(
        tuple(uuid.UUID(row.a) for row in parts["term"]),
        tuple(SourceRow(EvidenceKind(row.a), row.b, row.c, row.d, row.e, row.number) for row in parts["source"]),
        {
            row.a: TranslationRow(row.a, TranslationState(row.b), row.number, ProposalText(row.c, row.d, row.e, row.f))
            for row in parts["translation"]
        },
        tuple(EndorserRow(row.a, bool(row.number), row.b, {"fr": row.c, "es": row.d}) for row in parts["endorser"]),
    )


@lru_cache(maxsize=1)
def _parts() -> CompoundSelect[Any]:
    proposal_id = bindparam("proposal", type_=Proposal.id.type)

    def part(name: str, place: Any, *texts: Any, number: Any = None) -> Select[Any]:
        filled = [*texts, *([cast(null(), Text)] * (6 - len(texts)))]
        labelled = [text.label(label) for text, label in zip(filled, "abcdef", strict=True)]
        whole = cast(null(), Integer) if number is None else number
        return select(literal(name).label("part"), place.label("place"), *labelled, whole.label("number"))

    zero, term = literal(0), ProposalTerm.__table__.c
    named, member = Endorsement.__table__.c, MemberOrganization.__table__.c
    endorsers = (
        part(
            "endorser",
            zero,
            member.code,
            member.name,
            member.name_fr,
            member.name_es,
            number=cast(member.protected, Integer),
        )
        .join(Endorsement.__table__, named.organization_id == member.id)
        .where(named.proposal_id == proposal_id)
        .order_by(named.created_at, member.code)
        .limit(NAMED_ENDORSEMENTS)
        .subquery()
    )
    source, other = Evidence.__table__.c, Translation.__table__.c
    return union_all(
        part("term", zero, cast(term.term_id, String)).where(term.proposal_id == proposal_id),
        part(
            "source",
            source.position,
            cast(source.kind, Text),
            source.title,
            source.publisher,
            source.place,
            source.url,
            number=source.year,
        ).where(source.proposal_id == proposal_id),
        part(
            "translation",
            zero,
            other.language,
            cast(other.state, Text),
            other.title,
            other.barrier,
            other.evidence,
            other.remedy,
            number=other.revision,
        ).where(other.proposal_id == proposal_id),
        select(endorsers),
    )


@dataclass(frozen=True, slots=True)
class Voice:
    """An organization that the actor may speak for, and whether it endorses the proposal at hand."""

    id: uuid.UUID
    code: str
    name: str
    verified: bool
    endorses: bool


def voices(session: Session, actor: Actor, language: str, proposal: Proposal | None = None) -> tuple[Voice, ...]:
    """The organizations of the actor's mandates, by name. No query when there are none."""
    if not actor.mandates:
        return ()
    verified = {held.organization_id: held.verified for held in actor.mandates}
    own: list[Any] = [MemberOrganization.id, MemberOrganization.code, MemberOrganization.name]
    query: Select[Any] = select(*own, MemberOrganization.name_fr, MemberOrganization.name_es)
    if proposal is not None:
        endorsing = select(Endorsement.organization_id).where(Endorsement.proposal_id == proposal.id)
        query = query.add_columns(MemberOrganization.id.in_(endorsing))
    else:
        query = query.add_columns(literal(0))
    rows = session.execute(query.where(MemberOrganization.id.in_(verified)).order_by(MemberOrganization.name))
    return tuple(
        Voice(id_, code, {"fr": name_fr, "es": name_es}.get(language) or name, verified[id_], bool(endorses))
        for id_, code, name, name_fr, name_es, endorses in rows
    )


def first_public_revision(session: Session, proposal: Proposal) -> int:
    """The number of the revision that was published. What a moderator asked to change before (a name, say) stays
    between the organization and the moderators; the public reads from there on."""
    published = select(func.max(Revision.number)).where(
        Revision.proposal_id == proposal.id, Revision.created_at <= proposal.published_at
    )
    return session.scalar(published) or proposal.revision


def revisions(session: Session, proposal: Proposal, number: int) -> tuple[Revision | None, Revision | None]:
    """Revision ``number`` and the one before it, where they exist; in one query."""
    found = {
        revision.number: revision
        for revision in session.scalars(
            select(Revision)
            .where(Revision.proposal_id == proposal.id, Revision.number.in_([number, number - 1]))
            .options(joinedload(Revision.editor))
        )
    }
    return found.get(number), found.get(number - 1)


def proposal_to_edit(session: Session, code: str, *, actor: Actor) -> Proposal | None:
    """As ``proposal_by_code``, with its terms and sources loaded for the form."""
    return _seen(session, code, actor, to_edit=True)
