"""The people of an organization: who speaks for it, who is invited; and what it does about its own verification."""

import uuid
from datetime import timedelta
from typing import Any

from flask import Response, abort, flash, url_for
from flask_babel import gettext as _
from wtforms import SelectChoice

from consultation.directory import queries
from consultation.directory.forms import EndForm, InviteForm, NoteForm, VouchForm, end_of
from consultation.directory.views.blueprint import bp, managed
from consultation.directory.wording import MANDATES, STATES, STEPS
from consultation.kernel.permissions import Permission
from consultation.kernel.roles import MandateKind
from consultation.membership import operations
from consultation.membership.models import Mandate, MemberOrganization
from consultation.membership.operations import AlreadyApproved, AlreadyInvited
from consultation.membership.policy import vouching_mandates
from consultation.membership.queries import organization_by_code
from consultation.membership.states import OPEN, OrganizationState
from consultation.web.authorize import allows, authorize, current_actor, present, requires
from consultation.web.locale import DEFAULT_ZONE, language
from consultation.web.render import page, see_other
from consultation.web.transactions import session


@bp.get("/organizations/<code>/people")
@requires(Permission.ACCOUNT_USE)
def people(code: str) -> Response:
    return _people(managed(code), InviteForm(language=language(), formdata=None))


def _people(
    found: MemberOrganization, form: InviteForm, *, answer: NoteForm | None = None, status: int = 200, **more: Any
) -> Response:
    now, ending = present(), more.get("ending", {})
    mandates = queries.mandates_in_force(session(), found.id, now)
    return page(
        "directory/people.html",
        status=status,
        organization=found,
        mandates=mandates,
        endings={one.id: ending.get(one.id) or _end_form(one) for one in mandates},
        invitations=queries.invitations_standing(session(), found.id, now),
        log=queries.steps(session(), found.id),
        form=form,
        answer=answer or NoteForm(_("Your answer"), formdata=None, prefix="answer-"),
        asked=found.state == OrganizationState.INFORMATION_ASKED,
        mandate_names=MANDATES,
        states=STATES,
        steps=STEPS,
    )


def _end_form(mandate: Mandate) -> EndForm:
    """The last day on which it still holds."""
    last = mandate.ends_at and (mandate.ends_at - timedelta(microseconds=1)).astimezone(DEFAULT_ZONE).date()
    return EndForm(formdata=None, prefix=f"{mandate.id}-", ends_on=last)


@bp.post("/organizations/<code>/invitations")
@requires(Permission.ACCOUNT_USE)
def invite(code: str) -> Response:
    """The answer is the same whether the address has an account or not."""
    found, form = managed(code), InviteForm()
    if not form.validate_on_submit():
        return _people(found, form, status=422)
    try:
        operations.invite(
            session(),
            found,
            email=form.email.data,
            name=form.name.data,
            language=form.language.data,
            kind=MandateKind(form.kind.data),
            ends_at=end_of(form.ends_on.data),
            actor=current_actor(),
            now=present(),
        )
    except AlreadyInvited:
        form.email.errors = [_("An invitation to this address is under way.")]
        return _people(found, form, status=422)
    flash(
        _("An invitation is on its way to %(email)s. It can be answered for seven days.", email=form.email.data),
        "success",
    )
    return see_other(url_for("directory.people", code=code))


@bp.post("/organizations/<code>/invitations/<uuid:invitation_id>/withdrawal")
@requires(Permission.ACCOUNT_USE)
def withdraw(code: str, invitation_id: uuid.UUID) -> Response:
    found = managed(code)
    invitation = queries.invitation_of(session(), found.id, invitation_id) or abort(404)
    operations.withdraw_invitation(session(), invitation, actor=current_actor(), now=present())
    flash(_("The invitation was taken back."), "success")
    return see_other(url_for("directory.people", code=code))


@bp.post("/organizations/<code>/mandates/<uuid:mandate_id>/revocation")
@requires(Permission.ACCOUNT_USE)
def revoke(code: str, mandate_id: uuid.UUID) -> Response:
    found = managed(code)
    mandate = queries.mandate_of(session(), found.id, mandate_id) or abort(404)
    operations.revoke_mandate(session(), mandate, actor=current_actor(), now=present())
    flash(_("The mandate has ended."), "success")
    own = mandate.user_id == current_actor().user_id
    return see_other(url_for("portal.account") if own else url_for("directory.people", code=code))


@bp.post("/organizations/<code>/mandates/<uuid:mandate_id>/end")
@requires(Permission.ACCOUNT_USE)
def set_end(code: str, mandate_id: uuid.UUID) -> Response:
    """Say until when somebody speaks for the organization."""
    found = managed(code)
    mandate = queries.mandate_of(session(), found.id, mandate_id) or abort(404)
    form = EndForm(prefix=f"{mandate_id}-")
    invite_form = InviteForm(language=language(), formdata=None)
    if not form.validate_on_submit():
        return _people(found, invite_form, ending={mandate_id: form}, status=422)
    try:
        ends_at = end_of(form.ends_on.data)
        operations.set_end(session(), mandate, ends_at=ends_at, actor=current_actor(), now=present())
    except ValueError:
        abort(404)
    flash(_("The end of the mandate is set.") if ends_at else _("The mandate has no end now."), "success")
    return see_other(url_for("directory.people", code=code))


@bp.post("/organizations/<code>/answer")
@requires(Permission.ACCOUNT_USE)
def answer(code: str) -> Response:
    """Answer what the desk asked."""
    found = managed(code)
    authorize(Permission.ORGANIZATION_MANAGE, found)
    form = NoteForm(_("Your answer"), prefix="answer-")
    if not form.validate_on_submit():
        return _people(found, InviteForm(language=language(), formdata=None), answer=form, status=422)
    operations.answer(session(), found, note=form.note.data, actor=current_actor(), now=present())
    flash(_("Your answer is with those who verify organizations."), "success")
    return see_other(url_for("directory.people", code=code))


@bp.route("/organizations/<code>/vouchings", methods=["GET", "POST"])
@requires(Permission.ORGANIZATION_VOUCH)
def vouch(code: str) -> Response:
    """Say for one's own organization that another exists. Whoever applies gives this address to those they know."""
    found = organization_by_code(session(), code)
    if found is None or found.state not in OPEN or not allows(Permission.ORGANIZATION_VOUCH, found):
        abort(404)
    own = vouching_mandates(current_actor(), found.id)
    form = VouchForm()
    form.by.choices = [
        SelectChoice(str(one.id), one.name_in(language())) for one in queries.own_verified(session(), own)
    ]
    if not form.validate_on_submit():
        return page("directory/vouch.html", status=422 if form.is_submitted() else 200, organization=found, form=form)
    by = uuid.UUID(form.by.data)
    try:
        operations.vouch(session(), found, by=by, note=form.note.data or "", actor=current_actor(), now=present())
    except AlreadyApproved:
        flash(_("Your organization has vouched for it already."), "info")
    else:
        flash(_("Thank you. Those who verify organizations see that you know it."), "success")
    return see_other(url_for("portal.account"))
