"""The count of a large contest under way: how far it is, and what came of it."""

import uuid

from flask import Response, abort, current_app, request, url_for
from flask_babel import gettext as _

from consultation.kernel import jobs
from consultation.kernel.jobs import Job, JobState, Note, Notes
from consultation.kernel.permissions import Permission
from consultation.organizing import wording
from consultation.organizing.views.blueprint import bp, consultation_or_404
from consultation.organizing.views.contests import contest_or_404
from consultation.voting.jobs import TALLY
from consultation.voting.models import Contest
from consultation.web.authorize import current_actor, present, requires
from consultation.web.render import page, see_other, wants_fragment
from consultation.web.transactions import session


@bp.get("/organize/<slug>/contests/<code>/tally/<uuid:job_id>")
@requires(Permission.CONTEST_TALLY)
def tally_job(slug: str, code: str, job_id: uuid.UUID) -> Response:
    """The page; for htmx the piece with the progress, and the sentence on top once the state is not ``?was=`` any
    more."""
    found = consultation_or_404(slug)
    contest = contest_or_404(found, code)
    shown = _job_or_404(contest, job_id)
    return page(
        "organizing/tally.html",
        fragment="progress",
        consultation=found,
        contest=contest,
        job=shown,
        note=_note(shown),
        said=_said(shown),
        moved_on=wants_fragment() and request.args.get("was") != shown.state,
        words=wording,
        say=_,
    )


@bp.post("/organize/<slug>/contests/<code>/tally/<uuid:job_id>/cancellation")
@requires(Permission.CONTEST_TALLY)
def cancel_tally(slug: str, code: str, job_id: uuid.UUID) -> Response:
    contest = contest_or_404(consultation_or_404(slug), code)
    jobs.cancel(session(), TALLY, _job_or_404(contest, job_id), actor=current_actor(), now=present())
    return see_other(url_for("organizing.tally_job", slug=slug, code=code, job_id=job_id))


def _job_or_404(contest: Contest, job_id: uuid.UUID) -> Job:
    return jobs.job_of(session(), job_id, contest.id, (TALLY.name,)) or abort(404)


def _said(shown: Job) -> str:
    """One sentence on where it stands."""
    if shown.error is not None:
        message = shown.error["message"]
        sentence: str = _(message)
        return str(sentence % shown.error["params"])
    if shown.state is JobState.CANCELLED:
        return str(_("This was cancelled before it began. Nothing was counted."))
    if shown.state is JobState.DONE:
        return str(_("The contest is tallied. Only organizers can publish the result."))
    return str(_("You may leave this page and come back; the work goes on."))


def _note(shown: Job) -> Note | None:
    """How far it is while it runs."""
    if shown.state is not JobState.RUNNING:
        return None
    return Notes(current_app.extensions["settings"].data_dir / "jobs").read(shown.id)
