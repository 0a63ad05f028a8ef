"""Transparency: what is known of each ballot box, and how anybody checks it."""

from datetime import datetime
from typing import Any

from flask import Response
from flask_babel import gettext as _

from consultation.convening.models import Consultation
from consultation.convening.shown import consultation_shown, consultations_shown
from consultation.exchange.forms import ReceiptForm
from consultation.exchange.queries import BoxFacts, boxes, with_boxes
from consultation.exchange.receipts import Found, NotAReceipt, find_ballot
from consultation.exchange.verifying import VERIFIER, verifier_file
from consultation.exchange.verifying.ballot_box_verifier import NOT_PROVED, PROVED, Speaker
from consultation.exchange.views.blueprint import bp
from consultation.voting.policy import window_open
from consultation.voting.queries import contests
from consultation.voting.rules import in_steps
from consultation.voting.states import ContestState
from consultation.voting.wording import RULE_NAMES
from consultation.web.authorize import present, public
from consultation.web.limits import posting_limited
from consultation.web.locale import language
from consultation.web.render import page
from consultation.web.transactions import session


@bp.get("/transparency")
@public
def overview() -> Response:
    """How anybody checks, and where the ballot boxes are."""
    found = with_boxes(session())
    consultations = [(one, found[one.id]) for one in consultations_shown() if one.id in found]
    return page("exchange/overview.html", consultations=consultations, **_means())


@bp.get("/consultations/<slug>/transparency")
@public
def transparency(slug: str) -> Response:
    """Each ballot box since its opening."""
    return _shown(consultation_shown(slug), ReceiptForm())


@bp.post("/consultations/<slug>/transparency")
@public
@posting_limited
def receipt(slug: str) -> Response:
    """Whether a receipt's ballot is in the published set. A POST that keeps nothing, since a receipt in an address
    would stand in histories and logs; so the answer is a page, and there is nothing to go on to."""
    consultation, form = consultation_shown(slug), ReceiptForm()
    if not form.validate_on_submit():
        return _shown(consultation, form, status=422)
    text = form.text()
    if not text:
        form.refuse(_("Paste your receipt, or choose its file."))
        return _shown(consultation, form, status=422)
    try:
        found = find_ballot(session(), consultation.id, text)
    except NotAReceipt:
        form.refuse(_("This is not a receipt. Paste all of it, or choose the file that you kept."))
        return _shown(consultation, form, status=422)
    return _shown(consultation, ReceiptForm(formdata=None), found=found)


def _shown(consultation: Consultation, form: ReceiptForm, *, found: Found | None = None, status: int = 200) -> Response:
    opened = [one for one in contests(session(), consultation.id) if one.frozen_sha256]
    now = present()
    response = page(
        "exchange/transparency.html",
        status=status,
        consultation=consultation,
        boxes=[_box(facts, now) for facts in reversed(boxes(session(), opened))],
        published=any(one.state is ContestState.PUBLISHED for one in opened),
        form=form,
        found=found,
        rule_names=RULE_NAMES,
        **_means(),
    )
    if form.is_submitted():
        response.headers["Cache-Control"] = "no-store"
    return response


def _box(facts: BoxFacts, now: datetime) -> dict[str, Any]:
    """A ballot box as it may be told now: while it is open in steps, after the publication exactly, between not."""
    is_open = window_open(facts.contest, now)
    published = facts.contest.state is ContestState.PUBLISHED
    return {
        "contest": facts.contest,
        "is_open": is_open,
        "published": published,
        "told": facts.ballots if published else in_steps(facts.ballots) if is_open else None,
        "ballots_are_public": facts.ballots_are_public,
        "checkpoints": [(one, datetime.fromisoformat(one.signed_at)) for one in facts.checkpoints],
        "more": facts.more,
    }


def _means() -> dict[str, Any]:
    """The verifier, and what it shows and cannot show, in its own words."""
    say = Speaker(language())
    return {
        "verifier_name": VERIFIER,
        "verifier_sha256": verifier_file()[1],
        "proved": [say.of(words) for words in PROVED],
        "not_proved": [say.of(words) for words in NOT_PROVED],
    }
