"""The moderators' queue."""

import re
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, abort, request, url_for
from flask_babel import gettext as _

from consultation.convening.states import TermKind
from consultation.convening.vocabulary import vocabulary
from consultation.kernel.moves import available
from consultation.kernel.orm import LANGUAGES
from consultation.kernel.permissions import Permission, granted, may
from consultation.moderation import queries
from consultation.moderation.forms import RefusalForm
from consultation.moderation.labels import decision_label, reason_sentence
from consultation.moderation.queries import OTHER_LANGUAGE, Filters, Holder, Waiting
from consultation.proposals.models import Proposal
from consultation.proposals.states import MODERATION, PUBLICATION
from consultation.web.authorize import current_actor, present, requires
from consultation.web.locale import format_count, locale, room_blueprint
from consultation.web.render import page, see_other, wants_fragment
from consultation.web.transactions import session

bp = room_blueprint("moderation", __name__)
bp.add_app_template_filter(reason_sentence, "reason_sentence")

PLACE = ("state", "consultation", "theme", "language", "holder", "after")
ANCHOR = re.compile(r"[A-Za-z0-9-]{1,40}")


@bp.get("/moderation")
@requires(Permission.QUEUE_READ)
def queue() -> Response:
    return queue_page()


def proposal_or_404(code: str) -> Proposal:
    return queries.proposal_to_judge(session(), code) or abort(404)


def _place() -> dict[str, Any]:
    """Where in the queue the moderator is, as the address says it."""
    return {name: request.args[name] for name in PLACE if request.args.get(name)}


def same_place(at: str | None = None, *, free_to: Holder | None = None) -> Response:
    """Back to the queue where it was done: ``at`` this entry, or at the one that came next. A list of what is free no
    longer holds what was just taken, so that ``free_to`` names the list that does."""
    following = at or request.args.get("next", "")
    at = following if ANCHOR.fullmatch(following) else None
    place = _place()
    if free_to is not None and place.get("holder") == Holder.FREE:
        place["holder"] = free_to.value
        place.pop("after", None)
    return see_other(url_for("moderation.queue", at=at, _anchor=at, **place))


def _filters(consultations: list[Any]) -> Filters:
    """The filters that the address names; what does not exist is not found."""
    chosen = _place()
    slugs = {row.slug: row.id for row in consultations}
    theme = vocabulary(session()).by_code(TermKind.THEME, chosen["theme"]) if "theme" in chosen else None
    known_language = chosen.get("language") in (None, OTHER_LANGUAGE, *LANGUAGES)
    part = chosen.get("state", Waiting.SUBMITTED)
    if chosen.get("consultation") not in (None, *slugs) or ("theme" in chosen and theme is None):
        abort(404)
    holder = chosen.get("holder")
    if not known_language or part not in Waiting._value2member_map_ or holder not in (None, *Holder):
        abort(404)
    return Filters(
        part=Waiting(part),
        consultation_id=slugs.get(chosen.get("consultation")),
        theme_id=None if theme is None else theme.id,
        language=chosen.get("language"),
        holder=holder and Holder(holder),
    )


def _tabs(filters: Filters, counts: Mapping[str, int]) -> list[tuple[str, str, bool, str | None]]:
    """Address, name, whether it is this one, and how many wait there."""
    names = {Waiting.SUBMITTED: _("Waiting"), Waiting.NEEDS_CHANGES: _("Sent back"), Waiting.DECIDED: _("Decided")}
    place = {name: value for name, value in _place().items() if name not in ("state", "after")}
    return [
        (
            url_for("moderation.queue", state=part.value, **place),
            name,
            part is filters.part,
            format_count(counts[part.value]) if part.value in counts else None,
        )
        for part, name in names.items()
    ]


def queue_page(
    *, status: int = 200, refused: Proposal | None = None, form: RefusalForm | None = None, refusing: bool = True
) -> Response:
    """The queue. A form that could not be taken stands open at its entry, with what was typed; without ``refusing``
    only the entry does."""
    consultations = queries.consultation_choices(session())
    filters = _filters(consultations)
    actor, now, words = current_actor(), present(), vocabulary(session())
    found = queries.queue(session(), filters, after=request.args.get("after"), reader=actor.user_id, now=now)
    entries = list(found.rows)
    forms = {row.code: RefusalForm(row.code, formdata=None) for row in entries}
    if refused is not None and form is not None and refused.code is not None:
        if refused.code not in forms:
            entries.insert(0, queries.entry(session(), refused.code, now=now))
        forms[refused.code] = form
    opened = refused.code if refused is not None else request.args.get("at")
    if opened not in forms and filters.part is not Waiting.DECIDED and entries:
        opened = entries[0].code
    counts = queries.waiting_counts(session(), filters)
    return page(
        "moderation/queue.html",
        status=status,
        entries=entries,
        next_cursor=found.next_cursor,
        filters=filters,
        place=_place(),
        tabs_of_queue=_tabs(filters, counts),
        opened=opened,
        context=queries.context_of(session(), entries),
        shown=len(entries),
        narrowed=wants_fragment() and refused is None,
        consultations=consultations,
        consultation_of={row.id: row for row in consultations},
        themes=words.themes,
        theme_of=words.by_id,
        forms=forms,
        refused=refused and refused.code if refusing else None,
        held_back=refused and refused.code,
        reader=actor.user_id,
        may_annotate=bool(granted(actor, Permission.PROPOSAL_ANNOTATE)),
        claims=bool(granted(actor, Permission.CASE_CLAIM)),
        refusal_form=form,
        moves={row.code: {move.name for move in available(row, MODERATION, actor=actor, now=now)} for row in entries},
        own={row.code: may(actor, PUBLICATION.permission, row, now=now) for row in entries},
        decision_label=decision_label,
        zone_of=ZoneInfo,
        language_name=lambda code: locale().languages.get(code, code),
    )
