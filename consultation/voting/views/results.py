"""The results: nothing before the publication; then the order, and for each line why.

The page reads what was computed at the tally (``queries.explanation_of``): no ballot, and no whole result.
"""

from functools import partial
from typing import Any

from flask import Response, abort, request

from consultation.convening.models import Consultation
from consultation.convening.shown import consultation_shown
from consultation.convening.vocabulary import vocabulary
from consultation.voting import explaining, preflib, queries
from consultation.voting.models import Contest
from consultation.voting.policy import window_open
from consultation.voting.rules import SQUARE_RULES, in_steps
from consultation.voting.states import ContestState, Secrecy, VotingUnit
from consultation.voting.views.blueprint import bp
from consultation.voting.wording import CHANGES, GROUPS, RULE_NAMES, TIES, TREATMENTS, group_name
from consultation.web.authorize import present, public
from consultation.web.locale import DEFAULT_ZONE, language
from consultation.web.render import page
from consultation.web.transactions import session


@bp.get("/consultations/<slug>/results")
@public
def results(slug: str) -> Response:
    consultation = consultation_shown(slug)
    contests = queries.contests(session(), consultation.id)
    contest = _chosen(contests)
    if contest is None or contest.state is not ContestState.PUBLISHED:
        return _not_published(consultation, contests, contest)
    words = vocabulary(session())
    why = why_of(contest)
    return page(
        "voting/results.html",
        consultation=consultation,
        contests=contests,
        contest=contest,
        why=why,
        rules=[contest.rule, *why["compared"]],
        beside=_beside(why["compared"]),
        options={option.code: option for option in queries.option_rows(session(), contest.id)},
        head=queries.chain_head(session(), contest.id),
        roll=queries.roll_size(session(), contest.id),
        by_organizations=contest.secrecy is not Secrecy.NO_ROLL and contest.unit is VotingUnit.MEMBERS,
        by_delegates=contest.unit is VotingUnit.DELEGATES,
        with_ballots=ballots_are_public(contest, why["ballots"]),
        formats=preflib.formats(contest.kind, strict=bool(why.get("strict"))),
        published_from=contest.ballots_published_from,
        rule_names=RULE_NAMES,
        change_words=CHANGES,
        tie_words=TIES,
        treatments=TREATMENTS,
        group_words=GROUPS,
        group_name=partial(group_name, words),
        names=queries.names_on_roll(session(), contest.id, language()) if contest.secrecy is Secrecy.NAMED else {},
        words=words,
    )


def why_of(contest: Contest) -> dict[str, Any]:
    """The stored explanation. Of a contest that was tallied before there were any, what its results alone tell."""
    found = queries.explanation_of(session(), contest.id)
    if found is not None:
        return found
    stored = {row.rule: row.result for row in queries.stored_tallies(session(), contest.id)}
    headline = stored.pop(contest.rule)
    return explaining.from_results(headline, stored, contest.places)


def _beside(compared: list[str]) -> dict[str, list[str]]:
    """The other rules as the charts show them: as many columns as a page is wide stand at once, the others in a chart
    that opens. The table holds all."""
    further = [rule for rule in compared if rule in SQUARE_RULES]
    return {"first": [rule for rule in compared if rule not in further], "further": further}


def _not_published(consultation: Consultation, contests: list[Contest], contest: Contest | None) -> Response:
    """While voting goes on the number of ballots is told in steps; nothing else is told to anybody."""
    is_open = contest is not None and window_open(contest, present())
    told = in_steps(queries.ballot_count(session(), contest.id)) if contest is not None and is_open else None
    return page(
        "voting/not_published.html",
        consultation=consultation,
        contests=contests,
        contest=contest,
        is_open=is_open,
        told=told,
        zone=DEFAULT_ZONE,
    )


def _chosen(contests: list[Contest]) -> Contest | None:
    """The one that is asked for, else the last one published, else the newest."""
    if wanted := request.args.get("contest"):
        return next((contest for contest in contests if contest.code == wanted), None) or abort(404)
    shown = [contest for contest in contests if contest.state is ContestState.PUBLISHED] or contests
    return shown[-1] if shown else None


def ballots_are_public(contest: Contest, ballots: int) -> bool:
    """From a number of voters on, a hundred by default: among fewer, a ballot could be recognized."""
    return contest.state is ContestState.PUBLISHED and ballots >= contest.ballots_published_from
