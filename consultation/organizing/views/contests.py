"""Contests: created, opened, closed, tallied, published."""

import uuid
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, abort, flash, request, url_for
from flask_babel import gettext as _

from consultation.accounts.queries import user_by_id
from consultation.convening.models import Consultation
from consultation.convening.rules import Unusable, check_window
from consultation.convening.vocabulary import vocabulary
from consultation.kernel import jobs, two_steps
from consultation.kernel.orm import Trilingual
from consultation.kernel.permissions import Permission
from consultation.organizing import wording
from consultation.organizing.contest_forms import AnnouncementForm, ContestForm, TallyForm
from consultation.organizing.forms import OrganizersForm
from consultation.organizing.views.blueprint import bp, consultation_or_404, instant
from consultation.voting import operations, rolls
from consultation.voting.jobs import TALLY, ask_for_tally, is_large
from consultation.voting.keys import KeyMissing
from consultation.voting.models import Contest
from consultation.voting.operations import BeaconFixed, ContestNotReady
from consultation.voting.paper_queries import papers_waiting
from consultation.voting.queries import contest_by_code
from consultation.voting.queries import contests as contests_of
from consultation.voting.rules import PUBLISHED_FROM
from consultation.voting.states import VOIDING, AffiliatesCount, ContestKind, ContestState, Secrecy, VotingUnit
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
    form.offer(vocabulary(session()))
    if not form.validate_on_submit():
        return _contests(found, form, 422)
    if contest_by_code(session(), form.code.data) is not None:
        form.refuse("code", _("Another contest has this code."))
        return _contests(found, form, 422)
    try:
        _create(found, form)
    except Unusable as error:
        form.refuse_unusable(error)
        return _contests(found, form, 422)
    except ContestNotReady as error:
        form.refuse(REFUSED_AT.get(error.code, ""), wording.sentence(error))
        return _contests(found, form, 422)
    flash(_("The contest is made. Nothing is frozen until you open it."), "success")
    return see_other(url_for("organizing.contests", slug=slug))


REFUSED_AT = {
    "rule_needs_order": "rule",
    "unknown_member": "only",
    "too_few_published": "ballots_published_from",
    "delegates_need_roll": "unit",
}
"""The field that a refusal is about."""


def _create(found: Consultation, form: ContestForm) -> None:
    zone = ZoneInfo(found.zone)
    opens_at, closes_at = instant(form.opens.data, zone, "opens"), instant(form.closes.data, zone, "closes")
    check_window(opens_at, closes_at)
    asked = (form.question_en.data, form.question_fr.data, form.question_es.data)
    operations.create_contest(
        session(),
        found,
        code=form.code.data,
        kind=ContestKind(form.kind.data),
        places=form.places.data,
        minutes=form.minutes.data,
        secrecy=Secrecy(form.secrecy.data),
        affiliates_count=AffiliatesCount(form.affiliates_count.data),
        unit=VotingUnit(form.unit.data),
        question=Trilingual(*asked) if all(asked) else None,
        rule=form.rule.data or None,
        max_choices=form.max_choices.data,
        max_essential=form.max_essential.data,
        opens_at=opens_at,
        closes_at=closes_at,
        ballots_published_from=form.ballots_published_from.data or PUBLISHED_FROM,
        electorate=form.electorate(),
        beacon_source=form.beacon_source.data or "",
        actor=current_actor(),
        now=present(),
    )


@bp.post("/organize/<slug>/contests/<code>/opening")
@requires(Permission.CONTEST_OPEN)
def opening(slug: str, code: str) -> Response:
    """Each organizer signs off; the second one opens it."""
    return _move(slug, code, operations.sign_off, _signed_off)


def _signed_off(opened: bool) -> str:
    return str(
        _("The contest is open. Its rule, roll and options are frozen.")
        if opened
        else _("You have signed off. The contest opens when another organizer signs off on the same.")
    )


@bp.post("/organize/<slug>/contests/<code>/closure")
@requires(Permission.CONTEST_CLOSE)
def closure(slug: str, code: str) -> Response:
    return _move(slug, code, operations.close_contest, lambda _closed: _("The contest is closed for good."))


