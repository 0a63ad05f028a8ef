"""Agreeing to the texts, and taking that back: each is a line of the ledger, which is never changed."""

import uuid
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from consultation.kernel.outbox import record
from consultation.kernel.permissions import Actor, Permission, require
from consultation.privacy.events import AgreementGiven, AgreementWithdrawn
from consultation.privacy.models import Agreement
from consultation.privacy.queries import newest
from consultation.privacy.states import AGREED, Consent, Occasion, PageName


def agree(
    session: Session,
    *,
    user_id: uuid.UUID | None = None,
    invitation_id: uuid.UUID | None = None,
    pages: Iterable[PageName] = AGREED,
    language: str,
    occasion: Occasion,
    actor: Actor,
    now: datetime,
) -> None:
    """Note that somebody agreed to the newest version of these pages: a person, or whoever an invitation goes to."""
    for page in pages:
        shown = newest(session, page)
        session.add(
            Agreement(
                user_id=user_id,
                invitation_id=invitation_id,
                page=page,
                version=shown.version,
                language=language,
                text_sha256=shown.sha256(language),
                step=Consent.AGREED,
                occasion=occasion,
                at=now,
            )
        )
        subject = user_id or invitation_id
        if subject is None:
            raise ValueError("An agreement is somebody's.")
        event = AgreementGiven(subject, page.value, shown.version, occasion.value)
        record(session, event, actor=actor, now=now)
    session.flush()


def withdraw(session: Session, given: Agreement, *, actor: Actor, now: datetime) -> None:
    """Take one's own agreement back. Whoever does goes on reading, and is asked again before the next act.

    Raises:
        Denied: when nobody is signed in.
        ValueError: when it is somebody else's.
    """
    require(actor, Permission.ACCOUNT_USE, now=now)
    if given.user_id is None or given.user_id != actor.user_id:
        raise ValueError("An agreement is taken back by whoever gave it.")
    session.add(
        Agreement(
            user_id=given.user_id,
            page=given.page,
            version=given.version,
            language=given.language,
            text_sha256=given.text_sha256,
            step=Consent.WITHDRAWN,
            occasion=Occasion.OWN_PAGE,
            at=now,
        )
    )
    record(session, AgreementWithdrawn(given.user_id, given.page.value, given.version), actor=actor, now=now)
    session.flush()
