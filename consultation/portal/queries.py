"""What the portal's pages show, as rows of columns."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import bindparam, func, select, union_all
from sqlalchemy.orm import Session

from consultation.kernel.permissions import Actor
from consultation.membership.models import Mandate, MemberOrganization
from consultation.membership.states import OrganizationState
from consultation.notifications.models import Notice
from consultation.proposals.models import Proposal
from consultation.proposals.states import PUBLIC_STATES

LATEST = 6
NOTICES = 50


@dataclass(frozen=True, slots=True)
class Latest:
    """A published proposal in a list. ``names`` are its organization's names by language, none where it has no
    organization; a protected one is named by its code alone."""

    code: str
    title: str
    language: str
    theme_id: uuid.UUID | None
    published_at: datetime
    names: dict[str, str] | None
    author_label: str | None
    endorsements: int
    comments: int


def latest_published(session: Session, consultation_id: uuid.UUID, *, limit: int = LATEST) -> list[Latest]:
    """The proposals published last, the newest first. One query that reads ``limit`` rows of each public state from
    the index, however many there are."""
    rows = session.execute(_newest(limit), {"consultation_id": consultation_id})
    return [_latest(row) for row in rows]


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
    return (
        select(
            Proposal.code,
            Proposal.title,
            Proposal.language,
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
        .order_by(Proposal.published_at.desc(), Proposal.id.desc())
        .limit(limit)
    )


def _latest(row: Any) -> Latest:
    return Latest(
        code=row.code,
        title=row.title,
        language=row.language,
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


def organizations_taking_part(session: Session) -> int:
    """How many organizations are verified."""
    query = select(func.count()).where(MemberOrganization.state == OrganizationState.VERIFIED)
    return session.scalar(query) or 0


def mandates_in_words(session: Session, actor: Actor) -> Sequence[Any]:
    """The actor's mandates in force: kind, when it ends, and the organization's names and state."""
    held = [mandate.organization_id for mandate in actor.mandates]
    if not held:
        return []
    return session.execute(
        select(
            Mandate.kind,
            Mandate.ends_at,
            MemberOrganization.code,
            MemberOrganization.name,
            MemberOrganization.name_fr,
            MemberOrganization.name_es,
            MemberOrganization.state,
        )
        .join(MemberOrganization, MemberOrganization.id == Mandate.organization_id)
        .where(Mandate.user_id == actor.user_id, Mandate.revoked_at.is_(None), Mandate.organization_id.in_(held))
        .order_by(MemberOrganization.name, MemberOrganization.id)
    ).all()


def notices(session: Session, user_id: uuid.UUID | None, *, limit: int = NOTICES) -> Sequence[Any]:
    """The person's notices, the newest first."""
    return session.execute(
        select(
            Notice.id,
            Notice.name,
            Notice.subject_code,
            Notice.subject_title,
            Notice.detail,
            Notice.created_at,
            Notice.read_at,
        )
        .where(Notice.user_id == user_id)
        .order_by(Notice.created_at.desc(), Notice.id.desc())
        .limit(limit)
    ).all()