@bp.post("/organize/<slug>/contests/<code>/publication")
@requires(Permission.CONTEST_PUBLISH)
def publication(slug: str, code: str) -> Response:
    return _move(slug, code, operations.publish_contest, lambda _published: _("Everybody can see the result now."))


@bp.post("/organize/<slug>/contests/<code>/tally")
@requires(Permission.CONTEST_TALLY)
def tally(slug: str, code: str) -> Response:
    """At once, or as a job where there are many ballots."""
    found, form = consultation_or_404(slug), TallyForm()
    contest = contest_or_404(found, code)
    asked: dict[str, Any] = {"beacon": form.beacon.data or None, "actor": current_actor(), "now": present()}
    try:
        if is_large(session(), contest):
            job = ask_for_tally(session(), contest, **asked)
            return see_other(url_for("organizing.tally_job", slug=slug, code=code, job_id=job.id))
        operations.tally_contest(session(), contest, **asked)
    except BeaconFixed:
        form.refuse("beacon", _("It was tallied with another value. The first one stands."))
        return _contests(found, ContestForm(formdata=None), 422, form)
    except ContestNotReady as error:
        form.refuse("beacon", wording.sentence(error))
        return _contests(found, ContestForm(formdata=None), 422, form)
    flash(_("The contest is tallied. Only organizers can publish the result."), "success")
    return see_other(url_for("organizing.contests", slug=slug))


def _move(slug: str, code: str, verb: Callable[..., Any], said: Callable[[Any], str]) -> Response:
    """A move that cannot be taken back, so that a box must be checked first."""
    found = consultation_or_404(slug)
    contest, refused = contest_or_404(found, code), OrganizersForm(formdata=None)
    if "confirmed" not in request.form:
        refused.refuse("", _("Check the box to confirm; this cannot be undone."))
        return _contests(found, ContestForm(formdata=None), 422, refused)
    try:
        done = verb(session(), contest, actor=current_actor(), now=present())
    except (ContestNotReady, KeyMissing) as error:
        sentence = wording.sentence(error) if isinstance(error, ContestNotReady) else str(error)
        refused.refuse("", sentence)
        return _contests(found, ContestForm(formdata=None), 422, refused)
    flash(said(done), "success")
    return see_other(url_for("organizing.contests", slug=slug))


def contest_or_404(found: Consultation, code: str) -> Contest:
    contest = contest_by_code(session(), code)
    if contest is None or contest.consultation_id != found.id:
        abort(404)
    return contest


def _before_opening(found: Consultation) -> dict[uuid.UUID, Any]:
    """Of the contests that are not open yet: who would vote and for whom else, whether members object, and which
    organizer has signed off."""
    shown = {}
    for contest in contests_of(session(), found.id):
        if contest.state is ContestState.CONFIGURED:
            first = two_steps.standing(session(), operations.SIGN_OFF, contest.id, present())
            members, families = rolls.electorate(session(), contest)
            by_person = contest.unit is VotingUnit.DELEGATES
            shown[contest.id] = {
                "members": members,
                "families": families,
                "delegates": len(rolls.delegates(session(), members, present())) if by_person else None,
                "objections": rolls.objections(session(), contest.id),
                "signed": first,
                "signer": None if first is None or first.asked_by is None else user_by_id(session(), first.asked_by),
            }
    return shown


def _contests(
    found: Consultation, form: ContestForm, status: int = 200, refused: OrganizersForm | None = None
) -> Response:
    form.offer(vocabulary(session()))
    shown = contests_of(session(), found.id)
    return page(
        "organizing/contests.html",
        status=status,
        consultation=found,
        contests=shown,
        tallies=jobs.active_on(session(), [contest.id for contest in shown], (TALLY.name,)),
        before_opening=_before_opening(found),
        form=form,
        refused=refused or (form if form.errors else None),
        tally_form=refused if isinstance(refused, TallyForm) else TallyForm(formdata=None),
        announcement_form=AnnouncementForm(formdata=None),
        papers=papers_waiting(session(), [contest.id for contest in shown if contest.state is ContestState.OPEN]),
        voidable=VOIDING.sources,
        words=wording,
        terms=vocabulary(session()),
        zone=ZoneInfo(found.zone),
    )
