"""Sign-in and security: where one is signed in, and ending it."""

import uuid

from flask import Response, abort, current_app, flash, url_for
from flask_babel import gettext as _
from flask_login import current_user

from consultation.accounts import operations, queries, rules
from consultation.accounts.forms import PasskeyForm
from consultation.accounts.identity import end_this_session
from consultation.accounts.views.blueprint import bp
from consultation.accounts.views.entering import passkeys_usable
from consultation.accounts.views.landing import FRONT
from consultation.accounts.wording import METHODS, device_name
from consultation.kernel.permissions import Permission
from consultation.web.authorize import current_actor, present, requires
from consultation.web.render import page, see_other
from consultation.web.transactions import session


@bp.get("/account/security")
@requires(Permission.ACCOUNT_USE)
def security() -> Response:
    """How one signs in, and on which devices one is signed in."""
    return security_page(PasskeyForm(formdata=None))


def security_page(form: PasskeyForm, *, status: int = 200) -> Response:
    return page(
        "accounts/security.html",
        status=status,
        form=form,
        mail_goes_out=current_app.extensions["mail"] is not None,
        passkeys=queries.passkeys_of(session(), current_user.user),
        passkeys_usable=passkeys_usable(),
        identities=operations.identities_of(session(), current_user.user),
        provider=current_app.extensions["provider"],
        sessions=queries.sessions_of(session(), current_user.user, present()),
        steps=queries.second_steps(session(), current_user.user),
        needs_second_step=bool(current_user.user.roles & rules.NEED_SECOND_STEP),
        device_name=device_name,
        method_names=METHODS,
    )


@bp.post("/account/security/sessions/<uuid:session_id>/ending")
@requires(Permission.ACCOUNT_USE)
def end_session(session_id: uuid.UUID) -> Response:
    """End one of one's own sessions; another person's is not found."""
    if session_id == current_user.kept.id:
        end_this_session()
        flash(_("You are signed out."), "success")
        return see_other(url_for(FRONT))
    if not operations.end_session(session(), session_id, actor=current_actor(), now=present()):
        abort(404)
    flash(_("That session has ended."), "success")
    return see_other(url_for("accounts.security", _anchor="sessions"))


@bp.post("/account/security/sessions/endings")
@requires(Permission.ACCOUNT_USE)
def end_all_sessions() -> Response:
    """Sign out on every device, this one too."""
    operations.end_own_sessions(session(), current_user.user, actor=current_actor(), now=present())
    end_this_session()
    flash(_("You are signed out on every device."), "success")
    return see_other(url_for("accounts.sign_in"))
