"""What people in their own name may do in a consultation, and how many verify them."""

from flask import Response, flash, url_for
from flask_babel import gettext as _

from consultation.convening.operations import set_member_rule
from consultation.convening.rules import members_who_may
from consultation.convening.states import RULED, Act
from consultation.kernel.permissions import Permission
from consultation.organizing.forms import MemberRuleForm
from consultation.organizing.views.blueprint import bp, consultation_or_404
from consultation.web.authorize import current_actor, present, requires
from consultation.web.render import page, see_other
from consultation.web.transactions import session


@bp.get("/organize/<slug>/members")
@requires(Permission.ORGANIZE_READ)
def members(slug: str) -> Response:
    found = consultation_or_404(slug)
    standing = {act.value: sorted(members_who_may(found.member_rule, act) & RULED) for act in Act}
    form = MemberRuleForm(formdata=None, data={**standing, "approvals": str(found.personal_approvals)})
    return page("organizing/members.html", consultation=found, form=form)


@bp.post("/organize/<slug>/members")
@requires(Permission.CONSULTATION_CONFIGURE)
def set_members(slug: str) -> Response:
    found, form = consultation_or_404(slug), MemberRuleForm()
    if not form.validate_on_submit():
        return page("organizing/members.html", status=422, consultation=found, form=form)
    set_member_rule(
        session(),
        found,
        rule={act: form[act.value].data for act in Act},
        personal_approvals=int(form.approvals.data),
        actor=current_actor(),
        now=present(),
    )
    flash(_("Saved. Contests that are made already keep their electorate."), "success")
    return see_other(url_for("organizing.members", slug=slug))
