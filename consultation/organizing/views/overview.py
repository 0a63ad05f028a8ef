"""The consultations, one at a glance, its phases, and the admission of proposals."""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from flask import Response, abort, flash, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from consultation.convening.models import Consultation, Phase
from consultation.convening.operations import create_consultation, enter_phase, set_phase
from consultation.convening.queries import consultations
from consultation.convening.rules import Unusable, open_phases
from consultation.convening.states import PhaseName
from consultation.convening.vocabulary import vocabulary
from consultation.convening.wording import PHASES
from consultation.curation.operations import admit
from consultation.curation.queries import admissible
from consultation.kernel.orm import Trilingual
from consultation.kernel.permissions import Permission
from consultation.organizing import queries, wording
from consultation.organizing.forms import ConsultationForm, PhaseForm
from consultation.organizing.rules import Situation as Where
from consultation.organizing.rules import next_steps, road
from consultation.organizing.views.blueprint import bp, consultation_or_404, instant
from consultation.portal.queries import ContestFacts, Situation, situation
from consultation.portal.rules import course
from consultation.portal.taking_part import taking_part
from consultation.proposals.states import ProposalState
from consultation.voting.rules import in_steps
from consultation.voting.states import ContestState, Secrecy
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
    now, found = present(), consultations(session())
    waiting = queries.waiting_by_consultation(session())
    return page(
        "organizing/index.html",
        status=status,
        form=form,
        consultations=[(one, course(one.phases, ZoneInfo(one.zone), now), waiting.get(one.id, 0)) for one in found],
        phase_words=PHASES,
    )


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
    now, zone, words = present(), ZoneInfo(found.zone), vocabulary(session())
    forms = {phase.name: _phase_form(phase, zone) for phase in found.phases}
    if refused is not None and form is not None:
        forms[refused] = form
    counts, facts = queries.state_counts(session(), found), situation(session(), found.id)
    answered = queries.answers(session(), found)
    where = _where(found, counts, facts)
    return page(
        "organizing/consultation.html",
        status=200 if form is None else 422,
        consultation=found,
        zone=zone,
        where=where,
        steps=next_steps(where),
        road=road(where),
        counts=counts,
        contests=[(contest, _turnout(contest)) for contest in facts.contests],
        answers=answered,
        who=taking_part(answered.who, words),
        themes=[(theme, answered.by_theme.get(theme.id, 0)) for theme in words.themes],
        without_theme=answered.by_theme.get(None, 0),
        words=wording,
        phase_words=PHASES,
        course=course(found.phases, zone, now),
        forms=forms,
        refused=form,
        refused_phase=refused,
    )


def _where(found: Consultation, counts: Mapping[ProposalState, int], facts: Situation) -> Where:
    edition = facts.editions.get(found.id)
    return Where(
        any_phase_open=bool(open_phases(found.phases, present())),
        waiting=counts[ProposalState.SUBMITTED],
        published=counts[ProposalState.PUBLISHED] + counts[ProposalState.PLACED],
        admissible=counts[ProposalState.PUBLISHED],
        items=found.item_count,
        contest=queries.newest_state(facts.contests),
        drafted=queries.has_draft(session(), found),
        release=edition.number if edition else None,
        final=edition is not None and edition.final,
    )


def _turnout(contest: ContestFacts) -> int | None:
    """How many of the roll have a ballot in the box, where there is a roll. Before the close it is told in steps, to
    organizers too: with a small roll an exact number would say who has just voted."""
    if contest.secrecy is Secrecy.NO_ROLL or contest.state is ContestState.CONFIGURED:
        return None
    return in_steps(contest.ballots) if contest.state is ContestState.OPEN else contest.ballots


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
