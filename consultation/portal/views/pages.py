"""The front page and a consultation's page: where it stands, what one can do, and who takes part."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response

from consultation.convening.models import Consultation
from consultation.convening.shown import consultation_shown, consultations_shown
from consultation.convening.states import PhaseName
from consultation.convening.vocabulary import vocabulary
from consultation.convening.wording import PHASES, PUBLIC_STEPS
from consultation.kernel.roles import Role
from consultation.portal.queries import (
    UNFINISHED,
    ContestFacts,
    Situation,
    brought,
    latest_items,
    latest_published,
    own_ballots,
    participation,
    situation,
)
from consultation.portal.rules import MINUTES, Course, ballot_minutes, course, featured
from consultation.portal.taking_part import taking_part
from consultation.portal.views.blueprint import bp
from consultation.voting.policy import window_open
from consultation.voting.rules import in_steps
from consultation.voting.states import ContestState
from consultation.web.authorize import current_actor, present, public
from consultation.web.kept import remembered
from consultation.web.locale import language
from consultation.web.render import page
from consultation.web.transactions import session


@bp.get("/")
@public
def front() -> Response:
    """Where the consultation is, and what one can do now; the others below."""
    found = consultations_shown()
    now = present()
    chosen = featured(found, now)
    if chosen is None:
        return page("portal/empty.html")
    others = [(one, course(one.phases, ZoneInfo(one.zone), now)) for one in found if one is not chosen]
    return page("portal/front.html", others=others, **_story(chosen, found, now))


@bp.get("/consultations/<slug>/")
@public
def consultation(slug: str) -> Response:
    """One consultation, told by the phase it is in."""
    return page("portal/consultation.html", **_story(consultation_shown(slug), (), present()))


def _story(subject: Consultation, others: Sequence[Consultation], now: datetime) -> dict[str, Any]:
    """What both pages tell of a consultation; with ``others``, what awaits the reader in those too."""
    told = course(subject.phases, ZoneInfo(subject.zone), now)
    everywhere = bool(others)
    facts = remembered(lambda: situation(session(), subject.id, others=everywhere), "situation", subject.id, everywhere)
    contest = _present_contest(facts.contests, now)
    is_open = contest is not None and _takes_ballots(contest, now)
    return {
        "consultation": subject,
        "course": told,
        "situation": facts,
        "edition": facts.editions.get(subject.id),
        "contest": contest,
        "voting_is_open": is_open,
        "ballots_told": in_steps(contest.ballots) if contest is not None and is_open else None,
        "ballot_minutes": ballot_minutes(contest.options) if contest is not None else None,
        "results_are_public": any(one.state is ContestState.PUBLISHED for one in facts.contests),
        "awaiting": _awaiting(subject, others, facts, now),
        "read": partial(_read, subject, told),
        "phase_names": PHASES,
        "step_names": PUBLIC_STEPS,
        "minutes": MINUTES,
    }


def _takes_ballots(contest: Any, now: datetime) -> bool:
    """The written rule, asked of the portal's own facts, which have what it reads."""
    return window_open(contest, now)


def _present_contest(contests: Sequence[ContestFacts], now: datetime) -> ContestFacts | None:
    """The contest that takes ballots now, else the newest."""
    taking = next((one for one in contests if _takes_ballots(one, now)), None)
    return taking or (contests[-1] if contests else None)


def _read(subject: Consultation, told: Course) -> dict[str, Any]:
    """What the template reads only where its part of the page is not kept. Until items are made of them the latest
    proposals are the news; then the items are, but for the time of the vote, when none is to stand out."""
    reading, words = session(), vocabulary(session())
    making = told.has_begun(PhaseName.CURATE) and subject.item_count and not told.has_begun(PhaseName.RANK)
    return {
        "latest": latest_published(reading, subject.id, language()),
        "items": latest_items(reading, subject.id) if making else (),
        "vocabulary": words,
        "who": taking_part(participation(reading), words),
    }


def _awaiting(
    subject: Consultation, others: Sequence[Consultation], facts: Situation, now: datetime
) -> dict[str, Any] | None:
    """What the delegate who reads has begun and not finished, here or, on the front page, anywhere."""
    actor = current_actor()
    if Role.DELEGATE not in actor.roles:
        return None
    known = {one.id: one for one in (subject, *others)}
    taking = {one.id: one for one in (*facts.contests, *facts.elsewhere) if _takes_ballots(one, now)}
    ballots = own_ballots(session(), actor, list(taking.values()))
    return {
        "unfinished": brought(
            session(), actor, states=UNFINISHED, consultation_id=None if others else subject.id, limit=5
        ),
        "ballots": [(one, taking[one.contest_id], known[taking[one.contest_id].consultation_id]) for one in ballots],
    }
