"""The desk where two people verify each organization."""

from collections.abc import Callable

from flask import Response, abort, flash, url_for
from flask_babel import gettext as _

from consultation.convening.vocabulary import vocabulary
from consultation.directory import queries
from consultation.directory.forms import NoteForm
from consultation.directory.views.blueprint import bp, judged
from consultation.directory.wording import CHANGES, KINDS, STATES, STEPS
from consultation.kernel.permissions import Permission
from consultation.membership import operations
from consultation.membership.models import MemberOrganization
from consultation.membership.operations import AlreadyApproved
from consultation.membership.queries import merges_of
from consultation.membership.rules import VOUCHINGS_NEEDED
from consultation.membership.states import OPEN, QUESTION, REFUSAL, SUSPENSION
from consultation.web.authorize import authorize, current_actor, present, requires
from consultation.web.render import page, see_other
from consultation.web.transactions import session


@bp.get("/verification")
@requires(Permission.ORGANIZATION_READ)
def desk() -> Response:
    """The applications that wait, the oldest first."""
    rows = session().execute(queries.waiting()).all()
    silent = operations.unconfirmed(session(), present())
    return page(
        "directory/desk.html", rows=rows, silent=silent, words=vocabulary(session()), states=STATES, kinds=KINDS
    )


@bp.get("/verification/<code>")
@requires(Permission.ORGANIZATION_READ)
def case(code: str) -> Response:
    return _case(judged(code))


def _case(found: MemberOrganization, failed: NoteForm | None = None, act: str = "") -> Response:
    words = vocabulary(session())
    places = queries.places_of(session(), [found.id]).get(found.id, [])
    log = queries.steps(session(), found.id)
    own = current_actor().user_id
    approvals = [step for step in log if step.step == "approval" and step.scrutiny == found.scrutiny]
    return page(
        "directory/case.html",
        status=422 if failed is not None else 200,
        organization=found,
        sector=words.by_id(found.sector_id),
        places=[term for term in map(words.by_id, places) if term],
        people=queries.mandates_in_force(session(), found.id, present()),
        log=log,
        merges=merges_of(session(), found.id),
        changes=CHANGES,
        approvals=len(approvals),
        mine=any(step.user_id == own for step in approvals),
        needed=found.approvals_needed,
        vouchings_needed=VOUCHINGS_NEEDED,
        open=found.state in OPEN,
        askable=found.state in QUESTION.sources,
        refusable=found.state in REFUSAL.sources,
        suspendable=found.state in SUSPENSION.sources,
        forms={name: failed if name == act else _form(name, blank=True) for name in NOTES},
        kinds=KINDS,
        states=STATES,
        steps=STEPS,
    )


def _form(act: str, *, blank: bool = False) -> NoteForm:
    label = {"question": _("Your question"), "refusal": _("Your reason"), "suspension": _("Your reason")}[act]
    return NoteForm(label, prefix=f"{act}-", **({"formdata": None} if blank else {}))


@bp.post("/verification/<code>/approval")
@requires(Permission.ORGANIZATION_VERIFY)
def approval(code: str) -> Response:
    found = judged(code)
    authorize(Permission.ORGANIZATION_VERIFY, found)
    try:
        verified = operations.approve(session(), found, actor=current_actor(), now=present())
    except AlreadyApproved:
        flash(_("You have approved it already. It takes somebody else now."), "info")
    else:
        said = _("%(name)s is verified.", name=found.name)
        flash(
            said if verified else _("Noted. It takes one more person to verify %(name)s.", name=found.name), "success"
        )
    return see_other(url_for("directory.desk"))


NOTES: dict[str, Callable[..., None]] = {
    "question": operations.ask,
    "refusal": operations.refuse,
    "suspension": operations.suspend,
}


@bp.post("/verification/<code>/<act>")
@requires(Permission.ORGANIZATION_VERIFY)
def decide(code: str, act: str) -> Response:
    """Ask for more, refuse, or suspend: each with words that the organization's people get by mail."""
    if act not in NOTES:
        abort(404)
    found = judged(code)
    authorize(Permission.ORGANIZATION_VERIFY, found)
    form = _form(act)
    if not form.validate_on_submit():
        return _case(found, form, act)
    NOTES[act](session(), found, note=form.note.data, actor=current_actor(), now=present())
    flash(_("Saved. Those who speak for %(name)s are told by mail.", name=found.name), "success")
    return see_other(url_for("directory.case", code=code))
