"""Taking one's data along, and having one's account erased."""

import json

from flask import Response, current_app, flash, url_for
from flask_babel import gettext as _
from flask_login import current_user

from consultation.accounts.operations.closing import person_by_email
from consultation.kernel.outbox import record
from consultation.kernel.permissions import Permission
from consultation.privacy import operations
from consultation.privacy.events import DataExported
from consultation.privacy.forms import ErasureForm, OrderedErasureForm
from consultation.privacy.operations.erasing import Obstacles, words_of
from consultation.privacy.operations.scrubbing import left_in_frozen
from consultation.privacy.rules import WAITS
from consultation.privacy.states import AskedBy
from consultation.privacy.views.blueprint import bp
from consultation.privacy.wording import FROZEN_PLACES
from consultation.web.authorize import current_actor, present, requires
from consultation.web.limits import posting_limited
from consultation.web.locale import format_instant
from consultation.web.render import page, see_other
from consultation.web.transactions import session


@bp.post("/account/privacy/export")
@requires(Permission.ACCOUNT_USE)
@posting_limited
def export() -> Response:
    """A download, which neither the browser nor anything in between may keep."""
    site, now = current_app.extensions["settings"].base_url, present()
    data = operations.personal_data(session(), current_user.user, site=site, now=now)
    record(session(), DataExported(current_user.user.id), actor=current_actor(), now=now)
    response = Response(json.dumps(data, ensure_ascii=False, indent=2) + "\n", mimetype="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="my-data-{now:%Y-%m-%d}.json"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


@bp.route("/account/privacy/erasure", methods=["GET", "POST"])
@requires(Permission.ACCOUNT_USE)
def erasure() -> Response:
    """What will follow, said before anything is asked."""
    form, user, now = ErasureForm(), current_user.user, present()
    if not form.validate_on_submit():
        found = operations.obstacles(session(), user.id, now=now)
        return _explained(form, found, 422 if form.is_submitted() else 200)
    try:
        asked = operations.ask_erasure(session(), user, actor=current_actor(), now=now)
    except operations.InTheWay as error:
        return _explained(form, error.obstacles, 422)
    flash(
        _("Your account is erased on %(time)s, unless you take it back before.", time=format_instant(asked.due_at)),
        "success",
    )
    return see_other(url_for("privacy.own"))


def _explained(form: ErasureForm, found: Obstacles, status: int) -> Response:
    left = left_in_frozen(session(), words_of(session(), current_user.user))
    return page(
        "privacy/erasure.html",
        status=status,
        form=form,
        obstacles=found,
        days=WAITS[AskedBy.PERSON].days,
        left=[FROZEN_PLACES[table] for table in sorted(left)],
    )


@bp.post("/account/privacy/erasure/withdrawal")
@requires(Permission.ACCOUNT_USE)
def take_back() -> Response:
    if operations.take_back(session(), current_user.user.id, actor=current_actor(), now=present()):
        flash(_("Good that you stay. Nothing is erased."), "success")
    return see_other(url_for("privacy.own"))


@bp.get("/organize/people/erasures")
@requires(Permission.USER_ERASE)
def order() -> Response:
    return page("privacy/order.html", form=OrderedErasureForm())


@bp.post("/organize/people/erasures")
@requires(Permission.USER_ERASE)
def erase() -> Response:
    """At once, for somebody who asked for it otherwise than on their own page."""
    form = OrderedErasureForm()
    if not form.validate_on_submit():
        return page("privacy/order.html", status=422, form=form)
    user = person_by_email(session(), form.email.data)
    if user is None:
        form.email.errors = [_("Nobody has this address.")]
        return page("privacy/order.html", status=422, form=form)
    try:
        operations.erase_at_once(
            session(), user, whatever_follows=form.whatever_follows.data, actor=current_actor(), now=present()
        )
    except operations.InTheWay as error:
        return page("privacy/order.html", status=422, form=form, obstacles=error.obstacles)
    flash(_("Erased. What others need stays, and leads to nobody."), "success")
    return see_other(url_for("privacy.order"))
