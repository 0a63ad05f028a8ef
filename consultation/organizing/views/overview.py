"""The consultations, one at a glance, its phases, and the admission of proposals."""

from zoneinfo import ZoneInfo

from flask import Response, abort, flash, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from consultation.convening.models import Consultation, Phase
from consultation.convening.operations import create_consultation, enter_phase, set_phase
from consultation.convening.queries import consultations
from consultation.convening.rules import Unusable, open_phases, standing
from consultation.convening.states import PhaseName
from consultation.convening.wording import PHASES
from consultation.curation.operations import admit
from consultation.curation.queries import admissible
from consultation.kernel.orm import Trilingual
from consultation.kernel.permissions import Permission
from consultation.organizing import queries, wording
from consultation.organizing.forms import ConsultationForm, PhaseForm
from consultation.organizing.rules import next_steps
from consultation.organizing.views.blueprint import bp, consultation_or_404, instant
from consultation.voting.queries import contests
from consultation.web.authorize import current_actor, present, requires
from consultation.web.render import page, see_other
from consultation.web.transactions import session


@bp.get("/organize")
@requires(Permission.ORGANIZE_READ)
def index() -> Response:
    return _index(ConsultationForm())


@bp.post("/organize")
@requires(Permission.CONSULTATION_CONFIGURE)
def create() -> Response:
    form = ConsultationForm()
    if not form.validate_on_submit():
        return _index(form, 422)
    try:
        made = create_consultation(
            session(),
            slug=form.slug.data,
            prefix=form.prefix.data,
            title=Trilingual(form.title_en.data, form.title_fr.data, form.title_es.data),
            contact=form.contact.data or "",
            zone=form.zone.data,
            actor=current_actor(),
            now=present(),
        )
    except Unusable as error:
        form.refuse_unusable(error)
        return _index(form, 422)
    flash(_("The consultation is made. Date its phases next."), "success")
    return see_other(url_for("organizing.consultation", slug=made.slug))


def _index(form: ConsultationForm, status: int = 200) -> Response:
    found = consultations(session())
    running = {one.id: [PHASES[phase.name] for phase in open_phases(one.phases, present())] for one in found}
    return page("organizing/index.html", status=status, form=form, consultations=found, running=running)


@bp.get("/organize/<slug>")
@requires(Permission.ORGANIZE_READ)
def consultation(slug: str) -> Response:
    return _glance(consultation_or_404(slug))


@bp.post("/organize/<slug>/phases/<name>")
@requires(Permission.CONSULTATION_CONFIGURE)
def phase(slug: str, name: str) -> Response:
    found, chosen = consultation_or_404(slug), _phase_name(name)
    form = PhaseForm(prefix=f"{name}-")
    if not form.validate_on_submit():
        return _glance(found, chosen, form)
    zone = ZoneInfo(found.zone)
    try:
        opens, closes = instant(form.opens.data, zone, "opens"), instant(form.closes.data, zone, "closes")
        set_phase(session(), found, chosen, opens_at=opens, closes_at=closes, actor=current_actor(), now=present())
    except Unusable as error:
        form.refuse_unusable(error)
        return _glance(found, chosen, form)
    flash(_("The dates of the phase “%(phase)s” are saved.", phase=PHASES[chosen]), "success")
    return see_other(url_for("organizing.consultation", slug=slug, _anchor="phases"))


@bp.post("/organize/<slug>/phases/<name>/entry")
@requires(Permission.CONSULTATION_CONFIGURE)
def entry(slug: str, name: str) -> Response:
    found, chosen = consultation_or_404(slug), _phase_name(name)
    enter_phase(session(), found, chosen, actor=current_actor(), now=present())
    flash(_("The consultation is in the phase “%(phase)s” now.", phase=PHASES[chosen]), "success")
    return see_other(url_for("organizing.consultation", slug=slug, _anchor="phases"))


def _phase_name(name: str) -> PhaseName:
    try:
        return PhaseName(name)
    except ValueError:
        abort(404)


def _glance(found: Consultation, refused: PhaseName | None = None, form: PhaseForm | None = None) -> Response:
    """The consultation's page; where the dates of a phase could not be taken, with what was typed."""
    now, zone = present(), ZoneInfo(found.zone)
    forms = {phase.name: _phase_form(phase, zone) for phase in found.phases}
    if refused is not None and form is not None:
        forms[refused] = form
    situation = queries.situation(session(), found, now)
    return page(
        "organizing/consultation.html",
        status=200 if form is None else 422,
        consultation=found,
        zone=zone,
        situation=situation,
        steps=next_steps(situation),
        step_words=wording.STEPS,
        counts=queries.state_counts(session(), found),
        state_words=wording.PROPOSAL_STATES,
        contests=contests(session(), found.id),
        contest_words=wording.CONTEST_STATES,
        phase_words=PHASES,
        standings={phase.name: standing(phase, now).value for phase in found.phases},
        forms=forms,
        refused=form,
        refused_phase=refused,
    )


def _phase_form(phase: Phase, zone: ZoneInfo) -> PhaseForm:
    opens, closes = phase.opens_at, phase.closes_at
    shown = {"opens": opens and opens.astimezone(zone), "closes": closes and closes.astimezone(zone)}
    return PhaseForm(formdata=None, prefix=f"{phase.name}-", data=shown)


@bp.get("/organize/<slug>/admission")
@requires(Permission.ORGANIZE_READ)
def admission(slug: str) -> Response:
    found = consultation_or_404(slug)
    return page(
        "organizing/admission.html", consultation=found, proposals=admissible(session(), found.id), missing=False
    )


@bp.post("/organize/<slug>/admission")
@requires(Permission.ITEM_ADMIT)
def admit_chosen(slug: str) -> Response:
    found = consultation_or_404(slug)
    waiting = admissible(session(), found.id)
    codes = set(request.form.getlist("code"))
    chosen = waiting if "everything" in request.form else [each for each in waiting if each.code in codes]
    if not chosen:
        return page("organizing/admission.html", status=422, consultation=found, proposals=waiting, missing=True)
    for proposal in chosen:
        admit(session(), proposal, actor=current_actor(), now=present())
    flash(
        ngettext("%(num)s proposal is an agenda item now.", "%(num)s proposals are agenda items now.", len(chosen)),
        "success",
    )
    return see_other(url_for("organizing.consultation", slug=slug))
