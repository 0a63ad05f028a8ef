"""Setting and changing the password."""

from flask import Response, current_app, flash, url_for
from flask_babel import gettext as _
from flask_login import current_user

from consultation.accounts import operations
from consultation.accounts.forms import NewPasswordForm
from consultation.accounts.identity import go_on_here, recently_authenticated
from consultation.accounts.rules import GuessablePassword, WeakPassword
from consultation.accounts.views.blueprint import bp
from consultation.accounts.views.limits import tries_limited
from consultation.kernel.permissions import Permission
from consultation.web.authorize import current_actor, present, requires
from consultation.web.render import page, see_other
from consultation.web.transactions import session


@bp.route("/account/security/password", methods=["GET", "POST"])
@requires(Permission.ACCOUNT_USE)
@recently_authenticated
@tries_limited
def password() -> Response:
    """A new password ends every session; this browser goes on in a new one."""
    form, user = NewPasswordForm(), current_user.user
    if form.validate_on_submit():
        passwords = current_app.extensions["passwords"]
        try:
            operations.set_password(
                session(), user, form.password.data, passwords=passwords, actor=current_actor(), now=present()
            )
        except WeakPassword as error:
            form.refuse(guessable=isinstance(error, GuessablePassword))
        else:
            go_on_here()
            flash(_("Your password is changed. You are signed out on every other device."), "success")
            return see_other(url_for("accounts.security"))
    title = _("Change your password") if user.password_hash else _("Set a password")
    return page("accounts/password.html", status=422 if form.is_submitted() else 200, form=form, title=title)
