"""A person's own page: how they are named, which letters they get, what they agreed to."""

import uuid

from flask import Response, abort, flash, url_for
from flask_babel import gettext as _
from flask_login import current_user

from consultation.accounts.models import User
from consultation.accounts.states import ShownAs
from consultation.kernel import letters
from consultation.kernel.permissions import Permission
from consultation.privacy import operations, queries
from consultation.privacy.forms import LettersForm, NamingForm
from consultation.privacy.rules import BadPseudonym
from consultation.privacy.states import Consent
from consultation.privacy.views.blueprint import bp
from consultation.privacy.wording import CONSENTS, FLAWS, LETTERS, OCCASIONS, TITLES
from consultation.web.authorize import current_actor, present, requires
from consultation.web.render import page, see_other
from consultation.web.transactions import session


@bp.get("/account/privacy")
@requires(Permission.ACCOUNT_USE)
def own() -> Response:
    return own_page()


def own_page(naming: NamingForm | None = None, *, status: int = 200) -> Response:
    user: User = current_user.user
    shown = {"shown_as": user.shown_as.value, "pseudonym": user.pseudonym or ""}
    wanted = [kind for kind in LETTERS if kind not in letters.refused(session(), user.id)]
    ledger = queries.ledger_of(session(), user.id)
    return page(
        "privacy/own.html",
        status=status,
        naming=naming or NamingForm(formdata=None, data=shown),
        letters_form=LettersForm(formdata=None, data={"wanted": wanted}),
        ledger=ledger,
        standing={one.page: one for one in reversed(ledger)},
        titles=TITLES,
        consents=CONSENTS,
        occasions=OCCASIONS,
        asked=queries.to_agree(session(), user.id),
        erasure=queries.standing_erasure(session(), user.id),
    )


@bp.post("/account/privacy/naming")
@requires(Permission.ACCOUNT_USE)
def choose_naming() -> Response:
    form = NamingForm()
    if not form.validate_on_submit():
        return own_page(form, status=422)
    try:
        operations.choose_naming(
            session(),
            current_user.user,
            shown_as=ShownAs(form.shown_as.data),
            written=form.pseudonym.data or "",
            actor=current_actor(),
            now=present(),
        )
    except BadPseudonym as error:
        form.pseudonym.errors = [FLAWS[error.flaw]]
        return own_page(form, status=422)
    flash(_("Saved. It shows everywhere at once, on what you wrote before too."), "success")
    return see_other(url_for("privacy.own"))


@bp.post("/account/privacy/letters")
@requires(Permission.ACCOUNT_USE)
def choose_letters() -> Response:
    form = LettersForm()
    if not form.validate_on_submit():
        abort(422)
    off = [kind for kind in LETTERS if kind not in (form.wanted.data or ())]
    operations.choose_letters(
        session(), current_user.user.id, off=off, offered=LETTERS, actor=current_actor(), now=present()
    )
    flash(_("Saved. It holds from the next letter on."), "success")
    return see_other(url_for("privacy.own", _anchor="letters"))


@bp.post("/account/privacy/agreements/<uuid:agreement_id>/withdrawal")
@requires(Permission.ACCOUNT_USE)
def withdraw(agreement_id: uuid.UUID) -> Response:
    """Take one's own agreement back; another person's is not found, and one that was taken back already stays so."""
    ledger = queries.ledger_of(session(), current_user.user.id)
    given = next((one for one in ledger if one.id == agreement_id), None) or abort(404)
    last = next(one for one in ledger if one.page is given.page)
    if last.step is Consent.AGREED:
        operations.withdraw(session(), last, actor=current_actor(), now=present())
        flash(_("Taken back. You can read on; before your next act you are asked again."), "success")
    return see_other(url_for("privacy.own", _anchor="agreements"))
