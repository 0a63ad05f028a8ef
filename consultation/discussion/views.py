"""A proposal's page with its discussion."""

import uuid
from collections.abc import Sequence
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, abort, flash, request, url_for
from flask_babel import gettext as _

from consultation.convening.policy import voice_in
from consultation.convening.states import Act
from consultation.convening.vocabulary import vocabulary
from consultation.discussion import operations
from consultation.discussion.forms import STANCES, CommentForm, comment_form
from consultation.discussion.policy import IN_THEIR_OWN_NAME
from consultation.discussion.queries import Sort, Threads, thread, threads, visible_comment
from consultation.discussion.states import Stance
from consultation.kernel.moves import available
from consultation.kernel.permissions import ANONYMOUS, Permission, granted
from consultation.kernel.roles import COLLECTIVE
from consultation.proposals.differences import changes
from consultation.proposals.forms import KINDS, language_name
from consultation.proposals.models import Proposal
from consultation.proposals.policy import owns
from consultation.proposals.queries import (
    Voice,
    beside,
    disposition,
    first_public_revision,
    proposal_by_code,
    revisions,
    voices,
)
from consultation.proposals.states import WITHDRAWAL
from consultation.web.authorize import allows, current_actor, present, public, requires
from consultation.web.kept import remembered
from consultation.web.limits import posting_limited
from consultation.web.locale import language, room_blueprint
from consultation.web.render import page, see_other
from consultation.web.transactions import session

bp = room_blueprint("discussion", __name__)


@bp.get("/proposals/<code>")
@public
def proposal(code: str) -> Response:
    found = _found(code)
    if found is None:
        gone = disposition(session(), code) or abort(404)
        return page("proposals/disposition.html", gone=gone)
    revision = request.args.get("revision", type=int)
    if revision is not None:
        return _history(found, revision)
    return _page(found)


def _found(code: str) -> Proposal | None:
    """What everybody sees was perhaps read already for somebody else; otherwise what this person alone may see."""
    public = remembered(lambda: proposal_by_code(session(), code, actor=ANONYMOUS), "proposal", code)
    return public or proposal_by_code(session(), code, actor=current_actor())


@bp.post("/proposals/<code>/comments")
@requires(Permission.COMMENT_POST)
@posting_limited
def post_comment(code: str) -> Response:
    found = proposal_by_code(session(), code, actor=current_actor()) or abort(404)
    form = comment_form(current_actor(), speaking := _speaking(found, Act.COMMENT))
    if not form.validate_on_submit():
        return _page(found, form=form)
    answers = _identifier(form.answers.data)
    comment = operations.post(
        session(),
        found,
        body=form.body.data,
        language=form.language.data,
        stance=Stance(form.stance.data),
        answers=visible_comment(session(), found.id, answers) or abort(404) if answers else None,
        organization_id=next((voice.id for voice in speaking if voice.code == form.organization.data), None),
        actor=current_actor(),
        now=present(),
    )
    flash(_("Your comment is posted."), "success")
    address = url_for("discussion.proposal", code=code, thread=comment.thread_id or comment.id)
    return see_other(f"{address}#c-{comment.id}")


