"""The front page, a consultation's page, and a person's account."""

import uuid
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, abort, url_for

from consultation.convening.models import Consultation
from consultation.convening.queries import consultation_by_slug, consultations
from consultation.convening.vocabulary import vocabulary
from consultation.convening.wording import PHASES, PUBLIC_STEPS
from consultation.kernel.permissions import Permission
from consultation.notifications.wording import NOTICES
from consultation.portal.operations import mark_read
from consultation.portal.queries import latest_published, mandates_in_words, notices, organizations_taking_part
from consultation.portal.rules import course, featured
from consultation.portal.wording import MANDATES, ROLES
from consultation.web.authorize import current_actor, present, public, requires
from consultation.web.locale import room_blueprint
from consultation.web.render import page, see_other
from consultation.web.transactions import session

bp = room_blueprint("portal", __name__)


@bp.get("/")
@public
def front() -> Response:
    """Where the consultation is, and what one can do now; the others below."""
    found = consultations(session())
    now = present()
    chosen = featured(found, now)
    if chosen is None:
        return page("portal/empty.html")
    others = [(one, course(one.phases, ZoneInfo(one.zone), now)) for one in found if one is not chosen]
    return page("portal/front.html", others=others, **_overview(chosen))


@bp.get("/consultations/<slug>/")
@public
def consultation(slug: str) -> Response:
    """One consultation: the same, in full."""
    found = consultation_by_slug(session(), slug)
    if found is None:
        abort(404)
    return page("portal/consultation.html", **_overview(found))


def _overview(subject: Consultation) -> dict[str, Any]:
    return {
        "consultation": subject,
        "course": course(subject.phases, ZoneInfo(subject.zone), present()),
        "overview": partial(_read_overview, subject),
        "phase_names": PHASES,
        "step_names": PUBLIC_STEPS,
    }


def _read_overview(subject: Consultation) -> dict[str, Any]:
    """What the template reads only where its part of the page is not kept."""
    reading = session()
    return {
        "latest": latest_published(reading, subject.id),
        "organizations": organizations_taking_part(reading),
        "vocabulary": vocabulary(reading),
    }


@bp.get("/account")
@requires(Permission.ACCOUNT_USE)
def account() -> Response:
    """Who one is here, for whom one speaks, and what one has been told."""
    actor = current_actor()
    told = notices(session(), actor.user_id)
    return page(
        "portal/account.html",
        mandates=mandates_in_words(session(), actor),
        notices=told,
        unread=sum(notice.read_at is None for notice in told),
        role_names=ROLES,
        mandate_names=MANDATES,
        sentences=NOTICES,
    )


@bp.post("/account/notices/readings")
@requires(Permission.ACCOUNT_USE)
def read_all() -> Response:
    """Mark all notices as read."""
    mark_read(session(), actor=current_actor(), now=present())
    return see_other(url_for("portal.account", _anchor="notices"))


@bp.post("/account/notices/<uuid:notice_id>/reading")
@requires(Permission.ACCOUNT_USE)
def read_one(notice_id: uuid.UUID) -> Response:
    """Mark one notice as read; another person's is not found, and nothing is said of it."""
    mark_read(session(), notice_id, actor=current_actor(), now=present())
    return see_other(url_for("portal.account", _anchor="notices"))
