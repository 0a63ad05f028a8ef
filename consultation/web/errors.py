"""Errors are for people: what happened and what to do."""

import logging
from http import HTTPStatus

from flask import Flask, Response, current_app, g, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_limiter import RateLimitExceeded
from flask_login import AnonymousUserMixin, current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from werkzeug.exceptions import HTTPException

from consultation.kernel.moves import WrongState
from consultation.kernel.permissions import Denied, Reason
from consultation.web.authorize import PUBLIC, access_of
from consultation.web.pagination import BadCursor
from consultation.web.render import in_place_of_the_page, page, see_other, wants_fragment
from consultation.web.transactions import SAFE_METHODS, session
from consultation.web.typed import typed

log = logging.getLogger(__name__)
AWAY_SECONDS = 60

REASONS = {
    Reason.SIGN_IN: lazy_gettext("Sign in to do this."),
    Reason.ROLE: lazy_gettext("Your account does not have the role that this needs."),
    Reason.PHASE: lazy_gettext("The consultation is not in a phase that allows this now."),
    Reason.STATE: lazy_gettext("This is not possible in its present state."),
    Reason.NO_MANDATE: lazy_gettext("You hold no mandate to speak for an organization."),
    Reason.NOT_YOURS: lazy_gettext("This belongs to another organization."),
    Reason.OWN_MATTER: lazy_gettext("This concerns your own organization, so somebody else must decide it."),
    Reason.NOT_VERIFIED: lazy_gettext("Your organization is not verified yet."),
    Reason.MEMBER_KIND: lazy_gettext("In this consultation, this is not open to members of your kind."),
    Reason.NOT_ON_ROLL: lazy_gettext("Your organization is not on the roll of this contest."),
    Reason.WINDOW: lazy_gettext("Voting is not open now."),
    Reason.NOT_OVER: lazy_gettext(
        "It is announced to end later, so nobody can close it now. It closes by itself when its time is over."
    ),
    Reason.SECOND_PERSON: lazy_gettext("This takes two people: one asks, somebody else confirms."),
    Reason.ALREADY: lazy_gettext("This has been done already."),
    Reason.SECOND_STEP: lazy_gettext("Your role needs a second step of signing in. Set it up on your account’s page."),
    Reason.RANKING_OPENED: lazy_gettext("The ranking has opened, so this can no longer change."),
}


def why(reason: Reason | None) -> str:
    """A sentence for a reason."""
    return "" if reason is None else str(REASONS[reason])


def away() -> tuple[str, str]:
    """Title and explanation of a page for what comes back by itself."""
    return (
        _("Not available for a moment"),
        _("Nothing was saved. What you typed is still in your browser: go back and try again in a minute."),
    )


def refusal(status: int, title: str, explanation: str, *, again: bool = False, sign_in: bool = False) -> Response:
    """An error page with the site around it, which shows what was typed. What is away for a moment says when to ask
    again. ``again``: sending the same once more can help; ``sign_in``: after signing in, in another tab."""
    kept = typed()
    response = page(
        "errors/error.html",
        status=status,
        title=title,
        explanation=explanation,
        typed=kept if kept and (again or sign_in or kept.texts) else None,
        again=again or sign_in,
        asks_to_sign_in=sign_in,
    )
    if kept:
        response.headers["Cache-Control"] = "no-store"
        if wants_fragment():
            return in_place_of_the_page(response)
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = str(AWAY_SECONDS)
    return response


def _signed_out() -> Response:
    return refusal(
        403,
        _("You are not signed in"),
        _("Nothing was saved. You have not signed in, or your last visit was too long ago."),
        sign_in=True,
    )


def _keep_headers(error: HTTPException, response: Response) -> Response:
    """Give the page what the error tells programs: which methods there are (RFC 9110, 15.5.6), when to try again."""
    for name, value in error.get_headers():
        if name not in ("Content-Type", "Content-Length"):
            response.headers[name] = value
    if isinstance(error, RateLimitExceeded) and error.limit is not None:
        response.headers["Retry-After"] = str(error.limit.limit.get_expiry())
    return response


