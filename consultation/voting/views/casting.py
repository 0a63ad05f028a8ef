"""Review, cast, receipt."""

import json
import uuid

from flask import Response, abort, flash, request, url_for
from flask_babel import gettext as _

from consultation.kernel.permissions import Permission
from consultation.voting.keys import KeyMissing
from consultation.voting.moves import to_tiers
from consultation.voting.operations import CastConflict, cast
from consultation.voting.policy import window_open
from consultation.voting.rules import InvalidVote, Tiers, is_split, read_tiers
from consultation.voting.views.blueprint import bp
from consultation.voting.views.booth import REFUSALS, Booth, voting_booth
from consultation.web.authorize import current_actor, present, requires
from consultation.web.errors import refusal
from consultation.web.render import page, see_other
from consultation.web.transactions import session


@bp.get("/consultations/<slug>/ranking/review")
@requires(Permission.BALLOT_CAST)
def review(slug: str) -> Response:
    booth = voting_booth(slug)
    tiers = () if request.args.get("blank") else to_tiers(booth.draft)
    return _review_page(booth, tiers, uuid.uuid4().hex)


@bp.post("/consultations/<slug>/ballots")
@requires(Permission.BALLOT_CAST)
def ballots(slug: str) -> Response:
    """The ballot that was reviewed is the one that is cast, whatever became of the draft in the meantime."""
    booth = voting_booth(slug)
    try:
        cast(
            session(),
            booth.held,
            organization_id=booth.voter.id,
            ballot=read_tiers(request.form.get("ballot", "")),
            key=request.form.get("key", "")[:64],
            actor=current_actor(),
            clock=present,
        )
    except InvalidVote as error:
        return _review_page(booth, to_tiers(booth.draft), uuid.uuid4().hex, error)
    except CastConflict:
        return _conflict()
    except KeyMissing:
        abort(503)
    flash(_("Your ballot is in the box."), "success")
    return see_other(url_for("voting.receipt", **booth.place()))


@bp.get("/consultations/<slug>/ranking/receipt")
@requires(Permission.BALLOT_CAST)
def receipt(slug: str) -> Response:
    booth = _with_ballot(slug)
    response = page("voting/receipt.html", consultation=booth.consultation, booth=booth, contest=booth.contest)
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.get("/consultations/<slug>/ranking/receipt.txt")
@requires(Permission.BALLOT_CAST)
def receipt_file(slug: str) -> Response:
    booth = _with_ballot(slug)
    lines = (
        _("Receipt of a ballot"),
        "",
        _("Contest: %(code)s", code=booth.held.code),
        _("Position in the ballot box: %(position)d", position=booth.current.position),
        _("Commitment: %(commitment)s", commitment=booth.current.commitment),
        _("Ballot number for this organization: %(revision)d", revision=booth.current.revision),
        _("Digest of what was frozen at the opening: %(digest)s", digest=booth.held.frozen_sha256),
        "",
        _("Once the ballots are published, the ballot with this commitment is yours."),
        _("Whoever holds this receipt can then see how your organization voted. Keep it to yourselves."),
        "",
    )
    response = Response("\n".join(lines), mimetype="text/plain")
    response.headers["Content-Disposition"] = f'attachment; filename="receipt-{booth.held.code}.txt"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _review_page(booth: Booth, tiers: Tiers, key: str, error: InvalidVote | None = None) -> Response:
    return page(
        "voting/review.html",
        status=422 if error else 200,
        consultation=booth.consultation,
        booth=booth,
        contest=booth.contest,
        is_open=window_open(booth.held, present()),
        tiers=tiers,
        split=is_split(tiers, booth.held.kind),
        ballot=json.dumps(tiers),
        key=key,
        problem=REFUSALS.get(error.code, error.code) if error else None,
        problem_code=error.code if error else None,
    )


def _conflict() -> Response:
    return refusal(
        409,
        _("This form was used already"),
        _("Another ballot was cast with it. Go to the ranking, review your ballot and cast it from there."),
    )


def _with_ballot(slug: str) -> Booth:
    booth = voting_booth(slug)
    if booth.current is None:
        abort(404)
    return booth
