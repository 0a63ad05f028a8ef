"""Where organizers write the pages."""

from typing import Any

from flask import Response, flash, request, url_for
from flask_babel import gettext as _

from consultation.kernel.orm import LANGUAGES
from consultation.kernel.permissions import Permission
from consultation.privacy import queries
from consultation.privacy.forms import PageForm
from consultation.privacy.operations import Outdated, save_page
from consultation.privacy.states import AGREED, PageName
from consultation.privacy.views.blueprint import bp, page_name, shown
from consultation.privacy.wording import TITLES
from consultation.web.authorize import current_actor, present, requires
from consultation.web.render import page, see_other
from consultation.web.transactions import session


@bp.get("/organize/pages")
@requires(Permission.ORGANIZE_READ)
def desk() -> Response:
    return page("privacy/desk.html", names=list(PageName), titles=TITLES, newest=queries.newest_versions(session()))


@bp.get("/organize/pages/<name>")
@requires(Permission.ORGANIZE_READ)
def edit(name: str) -> Response:
    chosen = page_name(name)
    newest = queries.newest(session(), chosen)
    texts = {f"text_{language}": newest.text[language] for language in LANGUAGES}
    return _editor(chosen, PageForm(formdata=None, data={"based_on": newest.version, **texts}))


@bp.post("/organize/pages/<name>")
@requires(Permission.PAGE_WRITE)
def save(name: str) -> Response:
    """Save a new version, or, by the other button, show how it would look and save nothing."""
    chosen, form = page_name(name), PageForm()
    if not form.validate_on_submit():
        return _editor(chosen, form, status=422)
    if "preview" in request.form:
        previews = [(language, shown(form.value()[language])) for language in LANGUAGES]
        return _editor(chosen, form, previews=previews)
    try:
        saved = save_page(
            session(),
            chosen,
            text=form.value(),
            based_on=form.based_on.data,
            asks=form.asks.data,
            actor=current_actor(),
            now=present(),
        )
    except Outdated:
        form.form_errors.append(
            _("Somebody saved another version meanwhile. Compare it with yours, which stands below, and save again.")
        )
        form.based_on.data = queries.newest(session(), chosen).version
        form.based_on.raw_data = None
        return _editor(chosen, form, status=422)
    flash(_("Version %(number)d is public now.", number=saved.version), "success")
    return see_other(url_for("privacy.edit", name=chosen.value))


def _editor(chosen: PageName, form: PageForm, *, status: int = 200, previews: Any = ()) -> Response:
    return page(
        "privacy/edit.html",
        status=status,
        name=chosen,
        title=TITLES[chosen],
        form=form,
        previews=previews,
        can_ask=chosen in AGREED,
        versions=queries.versions(session(), chosen),
    )
