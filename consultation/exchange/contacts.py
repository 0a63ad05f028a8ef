"""The addresses of those who speak for members, as a table: only after two people agreed that it is needed."""

import csv
import io
import uuid
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from consultation.accounts.models import User
from consultation.exchange.events import ContactsExported
from consultation.kernel.outbox import record
from consultation.kernel.permissions import Actor, Decision, Denied, Permission, Reason, require
from consultation.kernel.tables import BOM, neutral
from consultation.kernel.two_steps import Outcome, TwoStepKind, TwoStepRequest
from consultation.membership.models import Mandate, MemberOrganization
from consultation.membership.states import OrganizationState

#: How long after the confirmation the table can be fetched.
FETCHABLE = timedelta(hours=24)
#: What the request is about: all contacts, so that one stands at a time.
ALL_CONTACTS = uuid.UUID(int=0)
COLUMNS = ("code", "member", "kind", "name", "email", "language", "mandate", "since")


def _nothing(_session: Session, _asked: TwoStepRequest, _actor: Actor, _now: datetime) -> None:
    """The table is made when it is fetched, so that it lies nowhere."""


CONTACTS = TwoStepKind("contacts", Permission.CONTACTS_EXPORT, Permission.CONTACTS_EXPORT, _nothing)


def may_fetch(asked: TwoStepRequest, actor: Actor, now: datetime) -> bool:
    """Whether the actor is one of the two people, and the confirmation is not too old."""
    fresh = asked.decided_at is not None and now < asked.decided_at + FETCHABLE
    two = actor.user_id is not None and actor.user_id in (asked.asked_by, asked.decided_by)
    return asked.kind == CONTACTS.name and asked.outcome is Outcome.CONFIRMED and fresh and two


def export_contacts(session: Session, asked: TwoStepRequest, *, actor: Actor, now: datetime) -> bytes:
    """The table as CSV. Each time is logged with the number of rows; no cell is taken for a formula.

    Raises:
        Denied: unless it was confirmed within a day and the actor is one of the two.
    """
    require(actor, Permission.CONTACTS_EXPORT, now=now)
    if not may_fetch(asked, actor, now):
        raise Denied(Permission.CONTACTS_EXPORT, Decision(Reason.SECOND_PERSON))
    return _table(session, asked.id, actor, now)


def export_contacts_alone(session: Session, *, actor: Actor, now: datetime) -> bytes:
    """The same for the operator at the command line, who acts alone; it is logged.

    Raises:
        Denied: for anybody else.
    """
    if not actor.is_operator:
        raise Denied(Permission.CONTACTS_EXPORT, Decision(Reason.SECOND_PERSON))
    return _table(session, ALL_CONTACTS, actor, now)


def _table(session: Session, subject_id: uuid.UUID, actor: Actor, now: datetime) -> bytes:
    rows = session.execute(
        select(
            MemberOrganization.code,
            MemberOrganization.name,
            MemberOrganization.kind,
            User.name.label("person"),
            User.email,
            User.language,
            Mandate.kind.label("mandate"),
            Mandate.starts_at,
        )
        .join(Mandate, Mandate.organization_id == MemberOrganization.id)
        .join(User, User.id == Mandate.user_id)
        .where(
            MemberOrganization.state == OrganizationState.VERIFIED,
            User.active,
            Mandate.revoked_at.is_(None),
            Mandate.starts_at <= now,
            or_(Mandate.ends_at.is_(None), Mandate.ends_at > now),
        )
        .order_by(MemberOrganization.name, MemberOrganization.code, User.email)
    ).all()
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in rows:
        cells = (*row[:2], row.kind.value, *row[3:6], row.mandate.value, row.starts_at.date().isoformat())
        writer.writerow([neutral(cell) for cell in cells])
    record(session, ContactsExported(subject_id, len(rows)), actor=actor, now=now)
    session.flush()
    return (BOM + out.getvalue()).encode()
