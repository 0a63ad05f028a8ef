"""The results: nothing before the publication; then the order, and for each line why."""

import json
from collections.abc import Iterator
from typing import Any

from flask import Response, abort, request, stream_with_context
from flask_babel import lazy_gettext

from consultation.convening.models import Consultation
from consultation.convening.shown import consultation_shown
from consultation.convening.vocabulary import vocabulary
from consultation.voting import queries
from consultation.voting.models import Contest
from consultation.voting.outcome import lines, pairwise
from consultation.voting.policy import window_open
from consultation.voting.rules import PUBLISHED_FROM, in_steps
from consultation.voting.states import ContestState, Secrecy
from consultation.voting.views.blueprint import bp
from consultation.web.authorize import present, public
from consultation.web.locale import DEFAULT_ZONE
from consultation.web.render import page
from consultation.web.transactions import session

RULE_NAMES = {
    "expanding_approvals": lazy_gettext("Expanding approvals"),
    "phragmen": lazy_gettext("Phragmén"),
    "approval": lazy_gettext("Approval"),
    "borda": lazy_gettext("Borda"),
    "condorcet": lazy_gettext("Condorcet"),
}


@bp.get("/consultations/<slug>/results")
@public
def results(slug: str) -> Response:
    consultation = consultation_shown(slug)
    contests = queries.contests(session(), consultation.id)
    contest = _chosen(contests)
    if contest is None or contest.state is not ContestState.PUBLISHED:
        return _not_published(consultation, contests, contest)
    stored = {row.rule: row.result for row in queries.stored_tallies(session(), contest.id)}
    headline = stored[contest.rule]
    others = {rule: stored[rule] for rule in sorted(stored) if rule != contest.rule}
    found = lines(headline, others)
    return page(
        "voting/results.html",
        consultation=consultation,
        contests=contests,
        contest=contest,
        headline=headline,
        lines=found,
        others=others,
        options={option.code: option for option in queries.option_rows(session(), contest.id)},
        pairs=pairwise(stored.get("condorcet"), [line.code for line in found]),
        head=queries.chain_head(session(), contest.id),
        roll=queries.roll_size(session(), contest.id),
        by_organizations=contest.secrecy is not Secrecy.NO_ROLL,
        with_ballots=_ballots_are_public(contest, headline),
        published_from=PUBLISHED_FROM,
        rule_names=RULE_NAMES,
        words=vocabulary(session()),
    )


@bp.get("/consultations/<slug>/results/<code>/tally-<rule>.json")
@public
def tally_file(slug: str, code: str, rule: str) -> Response:
    contest = _published(slug, code)
    stored = {row.rule: row.result for row in queries.stored_tallies(session(), contest.id)}
    if rule not in stored:
        abort(404)
    body = json.dumps(stored[rule], ensure_ascii=False, sort_keys=True, indent=1)
    return _download(body, f"tally-{contest.code}-{rule}.json", "application/json")


@bp.get("/consultations/<slug>/results/<code>/ballots.jsonl")
@public
def ballots_file(slug: str, code: str) -> Response:
    """The ballots as ``consultation tally`` reads them, sorted by commitment; from a hundred voters on."""
    contest = _with_public_ballots(slug, code)
    codes = [option.code for option in queries.option_rows(session(), contest.id)]
    first = json.dumps({"items": codes, "contest": contest.code, "seats": contest.places}, ensure_ascii=False)

    def rows() -> Iterator[bytes]:
        yield first.encode() + b"\n"
        for row in queries.final_contents(session(), contest.id):
            yield bytes(row.content) + b"\n"

    return _download(stream_with_context(rows()), f"ballots-{contest.code}.jsonl", "application/jsonl")


@bp.get("/consultations/<slug>/results/<code>/chain.jsonl")
@public
def chain_file(slug: str, code: str) -> Response:
    """What was frozen, then the chain entry by entry; then, where ballots are public, each with its nonce."""
    contest = _published(slug, code)
    with_ballots = _ballots_are_public(contest, _headline(contest))

    def rows() -> Iterator[str]:
        yield _line(frozen=contest.frozen, frozen_sha256=contest.frozen_sha256, beacon=contest.beacon)
        for entry in queries.chain_entries(session(), contest.id):
            yield _line(**{name: getattr(entry, name) for name in entry.__slots__})
        for row in queries.final_contents(session(), contest.id) if with_ballots else ():
            yield _line(commitment=row.commitment, nonce=row.nonce, ballot=json.loads(row.content))

    return _download(stream_with_context(rows()), f"chain-{contest.code}.jsonl", "application/jsonl")


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


def _published(slug: str, code: str) -> Contest:
    contest = queries.contest_by_code(session(), code)
    if contest is None or contest.consultation.slug != slug or contest.state is not ContestState.PUBLISHED:
        abort(404)
    return contest


def _with_public_ballots(slug: str, code: str) -> Contest:
    contest = _published(slug, code)
    if not _ballots_are_public(contest, _headline(contest)):
        abort(404)
    return contest


def _headline(contest: Contest) -> dict[str, Any]:
    return next(row.result for row in queries.stored_tallies(session(), contest.id) if row.rule == contest.rule)


def _ballots_are_public(contest: Contest, headline: dict[str, Any]) -> bool:
    """From a hundred voters on: among fewer, a ballot could be recognized."""
    return contest.state is ContestState.PUBLISHED and int(headline["ballots"]) >= PUBLISHED_FROM


def _line(**values: Any) -> str:
    return json.dumps(values, ensure_ascii=False, sort_keys=True) + "\n"


def _download(body: Any, name: str, mimetype: str) -> Response:
    response = Response(body, mimetype=mimetype)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
