"""Saving the pages that organizers write."""

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from consultation.kernel.orm import LANGUAGES, Trilingual
from consultation.kernel.outbox import record
from consultation.kernel.permissions import Actor, Permission, require
from consultation.privacy.events import PageSaved
from consultation.privacy.models import PageVersion
from consultation.privacy.queries import newest
from consultation.privacy.rules import MAXIMUM_TEXT
from consultation.privacy.states import AGREED, PageName

_PAGES = uuid.UUID("0192f0f4-9c1c-7d3e-8a51-6f2d6c1b7a10")


class Outdated(Exception):
    """Somebody saved a version after the one that was being changed."""


def save_page(
    session: Session,
    name: PageName,
    *,
    text: Trilingual,
    based_on: int,
    asks: bool = False,
    actor: Actor,
    now: datetime,
) -> PageVersion:
    """A new version of the page, in the three languages. ``asks``: those who agreed to an earlier one are asked again.

    Raises:
        Denied: when the actor may not write pages.
        Outdated: when ``based_on`` is not the newest version any more.
        ValueError: when a language is missing, or a text is too long.
    """
    require(actor, Permission.PAGE_WRITE, now=now)
    texts = [text[language].replace("\r\n", "\n").strip() for language in LANGUAGES]
    if not all(0 < len(each) <= MAXIMUM_TEXT for each in texts):
        raise ValueError("A page is written in the three languages.")
    before = newest(session, name)
    if before.version != based_on:
        raise Outdated(name)
    asks = asks and name in AGREED
    saved = PageVersion(
        name=name,
        version=before.version + 1,
        text=Trilingual(*texts),
        asks=asks,
        saved_by=actor.user_id,
        saved_at=now,
    )
    session.add(saved)
    event = PageSaved(uuid.uuid5(_PAGES, name.value), name.value, saved.version, asks)
    record(session, event, actor=actor, now=now)
    session.flush()
    return saved
