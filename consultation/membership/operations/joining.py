"""Organizations on their way in: registered by the secretariat, or applying themselves."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from consultation.kernel.outbox import record
from consultation.kernel.permissions import Actor, Permission, require
from consultation.kernel.roles import COLLECTIVE, MemberKind
from consultation.membership.events import OrganizationRegistered
from consultation.membership.models import MemberOrganization, OrganizationJurisdiction
from consultation.membership.operations.inviting import offer
from consultation.membership.operations.verifying import verify_organization
from consultation.membership.queries import organization_by_code
from consultation.membership.rules import APPROVALS_NEEDED, code_from
from consultation.membership.states import OrganizationState

#: The code of a person is made of this and a number, since initials would say who it is.
UNNAMED = "Member"


class CodeTaken(Exception):
    """Another organization has this code."""


def register_organization(
    session: Session,
    *,
    code: str,
    name: str,
    name_fr: str | None = None,
    name_es: str | None = None,
    acronym: str | None = None,
    sector_id: uuid.UUID | None = None,
    jurisdiction_ids: Iterable[uuid.UUID] = (),
    languages: Sequence[str] = (),
    website: str | None = None,
    kind: MemberKind = MemberKind.ORGANIZATION,
    listed: bool = False,
    protected: bool = False,
    verified: bool = False,
    import_identity: str | None = None,
    original: Mapping[str, Any] | None = None,
    actor: Actor,
    now: datetime,
) -> MemberOrganization:
    """An organization that has applied, or one verified at once.

    Raises:
        Denied: when the actor may not.
        CodeTaken: when the code belongs to another.
        ValueError: without a code or a name.
    """
    require(actor, Permission.ORGANIZATION_REGISTER, now=now)
    code, name = code.strip(), " ".join(name.split())
    if not code or not name:
        raise ValueError("An organization has a code and a name.")
    if organization_by_code(session, code) is not None:
        raise CodeTaken(code)
    organization = _add(
        session,
        MemberOrganization(
            code=code,
            name=name,
            name_fr=name_fr,
            name_es=name_es,
            acronym=acronym,
            kind=kind,
            sector_id=sector_id,
            languages=list(languages),
            website=website,
            listed=listed and not protected,
            protected=protected,
            state=OrganizationState.APPLIED,
            created_at=now,
            import_identity=import_identity,
            original=dict(original or {}),
        ),
        jurisdiction_ids,
        actor,
        now,
    )
    if verified:
        verify_organization(session, organization, actor=actor, now=now)
    return organization


def apply_for_membership(
    session: Session,
    *,
    name: str,
    name_fr: str = "",
    name_es: str = "",
    acronym: str = "",
    kind: MemberKind = MemberKind.ORGANIZATION,
    sector_id: uuid.UUID | None = None,
    jurisdiction_ids: Iterable[uuid.UUID] = (),
    languages: Sequence[str] = (),
    communities: str = "",
    expertise: str = "",
    works_at: str = "",
    approvals_needed: int = APPROVALS_NEEDED,
    website: str = "",
    existence: str = "",
    listed: bool = False,
    protected: bool = False,
    contact_name: str,
    contact_email: str,
    contact_language: str,
    actor: Actor,
    now: datetime,
) -> MemberOrganization:
    """An application that anybody may send, for a body or for themselves (then with the ``approvals_needed`` of the
    consultation in which they want to take part). Whoever sends it becomes the delegate once they have answered the
    mail that goes to their address; whether that address has an account already is not said.

    Raises:
        ValueError: without a name.
        BadAddress: when the contact's address cannot be one.
    """
    name = " ".join(name.split())
    if not name:
        raise ValueError("An organization has a name.")
    codes = session.scalars(select(MemberOrganization.code)).all()
    organization = _add(
        session,
        MemberOrganization(
            code=code_from((acronym or name) if kind in COLLECTIVE else UNNAMED, codes),
            name=name,
            name_fr=name_fr or None,
            name_es=name_es or None,
            acronym=acronym or None,
            kind=kind,
            sector_id=sector_id,
            languages=list(languages),
            communities=communities.strip(),
            existence=existence.strip(),
            expertise=expertise.strip(),
            works_at=works_at.strip(),
            approvals_needed=APPROVALS_NEEDED if kind in COLLECTIVE else approvals_needed,
            website=website or None,
            listed=listed and not protected and kind in COLLECTIVE,
            protected=protected,
            state=OrganizationState.APPLIED,
            created_at=now,
        ),
        jurisdiction_ids,
        actor,
        now,
    )
    offer(
        session,
        organization,
        email=contact_email,
        name=contact_name,
        language=contact_language,
        founding=True,
        actor=actor,
        now=now,
    )
    return organization


def _add(
    session: Session,
    organization: MemberOrganization,
    jurisdiction_ids: Iterable[uuid.UUID],
    actor: Actor,
    now: datetime,
) -> MemberOrganization:
    session.add(organization)
    session.flush()
    session.add_all(
        OrganizationJurisdiction(organization_id=organization.id, term_id=term_id)
        for term_id in dict.fromkeys(jurisdiction_ids)
    )
    registered = OrganizationRegistered(subject_id=organization.id, code=organization.code)
    record(session, registered, actor=actor, now=now)
    session.flush()
    return organization
