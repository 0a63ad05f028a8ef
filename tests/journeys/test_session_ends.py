"""A session ends while somebody writes: what they wrote is sent after signing in again in another tab, with JavaScript
and without."""

import pytest
from sqlalchemy import select

from consultation.accounts.operations import end_sessions
from consultation.discussion.models import Comment
from tests.factories import make_consultation, make_mandate, make_organization, make_proposal, make_user

PASSWORD = "a password of the journey"
WORDS = "What would the first year cost, and who pays for it?"


@pytest.fixture
def proposal(app, session):
    found = make_proposal(session, make_consultation(session), published=True)
    writer = make_user(session, email="writer@example.org", password=PASSWORD, passwords=app.extensions["passwords"])
    make_mandate(session, writer, make_organization(session, "ORG"))
    session.commit()
    return found, writer


def sign_in(page):
    page.get_by_label("Email address").fill("writer@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("main").get_by_role("button", name="Sign in", exact=True).click()


def journey(page, session, proposal):
    found, writer = proposal
    page.goto(f"/en/sign-in?next=/en/proposals/{found.code}")
    sign_in(page)
    form = page.locator("form[action$='/comments']").last
    form.locator("textarea").fill(WORDS)
    end_sessions(session, writer.id)
    session.commit()
    form.get_by_role("button").last.click()
    page.get_by_role("heading", name="You are not signed in").wait_for()
    assert page.locator("main blockquote").inner_text() == WORDS
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Sign in (opens in a new tab)").click()
    sign_in(opened.value)
    opened.value.get_by_role("heading", level=1).wait_for()
    page.get_by_role("button", name="Send it again").click()
    page.get_by_role("heading", name="The form has expired").wait_for()
    page.get_by_role("button", name="Send it again").click()
    page.get_by_role("article").filter(has_text=WORDS).first.wait_for()
    session.rollback()
    assert session.scalars(select(Comment.body)).all() == [WORDS]


def test_with_javascript(page, session, proposal):
    journey(page, session, proposal)


def test_without_javascript(browser, live_server, session, proposal):
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    try:
        journey(context.new_page(), session, proposal)
    finally:
        context.close()
