"""The address in a letter by which one press turns off its kind, without signing in."""

import uuid

from flask import Response, abort, current_app, request
from flask_babel import gettext as _

from consultation.accounts.queries import user_by_id
from consultation.extensions import csrf, limiter
from consultation.kernel import letters
from consultation.privacy.operations import choose_letters
from consultation.privacy.views.blueprint import bp
from consultation.privacy.wording import LETTERS
from consultation.web.authorize import present, public
from consultation.web.mail import unsubscribing
from consultation.web.render import page
from consultation.web.transactions import session

BY_VISITOR = "60 per hour"


@bp.route("/letters-off/<kind>/<token>", methods=["GET", "POST"])
@csrf.exempt
@public
@limiter.limit(BY_VISITOR, methods=["POST"])
def letters_off(kind: str, token: str) -> Response:
    """A GET shows a button, since programs open addresses to look at them. A mail program's one press is a POST from
    elsewhere, without cookie or form token: the signature in the address stands for both (RFC 8058, 3.1), and the
    answer is no redirect, which such programs do not follow."""
    user_id = _reader(kind, token)
    off = letters.refused(session(), user_id)
    if request.method == "POST":
        if kind not in off:
            choose_letters(session(), user_id, off=off | {kind}, offered=LETTERS, now=present())
        off |= {kind}
    response = page("privacy/letters_off.html", what=LETTERS[kind], off=kind in off, title=_("Letters"))
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _reader(kind: str, token: str) -> uuid.UUID:
    """Whose letters these are, by the signature."""
    user_id = unsubscribing.read(current_app.extensions["settings"].secret_key, token, kind)
    if kind not in LETTERS or user_id is None or user_by_id(session(), user_id) is None:
        abort(404)
    return user_id
