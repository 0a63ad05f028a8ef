"""Two registrations of one organization: what would happen is shown first, then they are merged."""

from flask import Response, flash, request, url_for
from flask_babel import gettext as _

from consultation.directory.forms import MergeForm
from consultation.directory.operations import CannotMerge, Plan, foresee, merge_organizations
from consultation.directory.views.blueprint import bp, judged
from consultation.directory.wording import CANNOT_MERGE, CHANGES
from consultation.kernel.permissions import Permission
from consultation.membership.models import MemberOrganization
from consultation.membership.queries import organization_by_typed_code
from consultation.web.authorize import authorize, current_actor, present, requires
from consultation.web.render import page, see_other
from consultation.web.transactions import session


@bp.get("/verification/<code>/merging")
@requires(Permission.ORGANIZATION_VERIFY)
def merging(code: str) -> Response:
    """Which one it is merged into is in the address, so that what would happen can be shown by a GET."""
    gone = judged(code)
    authorize(Permission.ORGANIZATION_VERIFY, gone)
    form = MergeForm(formdata=None, data={"into": request.args.get("into", "").strip()})
    if not form.into.data:
        return _merging(gone, form)
    kept, plan = _foresee(gone, form)
    return _merging(gone, form, kept, plan, 422 if form.errors else 200)


@bp.post("/verification/<code>/merging")
@requires(Permission.ORGANIZATION_VERIFY)
def merge(code: str) -> Response:
    gone, form = judged(code), MergeForm()
    authorize(Permission.ORGANIZATION_VERIFY, gone)
    valid = form.validate_on_submit()
    kept, plan = _foresee(gone, form)
    if not valid or kept is None or plan is None:
        return _merging(gone, form, kept, plan, 422)
    merge_organizations(session(), kept, gone, reason=form.reason.data, actor=current_actor(), now=present())
    flash(
        _("%(gone)s was merged into %(kept)s. Its code leads there from now on.", gone=gone.code, kept=kept.code),
        "success",
    )
    return see_other(url_for("directory.case", code=kept.code))


def _foresee(gone: MemberOrganization, form: MergeForm) -> tuple[MemberOrganization | None, Plan | None]:
    """The one that is kept and what would happen, or an error at the field."""
    kept = organization_by_typed_code(session(), form.into.data or "")
    if kept is None:
        form.into.errors = [_("No organization has this code.")]
        return None, None
    authorize(Permission.ORGANIZATION_VERIFY, kept)
    try:
        return kept, foresee(session(), kept, gone)
    except CannotMerge as error:
        form.into.errors = [CANNOT_MERGE[error.code]]
        return kept, None


def _merging(
    gone: MemberOrganization,
    form: MergeForm,
    kept: MemberOrganization | None = None,
    plan: Plan | None = None,
    status: int = 200,
) -> Response:
    return page(
        "directory/merging.html",
        status=status,
        gone=gone,
        remaining=kept,
        plan=plan.to_dict() if plan else None,
        form=form,
        changes=CHANGES,
    )
