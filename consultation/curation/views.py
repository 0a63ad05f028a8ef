"""The list of agenda items and the page of each."""

from zoneinfo import ZoneInfo

from flask import Response, abort, request

from consultation.convening.shown import consultation_shown
from consultation.convening.states import TermKind
from consultation.convening.vocabulary import vocabulary
from consultation.curation.queries import item_by_code, item_rows
from consultation.proposals.forms import language_name
from consultation.proposals.states import PUBLIC_STATES
from consultation.web.authorize import public
from consultation.web.locale import room_blueprint
from consultation.web.pagination import decode, take
from consultation.web.render import page
from consultation.web.transactions import session

bp = room_blueprint("curation", __name__)


@bp.get("/consultations/<slug>/items")
@public
def index(slug: str) -> Response:
    consultation = consultation_shown(slug)
    words = vocabulary(session())
    theme = words.by_code(TermKind.THEME, request.args.get("theme", ""))
    cursor = request.args.get("after")
    after = decode(cursor, int)[0] if cursor else 0
    rows = item_rows(consultation.id, theme_id=theme.id if theme else None, after=after)
    return page(
        "curation/index.html",
        fragment="listing",
        consultation=consultation,
        slice=take(session(), rows, lambda row: [row.number]),
        theme=theme,
        words=words,
        later=bool(after),
    )


@bp.get("/items/<code>")
@public
def item(code: str) -> Response:
    found = item_by_code(session(), code)
    if found is None:
        abort(404)
    return page(
        "curation/item.html",
        consultation=found.consultation,
        item=found,
        words=vocabulary(session()),
        zone=ZoneInfo(found.consultation.zone),
        public_states=PUBLIC_STATES,
        language_name=language_name,
    )
