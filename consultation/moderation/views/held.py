"""What is said where somebody else holds a proposal."""

import uuid

from flask import Response, request
from flask_babel import gettext as _

from consultation.moderation.forms import RefusalForm
from consultation.moderation.operations import HeldByAnother
from consultation.moderation.queries import claim_on
from consultation.moderation.views.queue import queue_page
from consultation.proposals.models import Proposal
from consultation.web.authorize import present
from consultation.web.transactions import session


def typed_claim() -> uuid.UUID | None:
    """The claim of somebody else that the page showed, and that the moderator goes past or takes over."""
    try:
        return uuid.UUID(request.form.get("past_claim", ""))
    except ValueError:
        return None


def told(proposal: Proposal, error: HeldByAnother) -> str:
    """Who was quicker, and that nothing was decided; the page that is shown now offers the rest."""
    held = claim_on(session(), error.held.proposal_id, present())
    name = held.holder_name if held and held.holder_name else _("Another moderator")
    said = _("%(name)s has taken %(code)s. Nothing was decided; you can still decide.", name=name, code=proposal.code)
    return str(said)


def held_page(proposal: Proposal, error: HeldByAnother) -> Response:
    """The queue, with the proposal open as it is held now."""
    form = RefusalForm(str(proposal.code), formdata=None)
    form.form_errors.append(told(proposal, error))
    return queue_page(status=422, refused=proposal, form=form, refusing=False)
