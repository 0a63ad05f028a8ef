"""Contests: created, opened, closed, tallied, published."""

import uuid
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, abort, flash, request, url_for
from flask_babel import gettext as _

from consultation.convening.models import Consultation
from consultation.kernel.permissions import Permission
from consultation.organizing import wording
from consultation.organizing.forms import ContestForm, OrganizersForm, TallyForm
from consultation.organizing.views.blueprint import bp, consultation_or_404
from consultation.voting import operations
from consultation.voting.keys import KeyMissing
from consultation.voting.models import Contest
from consultation.voting.operations import BeaconFixed, ContestNotReady
from consultation.voting.queries import contest_by_code
from consultation.voting.queries import contests as contests_of
from consultation.voting.states import AffiliatesCount, ContestKind, ContestState, Secrecy
from consultation.web.authorize import current_actor, present, requires
from consultation.web.render import page, see_other
from consultation.web.transactions import session


@bp.get("/organize/<slug>/contests")
@requires(Permission.ORGANIZE_READ)
def contests(slug: str) -> Response:
    return _contests(consultation_or_404(slug), ContestForm())


@bp.post("/organize/<slug>/contests")
@requires(Permission.CONTEST_CONFIGURE)
def create_contest(slug: str) -> Response:
    found, form = consultation_or_404(slug), ContestForm()
    if not form.validate_on_submit():
        return _contests(found, form, 422)
    if contest_by_code(session(), form.code.data) is not None:
        form.refuse("code", _("Another contest has this code."))
        return _contests(found, form, 422)
    operations.create_contest(
        session(),
        found,
        code=form.code.data,
        kind=ContestKind(form.kind.data),
        places=form.places.data,
        minutes=form.minutes.data,
        secrecy=Secrecy(form.secrecy.data),
        affiliates_count=AffiliatesCount(form.affiliates_count.data),
        beacon_source=form.beacon_source.data or "",
        actor=current_actor(),
        now=present(),
    )
    flash(_("The contest is made. Nothing is frozen until you open it."), "success")
    return see_other(url_for("organizing.contests", slug=slug))


@bp.post("/organize/<slug>/contests/<code>/opening")
@requires(Permission.CONTEST_OPEN)
def opening(slug: str, code: str) -> Response:
    return _move(slug, code, operations.open_contest, _("The contest is open. Its rule, roll and options are frozen."))


@bp.post("/organize/<slug>/contests/<code>/closure")
@requires(Permission.CONTEST_CLOSE)
def closure(slug: str, code: str) -> Response:
    return _move(slug, code, operations.close_contest, _("The contest is closed for good."))


@bp.post("/organize/<slug>/contests/<code>/publication")
@requires(Permission.CONTEST_PUBLISH)
def publication(slug: str, code: str) -> Response:
    return _move(slug, code, operations.publish_contest, _("Everybody can see the result now."))


@bp.post("/organize/<slug>/contests/<code>/tally")
@requires(Permission.CONTEST_TALLY)
def tally(slug: str, code: str) -> Response:
    found, form = consultation_or_404(slug), TallyForm()
    contest = _contest(found, code)
    try:
        operations.tally_contest(
            session(), contest, beacon=form.beacon.data or None, actor=current_actor(), now=present()
        )
    except BeaconFixed:
        form.refuse("beacon", _("It was tallied with another value. The first one stands."))
        return _contests(found, ContestForm(formdata=None), 422, form)
    except ContestNotReady as error:
        form.refuse("beacon", wording.NOT_READY[error.code])
        return _contests(found, ContestForm(formdata=None), 422, form)
    flash(_("The contest is tallied. Only organizers can publish the result."), "success")
    return see_other(url_for("organizing.contests", slug=slug))


def _move(slug: str, code: str, verb: Callable[..., object], said: str) -> Response:
    """A move that cannot be taken back, so that a box must be checked first."""
    found = consultation_or_404(slug)
    contest, refused = _contest(found, code), OrganizersForm(formdata=None)
    if "confirmed" not in request.form:
        refused.refuse("", _("Check the box to confirm; this cannot be undone."))
        return _contests(found, ContestForm(formdata=None), 422, refused)
    try:
        verb(session(), contest, actor=current_actor(), now=present())
    except (ContestNotReady, KeyMissing) as error:
        sentence = wording.NOT_READY[error.code] if isinstance(error, ContestNotReady) else str(error)
        refused.refuse("", sentence)
        return _contests(found, ContestForm(formdata=None), 422, refused)
    flash(said, "success")
    return see_other(url_for("organizing.contests", slug=slug))


def _contest(found: Consultation, code: str) -> Contest:
    contest = contest_by_code(session(), code)
    if contest is None or contest.consultation_id != found.id:
        abort(404)
    return contest


def _electorates(found: Consultation) -> dict[uuid.UUID, Any]:
    """Of the contests that are not open yet: who would vote, and for whom else."""
    configured = [one for one in contests_of(session(), found.id) if one.state is ContestState.CONFIGURED]
    shown = {}
    for contest in configured:
        with suppress(ContestNotReady):
            shown[contest.id] = operations.electorate(session(), contest)
    return shown


def _contests(
    found: Consultation, form: ContestForm, status: int = 200, refused: OrganizersForm | None = None
) -> Response:
    return page(
        "organizing/contests.html",
        status=status,
        consultation=found,
        contests=contests_of(session(), found.id),
        electorates=_electorates(found),
        form=form,
        refused=refused or (form if form.errors else None),
        tally_form=refused if isinstance(refused, TallyForm) else TallyForm(formdata=None),
        words=wording,
        zone=ZoneInfo(found.zone),
    )
