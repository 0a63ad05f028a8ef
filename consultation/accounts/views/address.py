"""Changing one's e-mail address."""

from flask import Response, abort, current_app, flash, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from consultation.accounts.address_form import NewAddressForm
from consultation.accounts.identity import go_on_here, recently_authenticated
from consultation.accounts.operations import addressing
from consultation.accounts.views.blueprint import bp
from consultation.accounts.views.limits import addresses_limited, tries_limited
from consultation.kernel.permissions import Permission
from consultation.web.authorize import current_actor, present, requires
from consultation.web.render import page, see_other
from consultation.web.transactions import session


@bp.route("/account/security/address", methods=["GET", "POST"])
@requires(Permission.ACCOUNT_USE)
@recently_authenticated
@addresses_limited
def address() -> Response:
    """Have a link sent to the new address. The answer is the same whether somebody has it or not."""
    if current_app.extensions["mail"] is None:
        abort(404)
    form, user = NewAddressForm(), current_user.user
    if form.validate_on_submit():
        try:
            addressing.ask_address_change(session(), user, form.email.data, actor=current_actor(), now=present())
        except addressing.SameAddress:
            form.email.errors = [_("This is your address already.")]
        else:
            flash(
                _("A letter is on its way to the new address. Your address changes once you use its link."), "success"
            )
            return see_other(url_for("accounts.address"))
    standing = addressing.standing_change(session(), user.id, now=present())
    return page("accounts/address.html", status=422 if form.is_submitted() else 200, form=form, standing=standing)


@bp.post("/account/security/address/withdrawal")
@requires(Permission.ACCOUNT_USE)
def withdraw_address() -> Response:
    """Without showing again that it is oneself: it keeps what is."""
    if addressing.withdraw_address_change(session(), current_user.user, actor=current_actor(), now=present()):
        flash(_("Your address stays as it is."), "success")
    return see_other(url_for("accounts.security"))


@bp.route("/account/security/address/<token>", methods=["GET", "POST"])
@requires(Permission.ACCOUNT_USE)
@tries_limited
def take_address(token: str) -> Response:
    """For the person who asked, signed in: were the link enough, whoever gets a letter at a mistyped address would have
    the account. A GET only shows the button."""
    user, now = current_user.user, present()
    asked = addressing.change_by_token(session(), user.id, token, now=now)
    if asked is None:
        return page("accounts/take_address.html", status=404, email=None)
    if request.method == "GET":
        return page("accounts/take_address.html", email=asked.email)
    if not addressing.take_address_change(session(), user, token, actor=current_actor(), now=now):
        return page("accounts/take_address.html", status=404, email=None)
    go_on_here()
    flash(_("Your address is changed. You are signed out on every other device."), "success")
    return see_other(url_for("accounts.security"))
