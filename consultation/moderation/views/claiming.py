"""Taking a proposal to decide, keeping it, and giving it back."""

from typing import Any

from flask import Response, flash
from flask_babel import gettext as _

from consultation.kernel.permissions import Permission
from consultation.moderation.operations import HeldByAnother, claim, release, take_over
from consultation.moderation.queries import Holder, zone_of_proposal
from consultation.moderation.views.held import held_page, typed_claim
from consultation.moderation.views.queue import bp, proposal_or_404, same_place
from consultation.web.authorize import current_actor, present, requires
from consultation.web.locale import format_time
from consultation.web.transactions import session


@bp.post("/proposals/<code>/claim")
@requires(Permission.CASE_CLAIM)
def claim_case(code: str) -> Response:
    proposal, seen = proposal_or_404(code), typed_claim()
    by: dict[str, Any] = {"actor": current_actor(), "now": present()}
    try:
        held = take_over(session(), proposal, seen=seen, **by) if seen else claim(session(), proposal, **by)
    except HeldByAnother as error:
        return held_page(proposal, error)
    until = format_time(held.until, zone_of_proposal(session(), proposal))
    flash(_("%(code)s is yours until %(time)s.", code=code, time=until), "success")
    return same_place(at=code, free_to=Holder.MINE)


@bp.post("/proposals/<code>/claim-release")
@requires(Permission.CASE_CLAIM)
def release_case(code: str) -> Response:
    proposal = proposal_or_404(code)
    try:
        given = release(session(), proposal, actor=current_actor(), now=present())
    except HeldByAnother as error:
        return held_page(proposal, error)
    if given:
        flash(_("%(code)s is free again.", code=code), "success")
    else:
        flash(_("%(code)s was not yours any more.", code=code), "success")
    return same_place(at=code)
