"""The content note of a proposal."""

from flask import Response, flash, url_for
from flask_babel import gettext as _

from consultation.kernel.permissions import Permission
from consultation.moderation.forms import AnnotationForm
from consultation.moderation.operations import annotate
from consultation.moderation.states import ANNOTATION
from consultation.moderation.views.queue import bp, proposal_or_404
from consultation.proposals.states import PUBLIC_STATES
from consultation.web.authorize import authorize, current_actor, present, requires
from consultation.web.errors import refusal
from consultation.web.render import page, see_other
from consultation.web.transactions import session


@bp.route("/proposals/<code>/content-note", methods=["GET", "POST"])
@requires(Permission.PROPOSAL_ANNOTATE)
def annotation(code: str) -> Response:
    proposal = proposal_or_404(code)
    authorize(Permission.PROPOSAL_ANNOTATE, proposal)
    if proposal.state not in ANNOTATION.sources:
        return refusal(409, _("Its text is not public"), _("It was declined or withdrawn, so nobody reads it here."))
    public = proposal.state in PUBLIC_STATES
    back = url_for("discussion.proposal", code=code) if public else url_for("moderation.queue", at=code, _anchor=code)
    form = AnnotationForm(data={"notes": proposal.content_notes})
    if not form.validate_on_submit():
        status = 422 if form.is_submitted() else 200
        return page("moderation/annotation.html", status=status, form=form, proposal=proposal, back=back, public=public)
    said = {"notes": form.notes.data or (), "reason": form.reason.data}
    if annotate(session(), proposal, **said, actor=current_actor(), now=present()):
        flash(_("The content note of %(code)s is saved. Its author is told.", code=code), "success")
    else:
        flash(_("The content note of %(code)s is as it was.", code=code), "success")
    return see_other(back)
