"""Signing in with a password or a one-time link, and signing out."""

import hashlib

from flask import Response, abort, current_app, flash, request, url_for
from flask import session as cookie
from flask_babel import gettext as _
from flask_login import current_user

from consultation.accounts import letters, operations
from consultation.accounts.forms import CodeForm, LinkForm, SignInForm
from consultation.accounts.identity import end_this_session, half
from consultation.accounts.views.blueprint import bp
from consultation.accounts.views.entering import entered, passkeys_usable, second_step_address, target, wanted
from consultation.accounts.views.landing import FRONT
from consultation.accounts.views.limits import tries_limited
from consultation.accounts.views.mailed import ASKED, asking, right_mailed_code
from consultation.extensions import limiter
from consultation.web.authorize import present, public
from consultation.web.locale import language
from consultation.web.render import page, see_other
from consultation.web.transactions import after_rollback, session

LINKS_BY_VISITOR = "30 per hour"
LINKS_BY_ACCOUNT = "10 per hour"
LINKS_IN_ALL = "600 per hour"


def _typed_address() -> str:
    """What was typed, as a digest, so that no address lies in the cache."""
    return hashlib.sha256(request.form.get("link-email", "").strip().lower().encode()).hexdigest()


links_limited_by_visitor = limiter.limit(LINKS_BY_VISITOR)
links_limited_by_account = limiter.limit(LINKS_BY_ACCOUNT, key_func=_typed_address)
links_limited_in_all = limiter.limit(LINKS_IN_ALL, key_func=lambda: "all")


@bp.route("/sign-in", methods=["GET", "POST"])
@public
@tries_limited
def sign_in() -> Response:
    if current_user.is_authenticated:
        return see_other(target(current_user.user.roles))
    if request.method == "GET" and half() is not None:
        return see_other(second_step_address())
    form, now = SignInForm(), present()
    if form.validate_on_submit():
        email = form.email.data
        passwords = current_app.extensions["passwords"]
        user = operations.sign_in_with_password(session(), email, form.password.data, passwords=passwords, now=now)
        if user is not None:
            return entered(user, "password")
        after_rollback(lambda own: operations.note_failed_sign_in(own, email, now=now))
        form.form_errors.append(_("This address and password do not open an account, or there were too many tries."))
    return sign_in_page(form, LinkForm(formdata=None), status=422 if form.is_submitted() else 200)


@bp.post("/sign-in/links")
@public
@links_limited_by_visitor
@links_limited_by_account
@links_limited_in_all
def ask_for_link() -> Response:
    """Have a link sent. The answer is the same whether the address opens an account or not."""
    if current_app.extensions["mail"] is None:
        abort(404)
    form = LinkForm()
    if not form.validate_on_submit():
        return sign_in_page(SignInForm(formdata=None), form, status=422)
    letters.ask_for_link(session(), form.email.data, browser=asking(), language=language(), now=present())
    return see_other(url_for("accounts.mailed_code", next=wanted()))


@bp.route("/sign-in/code", methods=["GET", "POST"])
@public
@tries_limited
def mailed_code() -> Response:
    """The code of the letter, for whoever reads it on another device. It works in the browser that asked alone; the
    page says nothing of whether a letter was sent."""
    if ASKED not in cookie:
        return see_other(url_for("accounts.sign_in", next=wanted()))
    form = CodeForm()
    if form.validate_on_submit():
        user = right_mailed_code(form.code.data)
        if user is not None:
            return entered(user, "code")
        form.refuse_mailed()
    return page("accounts/mailed_code.html", status=422 if form.is_submitted() else 200, form=form)


def sign_in_page(form: SignInForm, link_form: LinkForm, *, status: int, onward: str | None = None) -> Response:
    """All the ways in, whichever was tried; each goes on to ``onward``, or to what the address names."""
    mailed = link_form if current_app.extensions["mail"] is not None else None
    return page(
        "accounts/sign_in.html",
        status=status,
        form=form,
        link_form=mailed,
        by_passkey=passkeys_usable(),
        provider=current_app.extensions["provider"],
        onward=onward or wanted(),
    )


@bp.route("/sign-in/link/<token>", methods=["GET", "POST"])
@public
@tries_limited
def use_link(token: str) -> Response:
    """A GET only shows the button, so that a mail scanner that opens the address does not use the link up."""
    if request.method == "POST":
        user = operations.use_link(session(), token, now=present())
        if user is not None:
            return entered(user, "link")
    elif operations.link_stands(session(), token, now=present()):
        return page("accounts/link.html", stands=True)
    return page("accounts/link.html", status=410, stands=False)


@bp.post("/sign-out")
@public
def sign_out() -> Response:
    end_this_session()
    flash(_("You are signed out."), "success")
    return see_other(url_for(FRONT))
