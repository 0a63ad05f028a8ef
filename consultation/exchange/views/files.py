"""What one needs to check a contest on one's own computer: the bundle, and the verifier."""

from flask import Response, abort

from consultation.convening.shown import consultation_shown
from consultation.exchange.auditing import audit_ballots
from consultation.exchange.bundle import write_bundle
from consultation.exchange.verifying import VERIFIER, verifier_file
from consultation.exchange.views.blueprint import bp
from consultation.extensions import limiter
from consultation.kernel.permissions import Permission
from consultation.voting.queries import contest_by_code
from consultation.web.authorize import current_actor, present, public, requires
from consultation.web.transactions import session

BUNDLES = "60 per hour"
"""For one address: each bundle is made anew, so that nothing is in it that was hidden meanwhile."""


@bp.get(f"/transparency/{VERIFIER}")
@public
def verifier() -> Response:
    return _download(verifier_file()[0], VERIFIER, "text/x-python")


@bp.get("/consultations/<slug>/transparency/data.zip")
@public
@limiter.limit(BUNDLES)
def bundle(slug: str) -> Response:
    """Everything public of the consultation."""
    consultation = consultation_shown(slug)
    return _download(write_bundle(session(), consultation), f"{slug}.zip", "application/zip")


@bp.post("/consultations/<slug>/transparency/<code>/ballots.zip")
@requires(Permission.BALLOTS_AUDIT)
def audited(slug: str, code: str) -> Response:
    """The same with the contest's ballots, for auditors. A POST, since each time is logged."""
    contest = contest_by_code(session(), code)
    if contest is None or contest.consultation.slug != slug:
        abort(404)
    content = audit_ballots(session(), contest, actor=current_actor(), now=present())
    response = _download(content, f"{slug}-{code}-ballots.zip", "application/zip")
    response.headers["Cache-Control"] = "no-store"
    return response


def _download(body: bytes, name: str, mimetype: str) -> Response:
    response = Response(body, mimetype=mimetype)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
