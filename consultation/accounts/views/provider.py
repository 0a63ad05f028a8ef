"""Signing in at a provider by OpenID Connect: going there, coming back, and ending the link with an account there.

Going there is a link, not a form: a browser that follows redirects by the policy for forms (``form-action``) would
not let a form's answer leave this site. It changes nothing but the browser's own cookie. Coming back shows a button,
since what is read writes nothing; pressing it signs in.
"""

import logging
import secrets
import uuid
from datetime import UTC, datetime

from flask import Response, abort, current_app, flash, request, url_for
from flask import session as cookie
from flask_babel import gettext as _
from flask_login import current_user

from consultation.accounts import operations, rules
from consultation.accounts.forms import LinkForm, SignInForm
from consultation.accounts.identity import recently_authenticated
from consultation.accounts.models import User
from consultation.accounts.provider import NotAnswering, NotGenuine, Provider, Round
from consultation.accounts.views.blueprint import bp
from consultation.accounts.views.entering import entered, target, wanted
from consultation.accounts.views.limits import tries_limited
from consultation.accounts.views.signing_in import sign_in_page
from consultation.extensions import limiter
from consultation.kernel.permissions import Permission
from consultation.web.authorize import current_actor, present, public, requires
from consultation.web.locale import language
from consultation.web.render import page, see_other
from consultation.web.security import local_path
from consultation.web.transactions import session, unit_of_work

ROUND = "provider"
GOING_BY_VISITOR = "200 per hour"
log = logging.getLogger(__name__)


@bp.get("/sign-in/provider")
@public
@limiter.limit(GOING_BY_VISITOR)
def go_to_provider() -> Response:
    """Off to the provider. What must fit when the person comes back stays in this browser."""
    provider = _provider()
    if current_user.is_authenticated:
        return see_other(target(current_user.user.roles))
    now = present()
    going = Round(
        redirect_uri=_back_here(),
        state=secrets.token_urlsafe(32),
        nonce=secrets.token_urlsafe(32),
        verifier=secrets.token_urlsafe(64),
    )
    try:
        address = provider.address(going, language=language(), now=now)
    except NotAnswering as error:
        return _not_answering(provider, error)
    until = int((now + rules.PROVIDER_WITHIN).timestamp())
    cookie[ROUND] = [going.state, going.nonce, going.verifier, until, wanted() or ""]
    return see_other(address)


@bp.get("/sign-in/provider/return")
@public
def return_from_provider() -> Response:
    """Back from the provider, with a code that is used once the button is pressed."""
    provider = _provider()
    if current_user.is_authenticated:
        return see_other(target(current_user.user.roles))
    noted = cookie.get(ROUND)
    code, state = request.args.get("code", ""), request.args.get("state", "")
    if noted is None or not code or not secrets.compare_digest(state.encode(), noted[0].encode()):
        return _refused(provider, "state", onward=local_path(noted[4], "") if noted else "")
    onward = local_path(noted[4], "") or None
    return page("accounts/provider.html", provider=provider, code=code, state=state, onward=onward)


@bp.post("/sign-in/provider/return")
@public
@tries_limited
def sign_in_by_provider() -> Response:
    """The first step, as with a password: whoever owes a second one still takes it."""
    provider = _provider()
    if current_user.is_authenticated:
        return see_other(target(current_user.user.roles))
    coming = _taken()
    if coming is None:
        return _refused(provider, "state")
    # Nothing of the database is held while the provider is asked.
    try:
        identity = provider.identity(coming, request.form.get("code", ""), now=present())
    except NotAnswering as error:
        return _not_answering(provider, error)
    except NotGenuine as error:
        return _refused(provider, type(error.__cause__ or error).__name__)
    user = operations.identified(session(), provider.issuer, identity.subject, identity.verified_email)
    if user is None:
        return _refused(provider, "nobody" if identity.verified_email else "unverified")
    return _welcomed(user, (provider.issuer, identity.subject))


@bp.post("/account/security/identities/<uuid:identity_id>/removal")
@requires(Permission.ACCOUNT_USE)
@recently_authenticated
def unlink_identity(identity_id: uuid.UUID) -> Response:
    """End one of one's own links; another person's is not found."""
    user = current_user.user
    if not operations.unlink_identity(session(), identity_id, user, actor=current_actor(), now=present()):
        abort(404)
    flash(_("The link is ended."), "success")
    return see_other(url_for("accounts.security"))


def _provider() -> Provider:
    provider = current_app.extensions["provider"]
    if provider is None:
        abort(404)
    return provider  # type: ignore[no-any-return]


def _back_here() -> str:
    """The address that the provider knows, at the public address whatever this request says of its host."""
    base_url: str = current_app.extensions["settings"].base_url
    return base_url + url_for("accounts.return_from_provider")


def _taken() -> Round | None:
    """What this browser went with, used up in any case, and for every copy of its cookie."""
    noted = cookie.pop(ROUND, None)
    if noted is None:
        return None
    state, nonce, verifier, until, _onward = noted
    if not secrets.compare_digest(request.form.get("state", "").encode(), state.encode()):
        return None
    with unit_of_work() as own:
        good = operations.use_state(own, state, expires_at=datetime.fromtimestamp(until, UTC), now=present())
    return Round(_back_here(), state, nonce, verifier) if good else None


def _welcomed(user: User, linking: tuple[str, str]) -> Response:
    operations.welcome(session(), user)
    return entered(user, "oidc", linking=linking)


def _refused(provider: Provider, kind: str, *, onward: str = "") -> Response:
    """One answer, whatever did not fit, so that it tells nobody who has an account; the log tells the operator."""
    log.info("provider_refused", extra={"kind": kind})
    form = SignInForm(formdata=None)
    form.form_errors.append(
        _(
            "Signing in with %(name)s opens no account here, or it took too long. Try again, or sign in another way.",
            name=provider.name,
        )
    )
    return sign_in_page(form, LinkForm(formdata=None), status=422, onward=onward or None)


def _not_answering(provider: Provider, error: NotAnswering) -> Response:
    """Back to the other ways of signing in, not counted as a try that failed: nobody here did anything wrong."""
    log.warning("provider_not_answering", extra={"kind": type(error.__cause__ or error).__name__})
    flash(
        _("%(name)s does not answer at the moment. Try again later, or sign in another way.", name=provider.name),
        "error",
    )
    return see_other(url_for("accounts.sign_in", next=wanted()))
