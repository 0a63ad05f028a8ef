"""What came last: published proposals, and agenda items while they are being made."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import and_, bindparam, func, select, union_all
from sqlalchemy.orm import Session

from consultation.curation.models import AgendaItem, Provenance
from consultation.curation.states import ItemState
from consultation.membership.models import MemberOrganization
from consultation.proposals.models import Proposal, Translation
from consultation.proposals.states import PUBLIC_STATES

LATEST = 6


@dataclass(frozen=True, slots=True)
class Latest:
    """A published proposal in a list. ``title`` is in ``language``: the reader's, where the proposal has a text in it.
    ``names`` are its organization's names by language, none where it has no organization; a protected one is named by
    its code alone."""

    code: str
    title: str
    language: str
    translated: bool
    theme_id: uuid.UUID | None
    published_at: datetime
    names: dict[str, str] | None
    author_label: str | None
    endorsements: int
    comments: int


@dataclass(frozen=True, slots=True)
class LatestItem:
    """An agenda item in a list, and how many proposals it is made of."""

    code: str
    title: str
    language: str
    theme_id: uuid.UUID | None
    sources: int


def latest_published(
    session: Session, consultation_id: uuid.UUID, language: str, *, limit: int = LATEST
) -> list[Latest]:
    """The proposals published last, the newest first. One query that reads ``limit`` rows of each public state from
    the index, however many there are."""
    rows = session.execute(_newest(limit), {"consultation_id": consultation_id, "language": language})
    return [_latest(row, language) for row in rows]


def latest_items(session: Session, consultation_id: uuid.UUID, *, limit: int = LATEST) -> list[LatestItem]:
    """The agenda items made last, the newest first. One query."""
    sources = (
        select(func.count())
        .where(Provenance.item_id == AgendaItem.id)
        .correlate(AgendaItem)
        .scalar_subquery()
        .label("sources")
    )
    rows = session.execute(
        select(AgendaItem.code, AgendaItem.title, AgendaItem.language, AgendaItem.theme_id, sources)
        .where(AgendaItem.consultation_id == consultation_id, AgendaItem.state == ItemState.LOCKED)
        .order_by(AgendaItem.number.desc())
        .limit(limit)
    )
    return [LatestItem(*row) for row in rows]


@cache
def _newest(limit: int) -> Any:
    """Built once: composing it takes longer than running it."""
    newest = union_all(
        *(
            select(
                select(Proposal.id, Proposal.published_at)
                .where(Proposal.consultation_id == bindparam("consultation_id"), Proposal.state == state)
                .order_by(Proposal.published_at.desc(), Proposal.id.desc())
                .limit(limit)
                .subquery()
            )
            for state in sorted(PUBLIC_STATES)
        )
    ).subquery()
    in_language = and_(Translation.proposal_id == Proposal.id, Translation.language == bindparam("language"))
    return (
        select(
            Proposal.code,
            Proposal.title,
            Proposal.language,
            Translation.title.label("translated_title"),
            Proposal.theme_id,
            Proposal.published_at,
            Proposal.author_label,
            Proposal.endorsement_count,
            Proposal.comment_count,
            MemberOrganization.code.label("organization_code"),
            MemberOrganization.name,
            MemberOrganization.name_fr,
            MemberOrganization.name_es,
            MemberOrganization.protected,
        )
        .join(newest, newest.c.id == Proposal.id)
        .outerjoin(MemberOrganization, MemberOrganization.id == Proposal.organization_id)
        .outerjoin(Translation, in_language)
        .order_by(newest.c.published_at.desc(), newest.c.id.desc())
        .limit(limit)
    )


def _latest(row: Any, language: str) -> Latest:
    translated = bool(row.translated_title) and row.language != language
    return Latest(
        code=row.code,
        title=row.translated_title if translated else row.title,
        language=language if translated else row.language,
        translated=translated,
        theme_id=row.theme_id,
        published_at=row.published_at,
        names=None if row.organization_code is None else _names(row),
        author_label=row.author_label,
        endorsements=row.endorsement_count,
        comments=row.comment_count,
    )


def _names(row: Any) -> dict[str, str]:
    if row.protected:
        return dict.fromkeys(("en", "fr", "es"), row.organization_code)
    return {"en": row.name, "fr": row.name_fr or row.name, "es": row.name_es or row.name}
