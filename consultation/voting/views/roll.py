"""The roll: provisional and open to objections before the opening; from then on frozen, and after the close with who
voted."""

from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, abort, flash, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from consultation.convening.models import Consultation
from consultation.convening.shown import consultation_shown
from consultation.kernel.permissions import Permission, granted
from consultation.membership.models import MemberOrganization
from consultation.voting import queries, rolls
from consultation.voting.models import Contest
from consultation.voting.operations import ObjectionRepeated, raise_objection
from consultation.voting.policy import is_voting, objections_open
from consultation.voting.states import ContestState, ObjectionKind, Secrecy, VotingUnit
from consultation.voting.views.blueprint import bp
from consultation.voting.wording import DELEGATES_OBJECTIONS
from consultation.web.authorize import current_actor, present, public, requires
from consultation.web.locale import language
from consultation.web.pagination import encode
from consultation.web.render import page, see_other
from consultation.web.transactions import session

PAGE = 100
NEEDED = _l("This is needed.")


class ObjectionForm(FlaskForm):  # type: ignore[misc]
    member = SelectField(_l("You object for"), [InputRequired(NEEDED)], choices=[])
    kind = RadioField(
        _l("What is wrong"),
        [InputRequired(NEEDED)],
        choices=[
            SelectChoice(ObjectionKind.MISSING.value, _l("A member is missing")),
            SelectChoice(ObjectionKind.NOT_ENTITLED.value, _l("A member should not be on it")),
            SelectChoice(ObjectionKind.OTHER.value, _l("Something else is wrong")),
        ],
    )
    about = StringField(
        _l("Which member"),
        [Optional(), Length(max=200)],
        description=_l("Its name or code, where it is about one."),
    )
    text = TextAreaField(_l("Why"), [InputRequired(NEEDED), Length(max=2000)], render_kw={"rows": 4})


@bp.get("/consultations/<slug>/roll")
@public
def roll(slug: str) -> Response:
    consultation = consultation_shown(slug)
    contest = _contest(consultation)
    return _roll(consultation, contest, _form(contest))


@bp.post("/consultations/<slug>/roll/objections")
@requires(Permission.ROLL_OBJECT)
def objections(slug: str) -> Response:
    consultation = consultation_shown(slug)
    contest = _contest(consultation)
    form = _form(contest)
    if not form.validate_on_submit():
        return _roll(consultation, contest, form, 422)
    member = next(one for one in _speaking_for() if one.code == form.member.data)
    try:
        raise_objection(
            session(),
            contest,
            organization_id=member.id,
            kind=ObjectionKind(form.kind.data),
            about=" ".join((form.about.data or "").split()),
            text=form.text.data.strip(),
            actor=current_actor(),
            now=present(),
        )
    except ObjectionRepeated:
        form.text.errors = [_("Your member has objected this already, and waits for the answer.")]
        return _roll(consultation, contest, form, 422)
    flash(_("The organizers have your objection. The contest opens only once they have answered it here."), "success")
    return see_other(url_for("voting.roll", slug=slug, contest=contest.code))


def _contest(consultation: Consultation) -> Contest:
    """The one that is asked for, else the newest that has a roll to show; with neither the page is not there."""
    shown = [one for one in queries.contests(session(), consultation.id) if _has_roll(one)]
    if wanted := request.values.get("contest"):
        return next((one for one in shown if one.code == wanted), None) or abort(404)
    return shown[-1] if shown else abort(404)


def _has_roll(contest: Contest) -> bool:
    if contest.secrecy is Secrecy.NO_ROLL:
        return False
    return contest.opened_at is not None or contest.announced_at is not None


def _form(contest: Contest) -> ObjectionForm:
    form = ObjectionForm()
    form.member.choices = [SelectChoice(one.code, one.name_in(language())) for one in _speaking_for()]
    if contest.unit is VotingUnit.DELEGATES:
        form.kind.choices = [SelectChoice(kind.value, label) for kind, label in DELEGATES_OBJECTIONS.items()]
        form.about.label.text = _("Which member or delegate")
        form.about.description = _("The name, or the member’s code, where it is about one.")
    return form


def _speaking_for() -> list[MemberOrganization]:
    """The members for which the visitor may object."""
    actor = current_actor()
    ids = [mandate.organization_id for mandate in actor.mandates if is_voting(mandate.kind)]
    return rolls.members(session(), ids) if ids and granted(actor, Permission.ROLL_OBJECT) else []


def _roll(consultation: Consultation, contest: Contest, form: ObjectionForm, status: int = 200) -> Response:
    provisional = contest.state is ContestState.CONFIGURED
    rows, more, number = _provisional(contest) if provisional else _frozen(contest)
    raised = rolls.objections(session(), contest.id)
    own = {one.id for one in _speaking_for()} if raised else set()
    return page(
        "voting/roll.html",
        status=status,
        consultation=consultation,
        contest=contest,
        provisional=provisional,
        rows=rows,
        more=more,
        number=number,
        objecting=objections_open(contest, present()),
        raised=[row.RollObjection for row in raised],
        own=[row.RollObjection for row in raised if row.RollObjection.organization_id in own],
        own_code=_own_code(contest),
        form=form if form.member.choices else None,
        zone=ZoneInfo(consultation.zone),
    )


def _own_code(contest: Contest) -> str | None:
    person = current_actor().user_id
    if contest.unit is VotingUnit.MEMBERS or person is None:
        return None
    return rolls.own_code(session(), contest.id, person)


def _provisional(contest: Contest) -> tuple[list[Any], str | None, int]:
    """A row for each member; where delegates would vote, with how many there are and the names of whom may be named."""
    members, _families = rolls.electorate(session(), contest)
    rows: dict[str, dict[str, Any]] = {
        one.code: {"code": one.code, "name": "" if one.protected else one.name_in(language())} for one in members
    }
    number = len(rows)
    if contest.unit is VotingUnit.DELEGATES:
        standing = rolls.delegates(session(), members, present())
        number = len(standing)
        for row in rows.values():
            row |= {"number": 0, "people": []}
        for one in standing:
            _count_in(rows[one.member.code], one)
    after = rolls.after_row(request.args.get("after"))
    page_of = [row for row in sorted(rows.values(), key=rolls.by_name) if after is None or rolls.by_name(row) > after][
        : PAGE + 1
    ]
    return page_of[:PAGE], _cursor(page_of), number


def _count_in(row: dict[str, Any], one: rolls.Standing) -> None:
    row["number"] += 1
    if one.public_name and not one.member.protected:
        row["people"] = sorted([*row["people"], one.public_name])


def _frozen(contest: Contest) -> tuple[list[Any], str | None, int]:
    rows = [
        row._asdict()
        for row in rolls.roll_rows(
            session(), contest, language(), after=rolls.after_row(request.args.get("after")), limit=PAGE
        )
    ]
    return rows[:PAGE], _cursor(rows), queries.roll_size(session(), contest.id)


def _cursor(rows: list[Any]) -> str | None:
    return encode(rolls.by_name(rows[PAGE - 1])) if len(rows) > PAGE else None
