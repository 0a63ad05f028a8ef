"""The signed checkpoints of a consultation's contests, for everybody, from the opening on."""

from datetime import datetime
from typing import Any

from flask import Response, abort, request

from consultation.convening.shown import consultation_shown
from consultation.voting import queries
from consultation.voting.chain import canonical
from consultation.voting.models import Contest
from consultation.voting.signed import SignedCheckpoint
from consultation.voting.states import ContestState
from consultation.voting.views.blueprint import bp
from consultation.web.authorize import public
from consultation.web.render import page
from consultation.web.transactions import session


@bp.get("/consultations/<slug>/transparency")
@public
def transparency(slug: str) -> Response:
    """What one needs to notice tampering with a ballot box, and how."""
    consultation = consultation_shown(slug)
    opened = _opened(queries.contests(session(), consultation.id))
    signed = queries.checkpoints(session(), opened)
    return page(
        "voting/transparency.html",
        consultation=consultation,
        contests=[(contest, [_shown(one) for one in signed[contest.id]]) for contest in reversed(opened)],
    )


@bp.get("/consultations/<slug>/checkpoints.json")
@public
def checkpoints_file(slug: str) -> Response:
    """All of them, or those of one contest: a list, the opening's first."""
    consultation = consultation_shown(slug)
    opened = _opened(queries.contests(session(), consultation.id))
    if wanted := request.args.get("contest"):
        opened = [contest for contest in opened if contest.code == wanted] or abort(404)
    signed = queries.checkpoints(session(), opened)
    body = canonical([one.document() for contest in opened for one in signed[contest.id]]) + b"\n"
    return Response(body, mimetype="application/json")


def _opened(contests: list[Contest]) -> list[Contest]:
    return [contest for contest in contests if contest.state is not ContestState.CONFIGURED]


def _shown(one: SignedCheckpoint) -> tuple[SignedCheckpoint, Any]:
    return one, datetime.fromisoformat(one.signed_at)
