"""A person's account: what awaits them, for whom they speak, what they brought, and what they have been told."""

import uuid
from zoneinfo import ZoneInfo

from flask import Response, abort, url_for

from consultation.convening.wording import until
from consultation.kernel.permissions import Permission, granted
from consultation.notifications.wording import NOTICES
from consultation.portal.operations import mark_read
from consultation.portal.queries import (
    UNFINISHED,
    brought,
    contests_of,
    has_notice,
    mandates_in_words,
    notices,
    own_ballots,
    submitted_count,
)
from consultation.portal.views.blueprint import bp
from consultation.portal.wording import BROUGHT_STATES, MANDATES, ROLES
from consultation.voting.policy import window_open
from consultation.web.authorize import current_actor, present, requires
from consultation.web.render import page, see_other
from consultation.web.transactions import session


@bp.get("/account")
@requires(Permission.ACCOUNT_USE)
def account() -> Response:
    """Who one is here, what one has to do, for whom one speaks, and what one has been told."""
    actor, reading, now = current_actor(), session(), present()
    told, own = notices(reading, actor.user_id), brought(reading, actor)
    contests = {contest.id: contest for contest in contests_of(reading, actor)}
    ballots = [(one, contests[one.contest_id]) for one in own_ballots(reading, actor, list(contests.values()))]
    return page(
        "portal/account.html",
        mandates=mandates_in_words(reading, actor),
        brought=own,
        unfinished=[one for one in own if one.state in UNFINISHED],
        ballots=ballots,
        open_ballots=[
            (one, contest, until(contest.closes_at, ZoneInfo(contest.zone)))
            for one, contest in ballots
            if window_open(contest, now)
        ],
        waiting=submitted_count(reading) if granted(actor, Permission.QUEUE_READ) else None,
        notices=told,
        unread=sum(notice.read_at is None for notice in told),
        role_names=ROLES,
        mandate_names=MANDATES,
        state_names=BROUGHT_STATES,
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
    """Mark one notice as read; another person's is not found."""
    if not has_notice(session(), current_actor().user_id, notice_id):
        abort(404)
    mark_read(session(), notice_id, actor=current_actor(), now=present())
    return see_other(url_for("portal.account", _anchor="notices"))
