"""To which other organizations one belongs: proposed, agreed to, ended."""

import uuid
from collections.abc import Callable

from flask import Response, abort, flash, url_for
from flask_babel import gettext as _

from consultation.directory.forms import AffiliationForm
from consultation.directory.views.blueprint import bp
from consultation.directory.wording import NO_AFFILIATION
from consultation.kernel.permissions import Permission
from consultation.membership import operations
from consultation.membership.models import MemberOrganization
from consultation.membership.operations import NoAffiliation
from consultation.membership.queries import (
    affiliation_of,
    affiliations_of,
    organization_by_code,
    organization_by_typed_code,
)
from consultation.web.authorize import allows, authorize, current_actor, present, requires
from consultation.web.render import page, see_other
from consultation.web.transactions import session


@bp.get("/organizations/<code>/affiliations")
@requires(Permission.ACCOUNT_USE)
def affiliations(code: str) -> Response:
    return _affiliations(_concerned(code), AffiliationForm(formdata=None))


@bp.post("/organizations/<code>/affiliations")
@requires(Permission.ACCOUNT_USE)
def propose_affiliation(code: str) -> Response:
    """Say which organization one belongs to, or which one belongs to one; that one is asked."""
    found, form = _concerned(code), AffiliationForm()
    authorize(Permission.ORGANIZATION_MANAGE, found)
    if not form.validate_on_submit():
        return _affiliations(found, form, 422)
    other = organization_by_typed_code(session(), form.other.data)
    if other is None:
        form.other.errors = [_("No organization has this code.")]
        return _affiliations(found, form, 422)
    umbrella, affiliate = (other, found) if form.side.data == "affiliate" else (found, other)
    sides = {"umbrella": umbrella, "affiliate": affiliate, "by": found}
    try:
        operations.propose_affiliation(session(), **sides, actor=current_actor(), now=present())
    except NoAffiliation as error:
        form.other.errors = [NO_AFFILIATION[error.code]]
        return _affiliations(found, form, 422)
    flash(_("%(name)s is asked whether it agrees.", name=other.code), "success")
    return see_other(url_for("directory.affiliations", code=code))


@bp.post("/organizations/<code>/affiliations/<uuid:affiliation_id>/agreement")
@requires(Permission.ACCOUNT_USE)
def agree_affiliation(code: str, affiliation_id: uuid.UUID) -> Response:
    return _act(code, affiliation_id, operations.agree_affiliation, _("Both have agreed. It is shown on both pages."))


@bp.post("/organizations/<code>/affiliations/<uuid:affiliation_id>/end")
@requires(Permission.ACCOUNT_USE)
def end_affiliation(code: str, affiliation_id: uuid.UUID) -> Response:
    return _act(code, affiliation_id, operations.end_affiliation, _("It has ended."))


def _act(code: str, affiliation_id: uuid.UUID, verb: Callable[..., None], said: str) -> Response:
    found = _concerned(code)
    affiliation = affiliation_of(session(), found.id, affiliation_id) or abort(404)
    try:
        verb(session(), affiliation, actor=current_actor(), now=present())
    except NoAffiliation as error:
        form = AffiliationForm(formdata=None)
        form.form_errors.append(NO_AFFILIATION[error.code])
        return _affiliations(found, form, 422)
    flash(said, "success")
    return see_other(url_for("directory.affiliations", code=code))


def _concerned(code: str) -> MemberOrganization:
    """The organization, for those who manage it and for the desk. To others it is not there."""
    found = organization_by_code(session(), code)
    if found is None or not (
        allows(Permission.ORGANIZATION_MANAGE, found) or allows(Permission.ORGANIZATION_VERIFY, found)
    ):
        abort(404)
    return found


def _affiliations(found: MemberOrganization, form: AffiliationForm, status: int = 200) -> Response:
    return page(
        "directory/affiliations.html",
        status=status,
        organization=found,
        affiliations=affiliations_of(session(), found.id),
        form=form,
        manages=allows(Permission.ORGANIZATION_MANAGE, found),
    )
