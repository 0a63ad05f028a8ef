"""Drafting and releasing the agenda."""

from zoneinfo import ZoneInfo

from flask import Response, current_app, flash, request, url_for
from flask_babel import gettext as _

from consultation.convening.models import Consultation
from consultation.drafting import operations
from consultation.drafting.export import SnapshotError
from consultation.drafting.operations import NotFinal, NothingToRelease
from consultation.drafting.queries import releases
from consultation.kernel.permissions import Permission
from consultation.organizing import queries
from consultation.organizing.views.blueprint import bp, consultation_or_404
from consultation.voting.queries import contest_by_code, contests
from consultation.voting.states import ContestState
from consultation.web.authorize import current_actor, present, requires
from consultation.web.render import page, see_other
from consultation.web.transactions import session


@bp.get("/organize/<slug>/agenda")
@requires(Permission.ORGANIZE_READ)
def agenda(slug: str) -> Response:
    return _agenda(consultation_or_404(slug))


@bp.post("/organize/<slug>/agenda/draft")
@requires(Permission.AGENDA_DRAFT)
def draft(slug: str) -> Response:
    found = consultation_or_404(slug)
    contest = contest_by_code(session(), request.form.get("contest", ""))
    if contest is None or contest.consultation_id != found.id or contest.state is not ContestState.PUBLISHED:
        return _agenda(found, _("Choose a contest whose result is published."))
    operations.draft_agenda(session(), found, contest, actor=current_actor(), now=present())
    flash(_("The agenda is drafted in the order of the result."), "success")
    return see_other(url_for("organizing.agenda", slug=slug))


@bp.post("/organize/<slug>/agenda/releases")
@requires(Permission.AGENDA_RELEASE)
def release(slug: str) -> Response:
    found, final = consultation_or_404(slug), request.form.get("edition") == "final"
    if final and "confirmed" not in request.form:
        return _agenda(found, _("Check the box to confirm; this cannot be undone."))
    base_url = current_app.extensions["settings"].base_url
    try:
        edition = operations.release(
            session(), found, final=final, base_url=base_url, actor=current_actor(), now=present()
        )
    except NothingToRelease:
        return _agenda(found, _("Nothing is drafted yet. Draft the agenda first."))
    except NotFinal as error:
        codes = ", ".join(error.codes)
        return _agenda(
            found, _("Published proposals are in no item yet, so it cannot be final: %(codes)s", codes=codes)
        )
    except SnapshotError as error:
        return _agenda(found, str(error))
    flash(_("Version %(number)s is released.", number=edition.number), "success")
    return see_other(url_for("organizing.agenda", slug=slug))


def _agenda(found: Consultation, problem: str | None = None) -> Response:
    held = contests(session(), found.id)
    return page(
        "organizing/agenda.html",
        status=200 if problem is None else 422,
        consultation=found,
        contests=[contest for contest in held if contest.state is ContestState.PUBLISHED],
        drafted=queries.has_draft(session(), found),
        releases=releases(session(), found.id),
        problem=problem,
        zone=ZoneInfo(found.zone),
    )
