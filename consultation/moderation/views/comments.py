"""Hiding a comment and showing it again."""

import uuid

from flask import Response, abort, flash, url_for
from flask_babel import gettext as _

from consultation.discussion.models import Comment
from consultation.kernel.permissions import Permission
from consultation.moderation import operations, queries
from consultation.moderation.forms import RefusalForm
from consultation.moderation.states import ReasonCode
from consultation.moderation.views.queue import bp
from consultation.web.authorize import authorize, current_actor, present, requires
from consultation.web.render import page, see_other
from consultation.web.transactions import session


@bp.route("/comments/<uuid:comment_id>/hiding", methods=["GET", "POST"])
@requires(Permission.COMMENT_HIDE)
def hiding(comment_id: uuid.UUID) -> Response:
    comment = _comment(comment_id)
    authorize(Permission.COMMENT_HIDE, comment)
    form = RefusalForm(str(comment.id))
    if not form.validate_on_submit():
        status = 422 if form.is_submitted() else 200
        return page("moderation/hiding.html", status=status, form=form, comment=comment)
    reason = ReasonCode(form.code.data)
    operations.hide(session(), comment, code=reason, reason=form.reason.data, actor=current_actor(), now=present())
    flash(_("The comment is hidden. Its author was told why."), "success")
    return see_other(url_for("discussion.proposal", code=comment.proposal.code))


@bp.post("/comments/<uuid:comment_id>/restoration")
@requires(Permission.COMMENT_HIDE)
def restoration(comment_id: uuid.UUID) -> Response:
    comment = _comment(comment_id)
    operations.restore(session(), comment, actor=current_actor(), now=present())
    flash(_("The comment is shown again."), "success")
    return see_other(url_for("discussion.proposal", code=comment.proposal.code))


def _comment(comment_id: uuid.UUID) -> Comment:
    return queries.comment_to_judge(session(), comment_id) or abort(404)
