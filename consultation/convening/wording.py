"""The names of phases and public steps, and until when something is open, in the reader's language, for every page that
shows them."""

from collections.abc import Mapping
from datetime import datetime, time
from zoneinfo import ZoneInfo

from flask_babel import LazyString, gettext, lazy_gettext

from consultation.convening.rules import last_day
from consultation.convening.states import PhaseName, PublicStep
from consultation.web.locale import DEFAULT_ZONE, format_date, format_instant

PHASES: Mapping[PhaseName, LazyString] = {
    PhaseName.PROPOSE: lazy_gettext("Propose"),
    PhaseName.DISCUSS: lazy_gettext("Discuss"),
    PhaseName.CURATE: lazy_gettext("Group into items"),
    PhaseName.RANK: lazy_gettext("Set priorities"),
    PhaseName.DRAFT: lazy_gettext("Draft the agenda"),
    PhaseName.GATHERING: lazy_gettext("Gather"),
    PhaseName.PROGRESS: lazy_gettext("Follow progress"),
}

PUBLIC_STEPS: Mapping[PublicStep, LazyString] = {
    PublicStep.BRING: lazy_gettext("Bring"),
    PublicStep.DISCUSS: lazy_gettext("Discuss"),
    PublicStep.PRIORITIZE: lazy_gettext("Prioritize"),
    PublicStep.FOLLOW: lazy_gettext("Follow"),
}


def until(closes_at: datetime | None, zone: ZoneInfo = DEFAULT_ZONE) -> str:
    """Until when something is open, as the end of a sentence: what closes at midnight is open until the end of the day
    before, anything else until a time of day. Without a closing, nothing."""
    if closes_at is None:
        return ""
    if closes_at.astimezone(zone).time() == time():
        return str(gettext("until the end of %(day)s", day=format_date(last_day(closes_at, zone))))
    return str(gettext("until %(instant)s", instant=format_instant(closes_at, zone)))
