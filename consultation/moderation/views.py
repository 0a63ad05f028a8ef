"""The moderators' queue and what they decide in it."""

import re
import uuid
from collections.abc import Callable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, abort, flash, request, url_for
from flask_babel import gettext as _

from consultation.convening.states import TermKind
from consultation.convening.vocabulary import vocabulary
from consultation.discussion.models import Comment
from consultation.kernel.moves import available
from consultation.kernel.orm import LANGUAGES
from consultation.kernel.permissions import Permission, may
from consultation.moderation import operations, queries
from consultation.moderation.forms import RefusalForm
from consultation.moderation.labels import CHOICES, decision_label, reason_sentence
from consultation.moderation.operations import Seen
from consultation.moderation.prepared import begun
from consultation.moderation.queries import OTHER_LANGUAGE, Filters, Waiting
from consultation.moderation.states import ReasonCode
from consultation.proposals.models import Proposal
from consultation.proposals.operations import Outdated
from consultation.proposals.states import MODERATION, PUBLICATION, ProposalState
from consultation.web.authorize import authorize, current_actor, present, requires
from consultation.web.errors import refusal
from consultation.web.locale import format_count, locale, room_blueprint
from consultation.web.render import page, see_other, wants_fragment
from consultation.web.transactions import session

bp = room_blueprint("moderation", __name__)
bp.add_app_template_filter(reason_sentence, "reason_sentence")

PLACE = ("state", "consultation", "theme", "language", "after")
SEEN = re.compile(f"({'|'.join(ProposalState)}):([0-9]{{1,9}})")
ANCHOR = re.compile(r"[A-Za-z0-9-]{1,40}")


@bp.get("/moderation")
@requires(Permission.QUEUE_READ)
def queue() -> Response:
    return _queue_page()


@bp.post("/proposals/<code>/publication")
@requires(Permission.PROPOSAL_PUBLISH)
def publication(code: str) -> Response:
    proposal = _proposal(code)
    try:
        operations.publish(session(), proposal, seen=_seen(), actor=current_actor(), now=present())
    except Outdated:
        return refusal(
            409, _("The text has changed"), _("Its author changed it while you were reading. Read it again.")
        )
    flash(_("%(code)s is published.", code=code), "success")
    return _same_place()


@bp.post("/proposals/<code>/change-request")
@requires(Permission.PROPOSAL_REQUEST_CHANGES)
def change_request(code: str) -> Response:
    said = _("%(code)s went back to its author, with your reason.", code=code)
    return _refuse(code, Permission.PROPOSAL_REQUEST_CHANGES, operations.request_changes, said)


@bp.post("/proposals/<code>/decline")
@requires(Permission.PROPOSAL_DECLINE)
def decline(code: str) -> Response:
    said = _("%(code)s is declined. Its author was told why.", code=code)
    return _refuse(code, Permission.PROPOSAL_DECLINE, operations.decline, said)


def _refuse(code: str, permission: Permission, verb: Callable[..., Any], said: str) -> Response:
    proposal = _proposal(code)
    authorize(permission, proposal)
    form = RefusalForm(code)
    if request.form.get("words") in LANGUAGES:
        return _with_prepared_words(proposal, form, request.form["words"])
    if not form.validate_on_submit():
        return _queue_page(status=422, refused=proposal, form=form)
    reason = {"code": ReasonCode(form.code.data), "reason": form.reason.data}
    try:
        verb(session(), proposal, **reason, seen=_seen(), actor=current_actor(), now=present())
    except Outdated:
        form.form_errors.append(_("Its author changed the text while you were reading. Read it again, then decide."))
        return _queue_page(status=409, refused=proposal, form=form)
    flash(said, "success")
    return _same_place()


def _with_prepared_words(proposal: Proposal, form: RefusalForm, tongue: str) -> Response:
    """The same form with words to begin with; nothing is decided."""
    if form.code.data in CHOICES:
        form.reason.data = begun(form.reason.data or "", ReasonCode(form.code.data), tongue)
    else:
        form.code.errors = [_("Choose a reason first: the prepared words go with it.")]
    return _queue_page(status=422, refused=proposal, form=form)


