"""Before a contest opens: announcing its roll, answering objections; and, at any time, asking to declare it void."""

import uuid
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, abort, flash, url_for
from flask_babel import gettext as _

from consultation.convening.models import Consultation
from consultation.convening.rules import Unusable, read_moment
from consultation.kernel.permissions import Permission
from consultation.kernel.two_steps import AlreadyAsked
from consultation.organizing import wording
from consultation.organizing.contest_forms import AnnouncementForm, AnswerForm
from consultation.organizing.forms import ReasonForm
from consultation.organizing.views.blueprint import bp, consultation_or_404
from consultation.organizing.views.contests import contest_or_404
from consultation.voting import operations, rolls
from consultation.voting.models import Contest
from consultation.voting.operations import AlreadyAnswered, ContestNotReady
from consultation.voting.roll_models import RollObjection
from consultation.voting.states import VOIDING, ContestState
from consultation.voting.wording import DELEGATES_OBJECTIONS
from consultation.web.authorize import current_actor, present, requires
from consultation.web.render import page, see_other
from consultation.web.transactions import session


@bp.get("/organize/<slug>/contests/<code>/roll")
@requires(Permission.ORGANIZE_READ)
def roll(slug: str, code: str) -> Response:
    """The announcement, and what members object."""
    found = consultation_or_404(slug)
    return _roll(found, contest_or_404(found, code))


@bp.post("/organize/<slug>/contests/<code>/announcement")
@requires(Permission.CONTEST_CONFIGURE)
def announcement(slug: str, code: str) -> Response:
    found, form = consultation_or_404(slug), AnnouncementForm()
    contest = contest_or_404(found, code)
    if not form.validate_on_submit():
        return _roll(found, contest, 422, form)
    try:
        until = read_moment(form.objections_until.data.isoformat(), ZoneInfo(found.zone), field="objections_until")
        operations.announce_roll(session(), contest, objections_until=until, actor=current_actor(), now=present())
    except Unusable as error:
        form.refuse_unusable(error)
        return _roll(found, contest, 422, form)
    except ContestNotReady as error:
        form.refuse("objections_until", wording.sentence(error))
        return _roll(found, contest, 422, form)
    flash(_("The roll is announced. Everybody sees who would vote, and members can object."), "success")
    return see_other(url_for("organizing.roll", slug=slug, code=code))


@bp.post("/organize/<slug>/contests/<code>/objections/<uuid:objection_id>/answer")
@requires(Permission.CONTEST_CONFIGURE)
def answer(slug: str, code: str, objection_id: uuid.UUID) -> Response:
    found, form = consultation_or_404(slug), AnswerForm(prefix=f"{objection_id}-")
    contest = contest_or_404(found, code)
    objection = session().get(RollObjection, objection_id)
    if objection is None or objection.contest_id != contest.id:
        abort(404)
    if not form.validate_on_submit():
        return _roll(found, contest, 422, answering={objection.id: form})
    try:
        operations.answer_objection(
            session(),
            contest,
            objection,
            upheld=form.upheld.data == "yes",
            answer=form.answer.data,
            actor=current_actor(),
            now=present(),
        )
    except AlreadyAnswered:
        flash(_("Somebody has answered it meanwhile."), "info")
    else:
        flash(_("Your answer is shown to the member."), "success")
    return see_other(url_for("organizing.roll", slug=slug, code=code))


@bp.route("/organize/<slug>/contests/<code>/voiding", methods=["GET", "POST"])
@requires(Permission.CONTEST_VOID)
def voiding(slug: str, code: str) -> Response:
    """One organizer asks with a reason, which is public once another one has confirmed."""
    found, form = consultation_or_404(slug), ReasonForm()
    contest = contest_or_404(found, code)
    if contest.state not in VOIDING.sources:
        abort(404)
    shown: dict[str, Any] = {"consultation": found, "contest": contest, "form": form}
    if not form.validate_on_submit():
        return page("organizing/voiding.html", status=422 if form.is_submitted() else 200, **shown)
    try:
        operations.ask_to_void(session(), contest, reason=form.reason.data, actor=current_actor(), now=present())
    except AlreadyAsked:
        form.refuse("", _("The same is asked already. Decide on that first."))
        return page("organizing/voiding.html", status=422, **shown)
    flash(_("Asked. Somebody else has seven days to confirm it, and is told by mail."), "success")
    return see_other(url_for("organizing.confirmations"))


def _roll(
    found: Consultation,
    contest: Contest,
    status: int = 200,
    form: AnnouncementForm | None = None,
    answering: dict[uuid.UUID, AnswerForm] | None = None,
) -> Response:
    if contest.state is ContestState.VOID and contest.opened_at is None:
        abort(404)
    given = answering or {}
    objections = rolls.objections(session(), contest.id)
    waiting = [row.RollObjection.id for row in objections if row.RollObjection.answered_at is None]
    forms = {one: given.get(one) or AnswerForm(formdata=None, prefix=f"{one}-") for one in waiting}
    return page(
        "organizing/roll.html",
        status=status,
        consultation=found,
        contest=contest,
        objections=objections,
        forms=forms,
        form=form or AnnouncementForm(formdata=None),
        refused=form or next(iter(given.values()), None),
        words=wording,
        delegates_objections=DELEGATES_OBJECTIONS,
        zone=ZoneInfo(found.zone),
    )
