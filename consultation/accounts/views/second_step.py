"""The second step of signing in, and showing again that it is oneself."""

from flask import Response, abort, current_app, flash, url_for
from flask import session as cookie
from flask_babel import gettext as _
from flask_login import current_user

from consultation.accounts import letters, operations, queries
from consultation.accounts.forms import CodeForm, MailedCodeForm, OwnPasswordForm
from consultation.accounts.identity import complete, half
from consultation.accounts.models import User
from consultation.accounts.views.blueprint import bp
from consultation.accounts.views.entering import passkeys_usable, target, wanted
from consultation.accounts.views.limits import letters_limited, tries_limited
from consultation.accounts.views.mailed import ASKED, asking, right_mailed_code
from consultation.kernel.permissions import Permission
from consultation.web.authorize import present, public, requires
from consultation.web.locale import language
from consultation.web.render import page, see_other
from consultation.web.transactions import after_rollback, session, unit_of_work


@bp.route("/sign-in/second-step", methods=["GET", "POST"])
@public
@tries_limited
def second_step() -> Response:
    """For whoever has taken the first step in this browser; nobody else learns anything here."""
    waiting = half()
    if waiting is None:
        return see_other(url_for("accounts.sign_in", next=wanted()))
    form = CodeForm()
    if form.validate_on_submit():
        if right_code(waiting.user, form.code.data) or operations.use_recovery_code(
            session(), waiting.user, form.code.data, now=present()
        ):
            complete(waiting)
            return see_other(target(waiting.user.roles))
        form.refuse()
    return page(
        "accounts/second_step.html",
        status=422 if form.is_submitted() else 200,
        form=form,
        steps=queries.second_steps(session(), waiting.user),
        by_passkey=passkeys_usable(),
        onward=wanted(),
    )


@bp.get("/account/confirmation")
@requires(Permission.ACCOUNT_USE)
def confirmation() -> Response:
    """Before what is sensitive: show again that it is you, in any of the ways that the account has."""
    return confirmation_page()


@bp.post("/account/confirmation/password")
@requires(Permission.ACCOUNT_USE)
@tries_limited
def confirm_by_password() -> Response:
    user, form, now = current_user.user, OwnPasswordForm(), present()
    if form.validate_on_submit():
        passwords = current_app.extensions["passwords"]
        if operations.check_own_password(user, form.password.data, passwords=passwords, now=now):
            return confirmed()
        after_rollback(lambda own: operations.note_failed_sign_in(own, user.email, now=now))
        form.refuse()
    return confirmation_page(by_password=form)


@bp.post("/account/confirmation/code")
@requires(Permission.ACCOUNT_USE)
@tries_limited
def confirm_by_code() -> Response:
    form = CodeForm()
    if form.validate_on_submit():
        if right_code(current_user.user, form.code.data):
            return confirmed()
        form.refuse()
    return confirmation_page(by_code=form)


@bp.post("/account/confirmation/letters")
@requires(Permission.ACCOUNT_USE)
@letters_limited
def mail_confirmation() -> Response:
    """Mail a code to the person's own address, for this browser."""
    if current_app.extensions["mail"] is None:
        abort(404)
    email = current_user.user.email
    letters.ask_for_link(session(), email, browser=asking(), language=language(), now=present())
    flash(_("A code is on its way to your address. It works once, within ten minutes."), "success")
    return see_other(url_for("accounts.confirmation", next=wanted()))


@bp.post("/account/confirmation/mailed-code")
@requires(Permission.ACCOUNT_USE)
@tries_limited
def confirm_by_mailed_code() -> Response:
    form = MailedCodeForm()
    if form.validate_on_submit():
        user = right_mailed_code(form.code.data)
        if user is not None and user.id == current_user.user.id:
            return confirmed()
        form.refuse_mailed()
    return confirmation_page(by_mail=form)


def confirmed() -> Response:
    operations.confirm_session(session(), current_user.kept, now=present())
    return see_other(wanted() or url_for("accounts.security"))


def confirmation_page(
    *,
    by_password: OwnPasswordForm | None = None,
    by_code: CodeForm | None = None,
    by_mail: MailedCodeForm | None = None,
    refused: str = "",
) -> Response:
    user = current_user.user
    steps = queries.second_steps(session(), user)
    return page(
        "accounts/confirmation.html",
        status=422 if by_password or by_code or by_mail or refused else 200,
        refused=refused,
        by_passkey=bool(steps.passkeys) and passkeys_usable(),
        onward=wanted(),
        typed=by_password or by_code or by_mail,
        mail_goes_out=current_app.extensions["mail"] is not None,
        by_mail=(by_mail or MailedCodeForm(formdata=None)) if ASKED in cookie else None,
        by_password=(by_password or OwnPasswordForm(formdata=None)) if user.password_hash else None,
        by_code=(by_code or CodeForm(formdata=None)) if steps.authenticator else None,
    )


def right_code(user: User, code: str, *, confirmed: bool = True) -> bool:
    """Whether the person's authenticator shows this code. The try is counted, and saved, before it is looked at."""
    now = present()
    with unit_of_work() as own:
        allowed = operations.take_try(own, user.id, now=now)
    vault = current_app.extensions["vault"]
    return allowed and operations.check_code(session(), user.id, code, vault=vault, confirmed=confirmed, now=now)
