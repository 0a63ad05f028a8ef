"""The accounts' blueprint. Nothing of these pages is kept by any cache."""

from flask import Response

from consultation.web.locale import room_blueprint

bp = room_blueprint("accounts", __name__)


@bp.after_request
def _never_stored(response: Response) -> Response:
    response.headers["Cache-Control"] = "private, no-store"
    return response
