"""What takes two people: one asks here and says why, another one confirms."""

import uuid
from collections.abc import Callable, Sequence
from typing import Any

from flask import Response, abort, current_app, flash, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from consultation.accounts.models import User
from consultation.accounts.operations.granting import ROLE
from consultation.accounts.queries import user_by_email
from consultation.convening.states import RULED
from consultation.convening.vocabulary import vocabulary
from consultation.exchange.contacts import ALL_CONTACTS, CONTACTS, export_contacts, may_fetch
from consultation.kernel import two_steps
from consultation.kernel.permissions import Permission
from consultation.kernel.two_steps import AlreadyAsked, NoLongerStands, TwoStepKind, TwoStepRequest
from consultation.notifications.wording import TWO_STEPS
from consultation.organizing.contest_forms import ElectorateForm
from consultation.organizing.forms import OrganizersForm, ReasonForm, RoleForm
from consultation.organizing.views.blueprint import bp, consultation_or_404
from consultation.organizing.wording import AFFILIATES, NOT_READY, OUTCOMES, PEOPLE, UNITS, sentence
from consultation.portal.wording import ROLES
from consultation.voting.electorate import Narrowing
from consultation.voting.models import Contest
from consultation.voting.operations import ELECTORATE, SIGN_OFF, VOID, ContestNotReady
from consultation.voting.queries import contest_by_code
from consultation.voting.rolls import unknown_members
from consultation.voting.states import ContestState, Secrecy, VotingUnit
from consultation.web.authorize import allows, authorize, current_actor, present, requires
from consultation.web.render import page, see_other
from consultation.web.transactions import session


@bp.get("/organize/confirmations")
@requires(Permission.TWO_STEP_DECIDE)
def confirmations() -> Response:
    return _confirmations()


@bp.post("/organize/confirmations/roles")
@requires(Permission.USER_INVITE)
def ask_for_role() -> Response:
    """For somebody who has an account. That there is none is said to administrators alone, who see all accounts."""
    form = RoleForm(prefix="role-")
    if not form.validate_on_submit():
        return _confirmations(role=form, status=422)
    user = user_by_email(session(), form.email.data)
    if user is None:
        form.refuse("email", _("Nobody has an account with this address."))
        return _confirmations(role=form, status=422)
    return _ask(ROLE, user.id, {"role": form.role.data}, form, role=form)


@bp.post("/organize/confirmations/exports")
@requires(Permission.CONTACTS_EXPORT)
def ask_for_contacts() -> Response:
    form = ReasonForm(prefix="contacts-")
    if not form.validate_on_submit():
        return _confirmations(contacts=form, status=422)
    return _ask(CONTACTS, ALL_CONTACTS, {}, form, contacts=form)


@bp.route("/organize/<slug>/contests/<code>/electorate", methods=["GET", "POST"])
@requires(Permission.CONTEST_CONFIGURE)
def electorate(slug: str, code: str) -> Response:
    """Who votes in a contest that is not open yet."""
    found, contest = consultation_or_404(slug), contest_by_code(session(), code)
    if contest is None or contest.consultation_id != found.id or contest.state is not ContestState.CONFIGURED:
        abort(404)
    narrowing = Narrowing.from_dict(contest.electorate)
    form = ElectorateForm(
        data={
            "people": sorted(RULED & set(contest.voters)),
            "affiliates_count": contest.affiliates_count.value,
            "unit": contest.unit.value,
            "countries": sorted(narrowing.countries),
            "jurisdictions": sorted(narrowing.places),
            "sectors": sorted(narrowing.sectors),
            "themes": sorted(narrowing.themes),
            "only": "\n".join(sorted(narrowing.only)),
            "without": "\n".join(sorted(narrowing.without)),
        }
    )
    form.offer(vocabulary(session()))
    shown: dict[str, Any] = {"consultation": found, "contest": contest, "form": form}
    if not form.validate_on_submit():
        return page("organizing/electorate.html", status=422 if form.is_submitted() else 200, **shown)
    if unknown := unknown_members(session(), frozenset(form.electorate()["only"] + form.electorate()["without"])):
        form.refuse("only", f"{NOT_READY['unknown_member']} {', '.join(unknown)}")
        return page("organizing/electorate.html", status=422, **shown)
    if form.unit.data == VotingUnit.DELEGATES and contest.secrecy is Secrecy.NO_ROLL:
        form.refuse("unit", NOT_READY["delegates_need_roll"])
        return page("organizing/electorate.html", status=422, **shown)
    payload = {
        "people": form.people.data,
        "unit": form.unit.data,
        "affiliates_count": form.affiliates_count.data,
        "electorate": form.electorate(),
    }
    try:
        two_steps.ask(
            session(),
            ELECTORATE,
            subject_id=contest.id,
            payload=payload,
            reason=form.reason.data,
            actor=current_actor(),
            now=present(),
        )
    except AlreadyAsked:
        form.refuse("", _("The same is asked already. Decide on that first."))
        return page("organizing/electorate.html", status=422, **shown)
    return _asked()


