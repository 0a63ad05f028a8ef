"""Drafting an agenda from a published result, moving items with a reason, releasing frozen editions."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

import consultation.drafting.policy  # noqa: F401 - registers when drafting is possible
from consultation.convening.models import Consultation
from consultation.curation.models import AgendaItem
from consultation.drafting.composing import compose
from consultation.drafting.events import AgendaDrafted, AgendaReleased, ItemMoved
from consultation.drafting.export.snapshot import require as require_exportable
from consultation.drafting.export.snapshot import seal
from consultation.drafting.models import AgendaDraft, Placement, Release, Section
from consultation.drafting.queries import draft_of, latest_release
from consultation.drafting.rules import next_number, placed_items, sections
from consultation.drafting.states import DraftState, ReleaseStatus
from consultation.kernel.outbox import record
from consultation.kernel.permissions import Actor, Permission, require
from consultation.voting.models import Contest, StoredTally


class NothingToRelease(Exception):
    """There is no draft of the agenda yet."""


class DepartureNeedsReason(ValueError):
    """An item leaves the tally's order only for a reason that everybody can read."""


class NotFinal(Exception):
    """A final release needs every published proposal to have a disposition; ``codes`` have none."""

    def __init__(self, codes: list[str]) -> None:
        super().__init__(", ".join(codes))
        self.codes = codes


def draft_agenda(
    session: Session, consultation: Consultation, contest: Contest, *, actor: Actor, now: datetime
) -> AgendaDraft:
    """Make the working draft from a published result, anew if there was one. Numbers follow the tally's order.

    Raises:
        Denied: when the actor may not, or the contest's result is not published.
    """
    require(actor, Permission.AGENDA_DRAFT, contest, now=now)
    previous = draft_of(session, consultation.id)
    if previous is not None:
        session.delete(previous)
        session.flush()
    tally = session.scalars(
        select(StoredTally).where(StoredTally.contest_id == contest.id, StoredTally.rule == contest.rule)
    ).one()
    ranked = placed_items(tally.result, contest.places)
    items = {
        item.code: item
        for item in session.scalars(
            select(AgendaItem).where(
                AgendaItem.consultation_id == consultation.id, AgendaItem.code.in_([item.code for item in ranked])
            )
        )
    }
    draft = AgendaDraft(
        consultation_id=consultation.id, contest_id=contest.id, state=DraftState.WORKING, created_at=now, sections=[]
    )
    session.add(draft)
    session.flush()
    numbers = {item.code: number for number, item in enumerate(ranked, start=1)}
    gathered = sections(ranked, {code: item.theme_id for code, item in items.items()})
    for place, (theme_id, members) in enumerate(gathered, start=1):
        section = Section(draft_id=draft.id, theme_id=theme_id, position=place)
        section.placements = [
            Placement(
                draft_id=draft.id,
                item_id=items[member.code].id,
                position=position,
                number=numbers[member.code],
                tally_rank=member.rank,
            )
            for position, member in enumerate(members, start=1)
        ]
        draft.sections.append(section)
    record(session, AgendaDrafted(consultation.id, contest.id, len(ranked)), actor=actor, now=now)
    session.flush()
    return draft


def place(
    session: Session,
    placement: Placement,
    section: Section,
    *,
    position: int,
    reason: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Move an item within its section (``section.placements`` loaded) for a public reason.

    Raises:
        DepartureNeedsReason: without a reason.
    """
    require(actor, Permission.AGENDA_RELEASE, now=now)
    if not reason.strip():
        raise DepartureNeedsReason
    others = [other for other in section.placements if other is not placement]
    others.insert(max(position, 1) - 1, placement)
    # Positions are unique, so all of them first leave for places that nobody has.
    for offset, moved in enumerate(others, start=1):
        moved.position = len(others) + offset
    session.flush()
    for index, moved in enumerate(others, start=1):
        moved.position = index
    placement.departure_reason = reason.strip()
    record(
        session,
        ItemMoved(section.draft_id, placement.item.code, placement.position, reason.strip()),
        actor=actor,
        now=now,
    )
    session.flush()


def release(
    session: Session, consultation: Consultation, *, final: bool, base_url: str, actor: Actor, now: datetime
) -> Release:
    """Freeze the draft as a numbered edition; ``consultation`` has its phases and gathering loaded.

    Raises:
        NothingToRelease: without a draft.
        NotFinal: when a published proposal is in no item, and the release was to be final.
        SnapshotError: when the snapshot holds what may not be exported.
    """
    require(actor, Permission.AGENDA_RELEASE, now=now)
    draft = draft_of(session, consultation.id)
    if draft is None:
        raise NothingToRelease
    previous = latest_release(session, consultation.id)
    number = next_number(previous.number if previous else None, final=final)
    status = ReleaseStatus.FINAL if final or not number.startswith("0.") else ReleaseStatus.DRAFT
    snapshot = compose(
        session,
        consultation,
        draft,
        number=number,
        status=status,
        previous=previous.snapshot if previous else None,
        base_url=base_url,
        now=now,
    )
    if status == ReleaseStatus.FINAL:
        undecided = [
            entry["proposal"] for entry in snapshot["annexes"]["concordance"] if entry["disposition"] == "not_ranked"
        ]
        if undecided:
            raise NotFinal(undecided)
    sealed = seal(snapshot)
    require_exportable(sealed)
    position = session.scalar(
        select(func.coalesce(func.max(Release.position), 0) + 1).where(Release.consultation_id == consultation.id)
    )
    edition = Release(
        consultation_id=consultation.id,
        position=position,
        number=number,
        status=status,
        snapshot=sealed,
        sha256=sealed["meta"]["sha256"],
        released_at=now,
        released_by=actor.user_id,
    )
    session.add(edition)
    draft.state = DraftState.FINAL if status == ReleaseStatus.FINAL else DraftState.RELEASED
    record(session, AgendaReleased(consultation.id, number, status.value, edition.sha256), actor=actor, now=now)
    session.flush()
    return edition
