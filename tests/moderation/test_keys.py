"""The queue in a browser: decisions in place, the focus after each, keys, and what somebody else decided meanwhile."""

import re

import pytest

from consultation.accounts.operations import create_sign_in_link
from consultation.kernel.roles import Role
from consultation.moderation.operations import claim, publish
from tests.factories import NOW, actor_of, make_proposal, make_user

pytestmark = pytest.mark.sqlite
expect = pytest.importorskip("playwright.sync_api", reason="looks at the page in a browser").expect


@pytest.fixture
def desk(page, session, scene):
    """The queue with three proposals, as the moderator sees it."""
    for title in ("The second", "The third"):
        make_proposal(session, scene.consultation, title=title)
    token = create_sign_in_link(session, scene.moderator, now=NOW)
    session.commit()
    page.goto(f"/en/sign-in/link/{token}")
    page.locator("main form button").click()
    page.goto("/en/moderation")
    return page


def focused(page):
    return page.evaluate("document.activeElement.innerText")


def test_after_a_decision_the_next_stands_open_with_the_focus(desk):
    desk.evaluate("window.here = true")
    desk.get_by_role("button", name="Publish NG27-001").click()
    desk.locator(".toasts", has_text="NG27-001 is published.").wait_for()
    expect(desk.locator("#NG27-002 h2")).to_be_focused()
    assert desk.locator(".case-text[open]").count() == 1
    assert desk.locator("#NG27-002 .case-text[open]").count() == 1
    assert desk.evaluate("window.here")


def test_a_refusal_without_words_keeps_the_place_and_says_so(desk):
    desk.locator("#NG27-002 summary", has_text="Ask for changes").click()
    desk.locator("#NG27-002").get_by_role("button", name="Ask for changes").click()
    expect(desk.locator(".error-summary")).to_be_focused()
    assert "Choose a reason." in focused(desk)
    desk.get_by_label("Reason, public").locator("visible=true").select_option("unclear")
    desk.locator("#NG27-002").get_by_role("button", name="Français").click()
    expect(desk.locator("#reason-NG27-002")).to_have_value(re.compile("^Merci"))
    desk.locator("#NG27-002").get_by_role("button", name="Ask for changes").click()
    desk.locator(".toasts", has_text="NG27-002 went back to its author").wait_for()
    expect(desk.locator("#NG27-003 h2")).to_be_focused()


def test_keys_move_open_and_lead_to_a_decision_but_not_while_typing(desk):
    desk.locator("#NG27-001 h2").focus()
    desk.keyboard.press("j")
    assert focused(desk) == "The second"
    desk.keyboard.press("o")
    assert desk.locator("#NG27-002 .case-text[open]").count() == 1
    desk.keyboard.press("p")
    assert focused(desk).split() == ["Publish", "NG27-002"]
    desk.keyboard.press("r")
    assert desk.evaluate("document.activeElement.id") == "code-NG27-002"
    desk.locator("#reason-NG27-002").focus()
    desk.keyboard.type("jokpr")
    assert desk.locator("#reason-NG27-002").input_value() == "jokpr"
    assert desk.evaluate("document.activeElement.id") == "reason-NG27-002"
    desk.locator("h1").evaluate("node => { node.tabIndex = -1; node.focus() }")
    desk.keyboard.press("j")
    assert focused(desk) == "Moderation"


def test_a_key_takes_it_and_what_somebody_else_took_is_decided_behind_a_disclosure(desk, session, scene):
    desk.locator("#NG27-002 h2").focus()
    desk.keyboard.press("t")
    desk.locator(".toasts", has_text="NG27-002 is yours until").wait_for()
    expect(desk.locator("#NG27-002 h2")).to_be_focused()
    assert desk.locator("#NG27-002").get_by_role("button", name="Give it back").is_visible()
    second = make_user(session, Role.MODERATOR, name="Ana Lista")
    claim(session, scene.proposal, actor=actor_of(session, second), now=NOW)
    session.commit()
    desk.get_by_role("button", name="Publish NG27-001").click()
    expect(desk.locator(".error-summary")).to_be_focused()
    assert "Ana Lista has taken NG27-001." in focused(desk)
    desk.goto("/en/moderation")
    assert not desk.get_by_role("button", name="Publish NG27-001").is_visible()
    desk.locator("#NG27-001 h2").focus()
    desk.keyboard.press("t")
    assert focused(desk).split() == ["Take", "it", "over", "NG27-001"]
    desk.keyboard.press("p")
    assert focused(desk).split() == ["Publish", "NG27-001"]
    desk.keyboard.press("Enter")
    desk.locator(".toasts", has_text="NG27-001 is published.").wait_for()


def test_what_somebody_else_decided_is_told(desk, session, scene):
    publish(session, scene.proposal, actor=scene.actor, now=NOW)
    session.commit()
    desk.get_by_role("button", name="Publish NG27-001").click()
    desk.get_by_role("heading", name="Somebody was quicker").wait_for()
    expect(desk.locator("#main")).to_be_focused()


def test_a_filter_is_taken_at_once_and_said(desk):
    desk.locator("#language").focus()
    desk.locator("#language").select_option("fr")
    desk.locator(".toasts", has_text="0 proposals in this list").wait_for()
    assert "&language=fr" in desk.url
    desk.get_by_text("Nothing waits here.").wait_for()
    expect(desk.locator("#language")).to_be_focused()


def test_the_same_is_done_without_javascript(browser, live_server, session, scene):
    token = create_sign_in_link(session, scene.moderator, now=NOW)
    make_proposal(session, scene.consultation, title="The second")
    session.commit()
    with browser.new_context(base_url=live_server.url, java_script_enabled=False) as plain:
        desk = plain.new_page()
        desk.goto(f"/en/sign-in/link/{token}")
        desk.locator("main form button").click()
        desk.goto("/en/moderation")
        assert not desk.get_by_text("Keys for working fast").is_visible()
        desk.get_by_role("button", name="I take this NG27-001").click()
        desk.get_by_role("status").filter(has_text="NG27-001 is yours until").wait_for()
        desk.get_by_role("button", name="Give it back NG27-001").click()
        desk.get_by_role("status").filter(has_text="NG27-001 is free again.").wait_for()
        entry = desk.locator("#NG27-001")
        entry.locator("summary", has_text="Ask for changes").click()
        entry.get_by_role("button", name="Ask for changes").click()
        desk.locator(".error-summary", has_text="Choose a reason.").wait_for()
        entry.get_by_label("Reason, public").select_option("unclear")
        entry.get_by_role("button", name="Español").click()
        expect(desk.locator("#reason-NG27-001")).to_have_value(re.compile("^Gracias"))
        entry.get_by_role("button", name="Ask for changes").click()
        desk.get_by_role("status").filter(has_text="NG27-001 went back to its author").wait_for()
        assert desk.url.endswith("#NG27-002")
        desk.get_by_role("button", name="Publish NG27-002").click()
        desk.get_by_text("Nothing waits here.").wait_for()
