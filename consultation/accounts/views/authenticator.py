"""Setting up the second step of signing in: an authenticator app, and recovery codes."""

from flask import Response, abort, current_app, flash, make_response, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from consultation.accounts import operations, queries
from consultation.accounts.forms import CodeForm
from consultation.accounts.identity import recently_authenticated
from consultation.accounts.views.blueprint import bp
from consultation.accounts.views.landing import landing
from consultation.accounts.views.limits import tries_limited
from consultation.accounts.views.second_step import right_code
from consultation.kernel.permissions import Permission
from consultation.web.authorize import current_actor, present, requires
from consultation.web.render import page, see_other
from consultation.web.transactions import session

ISSUER = "CNERJ-RCEJR"


@bp.get("/account/security/authenticator")
@requires(Permission.ACCOUNT_USE)
@recently_authenticated
def authenticator() -> Response:
    """The secret, to be taken into the app, until a code from there confirms it."""
    return _setting_up(CodeForm(formdata=None))


@bp.post("/account/security/authenticator")
@requires(Permission.ACCOUNT_USE)
@recently_authenticated
def begin_authenticator() -> Response:
    """Make a new secret. Where an app counts already there is nothing to begin."""
    try:
        operations.begin_authenticator(
            session(), current_user.user, vault=current_app.extensions["vault"], now=present()
        )
    except operations.AuthenticatorStands:
        return see_other(url_for("accounts.security"))
    return see_other(url_for("accounts.authenticator"))


@bp.post("/account/security/authenticator/confirmation")
@requires(Permission.ACCOUNT_USE)
@recently_authenticated
@tries_limited
def confirm_authenticator() -> Response:
    """From the first right code on it counts, and the recovery codes are shown."""
    form, user, now = CodeForm(), current_user.user, present()
    if form.validate_on_submit():
        if right_code(user, form.code.data, confirmed=False):
            operations.confirm_authenticator(session(), user, actor=current_actor(), now=now)
            operations.take_second_step(session(), current_user.kept, now=now)
            return show_recovery_codes(_("The second step is set up"))
        form.refuse()
    return _setting_up(form, status=422)


@bp.post("/account/security/authenticator/removal")
@requires(Permission.ACCOUNT_USE)
@recently_authenticated
def remove_authenticator() -> Response:
    operations.remove_authenticator(session(), current_user.user, actor=current_actor(), now=present())
    flash(_("The authenticator app is removed. Signing in takes one step from now on."), "success")
    return see_other(url_for("accounts.security"))


@bp.post("/account/security/recovery-codes")
@requires(Permission.ACCOUNT_USE)
@recently_authenticated
def renew_recovery_codes() -> Response:
    """New codes, in this answer alone; those of before work no more."""
    if not queries.second_steps(session(), current_user.user).asked_for(required=True):
        abort(404)
    return show_recovery_codes(_("Your new recovery codes"))


@bp.post("/account/security/recovery-codes/file")
@requires(Permission.ACCOUNT_USE)
@recently_authenticated
def recovery_codes_file() -> Response:
    """The codes that the page just showed, and sends along since nobody else has them, as a file."""
    codes = request.form.get("codes", "").split()[: operations.RECOVERY_CODES]
    if not codes or not operations.recovery_codes_stand(session(), current_user.user, codes):
        abort(404)
    lines = [_("Recovery codes for %(site)s", site=ISSUER), current_app.extensions["settings"].base_url, "", *codes, ""]
    response = make_response("\n".join(lines))
    response.mimetype = "text/plain"
    response.headers["Content-Disposition"] = 'attachment; filename="recovery-codes.txt"'
    return response


def _setting_up(form: CodeForm, *, status: int = 200) -> Response:
    import pyotp
    import segno

    kept = queries.unconfirmed_authenticator(session(), current_user.user)
    secret = None if kept is None else operations.authenticator_secret(kept, vault=current_app.extensions["vault"])
    if secret is None:
        return see_other(url_for("accounts.security"))
    address = pyotp.TOTP(secret).provisioning_uri(name=current_user.user.email, issuer_name=ISSUER)
    # Black on white in every scheme, since not every camera reads it the other way round.
    drawing = segno.make(address, error="m", micro=False).svg_inline(
        omitsize=True, border=4, dark="black", light="white", svgclass=None, lineclass=None
    )
    grouped = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    return page("accounts/authenticator.html", status=status, form=form, drawing=drawing, secret=grouped)


def show_recovery_codes(title: str) -> Response:
    user = current_user.user
    codes = operations.renew_recovery_codes(session(), user, actor=current_actor(), now=present())
    return page("accounts/recovery_codes.html", title=title, codes=codes, onward=url_for(landing(user.roles)))
