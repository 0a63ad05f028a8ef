"""Finding drafts and releases."""

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from consultation.drafting.models import AgendaDraft, Placement, Release, Section


def draft_of(session: Session, consultation_id: uuid.UUID) -> AgendaDraft | None:
    """The consultation's draft with its contest, sections and placements."""
    return session.scalar(
        select(AgendaDraft)
        .where(AgendaDraft.consultation_id == consultation_id)
        .options(
            joinedload(AgendaDraft.contest),
            selectinload(AgendaDraft.sections).options(
                joinedload(Section.theme), selectinload(Section.placements).joinedload(Placement.item)
            ),
        )
    )


def releases(session: Session, consultation_id: uuid.UUID) -> Sequence[Any]:
    """Number, status, date and digest of each release, newest first, without their snapshots."""
    return session.execute(
        select(Release.number, Release.status, Release.released_at, Release.sha256)
        .where(Release.consultation_id == consultation_id)
        .order_by(Release.position.desc())
    ).all()


def release_by_number(session: Session, consultation_id: uuid.UUID, number: str) -> Release | None:
    return session.scalar(select(Release).where(Release.consultation_id == consultation_id, Release.number == number))


def latest_release(session: Session, consultation_id: uuid.UUID) -> Release | None:
    return session.scalar(
        select(Release).where(Release.consultation_id == consultation_id).order_by(Release.position.desc()).limit(1)
    )
