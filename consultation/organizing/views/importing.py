"""Importing a file: upload it, look at what would become of each row, then import it."""

from typing import Any

from flask import Response, abort, current_app, flash, request, url_for
from flask_babel import gettext as _

from consultation.convening.models import Consultation
from consultation.exchange import operations as exchange
from consultation.exchange.reading import FIELDS, BadMapping, ImportReport, Kind, ReadingError, map_columns, open_table
from consultation.exchange.source import Source
from consultation.kernel.afterwards import after_commit
from consultation.kernel.permissions import Permission
from consultation.organizing import wording
from consultation.organizing.forms import OptionsForm, UploadForm
from consultation.organizing.uploads import Upload, Uploads
from consultation.organizing.views.blueprint import bp, consultation_or_404
from consultation.voting.queries import contest_by_code, contests
from consultation.voting.states import ContestState
from consultation.web.authorize import current_actor, present, requires
from consultation.web.render import page, see_other
from consultation.web.transactions import session

ROWS_SHOWN = 200


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
    kept = _uploads().keep(
        form.file.data.save,
        owner=current_actor().user_id,
        slug=slug,
        kind=form.kind.data,
        filename=form.file.data.filename or "",
        now=present(),
    )
    try:
        with _source(kept).opened(Kind(kept.kind)):
            pass
    except BadMapping:
        pass  # the next page asks which column is which
    except ReadingError as error:
        _uploads().forget(kept)
        form.refuse("file", error.message(_))
        return page("organizing/imports.html", status=422, consultation=found, form=form)
    return see_other(url_for("organizing.columns", slug=slug, token=kept.token))


@bp.get("/organize/<slug>/imports/<token>")
@requires(Permission.IMPORT_RUN)
def columns(slug: str, token: str) -> Response:
    return _ask(consultation_or_404(slug), _upload(slug, token), OptionsForm(formdata=None))


@bp.post("/organize/<slug>/imports/<token>/preview")
@requires(Permission.IMPORT_RUN)
def preview(slug: str, token: str) -> Response:
    """Everything is done as in the import, reported, and taken back."""
    found, kept, form = consultation_or_404(slug), _upload(slug, token), OptionsForm()
    try:
        with exchange.rehearsal(session()):
            report = _run(found, kept, form)
    except ReadingError as error:
        form.refuse("", error.message(_))
        return _ask(consultation_or_404(slug), kept, form, 422)
    return _ask(consultation_or_404(slug), kept, form, report=report)


@bp.post("/organize/<slug>/imports/<token>")
@requires(Permission.IMPORT_RUN)
def run_import(slug: str, token: str) -> Response:
    found, kept, form = consultation_or_404(slug), _upload(slug, token), OptionsForm()
    try:
        report = _run(found, kept, form)
    except ReadingError as error:
        form.refuse("", error.message(_))
        return _ask(found, kept, form, 422)
    uploads = _uploads()
    after_commit(session(), lambda: uploads.forget(kept))
    said = _(
        "Of %(read)s rows: imported %(imported)s, with a remark %(flagged)s, unchanged %(unchanged)s, "
        "rejected %(rejected)s.",
        **report.counts,
    )
    flash(said, "success")
    return see_other(url_for("organizing.consultation", slug=slug))


def _run(found: Consultation, kept: Upload, form: OptionsForm) -> ImportReport:
    """The import itself, as on the command line. Raises ReadingError."""
    who: dict[str, Any] = {"actor": current_actor(), "now": present()}
    kind, source = Kind(kept.kind), _source(kept, form)
    if kind is Kind.ORGANIZATIONS:
        return exchange.import_organizations(session(), source, verified=not form.unverified.data, **who)
    if kind is Kind.BALLOTS:
        contest = contest_by_code(session(), form.contest.data or "")
        if contest is None or contest.consultation_id != found.id:
            abort(404)
        return exchange.import_ballots(session(), contest, source, approve=_lines(form.approve.data), **who)
    verb = exchange.import_proposals if kind is Kind.PROPOSALS else exchange.import_comments
    return verb(session(), found, source, **who)


def _source(kept: Upload, form: OptionsForm | None = None) -> Source:
    if form is None:
        return Source(path=_uploads().path(kept), filename=kept.filename)
    pairs = zip(request.form.getlist("column"), request.form.getlist("field"), strict=False)
    return Source(
        path=_uploads().path(kept),
        filename=kept.filename,
        mapping=tuple(f"{column}={field}" for column, field in pairs),
        language=form.language.data or None,
        states=_lines(form.states.data),
        publish=bool(form.publish.data),
    )


def _lines(text: str | None) -> tuple[str, ...]:
    return tuple(line.strip() for line in (text or "").splitlines() if line.strip())


def _ask(
    found: Consultation, kept: Upload, form: OptionsForm, status: int = 200, report: ImportReport | None = None
) -> Response:
    """The columns and options; after a preview, with the report on each row."""
    held = [contest for contest in contests(session(), found.id) if contest.state is ContestState.OPEN]
    form.contest.choices = [(contest.code, contest.code) for contest in held]
    rows = sorted(report.rows, key=lambda line: line.status == "imported") if report else []
    return page(
        "organizing/columns.html",
        status=status,
        consultation=found,
        upload=kept,
        form=form,
        columns=_columns(kept),
        fields=[field.name for field in FIELDS[Kind(kept.kind)]],
        report=report,
        rows=rows[:ROWS_SHOWN],
        words=wording,
        say=_,
    )


def _columns(kept: Upload) -> list[tuple[str, str]]:
    """Each column of the file with the field chosen for it, or at first the one that its name suggests."""
    given = request.form.getlist("column")
    if given:
        return list(zip(given, request.form.getlist("field"), strict=False))
    with open_table(_uploads().path(kept), filename=kept.filename) as table:
        names = table.columns
    try:
        fields = map_columns(kept.kind, names).fields
    except BadMapping:
        fields = {}
    chosen = {column: field for field, sources in fields.items() for column in sources}
    return [(name, chosen.get(name, "")) for name in names]


def _upload(slug: str, token: str) -> Upload:
    return _uploads().find(token, owner=current_actor().user_id, slug=slug) or abort(404)


def _uploads() -> Uploads:
    return Uploads(current_app.extensions["settings"].data_dir / "uploads")