@bp.route("/comments/<uuid:comment_id>/hiding", methods=["GET", "POST"])
@requires(Permission.COMMENT_HIDE)
def hiding(comment_id: uuid.UUID) -> Response:
    comment = _comment(comment_id)
    authorize(Permission.COMMENT_HIDE, comment)
    form = RefusalForm(str(comment.id))
    if not form.validate_on_submit():
        status = 422 if form.is_submitted() else 200
        return page("moderation/hiding.html", status=status, form=form, comment=comment)
    reason = ReasonCode(form.code.data)
    operations.hide(session(), comment, code=reason, reason=form.reason.data, actor=current_actor(), now=present())
    flash(_("The comment is hidden. Its author was told why."), "success")
    return see_other(url_for("discussion.proposal", code=comment.proposal.code))


@bp.post("/comments/<uuid:comment_id>/restoration")
@requires(Permission.COMMENT_HIDE)
def restoration(comment_id: uuid.UUID) -> Response:
    comment = _comment(comment_id)
    operations.restore(session(), comment, actor=current_actor(), now=present())
    flash(_("The comment is shown again."), "success")
    return see_other(url_for("discussion.proposal", code=comment.proposal.code))


def _comment(comment_id: uuid.UUID) -> Comment:
    return queries.comment_to_judge(session(), comment_id) or abort(404)


def _proposal(code: str) -> Proposal:
    return queries.proposal_to_judge(session(), code) or abort(404)


def _seen() -> Seen | None:
    """The state and revision that the page showed, when it says so."""
    match = SEEN.fullmatch(request.form.get("seen", ""))
    return match and Seen(ProposalState(match[1]), int(match[2]))


def _place() -> dict[str, Any]:
    """Where in the queue the moderator is, as the address says it."""
    return {name: request.args[name] for name in PLACE if request.args.get(name)}


def _same_place() -> Response:
    """Back to the queue where the decision was made, at the entry that came next."""
    following = request.args.get("next", "")
    at = following if ANCHOR.fullmatch(following) else None
    return see_other(url_for("moderation.queue", at=at, _anchor=at, **_place()))


def _filters(consultations: list[Any]) -> Filters:
    """The filters that the address names; what does not exist is not found."""
    chosen = _place()
    slugs = {row.slug: row.id for row in consultations}
    theme = vocabulary(session()).by_code(TermKind.THEME, chosen["theme"]) if "theme" in chosen else None
    known_language = chosen.get("language") in (None, OTHER_LANGUAGE, *LANGUAGES)
    part = chosen.get("state", Waiting.SUBMITTED)
    if chosen.get("consultation") not in (None, *slugs) or ("theme" in chosen and theme is None):
        abort(404)
    if not known_language or part not in Waiting._value2member_map_:
        abort(404)
    return Filters(
        part=Waiting(part),
        consultation_id=slugs.get(chosen.get("consultation")),
        theme_id=None if theme is None else theme.id,
        language=chosen.get("language"),
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


def _queue_page(*, status: int = 200, refused: Proposal | None = None, form: RefusalForm | None = None) -> Response:
    """The queue. A form that could not be taken stands open at its entry, with what was typed."""
    consultations = queries.consultation_choices(session())
    filters = _filters(consultations)
    found = queries.queue(session(), filters, after=request.args.get("after"))
    actor, now, words = current_actor(), present(), vocabulary(session())
    entries = list(found.rows)
    forms = {row.code: RefusalForm(row.code, formdata=None) for row in entries}
    if refused is not None and form is not None and refused.code is not None:
        if refused.code not in forms:
            entries.insert(0, queries.entry(session(), refused.code))
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
        refused=refused and refused.code,
        refusal_form=form,
        moves={row.code: {move.name for move in available(row, MODERATION, actor=actor, now=now)} for row in entries},
        own={row.code: may(actor, PUBLICATION.permission, row, now=now) for row in entries},
        decision_label=decision_label,
        zone_of=ZoneInfo,
        language_name=lambda code: locale().languages.get(code, code),
    )
