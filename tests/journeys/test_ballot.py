"""Ten choices among sixty, from signing in to the receipt: by keys alone on a phone's width, without JavaScript, and by
touch. What is in the box is what was meant."""

import json

import pytest
from sqlalchemy import select

from consultation.curation.operations import admit
from consultation.kernel.permissions import OPERATOR
from consultation.voting.models import BallotContent
from consultation.voting.operations import create_contest, open_contest
from consultation.voting.states import ContestKind
from tests.factories import NOW, make_consultation, make_mandate, make_organization, make_proposal, make_user

PASSWORD = "a password of the journey"
PHONE = {"width": 360, "height": 740}
ESSENTIAL, MARKED = ("NG27-A007", "NG27-A031", "NG27-A052"), tuple(f"NG27-A{number:03d}" for number in range(11, 18))
PLACES = ("NG27-A060", "NG27-A001", "NG27-A044")


@pytest.fixture
def contest(app, session):
    """Opens a contest on sixty items, in which one delegate votes."""

    def opened(kind):
        consultation = make_consultation(session)
        for number in range(60):
            proposal = make_proposal(session, consultation, title=f"Ask for thing {number + 1}", published=True)
            admit(session, proposal, actor=OPERATOR, now=NOW)
        member = make_organization(session, "ORG", name="Alliance of the Journey")
        delegate = make_user(
            session, email="delegate@example.org", password=PASSWORD, passwords=app.extensions["passwords"]
        )
        make_mandate(session, delegate, member)
        made = create_contest(session, consultation, code="MAIN", kind=kind, places=5, actor=OPERATOR, now=NOW)
        open_contest(session, made, actor=OPERATOR, now=NOW)
        session.commit()

    return opened


def ballot(session):
    session.rollback()
    (content,) = session.scalars(select(BallotContent.content)).all()
    return json.loads(content)["tiers"]


def sign_in(page):
    page.goto("/en/sign-in?next=/en/consultations/sample/ranking")
    page.get_by_label("Email address").fill("delegate@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Your ballot").wait_for()


def told(page, words):
    page.locator("[role=status]").filter(has_text=words).first.wait_for(state="attached")


def reach(page, locator, key="Tab", most=400):
    """Press a key until the focus is there, as somebody does who has no mouse."""
    for _press in range(most):
        if locator.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press(key)
    raise AssertionError(f"no focus on {locator}")


def test_by_keys_alone_on_a_phones_width(page, contest, session):
    contest(ContestKind.RANKING)
    page.set_viewport_size(PHONE)
    sign_in(page)
    page.goto("/en/consultations/sample/ranking")
    for number, code in enumerate(PLACES, start=1):
        search = page.get_by_label("Words or a code")
        reach(page, search)
        page.keyboard.press("Control+A")
        page.keyboard.type(code)
        page.locator(f"#i-{code}:only-child").wait_for()
        reach(page, page.locator(f"#add-{code}"))
        page.keyboard.press("Enter")
        told(page, f"{number} of at most 10 chosen")
        page.keyboard.press("Control+Home")
        page.evaluate("document.activeElement.blur()")
    third = page.locator(f"#t-{PLACES[2]}")
    reach(page, third)
    page.keyboard.press("Alt+ArrowUp")
    told(page, f"{PLACES[2]} is at place 2")
    review = page.locator(".mine").get_by_role("link", name="Review and cast")
    reach(page, review, "Shift+Tab")
    page.keyboard.press("Enter")
    cast = page.get_by_role("button", name="Cast this ballot")
    cast.wait_for()
    reach(page, cast)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Your receipt").wait_for()
    assert ballot(session) == [[PLACES[0]], [PLACES[2]], [PLACES[1]]]
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


def test_without_javascript(browser, live_server, contest, session):
    contest(ContestKind.TIERS)
    with browser.new_context(base_url=live_server.url, java_script_enabled=False) as context:
        page = context.new_page()
        sign_in(page)
        for code in ESSENTIAL:
            page.locator(f"#essential-{code}").click()
        for code in MARKED:
            page.locator(f"#add-{code}").click()
        page.get_by_text("10 of at most 10 chosen").first.wait_for()
        assert [grip.is_visible() for grip in page.locator("[data-grip]").all()] == [False] * 10  # nothing drags
        page.locator("#add-NG27-A020").click()
        page.get_by_text("The ballot has more items than this contest allows.").first.wait_for()
        page.locator(".mine").get_by_role("link", name="Review and cast").click()
        page.get_by_role("button", name="Cast this ballot").click()
        page.get_by_role("heading", name="Your receipt").wait_for()
    assert ballot(session) == [list(ESSENTIAL), list(MARKED)]


