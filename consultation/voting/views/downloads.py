"""The files of a published result: each rule's count, the explanation, the order as a table, the chain and, from a
hundred voters on, the ballots."""

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

from flask import Response, abort, stream_with_context

from consultation.kernel.tables import BOM, neutral
from consultation.voting import fitting, preflib, queries
from consultation.voting.models import Contest
from consultation.voting.states import ContestState
from consultation.voting.views.blueprint import bp
from consultation.voting.views.results import ballots_are_public, why_of
from consultation.web.authorize import public
from consultation.web.transactions import session


@bp.get("/consultations/<slug>/results/<code>/tally-<rule>.json")
@public
def tally_file(slug: str, code: str, rule: str) -> Response:
    contest = _published(slug, code)
    stored = queries.stored_tally(session(), contest.id, rule) or abort(404)
    return _json(stored.result, f"tally-{contest.code}-{rule}.json")


@bp.get("/consultations/<slug>/results/<code>/explanation.json")
@public
def explanation_file(slug: str, code: str) -> Response:
    """All that the page tells, for programs."""
    contest = _published(slug, code)
    return _json(why_of(contest), f"explanation-{contest.code}.json")


@bp.get("/consultations/<slug>/results/<code>/order.csv")
@public
def order_file(slug: str, code: str) -> Response:
    """The order line by line, with the place of each item under every other rule."""
    contest = _published(slug, code)
    why, options = why_of(contest), {row.code: row for row in queries.option_rows(session(), contest.id)}
    firm = (why.get("robustness") or {}).get("spreads", {})
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    columns = ["place", "item", "title", "selected", "support", "supporters", "new", "minutes"]
    writer.writerow([*columns, "low", "high", *why["compared"]])
    for line in why["lines"]:
        option = options[line["item"]]
        cells = [line["place"], line["item"], option.title, int(line["selected"]), line.get("support")]
        cells += [line["supporters"], line["new"], option.minutes, *firm.get(line["item"], (None, None))[:2]]
        writer.writerow([neutral(cell) for cell in [*cells, *(line["elsewhere"][rule] for rule in why["compared"])]])
    return _download((BOM + out.getvalue()).encode(), f"order-{contest.code}.csv", "text/csv")


@bp.get("/consultations/<slug>/results/<code>/ballots.jsonl")
@public
def ballots_file(slug: str, code: str) -> Response:
    """The ballots as ``consultation tally`` reads them, sorted by commitment; from a hundred voters on."""
    contest = _with_public_ballots(slug, code)
    codes = [option.code for option in queries.option_rows(session(), contest.id)]
    head: dict[str, Any] = {"items": codes, "contest": contest.code, "seats": contest.places}
    costs = fitting.durations(contest.frozen or {"options": []})
    if fitting.fits(contest.minutes, costs):
        head |= {"durations": costs, "budget": contest.minutes}

    def rows() -> Iterator[bytes]:
        yield json.dumps(head, ensure_ascii=False).encode() + b"\n"
        for row in queries.final_contents(session(), contest.id):
            yield bytes(row.content) + b"\n"

    return _download(stream_with_context(rows()), f"ballots-{contest.code}.jsonl", "application/jsonl")


@bp.get("/consultations/<slug>/results/<code>/ballots.<format_name>")
@public
def preflib_file(slug: str, code: str, format_name: str) -> Response:
    """The ballots in the formats of PrefLib: .toc (orders with ties, what is not named tied last), .cat (categories)
    and, where each ballot puts all items in a strict order, .soc."""
    contest = _with_public_ballots(slug, code)
    if format_name not in preflib.formats(contest.kind, strict=bool(why_of(contest).get("strict"))):
        abort(404)
    options = queries.option_rows(session(), contest.id)
    counted = preflib.counted(row.content for row in queries.final_contents(session(), contest.id))
    name = f"ballots-{contest.code}.{format_name}"
    lines = preflib.written(format_name, name, [(row.code, row.title) for row in options], counted)
    return _download("".join(lines), name, "text/plain; charset=utf-8")


@bp.get("/consultations/<slug>/results/<code>/chain.jsonl")
@public
def chain_file(slug: str, code: str) -> Response:
    """What was frozen, then the chain entry by entry; then, where ballots are public, each with its nonce."""
    contest = _published(slug, code)
    with_ballots = ballots_are_public(contest, why_of(contest)["ballots"])

    def rows() -> Iterator[str]:
        yield _line(frozen=contest.frozen, frozen_sha256=contest.frozen_sha256, beacon=contest.beacon)
        for entry in queries.chain_entries(session(), contest.id):
            yield _line(**{name: getattr(entry, name) for name in entry.__slots__})
        for row in queries.final_contents(session(), contest.id) if with_ballots else ():
            yield _line(commitment=row.commitment, nonce=row.nonce, ballot=json.loads(row.content))

    return _download(stream_with_context(rows()), f"chain-{contest.code}.jsonl", "application/jsonl")


def _published(slug: str, code: str) -> Contest:
    contest = queries.contest_by_code(session(), code)
    if contest is None or contest.consultation.slug != slug or contest.state is not ContestState.PUBLISHED:
        abort(404)
    return contest


def _with_public_ballots(slug: str, code: str) -> Contest:
    contest = _published(slug, code)
    if not ballots_are_public(contest, why_of(contest)["ballots"]):
        abort(404)
    return contest


def _line(**values: Any) -> str:
    return json.dumps(values, ensure_ascii=False, sort_keys=True) + "\n"


def _json(value: Any, name: str) -> Response:
    return _download(json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1), name, "application/json")


def _download(body: Any, name: str, mimetype: str) -> Response:
    response = Response(body, mimetype=mimetype)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
