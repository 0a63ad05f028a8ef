"""Deactivating accounts, and activating them again."""

import uuid

from flask import Response, abort, flash, url_for
from flask_babel import gettext as _

from consultation.accounts.models import User
from consultation.accounts.operations import closing
from consultation.kernel.permissions import Permission
from consultation.organizing.closing_form import DeactivationForm
from consultation.organizing.views.blueprint import bp
from consultation.web.authorize import current_actor, present, requires
from consultation.web.render import page, see_other
from consultation.web.transactions import session


@bp.get("/organize/people/accounts")
@requires(Permission.USER_DEACTIVATE)
def accounts() -> Response:
    return _accounts(DeactivationForm(formdata=None))


@bp.post("/organize/people/accounts")
@requires(Permission.USER_DEACTIVATE)
def deactivate() -> Response:
    """That nobody has an address is said to administrators alone, who see all accounts."""
    form = DeactivationForm()
    if not form.validate_on_submit():
        return _accounts(form, status=422)
    user, actor = closing.person_by_email(session(), form.email.data), current_actor()
    if user is None:
        form.refuse("email", _("Nobody has this address."))
    elif user.id == actor.user_id:
        form.refuse("email", _("This is your own account. Somebody else deactivates it."))
    else:
        try:
            done = closing.deactivate(session(), user, reason=form.reason.data, actor=actor, now=present())
        except closing.LastAdministrator:
            form.refuse("email", _("Nobody else administers this site. Give somebody the role first."))
        else:
            if done:
                flash(_("The account is deactivated. All its sessions have ended."), "success")
            else:
                flash(_("The account was deactivated already."), "info")
            return see_other(url_for("organizing.accounts"))
    return _accounts(form, status=422)


@bp.post("/organize/people/accounts/<uuid:user_id>/activation")
@requires(Permission.USER_DEACTIVATE)
def activate(user_id: uuid.UUID) -> Response:
    user = session().get(User, user_id)
    if user is None or user.erased_at is not None:
        abort(404)
    if closing.activate(session(), user, actor=current_actor(), now=present()):
        flash(_("The account is active again. The person signs in anew."), "success")
    return see_other(url_for("organizing.accounts"))


def _accounts(form: DeactivationForm, *, status: int = 200) -> Response:
    return page("organizing/accounts.html", status=status, form=form, closed=closing.closed_accounts(session()))