def _ask_nothing_more() -> None:
    """Who is signed in stays unknown where it was not asked yet: the page about a database that cannot be used must
    not ask it again."""
    if "_login_user" not in g:
        g._login_user = AnonymousUserMixin()


def init_app(app: Flask) -> None:
    app.jinja_env.globals.update(why=why)

    @app.errorhandler(Denied)
    def _denied(error: Denied) -> Response:
        if error.decision.reason == Reason.SIGN_IN and request.method in SAFE_METHODS:
            target = request.full_path if request.query_string else request.path
            return see_other(url_for("accounts.sign_in", next=target))
        if error.decision.reason == Reason.SECOND_STEP and request.method in SAFE_METHODS:
            return see_other(url_for("accounts.security"))
        if error.decision.reason == Reason.SIGN_IN:
            return _signed_out()
        return refusal(403, _("You cannot do this"), why(error.decision.reason))

    @app.errorhandler(WrongState)
    def _wrong_state(_error: WrongState) -> Response:
        return refusal(
            409,
            _("Somebody was quicker"),
            _("This changed while you were looking at it. Go back, reload the page and look again."),
        )

    @app.errorhandler(IntegrityError)
    def _integrity(error: IntegrityError) -> Response:
        session().rollback()
        log.warning("integrity_error", extra={"statement_kind": type(error.orig).__name__})
        return refusal(
            409,
            _("This could not be saved"),
            _("It conflicts with something saved a moment ago. Go back, reload the page and try again."),
        )

    @app.errorhandler(OperationalError)
    @app.errorhandler(NoConnectionFree)
    def _unavailable(error: OperationalError | NoConnectionFree) -> Response:
        session().rollback()
        _ask_nothing_more()
        log.error("database_unavailable", extra={"kind": type(getattr(error, "orig", error)).__name__})
        return refusal(503, *away(), again=True)

    @app.errorhandler(DataError)
    def _unstorable(_error: DataError) -> Response:
        session().rollback()
        return refusal(400, _("This request could not be read"), _("Go back and try again."))

    @app.errorhandler(BadCursor)
    def _bad_cursor(_error: BadCursor) -> Response:
        return refusal(400, _("This address is not complete"), _("Start again from the first page of the list."))

    @app.errorhandler(CSRFError)
    def _csrf(_error: CSRFError) -> Response:
        access = access_of(current_app.view_functions[request.endpoint]) if request.endpoint else PUBLIC
        if access != PUBLIC and not current_user.is_authenticated:
            return _signed_out()
        return refusal(
            403,
            _("The form has expired"),
            _("For your safety nothing was saved. Look at it once more, then send it again."),
            again=True,
        )

    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> Response:
        status = error.code or 500
        titles = {
            400: (_("This request could not be read"), _("Go back and try again.")),
            403: (_("You cannot do this"), _("If you think you should, write to the organizers.")),
            404: (_("Page not found"), _("It may have moved, or it is not public.")),
            405: (_("This address takes no such request"), _("Go back and try again.")),
            413: (_("This is too large"), _("Send a smaller file or a shorter text.")),
            429: (_("Too many tries"), _("Wait a few minutes, then try again.")),
            503: away(),
        }
        title, explanation = titles.get(status, (_("Something went wrong"), _("Go back and try again.")))
        if error.get_response().location:
            return error.get_response()  # type: ignore[return-value]
        again = status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)
        return _keep_headers(error, refusal(status, title, explanation, again=again))

    @app.errorhandler(500)
    def _failure(_error: Exception) -> Response:
        session().rollback()
        _ask_nothing_more()
        return refusal(
            500,
            _("Something went wrong on our side"),
            _("Nothing was saved. The people who run this site can find out what happened; try again later."),
        )
