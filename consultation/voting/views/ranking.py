"""The ranking page: all items and the voter's own order, moved about by buttons, saved at every move."""

import contextlib

from flask import Response, abort, flash, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext

from consultation.convening.states import TermKind
from consultation.convening.vocabulary import vocabulary
from consultation.curation.queries import item_by_code
from consultation.kernel.permissions import Permission
from consultation.proposals.forms import language_name
from consultation.voting.moves import Draft, Move, choose, chosen, move
from consultation.voting.operations import save_draft
from consultation.voting.policy import window_open
from consultation.voting.queries import ballot_count
from consultation.voting.rules import InvalidVote, in_steps
from consultation.voting.states import ContestState
from consultation.voting.views.blueprint import bp
from consultation.voting.views.booth import Booth, enter, voting_booth
from consultation.voting.wording import REFUSALS, RULE_NAMES
from consultation.web.authorize import current_actor, present, public, requires
from consultation.web.render import page, see_other, wants_fragment
from consultation.web.transactions import session


@bp.get("/consultations/<slug>/ranking")
@public
def ranking(slug: str) -> Response:
    booth = enter(slug)
    words = vocabulary(session())
    theme = words.by_code(TermKind.THEME, request.args.get("theme", ""))
    text = request.args.get("q", "").strip()[:200]
    is_open = booth.contest is not None and window_open(booth.contest, present())
    return page(
        "voting/ranking.html",
        consultation=booth.consultation,
        booth=booth,
        contest=booth.contest,
        listed=booth.listed(text, theme.id if theme else None),
        mine=chosen(booth.draft),
        is_open=is_open,
        now=present(),
        told=_told(booth) if is_open and booth.organization is None else None,
        configured=ContestState.CONFIGURED,
        rule_names=RULE_NAMES,
        words=words,
        theme=theme,
        text=text,
    )


@bp.get("/consultations/<slug>/ranking/items/<code>")
@public
def option_text(slug: str, code: str) -> Response:
    """What an item on the ballot says, to read beside the ballot; without script there is the item's own page."""
    item = item_by_code(session(), code)
    if item is None or item.consultation.slug != slug:
        abort(404)
    if not wants_fragment():
        return see_other(url_for("curation.item", code=code))
    return page("voting/option_text.html", item=item, language_name=language_name)


@bp.post("/consultations/<slug>/ranking/moves")
@requires(Permission.BALLOT_CAST)
def moves(slug: str) -> Response:
    booth = voting_booth(slug)
    what, _space, item = request.form.get("move", "").partition(" ")
    position = request.form.get("position", default=1, type=int)
    try:
        draft = move(booth.draft, booth.limits, Move(what), item, position)
    except InvalidVote as error:
        return _back(booth, item, refusal=error)
    except ValueError:
        return _back(booth, item)
    return _keep(booth, draft, item, Move(what))


@bp.post("/consultations/<slug>/ranking/choices")
@requires(Permission.BALLOT_CAST)
def choices(slug: str) -> Response:
    booth = voting_booth(slug)
    try:
        draft = choose(booth.draft, booth.limits, request.form.getlist("shown"), _ticked(booth))
    except InvalidVote as error:
        return _back(booth, "", refusal=error)
    return _keep(booth, draft, "")


def _ticked(booth: Booth) -> list[str]:
    """The boxes that are ticked now. One that the person has not touched since the page was made stays as somebody else
    of their organization may have left it meanwhile."""
    now, before, mine = (set(request.form.getlist("item")), set(request.form.getlist("was")), set(chosen(booth.draft)))
    shown = request.form.getlist("shown")
    extra = [item for item in request.form.getlist("item") if item not in shown]
    return [item for item in shown if (item in now if (item in now) != (item in before) else item in mine)] + extra


def _keep(booth: Booth, draft: Draft, item: str, what: Move | None = None) -> Response:
    save_draft(
        session(),
        booth.held,
        organization_id=booth.voter.id,
        tiers=draft,
        actor=current_actor(),
        now=present(),
    )
    flash(f"{_moved_sentence(draft, item, what)} {_chosen_sentence(booth, draft)}".strip(), "success")
    return _back(booth, item)


MOVED = {
    Move.ADD: lazy_gettext("%(code)s is in your ballot."),
    Move.ESSENTIAL: lazy_gettext("%(code)s is essential."),
    Move.MARKED: lazy_gettext("%(code)s is marked, not essential."),
    Move.UP: lazy_gettext("%(code)s is at place %(place)d."),
    Move.DOWN: lazy_gettext("%(code)s is at place %(place)d."),
    Move.TO: lazy_gettext("%(code)s is at place %(place)d."),
    Move.TIE: lazy_gettext("%(code)s shares the place above."),
    Move.UNTIE: lazy_gettext("%(code)s has a place of its own."),
    Move.REMOVE: lazy_gettext("%(code)s is taken out."),
}
"""What a move did, as it is shown and announced; the place counts items from 1."""


def _moved_sentence(draft: Draft, item: str, what: Move | None) -> str:
    if what is None:
        return ""
    places = chosen(draft)
    return str(MOVED[what]) % {"code": item, "place": places.index(item) + 1 if item in places else 0}


def _chosen_sentence(booth: Booth, draft: Draft) -> str:
    sentence = ngettext(
        "Saved. %(num)d of at most %(most)d chosen.",
        "Saved. %(num)d of at most %(most)d chosen.",
        len(chosen(draft)),
        most=booth.held.max_choices,
    )
    return str(sentence)


def _back(booth: Booth, item: str, refusal: InvalidVote | None = None) -> Response:
    """To the same place on the page: the list that the button stood in, with what was searched kept."""
    if refusal is not None:
        flash(str(REFUSALS.get(refusal.code, _("That could not be done."))), "error")
    anchor = "mine"
    with contextlib.suppress(KeyError):
        option = booth.titles[item]
        anchor = f"{'m' if request.form.get('list') == 'mine' else 'i'}-{option.code}"
    place = booth.place(q=request.form.get("q"), theme=request.form.get("theme"))
    return see_other(url_for("voting.ranking", **place, _anchor=anchor))


def _told(booth: Booth) -> int:
    """The number of ballots as it may be told while voting goes on."""
    return in_steps(ballot_count(session(), booth.held.id))
