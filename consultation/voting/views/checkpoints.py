"""The signed checkpoints of a consultation's contests, for everybody, from the opening on."""

from flask import Response, abort, request

from consultation.convening.shown import consultation_shown
from consultation.voting import queries
from consultation.voting.chain import canonical
from consultation.voting.models import Contest
from consultation.voting.states import ContestState
from consultation.voting.views.blueprint import bp
from consultation.web.authorize import public
from consultation.web.transactions import session


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