@bp.post("/organize/confirmations/<uuid:request_id>/confirmation")
@requires(Permission.TWO_STEP_DECIDE)
def confirm(request_id: uuid.UUID) -> Response:
    return _decide(request_id, two_steps.confirm, _("Confirmed, and done."))


@bp.post("/organize/confirmations/<uuid:request_id>/refusal")
@requires(Permission.TWO_STEP_DECIDE)
def turn_down(request_id: uuid.UUID) -> Response:
    return _decide(request_id, two_steps.turn_down, _("Nothing was done."))


@bp.post("/organize/confirmations/<uuid:request_id>/contacts.csv")
@requires(Permission.CONTACTS_EXPORT)
def contacts(request_id: uuid.UUID) -> Response:
    """A POST, since each time is logged."""
    content = export_contacts(session(), _request(request_id), actor=current_actor(), now=present())
    response = Response(content, mimetype="text/csv")
    response.headers["Content-Disposition"] = 'attachment; filename="contacts.csv"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _ask(
    kind: TwoStepKind, subject_id: uuid.UUID, payload: dict[str, Any], form: Any, **forms: OrganizersForm
) -> Response:
    details = {"reason": form.reason.data, "actor": current_actor(), "now": present()}
    try:
        two_steps.ask(session(), kind, subject_id=subject_id, payload=payload, **details)
    except AlreadyAsked:
        form.refuse("", _("The same is asked already. Decide on that first."))
        return _confirmations(status=422, **forms)
    return _asked()


def _asked() -> Response:
    flash(_("Asked. Somebody else has seven days to confirm it, and is told by mail."), "success")
    return see_other(url_for("organizing.confirmations"))


def _request(request_id: uuid.UUID) -> TwoStepRequest:
    return session().get(TwoStepRequest, request_id) or abort(404)


def _decide(request_id: uuid.UUID, verb: Callable[..., None], said: str) -> Response:
    asked = _request(request_id)
    kind: TwoStepKind = current_app.extensions["two_steps"][asked.kind]
    try:
        with session().begin_nested():
            verb(session(), asked, kind, actor=current_actor(), now=present())
    except NoLongerStands:
        flash(_("It was decided meanwhile, or its seven days are over."), "info")
    except ContestNotReady as error:
        flash(sentence(error), "info")
    else:
        flash(said, "success")
    return see_other(url_for("organizing.confirmations"))


def _confirmations(
    *, role: OrganizersForm | None = None, contacts: OrganizersForm | None = None, status: int = 200
) -> Response:
    authorize(Permission.TWO_STEP_DECIDE)
    actor, now, found = current_actor(), present(), two_steps.newest_requests(session())
    kinds: dict[str, TwoStepKind] = current_app.extensions["two_steps"]
    refused = next((form for form in (role, contacts) if form is not None and form.errors), None)
    return page(
        "organizing/confirmations.html",
        status=status,
        standing=[one for one in found if one.stands(now)],
        decided=[one for one in found if not one.stands(now)],
        people=_people(found),
        contests=_contests(found),
        deciding={one.id: bool(allows(kinds[one.kind].decides)) and one.asked_by != actor.user_id for one in found},
        fetchable={one.id for one in found if may_fetch(one, actor, now)},
        kinds=TWO_STEPS,
        role_names=ROLES,
        people_names=PEOPLE,
        affiliates=AFFILIATES,
        units=UNITS,
        outcomes=OUTCOMES,
        role_form=role or RoleForm(formdata=None, prefix="role-"),
        contacts_form=contacts or ReasonForm(formdata=None, prefix="contacts-"),
        refused=refused,
    )


def _people(found: Sequence[TwoStepRequest]) -> dict[uuid.UUID, str]:
    """The names of those who asked, decided, or would get a role."""
    ids = {id_ for one in found for id_ in (one.asked_by, one.decided_by, one.subject_id) if id_ is not None}
    rows = session().execute(select(User.id, User.name).where(User.id.in_(ids)))
    return {row.id: row.name for row in rows}


def _contests(found: Sequence[TwoStepRequest]) -> dict[uuid.UUID, str]:
    ids = [one.subject_id for one in found if one.kind in (ELECTORATE.name, SIGN_OFF.name, VOID.name)]
    rows = session().execute(select(Contest.id, Contest.code).where(Contest.id.in_(ids)))
    return {row.id: row.code for row in rows}
