"""The paper desk: printing ballots and envelopes, and reading what comes back, by two people.

No address holds a voter's code, since servers log addresses and when they were asked for.
"""

from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, abort, flash, request, url_for
from flask_babel import gettext as _

from consultation.convening.models import Consultation
from consultation.kernel.orm import LANGUAGES
from consultation.kernel.permissions import Denied, Permission
from consultation.organizing import paper_wording
from consultation.organizing.paper_forms import FIRST_LINE, ReadingForm, reading_form
from consultation.organizing.printing import printed
from consultation.organizing.views.blueprint import bp, consultation_or_404
from consultation.organizing.views.contests import contest_or_404
from consultation.voting import operations, rolls
from consultation.voting.models import Contest
from consultation.voting.paper import PaperRefused, read_lines
from consultation.voting.paper_queries import papers_waiting, printed_ballot, waiting_papers
from consultation.voting.rules import InvalidVote
from consultation.voting.states import ContestState, Secrecy, VotingUnit
from consultation.voting.wording import REFUSALS
from consultation.web.authorize import current_actor, present, requires
from consultation.web.errors import why
from consultation.web.locale import language
from consultation.web.pagination import encode
from consultation.web.render import page, see_other
from consultation.web.transactions import session

LISTED, SLIPS = 100, 60


@bp.get("/organize/<slug>/contests/<code>/paper")
@requires(Permission.PAPER_ENTER)
def paper(slug: str, code: str) -> Response:
    """What to print, what waits, and where to go on."""
    found, contest = _contest(slug, code)
    return page(
        "organizing/paper.html",
        consultation=found,
        contest=contest,
        waiting=waiting_papers(session(), contest.id, LISTED),
        papers=papers_waiting(session(), [contest.id]).get(contest.id, 0),
        reader=current_actor().user_id,
        zone=ZoneInfo(found.zone),
    )


@bp.route("/organize/<slug>/contests/<code>/paper/first", methods=["GET", "POST"], endpoint="first_reading")
@requires(Permission.PAPER_ENTER)
def first_reading(slug: str, code: str) -> Response:
    return _reading(slug, code, first=True)


@bp.route("/organize/<slug>/contests/<code>/paper/second", methods=["GET", "POST"], endpoint="second_reading")
@requires(Permission.PAPER_ENTER)
def second_reading(slug: str, code: str) -> Response:
    """Of the second person, or of the third one, where two differ."""
    return _reading(slug, code, first=False)


@bp.post("/organize/<slug>/contests/<code>/paper/begun-again")
@requires(Permission.PAPER_ENTER)
def begin_again(slug: str, code: str) -> Response:
    """Take back what was read of one voter's paper."""
    _found, contest = _contest(slug, code)
    voter = request.form.get("voter", "")
    try:
        operations.drop_readings(session(), contest, voter=voter, actor=current_actor(), now=present())
    except PaperRefused as error:
        flash(paper_wording.REFUSED[error.code], "info")
    else:
        flash(_("What was read of %(voter)s is dropped. Two people read the paper from the beginning.", voter=voter))
    return see_other(url_for("organizing.paper", slug=slug, code=code))


@bp.get("/organize/<slug>/contests/<code>/paper/ballot")
@requires(Permission.IMPORT_RUN)
def paper_ballot(slug: str, code: str) -> Response:
    """To print; with ``?languages=all`` in the three languages."""
    found, contest = _contest(slug, code)
    ballot, zone = printed_ballot(session(), contest), ZoneInfo(found.zone)
    others = [one for one in LANGUAGES if one != language()] if request.args.get("languages") == "all" else []
    said = [printed(contest, ballot, tongue, zone) for tongue in (language(), *others)]
    return page("organizing/paper_ballot.html", consultation=found, contest=contest, ballot=ballot, said=said)


@bp.get("/organize/<slug>/contests/<code>/paper/envelopes")
@requires(Permission.IMPORT_RUN)
def envelopes(slug: str, code: str) -> Response:
    """To print: a slip for each entry of the roll."""
    found, contest = _contest(slug, code)
    if contest.secrecy is Secrecy.NO_ROLL:
        abort(404)
    rows, more = _slips(contest)
    return page(
        "organizing/envelopes.html",
        consultation=found,
        contest=contest,
        rows=rows,
        more=more,
        proof=contest.frozen is None,
    )


def _contest(slug: str, code: str) -> tuple[Consultation, Contest]:
    """One that takes paper, or will."""
    found = consultation_or_404(slug)
    contest = contest_or_404(found, code)
    if contest.state not in (ContestState.CONFIGURED, ContestState.OPEN):
        abort(404)
    return found, contest


def _reading(slug: str, code: str, *, first: bool) -> Response:
    found, contest = _contest(slug, code)
    if contest.state is not ContestState.OPEN:
        abort(404)
    ballot = printed_ballot(session(), contest)
    form = reading_form(contest, ballot.max_choices)
    if not form.validate_on_submit():
        return _ask(found, contest, form, first=first, status=422 if form.is_submitted() else 200)
    voter = " ".join((form.voter.data or "").split())
    try:
        outcome = operations.read_paper(
            session(),
            contest,
            voter=voter,
            ballot=read_lines(form.lines(), [option.code for option in ballot.options], contest.kind),
            blank=form.blank.data,
            first=first,
            actor=current_actor(),
            now=present(),
        )
    except (PaperRefused, InvalidVote, Denied) as error:
        return _ask(found, contest, form, first=first, status=422, refused=_refuse(form, error))
    said, category = paper_wording.OUTCOMES[outcome]
    flash(str(said) % {"voter": voter}, category)
    return see_other(url_for("organizing.paper", slug=slug, code=code))


def _refuse(form: ReadingForm, error: PaperRefused | InvalidVote | Denied) -> str:
    """Say it at the field that it is about. Returns the stable code."""
    if isinstance(error, Denied):
        form.refuse("voter", why(error.decision.reason))
        return str(error.decision.reason)
    if isinstance(error, PaperRefused):
        at_voter = error.code in paper_wording.AT_THE_VOTER
        form.refuse("voter" if at_voter else "blank", paper_wording.REFUSED[error.code])
        return error.code
    said = str(REFUSALS[error.code])
    form.refuse(form.line_with(error.item) if error.item else FIRST_LINE, f"{said} {error.item or ''}".strip())
    return error.code


def _ask(
    found: Consultation, contest: Contest, form: ReadingForm, *, first: bool, status: int, refused: str | None = None
) -> Response:
    return page(
        "organizing/paper_reading.html",
        status=status,
        consultation=found,
        contest=contest,
        form=form,
        first=first,
        refused=refused,
        options=printed_ballot(session(), contest).options,
        zone=ZoneInfo(found.zone),
    )


def _slips(contest: Contest) -> tuple[list[Any], str | None]:
    after = rolls.after_row(request.args.get("after"))
    if contest.frozen is None and contest.unit is VotingUnit.DELEGATES:
        return [], None
    if contest.frozen is None:
        voters, _families = rolls.electorate(session(), contest)
        rows: list[Any] = sorted(
            ({"code": one.code, "name": "" if one.protected else one.name_in(language())} for one in voters),
            key=rolls.by_name,
        )
        rows = [row for row in rows if after is None or rolls.by_name(row) > after][: SLIPS + 1]
    else:
        rows = [row._asdict() for row in rolls.roll_rows(session(), contest, language(), after=after, limit=SLIPS)]
    return rows[:SLIPS], encode(rolls.by_name(rows[SLIPS - 1])) if len(rows) > SLIPS else None
