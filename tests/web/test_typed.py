"""Nothing typed is lost when a request is refused: the page shows it and, where that can help, sends it again; but
never a password, and nothing that another site has sent."""

import html
import re

import pytest
from sqlalchemy import select

from consultation.accounts.operations import end_sessions
from consultation.discussion.models import Comment
from tests.factories import make_proposal, sign_in
from tests.world import delegate, public, world

__all__ = ("delegate", "public", "world")

HERE = {"Sec-Fetch-Site": "same-origin"}
WORDS = "Ask the <b>elders</b> first.\nThen write."
KEPT = "What you wrote is still here"
FIELD = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


@pytest.fixture
def proposal(world, session):
    made = make_proposal(session, world.consultation, published=True)
    session.commit()
    return made


@pytest.fixture
def comment(world, proposal):
    """Address and form of a comment."""
    form = {"body": WORDS, "stance": "question", "language": "en", "organization": world.organization.code}
    return f"/en/proposals/{proposal.code}/comments", form


def fields_of(answer):
    _before, _address, form = answer.text.partition('<section aria-labelledby="typed">')
    found = [(html.unescape(name), html.unescape(value)) for name, value in FIELD.findall(form)]
    return dict(found)


def comments(session):
    session.rollback()
    return session.scalars(select(Comment.body)).all()


def test_a_comment_whose_session_has_ended_is_sent_after_signing_in(world, session, delegate, comment):
    address, form = comment
    end_sessions(session, world.user.id)
    session.commit()
    refused = delegate.post(address, data=form, headers=HERE)
    assert (refused.status_code, KEPT in refused.text, refused.headers["Cache-Control"]) == (403, True, "no-store")
    assert html.escape(WORDS, quote=False) in refused.text
    assert "<b>elders</b>" not in refused.text
    assert f'action="{address}"' in refused.text
    fields = fields_of(refused)
    assert {name: fields[name] for name in form} == form
    sign_in(session, delegate, world.user)
    assert delegate.post(address, data=fields, headers=HERE).status_code == 303
    assert comments(session) == [WORDS]


def test_a_form_whose_token_is_of_another_session_is_sent_with_a_token_of_this_one(app, session, delegate, comment):
    app.config["WTF_CSRF_ENABLED"] = True
    address, form = comment
    refused = delegate.post(address, data=form | {"csrf_token": "of yesterday"}, headers=HERE)
    fields = fields_of(refused)
    assert (refused.status_code, KEPT in refused.text) == (403, True)
    assert fields["csrf_token"] != "of yesterday"
    assert comments(session) == []
    assert delegate.post(address, data=fields, headers=HERE).status_code == 303
    assert comments(session) == [WORDS]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
    ],
)
def test_words_of_another_site_get_no_form_of_this_one(app, session, delegate, comment, headers):
    app.config["WTF_CSRF_ENABLED"] = True
    address, form = comment
    refused = delegate.post(address, data=form, headers=headers)
    assert (refused.status_code, KEPT in refused.text, "elders" in refused.text) == (403, False, False)
    assert 'value="question"' not in refused.text


def test_an_older_browser_is_known_by_its_origin(public, comment):
    address, form = comment
    assert KEPT in public.post(address, data=form, headers={"Origin": "http://localhost"}).text


def test_a_password_is_never_shown_again(app, public):
    app.config["WTF_CSRF_ENABLED"] = True
    sent = {"email": "delegate@example.org", "password": "correct horse battery"}
    refused = public.post("/en/sign-in", data=sent, headers=HERE)
    assert (refused.status_code, "horse" in refused.text, "delegate@" in refused.text) == (403, False, False)


def test_what_can_never_be_taken_is_shown_to_be_copied(delegate, proposal):
    refused = delegate.post(f"/en/proposals/{proposal.code}/decline", data={"reason": WORDS}, headers=HERE)
    assert (refused.status_code, "elders" in refused.text, fields_of(refused)) == (403, True, {})
    assert "Copy what you want to keep" in refused.text


def test_htmx_shows_it_in_place_of_the_page(public, comment):
    address, form = comment
    refused = public.post(address, data=form, headers=HERE | {"HX-Request": "true"})
    shown = {name: refused.headers.get(name) for name in ("HX-Retarget", "HX-Reselect", "HX-Reswap")}
    assert (refused.status_code, KEPT in refused.text) == (422, True)
    assert shown == {"HX-Retarget": "#main", "HX-Reselect": "#main", "HX-Reswap": "outerHTML"}
