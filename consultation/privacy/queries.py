"""Finding pages, and what people agreed to."""

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, exists, func, literal, or_, select, union_all
from sqlalchemy.orm import Session

from consultation.accounts.models import User
from consultation.convening.models import Consultation
from consultation.kernel.orm import Trilingual
from consultation.kernel.roles import COLLECTIVE
from consultation.membership.models import Invitation, Mandate, MemberOrganization
from consultation.privacy.built_in import built_in
from consultation.privacy.models import Agreement, Erasure, PageVersion
from consultation.privacy.rules import Said, outstanding
from consultation.privacy.states import AGREED, Consent, PageName


@dataclass(frozen=True, slots=True)
class PageText:
    """A page as it is shown. Version 0 is the program's own, and has no date."""

    name: PageName
    version: int
    text: Trilingual
    saved_at: datetime | None = None

    def sha256(self, language: str) -> str:
        return hashlib.sha256(self.text[language].encode()).hexdigest()


def newest(session: Session, name: PageName) -> PageText:
    query = select(PageVersion).where(PageVersion.name == name).order_by(PageVersion.version.desc()).limit(1)
    found = session.scalars(query).first()
    return PageText(name, 0, built_in(name)) if found is None else _shown(found)


def of_version(session: Session, name: PageName, version: int) -> PageText | None:
    if version == 0:
        return PageText(name, 0, built_in(name))
    found = session.get(PageVersion, (name, version)) if 0 < version < 2**31 else None
    return None if found is None else _shown(found)


def _shown(found: PageVersion) -> PageText:
    return PageText(found.name, found.version, found.text, found.saved_at)


def versions(session: Session, name: PageName) -> Sequence[Any]:
    """Its versions, the newest first: version, saved_at, asks, person who saved it. The program's own is not there."""
    return session.execute(
        select(PageVersion.version, PageVersion.saved_at, PageVersion.asks, User.name.label("person"))
        .outerjoin(User, User.id == PageVersion.saved_by)
        .where(PageVersion.name == name)
        .order_by(PageVersion.version.desc())
    ).all()


def newest_versions(session: Session) -> dict[PageName, Any]:
    """Of each page that organizers have saved: its newest version and when it was saved."""
    latest = select(PageVersion.name, func.max(PageVersion.version).label("version")).group_by(PageVersion.name)
    newest_of = latest.subquery()
    rows = session.execute(
        select(PageVersion.name, PageVersion.version, PageVersion.saved_at).join(
            newest_of, (newest_of.c.name == PageVersion.name) & (newest_of.c.version == PageVersion.version)
        )
    )
    return {row.name: row for row in rows}


def contacts(session: Session) -> Sequence[Any]:
    """The title and contact address of each consultation that gave one, the newest first."""
    query = select(Consultation.title, Consultation.contact).where(Consultation.contact != "")
    return session.execute(query.order_by(Consultation.created_at.desc(), Consultation.id)).all()


# One statement, built once, since every act of somebody signed in asks it.
_pages, _ledger = PageVersion.__table__.c, Agreement.__table__.c
_ASKED_AND_SAID = union_all(
    select(
        literal("").label("step"),
        _pages.name.label("page"),
        func.max(_pages.version).label("version"),
        func.max(_pages.saved_at).label("at"),
    )
    .where(_pages.asks)
    .group_by(_pages.name),
    select(_ledger.step, _ledger.page, _ledger.version, _ledger.at).where(_ledger.user_id == bindparam("user_id")),
)


def may_owe(user_id: Any) -> ColumnElement[bool]:
    """Whether a person may have something to agree to, for a statement that reads who they are: where it is false,
    ``to_agree`` finds nothing and need not be asked. Whoever ever took an agreement back may, whatever came after."""
    own = _ledger.user_id == user_id
    last = select(_ledger.version).where(own, _ledger.page == _pages.name).order_by(_ledger.at.desc()).limit(1)
    taken_back = exists().where(own, _ledger.step == Consent.WITHDRAWN)
    unanswered = exists().where(_pages.asks, func.coalesce(last.scalar_subquery(), -1) < _pages.version)
    return or_(taken_back, unanswered)


def to_agree(session: Session, user_id: uuid.UUID) -> tuple[PageName, ...]:
    """What the person must agree to before their next act."""
    asked: dict[PageName, int] = {}
    said: list[Said] = []
    for step, page, version, at in session.connection().execute(_ASKED_AND_SAID, {"user_id": user_id}):
        if step:
            said.append(Said(PageName(page), version, Consent(step), at))
        else:
            asked[PageName(page)] = version
    return outstanding(asked, said)


def ledger_of(session: Session, user_id: uuid.UUID) -> Sequence[Agreement]:
    """What the person agreed to and took back, the latest first."""
    query = select(Agreement).where(Agreement.user_id == user_id)
    return session.scalars(query.order_by(Agreement.at.desc(), Agreement.id.desc())).all()


def agreed_in_application(session: Session, invitation: Invitation) -> bool:
    """Whether whoever sent the application that this invitation answers agreed to the texts as they are today."""
    if not invitation.founding:
        return False
    rows = session.execute(
        select(Agreement.page, Agreement.version).where(
            Agreement.invitation_id == invitation.id, Agreement.step == Consent.AGREED
        )
    )
    agreed = {row.page: row.version for row in rows}
    return all(agreed.get(page) == newest(session, page).version for page in AGREED)


def founding_invitation(session: Session, organization_id: uuid.UUID) -> Invitation | None:
    """The invitation that goes to whoever sent the application."""
    query = select(Invitation).where(Invitation.organization_id == organization_id, Invitation.founding)
    return session.scalars(query.order_by(Invitation.created_at.desc()).limit(1)).first()


def own_memberships(session: Session, user_id: uuid.UUID) -> Sequence[MemberOrganization]:
    """The members that the person is themselves, and does not only speak for."""
    return session.scalars(
        select(MemberOrganization)
        .join(Mandate, Mandate.organization_id == MemberOrganization.id)
        .where(Mandate.user_id == user_id, MemberOrganization.kind.not_in(COLLECTIVE))
    ).all()


def standing_erasure(session: Session, user_id: uuid.UUID, *, lock: bool = False) -> Erasure | None:
    """The erasure that is to come, if one is."""
    query = select(Erasure).where(Erasure.user_id == user_id, Erasure.withdrawn_at.is_(None), Erasure.done_at.is_(None))
    return session.scalars(query.with_for_update() if lock else query).one_or_none()
