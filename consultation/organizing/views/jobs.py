"""Jobs of a consultation: how far they are, what came of them, and the import that follows a preview."""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, abort, current_app, request, url_for
from flask_babel import gettext as _

from consultation.convening.models import Consultation
from consultation.exchange.jobs import GONE, IMPORT, ImportOrder
from consultation.exchange.reading import ImportReport
from consultation.kernel import jobs
from consultation.kernel.jobs import Job, JobState, Note, Notes
from consultation.kernel.permissions import Permission
from consultation.organizing import wording
from consultation.organizing.views.blueprint import bp, consultation_or_404
from consultation.organizing.views.importing import uploads
from consultation.web.authorize import current_actor, present, requires
from consultation.web.locale import format_count
from consultation.web.render import page, see_other, wants_fragment
from consultation.web.transactions import session

ROWS_SHOWN = 200
KINDS = (IMPORT.name,)


@bp.context_processor
def _for_lists() -> dict[str, Any]:
    return {"recent_jobs": _recent, "import_of": _import_of, "job_words": wording, "job_zone": _zone}


@bp.get("/organize/<slug>/jobs/<uuid:job_id>")
@requires(Permission.IMPORT_RUN)
def job(slug: str, job_id: uuid.UUID) -> Response:
    """The page; for htmx the piece with the progress, and the sentence on top once the state is not ``?was=`` any
    more, so that a screen reader says each state once."""
    found = consultation_or_404(slug)
    return _show(found, _job_or_404(found, job_id))


@bp.post("/organize/<slug>/jobs/<uuid:job_id>/import")
@requires(Permission.IMPORT_RUN)
def run_import(slug: str, job_id: uuid.UUID) -> Response:
    """Queue the import that was looked at."""
    found = consultation_or_404(slug)
    seen = _job_or_404(found, job_id)
    order = _import_of(seen)
    if seen.state is not JobState.DONE or not order.rehearse or seen.file is None:
        abort(404)
    underway = jobs.active_with_file(session(), seen.file)
    if underway is not None:
        return see_other(url_for("organizing.job", slug=slug, job_id=underway.id))
    if not _at_hand(seen, slug):
        return _show(found, seen, problem=_(GONE), status=422)
    queued = jobs.enqueue(
        session(),
        IMPORT,
        subject_id=found.id,
        parameters=replace(order, rehearse=False).to_parameters(),
        file=seen.file,
        actor=current_actor(),
        now=present(),
    )
    return see_other(url_for("organizing.job", slug=slug, job_id=queued.id))


@bp.post("/organize/<slug>/jobs/<uuid:job_id>/cancellation")
@requires(Permission.IMPORT_RUN)
def cancel(slug: str, job_id: uuid.UUID) -> Response:
    found = consultation_or_404(slug)
    jobs.cancel(session(), IMPORT, _job_or_404(found, job_id), actor=current_actor(), now=present())
    return see_other(url_for("organizing.job", slug=slug, job_id=job_id))


def _job_or_404(found: Consultation, job_id: uuid.UUID) -> Job:
    return jobs.job_of(session(), job_id, found.id, KINDS) or abort(404)


def _show(found: Consultation, shown: Job, *, problem: str | None = None, status: int = 200) -> Response:
    report = ImportReport.from_dict(shown.report) if shown.report else None
    rows = sorted(report.rows, key=lambda line: line.status == "imported") if report else []
    return page(
        "organizing/job.html",
        fragment="progress",
        status=status,
        consultation=found,
        job=shown,
        order=_import_of(shown),
        note=_note(shown),
        said=_said(shown, report),
        problem=problem,
        report=report,
        ballots=(shown.report or {}).get("ballots"),
        rows=rows[:ROWS_SHOWN],
        at_hand=_at_hand(shown, found.slug),
        moved_on=wants_fragment() and request.args.get("was") != shown.state,
        words=wording,
        say=_,
    )


def _said(shown: Job, report: ImportReport | None) -> str:
    """One sentence on where it stands."""
    if shown.error is not None:
        message = shown.error["message"]
        sentence: str = _(message)
        return str(sentence % shown.error["params"])
    if shown.state is JobState.CANCELLED:
        return str(_("This was cancelled before it began. Nothing was imported."))
    if report is None:
        return str(_("You may leave this page and come back; the work goes on."))
    if _import_of(shown).rehearse:
        return str(_("Nothing is imported yet."))
    return str(
        _(
            "Of %(read)s rows: imported %(imported)s, with a remark %(flagged)s, unchanged %(unchanged)s, "
            "rejected %(rejected)s.",
            **{name: format_count(number) for name, number in report.counts.items()},
        )
    )


def _note(shown: Job) -> Note | None:
    """How far it is while it runs."""
    if shown.state is not JobState.RUNNING:
        return None
    return Notes(current_app.extensions["settings"].data_dir / "jobs").read(shown.id)


def _at_hand(shown: Job, slug: str) -> bool:
    """Whether the file is here still, and this person's own."""
    return uploads().find(shown.file or "", owner=current_actor().user_id, slug=slug) is not None


def _import_of(shown: Job) -> ImportOrder:
    return ImportOrder.from_parameters(shown.parameters)


def _recent(found: Consultation) -> Sequence[Job]:
    return jobs.recent(session(), found.id, KINDS)


def _zone(found: Consultation) -> ZoneInfo:
    return ZoneInfo(found.zone)