def _page(found: Proposal, *, form: CommentForm | None = None) -> Response:
    actor, here = current_actor(), language()
    held = tuple((mandate.organization_id, mandate.verified) for mandate in actor.mandates)
    speaking = remembered(lambda: voices(session(), actor, here, found), "voices", held, here, found.id)
    commenting = _fitting(found, speaking, Act.COMMENT)
    decision = allows(Permission.COMMENT_POST, found)
    address = url_for("discussion.proposal", code=found.code)
    only, sort = _asked_thread(found)
    reply_to = _identifier(request.values.get("answers") or request.args.get("reply"))
    return page(
        "discussion/proposal.html",
        fragment="threads",
        status=422 if form is not None and form.errors else 200,
        consultation=found.consultation,
        proposal=found,
        read_beside=cache(lambda: beside(session(), found)),
        read_threads=cache(lambda: _threads(found, only, sort)),
        terms=vocabulary(session()),
        only=only,
        sort=sort,
        shared=(found.id, found.state, request.args.get("text", "")),
        shared_threads=(found.id, sort, only, request.args.get("after", "")),
        speaking=_fitting(found, speaking, Act.ENDORSE),
        decision=decision,
        may_endorse=bool(actor.mandates) and allows(Permission.PROPOSAL_ENDORSE, found),
        may_amend=bool(actor.mandates) and allows(Permission.PROPOSAL_AMEND, found),
        may_annotate=bool(granted(actor, Permission.PROPOSAL_ANNOTATE)) and allows(Permission.PROPOSAL_ANNOTATE, found),
        may_withdraw=bool(actor.mandates) and available(found, (WITHDRAWAL,), actor=actor, now=present()),
        form=form,
        blank_form=lambda: comment_form(actor, commenting),
        named_in_form=(
            actor.roles & IN_THEIR_OWN_NAME,
            tuple((voice.code, voice.name) for voice in commenting if voice.verified),
        ),
        reply_to=reply_to,
        shown=request.args.get("text", ""),
        address=address,
        here=here,
        collective=COLLECTIVE,
        kinds=KINDS,
        language_name=language_name,
        ui=_shared_by_comments(found, address, here, may_reply=bool(decision)),
    )


def _speaking(found: Proposal, act: Act) -> Sequence[Voice]:
    """For whom the person may do this here."""
    return _fitting(found, voices(session(), current_actor(), language(), found), act)


def _fitting(found: Proposal, speaking: Sequence[Voice], act: Act) -> Sequence[Voice]:
    actor = current_actor()
    return [voice for voice in speaking if voice_in(actor, found.consultation, act, voice.id)]


def _asked_thread(found: Proposal) -> tuple[uuid.UUID | None, Sort]:
    """The one thread that the address names or answers to, if it does; else in which order it asks for them."""
    asked = request.args.get("sort")
    sort = Sort(asked) if asked in tuple(Sort) else Sort.OLDEST
    only = _identifier(request.args.get("thread"))
    if only is None and (reply := _identifier(request.values.get("answers") or request.args.get("reply"))):
        answered = visible_comment(session(), found.id, reply) or abort(404)
        only = answered.thread_id or answered.id
    return only, sort


def _threads(found: Proposal, only: uuid.UUID | None, sort: Sort) -> Threads:
    """That thread, or a page of them."""
    if only is None:
        after = request.args.get("after") or None
        return threads(session(), found.id, sort=sort, language=language(), after=after)
    listed = thread(session(), found.id, only, language=language())
    if not listed.rows:
        abort(404)
    return listed


def _history(found: Proposal, number: int) -> Response:
    """A revision, with what changed in it since the one before."""
    reads_all = owns(current_actor(), found) or allows(Permission.PROPOSAL_READ_UNPUBLISHED, found)
    first = 1 if reads_all else first_public_revision(session(), found)
    this, before = revisions(session(), found, number) if number in range(first, found.revision + 1) else (None, None)
    if this is None:
        abort(404)
    if number == first:
        before = None
    parts = [
        (label, changes(getattr(before, name) if before else "", getattr(this, name)))
        for name, label in (
            ("title", _("Title")),
            ("barrier", _("What is wrong")),
            ("evidence", _("Evidence")),
            ("remedy", _("What should change")),
        )
    ]
    return page(
        "discussion/history.html",
        consultation=found.consultation,
        proposal=found,
        this=this,
        first=first,
        parts=parts,
        zone=ZoneInfo(found.consultation.zone),
        collective=COLLECTIVE,
        address=url_for("discussion.proposal", code=found.code),
    )


def _shared_by_comments(found: Proposal, address: str, here: str, *, may_reply: bool) -> dict[str, Any]:
    return {
        "address": address,
        "here": here,
        "zone": ZoneInfo(found.consultation.zone),
        "may_reply": may_reply,
        "stances": {stance: str(label) for stance, label in STANCES.items()},
        "language_name": language_name,
        "unnamed": {"": "–", "person": _("a member of the team"), "former": _("a former member")},
        "reply": _("Reply"),
        "hidden": _("A comment stood here. Moderators have hidden it."),
    }


def _identifier(value: str | None) -> uuid.UUID | None:
    """The id in an address or form; what is none is not found."""
    if not value:
        return None
    try:
        return uuid.UUID(value)
    except ValueError:
        abort(404)
