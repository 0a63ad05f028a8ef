"""Asking for an agreement, once, before the next act. What was typed goes along and is sent on afterwards."""

from functools import partial

from flask import Response, request
from flask_login import current_user

from consultation.privacy import queries
from consultation.privacy.operations import agree
from consultation.privacy.states import Occasion
from consultation.privacy.views.blueprint import bp, shown
from consultation.privacy.wording import TITLES
from consultation.web.authorize import current_actor, present
from consultation.web.locale import language
from consultation.web.render import in_place_of_the_page, page
from consultation.web.transactions import SAFE_METHODS, after_rollback, session
from consultation.web.typed import TOKEN

#: Signing in and out, one's own data, and what asks by itself.
NOT_ASKED = ("accounts", "privacy", "mailbox")
ASKS_ITSELF = ("directory.accept",)
ANSWER = "agreed-version"


@bp.before_app_request
def ask_first() -> Response | None:
    """In front of every act of somebody signed in. An agreement outlives the refusal of the act itself."""
    if request.method in SAFE_METHODS or request.endpoint is None or not current_user.is_authenticated:
        return None
    if request.blueprint in NOT_ASKED or request.endpoint in ASKS_ITSELF:
        return None
    if not current_user.may_owe:
        return None
    user_id = current_actor().user_id
    asked = () if user_id is None else queries.to_agree(session(), user_id)
    if not asked:
        return None
    texts = [queries.newest(session(), name) for name in asked]
    answers = [f"{one.name}:{one.version}" for one in texts]
    if set(answers) <= set(request.form.getlist(ANSWER)):
        sign = partial(
            agree,
            user_id=user_id,
            pages=asked,
            language=language(),
            occasion=Occasion.ACT,
            actor=current_actor(),
            now=present(),
        )
        sign(session())
        after_rollback(sign)
        return None
    return _question(texts, answers)


def _question(texts: list[queries.PageText], answers: list[str]) -> Response:
    """Status 422, as for every form that was not taken yet: nothing is saved, and htmx shows it."""
    typed = [(name, value) for name, value in request.form.items(multi=True) if name not in (TOKEN, ANSWER)]
    response = page(
        "privacy/asking.html",
        status=422,
        texts=[(TITLES[one.name], one, shown(one.text[language()], top=3)) for one in texts],
        answers=answers,
        answer=ANSWER,
        tried=ANSWER in request.form or "asked" in request.form,
        typed=typed,
        files=any(file.filename for file in request.files.values()),
        target=request.full_path if request.query_string else request.path,
    )
    return in_place_of_the_page(response)
