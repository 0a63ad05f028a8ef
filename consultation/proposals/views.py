"""Pages to find proposals, and to propose, change, endorse and withdraw them."""

import secrets
import uuid
from functools import cache
from typing import Any

from flask import Response, abort, flash, request, url_for
from flask_babel import gettext as _

from consultation.convening.policy import voice_in
from consultation.convening.shown import consultation_shown
from consultation.convening.states import Act
from consultation.convening.vocabulary import vocabulary
from consultation.kernel.permissions import Permission
from consultation.proposals import operations
from consultation.proposals.filtering import Listed, asked_for
from consultation.proposals.forms import ProposalForm, proposal_form
from consultation.proposals.listing import STARTS
from consultation.proposals.models import Proposal
from consultation.proposals.queries import proposal_by_code, proposal_to_edit, voices
from consultation.proposals.wording import spoken_of
from consultation.web.authorize import allows, authorize, current_actor, present, public, requires
from consultation.web.kept import draws, lot, remembered
from consultation.web.limits import posting_limited
from consultation.web.locale import language, room_blueprint
from consultation.web.render import page, see_other, wants_fragment
from consultation.web.transactions import session

bp = room_blueprint("proposals", __name__)
bp.add_app_template_filter(spoken_of, "spoken_of")


@bp.get("/consultations/<slug>/proposals")
@public
@draws("from", "sort")
def index(slug: str) -> Response:
    consultation = consultation_shown(slug)
    start = remembered(lambda: secrets.randbelow(STARTS), "start", lot())

    @cache
    def read() -> Listed:
        return asked_for(session(), consultation, request.args, start=start, language=language(), now=present())

    return page(
        "proposals/index.html",
        fragment="results",
        consultation=consultation,
        read=read,
        shared=(consultation.id, request.query_string.decode(errors="replace"), lot()),
        only_results=wants_fragment(),
        link=url_for("discussion.proposal", code="-")[:-1],
        address=url_for("proposals.index", slug=slug),
    )


@bp.route("/consultations/<slug>/propose", methods=["GET", "POST"])
@requires(Permission.PROPOSAL_SUBMIT)
@posting_limited
def propose(slug: str) -> Response:
    consultation = consultation_shown(slug)
    decision = allows(Permission.PROPOSAL_SUBMIT, consultation)
    if not decision and request.method == "GET":
        return page("proposals/closed.html", consultation=consultation, decision=decision)
    authorize(Permission.PROPOSAL_SUBMIT, consultation)
    terms = vocabulary(session())
    speaking = [
        voice
        for voice in voices(session(), current_actor(), language())
        if voice_in(current_actor(), consultation, Act.PROPOSE, voice.id)
    ]
    form = proposal_form(terms, speaking)
    if not form.validate_on_submit():
        return _form_page("proposals/propose.html", form, consultation=consultation)
    proposal = operations.submit(
        session(),
        consultation,
        text=form.text(),
        language=form.language.data,
        organization_id=next(voice.id for voice in speaking if voice.code == form.organization.data),
        theme_id=form.theme_id(terms),
        term_ids=form.term_ids(terms),
        sources=form.given_sources(),
        content_notes=form.given_notes() or (),
        actor=current_actor(),
        now=present(),
    )
    return see_other(url_for("proposals.received", slug=slug, code=proposal.code))


@bp.get("/consultations/<slug>/propose/<code>")
@requires(Permission.PROPOSAL_SUBMIT)
def received(slug: str, code: str) -> Response:
    """The end page: the reference code, and what happens now."""
    proposal = _proposal(code)
    if proposal.consultation.slug != slug:
        abort(404)
    return page("proposals/received.html", consultation=proposal.consultation, proposal=proposal)


@bp.route("/proposals/<code>/edit", methods=["GET", "POST"])
@requires(Permission.PROPOSAL_AMEND)
@posting_limited
def edit(code: str) -> Response:
    proposal = proposal_to_edit(session(), code, actor=current_actor()) or abort(404)
    authorize(Permission.PROPOSAL_AMEND, proposal)
    terms = vocabulary(session())
    form = proposal_form(terms, (), proposal=proposal)
    speaking = voices(session(), current_actor(), language())
    voice = next((one for one in speaking if one.id == proposal.organization_id), None)
    shown = {"consultation": proposal.consultation, "proposal": proposal, "voice": voice}
    if not form.validate_on_submit():
        return _form_page("proposals/edit.html", form, **shown)
    try:
        operations.amend(
            session(),
            proposal,
            text=form.text(),
            language=form.language.data,
            theme_id=form.theme_id(terms),
            term_ids=form.term_ids(terms),
            sources=form.given_sources(),
            content_notes=form.given_notes(),
            expected_revision=int(form.revision.data) if str(form.revision.data).isdecimal() else None,
            actor=current_actor(),
            now=present(),
        )
    except operations.Outdated:
        form.form_errors.append(_("Somebody changed this proposal meanwhile. Copy your text, reload and try again."))
        return _form_page("proposals/edit.html", form, **shown)
    flash(_("Your changes are saved."), "success")
    return see_other(url_for("discussion.proposal", code=code))


@bp.post("/proposals/<code>/withdrawal")
@requires(Permission.PROPOSAL_WITHDRAW)
def withdrawal(code: str) -> Response:
    proposal = _proposal(code)
    operations.withdraw(session(), proposal, actor=current_actor(), now=present())
    flash(_("The proposal is withdrawn. Its code stays, its text is no longer public."), "success")
    return see_other(url_for("proposals.index", slug=proposal.consultation.slug))


@bp.post("/proposals/<code>/endorsement")
@requires(Permission.PROPOSAL_ENDORSE)
def endorsement(code: str) -> Response:
    proposal = _proposal(code)
    organization = _voice(proposal)
    operations.endorse(session(), proposal, organization_id=organization, actor=current_actor(), now=present())
    flash(_("Your organization endorses this proposal. You can take this back at any time."), "success")
    return see_other(url_for("discussion.proposal", code=code) + "#endorsements")


@bp.post("/proposals/<code>/endorsement/withdrawal")
@requires(Permission.PROPOSAL_ENDORSE)
def endorsement_withdrawal(code: str) -> Response:
    proposal = _proposal(code)
    organization = _voice(proposal)
    operations.withdraw_endorsement(
        session(), proposal, organization_id=organization, actor=current_actor(), now=present()
    )
    flash(_("Your organization no longer endorses this proposal."), "success")
    return see_other(url_for("discussion.proposal", code=code) + "#endorsements")


def _proposal(code: str) -> Proposal:
    return proposal_by_code(session(), code, actor=current_actor()) or abort(404)


def _voice(proposal: Proposal) -> uuid.UUID:
    """The organization named in the request, if the actor speaks for it."""
    speaking = voices(session(), current_actor(), language(), proposal)
    return next((voice.id for voice in speaking if voice.code == request.form.get("organization")), None) or abort(404)


def _form_page(template: str, form: ProposalForm, **context: Any) -> Response:
    return page(template, status=422 if form.is_submitted() else 200, form=form, **context)
