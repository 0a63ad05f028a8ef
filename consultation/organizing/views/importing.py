"""Importing a file: upload it, say what its columns are, and have what would become of each row found out by a job."""

import uuid

from flask import Response, abort, current_app, request, url_for
from flask_babel import gettext as _

from consultation.convening.models import Consultation
from consultation.exchange.jobs import IMPORT, ImportOrder
from consultation.exchange.reading import FIELDS, BadMapping, Kind, ReadingError, map_columns, open_table
from consultation.exchange.uploads import Upload, Uploads
from consultation.kernel import jobs
from consultation.kernel.permissions import Permission
from consultation.organizing import wording
from consultation.organizing.forms import OptionsForm, UploadForm
from consultation.organizing.views.blueprint import bp, consultation_or_404
from consultation.voting.queries import contest_by_code, contests
from consultation.voting.states import ContestState
from consultation.web.authorize import current_actor, present, requires
from consultation.web.render import page, see_other
from consultation.web.transactions import session


@bp.get("/organize/<slug>/imports")
@requires(Permission.IMPORT_RUN)
def imports(slug: str) -> Response:
    return page("organizing/imports.html", consultation=consultation_or_404(slug), form=UploadForm())


@bp.post("/organize/<slug>/imports")
@requires(Permission.IMPORT_RUN)
def upload(slug: str) -> Response:
    found, form = consultation_or_404(slug), UploadForm()
    if not form.validate_on_submit():
        return page("organizing/imports.html", status=422, consultation=found, form=form)
    kept = uploads().keep(
        form.file.data.save,
        owner=current_actor().user_id,
        slug=slug,
        kind=form.kind.data,
        filename=form.file.data.filename or "",
        now=present(),
    )
    try:
        _order(found, kept).source(uploads().path(kept.token)).check(Kind(kept.kind))
    except BadMapping:
        pass  # the next page asks which column is which
    except ReadingError as error:
        uploads().forget(kept.token)
        form.refuse("file", error.message(_))
        return page("organizing/imports.html", status=422, consultation=found, form=form)
    return see_other(url_for("organizing.columns", slug=slug, token=kept.token))


@bp.get("/organize/<slug>/imports/<token>")
@requires(Permission.IMPORT_RUN)
def columns(slug: str, token: str) -> Response:
    """The columns and options; with ``?job=``, as they were for that job."""
    found, kept = consultation_or_404(slug), upload_or_404(slug, token)
    before = _earlier(found, kept)
    if before is None:
        return _ask(found, kept, OptionsForm(formdata=None), _suggested(kept))
    data = {
        "language": before.language,
        "publish": before.publish,
        "states": "\n".join(before.states),
        "unverified": before.unverified,
        "contest": before.contest,
        "approve": "\n".join(before.approve),
    }
    return _ask(found, kept, OptionsForm(formdata=None, data=data), list(before.columns))


@bp.post("/organize/<slug>/imports/<token>/preview")
@requires(Permission.IMPORT_RUN)
def preview(slug: str, token: str) -> Response:
    """Queue a job that does everything as the import does, reports it, and takes it back."""
    found, kept, form = consultation_or_404(slug), upload_or_404(slug, token), OptionsForm()
    underway = jobs.active_with_file(session(), token)
    if underway is not None:
        return see_other(url_for("organizing.job", slug=slug, job_id=underway.id))
    order = _order(found, kept, form)
    try:
        order.source(uploads().path(token)).check(Kind(kept.kind))
    except ReadingError as error:
        form.refuse("", error.message(_))
        return _ask(found, kept, form, list(order.columns), 422)
    queued = jobs.enqueue(
        session(),
        IMPORT,
        subject_id=found.id,
        parameters=order.to_parameters(),
        file=token,
        actor=current_actor(),
        now=present(),
    )
    return see_other(url_for("organizing.job", slug=slug, job_id=queued.id))


def uploads() -> Uploads:
    return Uploads(current_app.extensions["settings"].data_dir)


def upload_or_404(slug: str, token: str) -> Upload:
    """The person's own upload."""
    return uploads().find(token, owner=current_actor().user_id, slug=slug) or abort(404)


def _order(found: Consultation, kept: Upload, form: OptionsForm | None = None) -> ImportOrder:
    """What the form asks for: a rehearsal, for now."""
    if form is None:
        return ImportOrder(kind=kept.kind, filename=kept.filename)
    code = form.contest.data if kept.kind == Kind.BALLOTS else ""
    contest = contest_by_code(session(), code or "")
    if kept.kind == Kind.BALLOTS and (contest is None or contest.consultation_id != found.id):
        abort(404)
    return ImportOrder(
        kind=kept.kind,
        filename=kept.filename,
        columns=tuple(zip(request.form.getlist("column"), request.form.getlist("field"), strict=False)),
        language=form.language.data or "",
        states=_lines(form.states.data),
        publish=bool(form.publish.data),
        unverified=bool(form.unverified.data),
        contest=code or "",
        approve=_lines(form.approve.data),
        zone=found.zone,
        rehearse=True,
    )


def _lines(text: str | None) -> tuple[str, ...]:
    return tuple(line.strip() for line in (text or "").splitlines() if line.strip())


def _earlier(found: Consultation, kept: Upload) -> ImportOrder | None:
    """What was asked for in the job that the address names, if it was about this file."""
    job_id = request.args.get("job", type=uuid.UUID)
    before = jobs.job_of(session(), job_id, found.id, (IMPORT.name,)) if job_id else None
    return ImportOrder.from_parameters(before.parameters) if before and before.file == kept.token else None


def _ask(
    found: Consultation, kept: Upload, form: OptionsForm, chosen: list[tuple[str, str]], status: int = 200
) -> Response:
    held = [contest for contest in contests(session(), found.id) if contest.state is ContestState.OPEN]
    form.contest.choices = [(contest.code, contest.code) for contest in held]
    return page(
        "organizing/columns.html",
        status=status,
        consultation=found,
        upload=kept,
        form=form,
        columns=chosen,
        fields=[field.name for field in FIELDS[Kind(kept.kind)]],
        words=wording,
    )


def _suggested(kept: Upload) -> list[tuple[str, str]]:
    """Each column of the file with the field that its name suggests."""
    with open_table(uploads().path(kept.token), filename=kept.filename) as table:
        names = table.columns
    try:
        fields = map_columns(kept.kind, names).fields
    except BadMapping:
        fields = {}
    chosen = {column: field for field, sources in fields.items() for column in sources}
    return [(name, chosen.get(name, "")) for name in names]
