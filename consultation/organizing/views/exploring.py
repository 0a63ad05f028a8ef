"""What if the published ballots were counted otherwise: for organizers, marked as an exploration, and never stored."""

from flask import Response, request
from flask_babel import gettext as _

from consultation.kernel.permissions import Denied, Permission, may
from consultation.organizing.contest_forms import ExploreForm
from consultation.organizing.views.blueprint import bp, consultation_or_404
from consultation.organizing.views.contests import contest_or_404
from consultation.voting import queries
from consultation.voting.exploring import NotExplored, Question, explore
from consultation.voting.operations.counting import rules_of
from consultation.voting.wording import RULE_NAMES
from consultation.web.authorize import current_actor, present, requires
from consultation.web.render import page
from consultation.web.transactions import session

FIELD = {
    "unknown_item": "without",
    "nothing_left": "without",
    "bad_places": "places",
    "no_minutes": "minutes",
    "no_load": "first",
}
"""The field that a refusal is about."""


@bp.get("/organize/<slug>/contests/<code>/what-if")
@requires(Permission.CONTEST_EXPLORE)
def what_if(slug: str, code: str) -> Response:
    """The form; and the answer once something is asked."""
    found = consultation_or_404(slug)
    contest = contest_or_404(found, code)
    decision = may(current_actor(), Permission.CONTEST_EXPLORE, contest, now=present())
    if not decision:
        raise Denied(Permission.CONTEST_EXPLORE, decision)
    form = ExploreForm(request.args if request.args else None)
    form.offer([(rule, RULE_NAMES.get(rule, rule)) for rule in rules_of(contest)])
    if not request.args:
        form.rule.data, form.places.data, form.minutes.data = contest.rule, contest.places, contest.minutes
    answer, status = None, 200
    if request.args and form.validate():
        question = Question(
            rule=form.rule.data,
            places=form.places.data,
            minutes=form.minutes.data,
            without=tuple(form.codes("without")),
            first=tuple(form.codes("first")),
        )
        try:
            answer = explore(session(), contest, question, actor=current_actor(), now=present())
        except NotExplored as error:
            in_first = error.item and error.item in form.codes("first")
            form.refuse("first" if in_first else FIELD.get(error.code, ""), _sentence(error))
    if form.errors:
        status = 422
    return page(
        "organizing/what_if.html",
        status=status,
        consultation=found,
        contest=contest,
        form=form,
        answer=answer,
        titles={option.code: option for option in queries.option_rows(session(), contest.id)},
        rule_names=RULE_NAMES,
    )


def _sentence(error: NotExplored) -> str:
    sentences = {
        "too_large": _("There are too many ballots for a page. Download them and count them on the command line."),
        "unknown_item": _("%(item)s is not on the ballot, or is named twice.", item=error.item),
        "nothing_left": _("No item would be left."),
        "bad_places": _("There must be one place or more, and no more than there are items."),
        "no_minutes": _("Give the minutes of the gathering."),
        "no_load": _("Only Phragmén’s rule charges for items that are placed first. Choose it, or leave this empty."),
    }
    return str(sentences[error.code])
