"""Inviting people."""

from typing import Any

from flask import Response, current_app, flash, url_for
from flask_babel import gettext as _

from consultation.accounts.models import User
from consultation.accounts.operations import INVITATION_LIFETIME, AddressTaken, create_sign_in_link, create_user
from consultation.accounts.operations.granting import POWERFUL, ROLE
from consultation.accounts.rules import BadAddress
from consultation.kernel import two_steps
from consultation.kernel.permissions import Permission
from consultation.kernel.roles import Role
from consultation.membership.models import MemberOrganization
from consultation.membership.operations import give_mandate
from consultation.membership.queries import organization_by_code
from consultation.organizing.forms import InvitationForm
from consultation.organizing.views.blueprint import bp
from consultation.web.authorize import current_actor, present, requires
from consultation.web.render import page
from consultation.web.transactions import session


@bp.get("/organize/people")
@requires(Permission.USER_INVITE)
def people() -> Response:
    return page("organizing/people.html", form=InvitationForm())


@bp.post("/organize/people")
@requires(Permission.USER_INVITE)
def invite() -> Response:
    """The link is in this answer alone: it stands in no cookie, address or log, and a reload makes no second one."""
    form = InvitationForm()
    if not form.validate_on_submit():
        return page("organizing/people.html", status=422, form=form)
    powerful = Role(form.role.data) in POWERFUL
    if powerful and not form.reason.data:
        form.refuse("reason", _("Say why it is needed. Somebody else confirms this role."))
        return page("organizing/people.html", status=422, form=form)
    represented = organization_by_code(session(), form.organization.data) if form.organization.data else None
    if form.organization.data and represented is None:
        form.refuse("organization", _("No organization has this code."))
        return page("organizing/people.html", status=422, form=form)
    try:
        user = _create(form)
    except AddressTaken:
        form.refuse("email", _("Somebody has this address already."))
    except BadAddress:
        form.refuse("email", _("Enter an email address like name@example.org."))
    else:
        return _invited(user, represented)
    return page("organizing/people.html", status=422, form=form)


def _create(form: InvitationForm) -> User:
    """The account; a role that takes two people is asked for, and the person is a delegate of nobody until then."""
    role = Role(form.role.data)
    user = create_user(
        session(),
        email=form.email.data,
        name=form.name.data or "",
        language=form.language.data,
        roles=[role if role not in POWERFUL else Role.DELEGATE],
        actor=current_actor(),
        now=present(),
    )
    if role in POWERFUL:
        asked = {"payload": {"role": role.value}, "reason": form.reason.data}
        two_steps.ask(session(), ROLE, subject_id=user.id, **asked, actor=current_actor(), now=present())
        flash(_("The account is made. The role is given once somebody else has confirmed it."), "info")
    return user


def _invited(user: User, represented: MemberOrganization | None) -> Response:
    details: dict[str, Any] = {"actor": current_actor(), "now": present()}
    if represented is not None:
        give_mandate(session(), user, represented, **details)
    token = create_sign_in_link(session(), user, now=present(), lifetime=INVITATION_LIFETIME)
    address = current_app.extensions["settings"].base_url
    link = address + url_for("accounts.use_link", token=token, lang=user.language)
    return page("organizing/people.html", status=201, form=InvitationForm(formdata=None), invited=user, link=link)
