"""Publishing, asking for changes, declining."""

import re
from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Response, flash, request
from flask_babel import gettext as _

from consultation.kernel.orm import LANGUAGES
from consultation.kernel.permissions import Permission
from consultation.moderation import operations
from consultation.moderation.forms import RefusalForm
from consultation.moderation.labels import CHOICES
from consultation.moderation.operations import HeldByAnother, Seen, renew
from consultation.moderation.prepared import begun
from consultation.moderation.states import ReasonCode
from consultation.moderation.views.held import held_page, told, typed_claim
from consultation.moderation.views.queue import bp, proposal_or_404, queue_page, same_place
from consultation.proposals.models import Proposal
from consultation.proposals.operations import Outdated
from consultation.proposals.states import ProposalState
from consultation.web.authorize import authorize, current_actor, present, requires
from consultation.web.errors import refusal
from consultation.web.transactions import after_rollback, session

SEEN = re.compile(f"({'|'.join(ProposalState)}):([0-9]{{1,9}})")


@bp.post("/proposals/<code>/publication")
@requires(Permission.PROPOSAL_PUBLISH)
def publication(code: str) -> Response:
    proposal = proposal_or_404(code)
    known = _known()
    try:
        operations.publish(session(), proposal, **known)
    except HeldByAnother as error:
        return held_page(proposal, error)
    except Outdated:
        return refusal(
            409, _("The text has changed"), _("Its author changed it while you were reading. Read it again.")
        )
    flash(_("%(code)s is published.", code=code), "success")
    return same_place()


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
    proposal = proposal_or_404(code)
    authorize(permission, proposal)
    form = RefusalForm(code)
    after_rollback(partial(renew, proposal_id=proposal.id, actor=current_actor(), now=present()))
    if request.form.get("words") in LANGUAGES:
        return _with_prepared_words(proposal, form, request.form["words"])
    if not form.validate_on_submit():
        return queue_page(status=422, refused=proposal, form=form)
    reason = {"code": ReasonCode(form.code.data), "reason": form.reason.data}
    known = _known()
    try:
        verb(session(), proposal, **reason, **known)
    except HeldByAnother as error:
        form.form_errors.append(told(proposal, error))
        return queue_page(status=422, refused=proposal, form=form)
    except Outdated:
        form.form_errors.append(_("Its author changed the text while you were reading. Read it again, then decide."))
        return queue_page(status=409, refused=proposal, form=form)
    flash(said, "success")
    return same_place()


def _with_prepared_words(proposal: Proposal, form: RefusalForm, tongue: str) -> Response:
    """The same form with words to begin with; nothing is decided."""
    if form.code.data in CHOICES:
        form.reason.data = begun(form.reason.data or "", ReasonCode(form.code.data), tongue)
    else:
        form.code.errors = [_("Choose a reason first: the prepared words go with it.")]
    return queue_page(status=422, refused=proposal, form=form)


def _known() -> dict[str, Any]:
    """Who decides, when, and what they had before their eyes."""
    return {"seen": _seen(), "past_claim": typed_claim(), "actor": current_actor(), "now": present()}


def _seen() -> Seen | None:
    """The state and revision that the page showed, when it says so."""
    match = SEEN.fullmatch(request.form.get("seen", ""))
    return match and Seen(ProposalState(match[1]), int(match[2]))
