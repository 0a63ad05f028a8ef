"""Addresses that machines ask for: health, readiness, robots, and the well-known ones."""

import logging
from datetime import timedelta

from flask import Blueprint, Response, current_app, jsonify, redirect, url_for
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from consultation.config import Config
from consultation.extensions import db
from consultation.kernel import jobs, migrations
from consultation.kernel.orm import LANGUAGES
from consultation.portal.queue import backlog
from consultation.web.authorize import present, public
from consultation.web.transactions import session

site = Blueprint("site", __name__)
log = logging.getLogger(__name__)

QUEUE_IS_LATE_AFTER = timedelta(minutes=5)
SECURITY_CONTACT_IS_GOOD_FOR = timedelta(days=180)
PRIVATE_PATHS = ("account", "sign-in", "moderation", "organize")


@site.get("/healthz")
@public
def alive() -> Response:
    """The process answers; nothing else is asked."""
    return _text("ok\n")


@site.get("/readyz")
@public
def ready() -> Response:
    """Whether requests can be served: 503 without the database or with migrations to run. A late queue is told and
    leaves the answer at 200, since pages work without the worker and taking them away would help nobody."""
    try:
        pending = migrations.pending(db.engine)
        events = None if pending else backlog(session(), current_app.extensions["subscriptions"])
        queued = None if pending else jobs.waiting(session())
    except (DBAPIError, SQLAlchemyError) as error:
        log.error("not_ready", extra={"kind": type(error).__name__})
        return _json({"database": "unreachable", "migrations": "unknown", "queue": "unknown"}, 503)
    if events is None or queued is None:
        return _json({"database": "ok", "migrations": "pending", "queue": "unknown"}, 503)
    late = any(since is not None and present() - since > QUEUE_IS_LATE_AFTER for since in (events.since, queued.since))
    return _json(
        {
            "database": "ok",
            "migrations": "ok",
            "queue": "late" if late else "ok",
            "events_waiting": events.events,
            "jobs_waiting": queued.jobs,
        },
        200,
    )


@site.get("/robots.txt")
@public
def robots() -> Response:
    """Public pages may be indexed; what needs an account is not offered."""
    closed = [f"Disallow: /{language}/{path}" for language in LANGUAGES for path in PRIVATE_PATHS]
    return _text("\n".join(["User-agent: *", *closed, ""]))


@site.get("/.well-known/security.txt")
@public
def security_contact() -> Response:
    """Where to report a vulnerability (RFC 9116)."""
    settings: Config = current_app.extensions["settings"]
    until = (present() + SECURITY_CONTACT_IS_GOOD_FOR).strftime("%Y-%m-%dT00:00:00Z")
    lines = (
        f"Contact: {settings.base_url}{url_for('portal.front', lang='en')}#contact",
        f"Expires: {until}",
        f"Preferred-Languages: {', '.join(LANGUAGES)}",
        f"Canonical: {settings.base_url}{url_for('site.security_contact')}",
        "",
    )
    return _text("\n".join(lines))


@site.get("/.well-known/change-password")
@public
def change_password() -> Response:
    """Where password managers send people (W3C, A Well-Known URL for Changing Passwords)."""
    return redirect(url_for("accounts.password"), code=302)  # type: ignore[return-value]


def _text(body: str) -> Response:
    return Response(body, mimetype="text/plain")


def _json(body: dict[str, object], status: int) -> Response:
    response = jsonify(body)
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    return response
