"""What the organizers' pages share."""

from datetime import datetime
from zoneinfo import ZoneInfo

from flask import abort

from consultation.convening.models import Consultation
from consultation.convening.queries import consultation_by_slug
from consultation.convening.rules import read_moment
from consultation.web.locale import room_blueprint
from consultation.web.transactions import session

bp = room_blueprint("organizing", __name__)


def consultation_or_404(slug: str) -> Consultation:
    """The consultation of a short address."""
    found = consultation_by_slug(session(), slug)
    if found is None:
        abort(404)
    return found


def instant(typed: datetime | None, zone: ZoneInfo, field: str) -> datetime | None:
    """What was typed as a time of the consultation's zone. Raises Unusable when its clocks skip or repeat it."""
    return None if typed is None else read_moment(typed.isoformat(), zone, field=field)