def test_by_touch(browser, live_server, contest, session):
    contest(ContestKind.RANKING)
    shown = {"base_url": live_server.url, "viewport": PHONE, "has_touch": True, "is_mobile": True}
    with browser.new_context(**shown) as context:
        page = context.new_page()
        sign_in(page)
        for number, code in enumerate(PLACES, start=1):
            page.locator(f"#add-{code}").tap()
            told(page, f"{number} of at most 10 chosen")
        first = page.locator(f"#i-{PLACES[0]}").get_by_text("Read it here")
        first.tap()
        page.locator(f"#i-{PLACES[0]}").get_by_text("Each police service counts in its own way.").wait_for()
        grip = page.locator(f"#m-{PLACES[2]} [data-grip]")
        page.locator(f"#m-{PLACES[0]}").evaluate("row => row.scrollIntoView()")
        drag(page, grip, page.locator(f"#m-{PLACES[0]}"))
        told(page, f"{PLACES[2]} is at place 1")
        page.get_by_role("button", name="Close").tap()
        page.locator(".foot-bar").get_by_role("link", name="Review and cast").tap()
        page.get_by_role("button", name="Cast this ballot").tap()
        page.get_by_role("heading", name="Your receipt").wait_for()
    assert ballot(session) == [[PLACES[2]], [PLACES[0]], [PLACES[1]]]


def drag(page, grip, target):
    """With a finger: touched, moved and let go, as the browser reports it."""
    client = page.context.new_cdp_session(page)
    start, end = grip.bounding_box(), target.bounding_box()
    points = [(box["x"] + min(box["width"], 40) / 2, box["y"] + box["height"] / 2) for box in (start, end)]
    (x, y), (to_x, to_y) = points
    client.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for step in range(1, 6):
        point = {"x": x + (to_x - x) * step / 5, "y": y + (to_y - y) * step / 5}
        client.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [point]})
    client.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


class Listener:
    """Hears what a screen reader says: the name and role of whatever gets the focus, and what live regions announce."""

    def __init__(self, page):
        self.page, self.words, self.keys = page, 0, 0
        self._client = page.context.new_cdp_session(page)

    def press(self, key):
        self.page.keyboard.press(key)
        self.keys += 1

    def focused(self):
        """Name and role of the element that has the focus, from the browser's accessibility tree."""
        found = self._client.send("Runtime.evaluate", {"expression": "document.activeElement"})["result"]
        nodes = self._client.send(
            "Accessibility.getPartialAXTree", {"objectId": found["objectId"], "fetchRelatives": False}
        )["nodes"]
        return tuple(nodes[0].get(part, {}).get("value", "") for part in ("name", "role"))

    def tab_to(self, name, key="Tab", most=12):
        for _press in range(most):
            self.press(key)
            heard = self.focused()
            self.words += len(" ".join(heard).split())
            if heard[0] == name:
                return heard
        raise AssertionError(f"{name} is not within {most} steps")

    def hear(self, words):
        region = self.page.locator("[role=status]").filter(has_text=words).last
        region.wait_for(state="attached")
        self.words += len(region.text_content().split())


def test_ten_among_sixty_are_heard_in_under_two_minutes(page, contest, session):
    """At 200 words a minute; a listener who lets each name be read to its end. Described in
    docs/screen-reader-ballot.md."""
    contest(ContestKind.TIERS)
    sign_in(page)
    ear, heard = Listener(page), []
    page.get_by_label("Words or a code").focus()
    for number, code in enumerate((*ESSENTIAL, *MARKED), start=1):
        if number > 1:
            heard.append(ear.tab_to("Words or a code", "Escape", most=1))
        page.keyboard.type(code)
        ear.keys += len(code)
        page.locator(f"#i-{code}:only-child").wait_for()
        ear.hear("1 item")
        button = f"Add as essential {code}" if code in ESSENTIAL else f"Add {code}"
        heard.append(ear.tab_to(button))
        ear.press("Enter")
        ear.hear(f"{number} of at most 10 chosen")
    assert [role for _name, role in heard] == ["button"] + ["searchbox", "button"] * 9
    assert ear.words / 200 * 60 < 120, (ear.words, ear.keys)
    page.goto("/en/consultations/sample/ranking/review")
    page.get_by_role("button", name="Cast this ballot").click()
    page.get_by_role("heading", name="Your receipt").wait_for()
    assert ballot(session) == [list(ESSENTIAL), list(MARKED)]
