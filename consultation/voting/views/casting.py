"""Review, cast, receipt."""

import json
import uuid

from flask import Response, abort, flash, request, url_for
from flask_babel import gettext as _

from consultation.kernel.permissions import Permission
from consultation.voting.keys import KeyMissing
from consultation.voting.moves import to_tiers
from consultation.voting.operations import CastConflict, signed_receipt, take_ballot
from consultation.voting.policy import window_open
from consultation.voting.rules import InvalidVote, Tiers, is_split, read_tiers
from consultation.voting.signed import SignedReceipt
from consultation.voting.signing import signer_of
from consultation.voting.views.blueprint import bp
from consultation.voting.views.booth import Booth, ballot_slot, voting_booth
from consultation.voting.wording import REFUSALS
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
    slot = ballot_slot(slug)
    try:
        take_ballot(
            session(),
            slot.contest,
            organization_id=slot.organization_id,
            ballot=read_tiers(request.form.get("ballot", "")),
            key=request.form.get("key", "")[:64],
            actor=current_actor(),
            clock=present,
            beside=slot.beside,
        )
    except InvalidVote as error:
        booth = voting_booth(slug)
        return _review_page(booth, to_tiers(booth.draft), uuid.uuid4().hex, error)
    except CastConflict:
        return _conflict()
    except KeyMissing:
        abort(503)
    flash(_("Your ballot is in the box."), "success")
    return see_other(url_for("voting.receipt", **slot.place))


@bp.get("/consultations/<slug>/ranking/receipt")
@requires(Permission.BALLOT_CAST)
def receipt(slug: str) -> Response:
    booth = _with_ballot(slug)
    response = page(
        "voting/receipt.html",
        consultation=booth.consultation,
        booth=booth,
        contest=booth.contest,
        receipt=_receipt(booth),
    )
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.get("/consultations/<slug>/ranking/receipt.json")
@requires(Permission.BALLOT_CAST)
def receipt_json(slug: str) -> Response:
    """For programs: what ``consultation verify --receipt`` reads."""
    booth = _with_ballot(slug)
    return _kept_by_the_voter(booth, _receipt(booth).file(), "json", "application/json")


@bp.get("/consultations/<slug>/ranking/receipt.txt")
@requires(Permission.BALLOT_CAST)
def receipt_file(slug: str) -> Response:
    """The same in words, for people."""
    booth = _with_ballot(slug)
    kept = _receipt(booth)
    lines = (
        _("Receipt of a ballot"),
        "",
        _("Contest: %(code)s", code=booth.held.code),
        _("Position in the ballot box: %(position)d", position=kept.position),
        _("Commitment: %(commitment)s", commitment=kept.commitment),
        _("Which of your ballots this is: %(revision)d", revision=kept.revision)
        if booth.own
        else _("Ballot number for this organization: %(revision)d", revision=kept.revision),
        _("Digest of what was frozen at the opening: %(digest)s", digest=kept.frozen_sha256),
        _("Hash of the entry: %(digest)s", digest=kept.entry_hash),
        *(
            (
                _("Signing key (Ed25519): %(key)s", key=kept.signing_key),
                _("Signature: %(signature)s", signature=kept.signature),
            )
            if kept.signature
            else ()
        ),
        "",
        _("Once the ballots are published, the ballot with this commitment is yours."),
        _("Whoever holds this receipt can then see how you voted. Keep it to yourself.")
        if booth.own
        else _("Whoever holds this receipt can then see how your organization voted. Keep it to yourselves."),
        "",
    )
    return _kept_by_the_voter(booth, "\n".join(lines), "txt", "text/plain")


def _receipt(booth: Booth) -> SignedReceipt:
    return signed_receipt(booth.held, booth.current, signer_of(session()))


def _kept_by_the_voter(booth: Booth, body: bytes | str, ending: str, mimetype: str) -> Response:
    response = Response(body, mimetype=mimetype)
    response.headers["Content-Disposition"] = f'attachment; filename="receipt-{booth.held.code}.{ending}"'
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
