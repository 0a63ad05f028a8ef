"""The vocabularies: the terms of each in three languages, how they are worded, and which are offered."""

from flask import Response, abort, flash, url_for
from flask_babel import gettext as _

from consultation.convening.models import Term
from consultation.convening.operations import add_term, offer_term_again, rename_term, retire_term
from consultation.convening.queries import term_by_code, terms_of
from consultation.convening.rules import Unusable
from consultation.convening.states import TermKind
from consultation.kernel.orm import LANGUAGES
from consultation.kernel.permissions import Permission
from consultation.organizing.forms import TermForm
from consultation.organizing.views.blueprint import bp
from consultation.organizing.wording import VOCABULARIES
from consultation.web.authorize import current_actor, present, requires
from consultation.web.locale import language
from consultation.web.render import page, see_other
from consultation.web.transactions import session


@bp.get("/organize/vocabularies/<kind>")
@requires(Permission.ORGANIZE_READ)
def terms(kind: str) -> Response:
    return _terms(_kind(kind), TermForm(formdata=None))


@bp.post("/organize/vocabularies/<kind>")
@requires(Permission.VOCABULARY_EDIT)
def new_term(kind: str) -> Response:
    chosen, form = _kind(kind), TermForm()
    if not form.validate_on_submit():
        return _terms(chosen, form)
    try:
        made = add_term(
            session(),
            chosen,
            code=form.code.data,
            label=form.label(),
            short=form.short(),
            actor=current_actor(),
            now=present(),
        )
    except Unusable as error:
        form.refuse_unusable(error)
        return _terms(chosen, form)
    flash(_("“%(name)s” is offered now.", name=made.label[language()]), "success")
    return see_other(url_for("organizing.terms", kind=kind))


@bp.get("/organize/vocabularies/<kind>/<code>")
@requires(Permission.ORGANIZE_READ)
def term(kind: str, code: str) -> Response:
    found = _term(kind, code)
    texts = {f"label_{one}": found.label[one] for one in LANGUAGES}
    # A short name that is the full one is none: the term would keep it when the full one changes.
    shorts = {f"short_{one}": found.short[one] for one in LANGUAGES if found.short[one] != found.label[one]}
    return _one(found, TermForm(formdata=None, data={"code": found.code, **texts, **shorts}))


@bp.post("/organize/vocabularies/<kind>/<code>")
@requires(Permission.VOCABULARY_EDIT)
def reword(kind: str, code: str) -> Response:
    found, form = _term(kind, code), TermForm(code=code)
    form.code.data, form.code.raw_data = found.code, [found.code]
    if not form.validate_on_submit():
        return _one(found, form)
    rename_term(session(), found, label=form.label(), short=form.short(), actor=current_actor(), now=present())
    flash(_("“%(name)s” is worded anew, wherever it stands.", name=found.label[language()]), "success")
    return see_other(url_for("organizing.terms", kind=kind))


@bp.post("/organize/vocabularies/<kind>/<code>/retirement")
@requires(Permission.VOCABULARY_EDIT)
def retire(kind: str, code: str) -> Response:
    found = _term(kind, code)
    retire_term(session(), found, actor=current_actor(), now=present())
    flash(_("“%(name)s” is offered no more. It stays on what carries it.", name=found.label[language()]), "success")
    return see_other(url_for("organizing.terms", kind=kind))


@bp.post("/organize/vocabularies/<kind>/<code>/return")
@requires(Permission.VOCABULARY_EDIT)
def offer_again(kind: str, code: str) -> Response:
    found = _term(kind, code)
    offer_term_again(session(), found, actor=current_actor(), now=present())
    flash(_("“%(name)s” is offered again.", name=found.label[language()]), "success")
    return see_other(url_for("organizing.terms", kind=kind))


def _terms(kind: TermKind, form: TermForm) -> Response:
    return page(
        "organizing/terms.html",
        status=422 if form.errors else 200,
        kind=kind,
        kinds=VOCABULARIES,
        terms=terms_of(session(), kind),
        form=form,
    )


def _one(found: Term, form: TermForm) -> Response:
    status = 422 if form.errors else 200
    return page("organizing/term.html", status=status, term=found, kinds=VOCABULARIES, form=form)


def _kind(value: str) -> TermKind:
    try:
        return TermKind(value)
    except ValueError:
        abort(404)


def _term(kind: str, code: str) -> Term:
    return term_by_code(session(), _kind(kind), code) or abort(404)
