"""Every page for everybody who may see it: WCAG 2.2 AA by axe, sound HTML, and no scrolling sideways at 320 px."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

import pytest
from pyotp import TOTP
from sqlalchemy import select

from consultation.accounts.address_letters import NEW_ADDRESS
from consultation.accounts.operations import create_sign_in_link
from consultation.accounts.queries import user_by_email
from consultation.convening.models import Consultation
from consultation.demo.build import steps
from consultation.demo.sample import Sample, delegate_address
from consultation.discussion.models import Comment
from consultation.kernel.jobs import enqueue
from consultation.kernel.letters import Letter
from consultation.kernel.permissions import OPERATOR
from consultation.membership.models import MemberOrganization
from consultation.membership.operations.inviting import INVITATION
from consultation.proposals.models import Proposal
from consultation.voting.jobs import TALLY
from consultation.voting.queries import contest_by_code
from consultation.web.mail.unsubscribing import sign
from consultation.web.transactions import unit_of_work
from tests.conftest import NOW

WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 320, "height": 640}
FILES = {
    "voting.checkpoints_file",
    "voting.receipt_file",
    "voting.receipt_json",
    "voting.option_text",
    "voting.tally_file",
    "voting.ballots_file",
    "voting.chain_file",
    "voting.explanation_file",
    "voting.order_file",
    "voting.preflib_file",
    "drafting.download",
    "exchange.bundle",
    "exchange.verifier",
}
#: Only where a provider is set; tests/accounts/test_provider.py looks at them.
PROVIDER = {"accounts.go_to_provider", "accounts.return_from_provider"}
ENDED, RANKING, OPEN = "sample-agenda-2026", "sample-ranking", "sample-open"
VOTED, VOTING = "maritime-justice", "prairie-newcomers"
SANITY = """() => {
    const ids = [...document.querySelectorAll('[id]')].map(element => element.id);
    const controls = [...document.querySelectorAll('input:not([type=hidden]), select, textarea')];
    return {
        lang: document.documentElement.lang,
        headings: document.querySelectorAll('h1').length,
        repeated: ids.filter((id, index) => ids.indexOf(id) !== index),
        unlabelled: controls.filter(control => !control.labels.length).map(control => control.name),
        dangling: [...document.querySelectorAll('[aria-labelledby], [aria-describedby], a[href^="#"]')]
            .flatMap(element => [
                ...(element.getAttribute('aria-labelledby') || '').split(' '),
                ...(element.getAttribute('aria-describedby') || '').split(' '),
                (element.getAttribute('href') || '').replace(/^[^#].*/, '').slice(1),
            ]).filter(id => id && !document.getElementById(id)),
    };
}"""
SOUND = {"headings": 1, "repeated": [], "unlabelled": [], "dangling": []}


@dataclass
class Visitor:
    """Looks at pages and notes what is wrong with them."""

    page: Any
    app: Any
    language: str
    axe: Callable[[Any], list[str]]
    faults: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    def see(self, *paths: str) -> None:
        for path in paths:
            answer = self.page.goto(f"/{self.language}{path}")
            if answer.status != 200:
                self.faults.append(f"{path}: status {answer.status}")
            self.look()

    def look(self) -> None:
        """Judge the page that is open. In French and Spanish axe, which is slow, sees each kind of page once."""
        path = urlsplit(self.page.url).path
        endpoint = self.app.url_map.bind("127.0.0.1").match(path)[0]
        found = self.page.evaluate(SANITY)
        if self.language == "en" or endpoint not in self.seen:
            self.faults += [f"{path}: {line}" for line in self.axe(self.page)]
        self.seen.add(endpoint)
        if found != SOUND | {"lang": self.language}:
            self.faults.append(f"{path}: {found}")
        self.page.set_viewport_size(NARROW)
        if (width := self.page.evaluate("document.documentElement.scrollWidth")) > NARROW["width"]:
            self.faults.append(f"{path}: {width} px wide in a window of 320")
        self.page.set_viewport_size(WIDE)

    @contextmanager
    def signed_in(self, email: str) -> Iterator[None]:
        """As this person, by a one-time link."""
        self.see(self.link(email))
        self.press("main form button")
        yield
        self.press("header .session button")

    def link(self, email: str) -> str:
        """The path of a one-time link for this person."""
        with self.app.app_context(), unit_of_work() as session:
            token = create_sign_in_link(session, user_by_email(session, email), now=NOW)
        return f"/sign-in/link/{token}"

    def see_an_invitation(self) -> None:
        """As whoever opens the letter of one."""
        with self.app.app_context(), unit_of_work() as session:
            letter = session.scalars(select(Letter).where(Letter.kind == INVITATION.name).limit(1)).one()
            token = INVITATION.compose(session, letter, NOW).values["token"]
        self.see(f"/invitations/{token}")

    def press(self, selector: str) -> None:
        with self.page.expect_navigation():
            self.page.locator(selector).first.click()


@pytest.fixture
def config(config):
    """With a way for mail to leave, so that letters are offered; none does."""
    return replace(config, mail_url="smtp://localhost")


@pytest.fixture
def sample(app, live_server):
    """The application's database holds the demonstration's sample."""
    with app.app_context():
        made = Sample(NOW, live_server.url, "a password of the sample", app.extensions["passwords"])
        for step in steps():
            with unit_of_work() as session:
                step(session, made)


@pytest.mark.parametrize("language", ["en", "fr", "es"])
def test_every_page_is_accessible(app, sample, page, axe, session, language, tmp_path):
    visitor = Visitor(page, app, language, axe)
    page.set_viewport_size(WIDE)
    _as_anybody(visitor)
    with visitor.signed_in(delegate_address(VOTING)):
        _as_delegate(visitor, _own_proposal(session))
    with visitor.signed_in(delegate_address(VOTED)):
        visitor.see(f"/consultations/{RANKING}/ranking/receipt", f"/consultations/{RANKING}/ranking")
    with visitor.signed_in("moderator@example.org"):
        comment = session.scalars(select(Comment.id).limit(1)).one()
        visitor.see(
            "/moderation",
            "/proposals/SO28-018/content-note",
            "/proposals/SO28-018",
            "/moderation?state=decided",
            "/account",
            f"/comments/{comment}/hiding",
        )
    with visitor.signed_in("organizer@example.org"):
        _as_organizer(visitor, tmp_path)
    with visitor.signed_in("administrator@example.org"):
        visitor.see("/organize/people", "/verification", "/verification/LTARS", "/verification/CDDFHDSE")
        visitor.see("/verification/LTARS/merging", "/organize/people/erasures")
        visitor.see("/organize/people/accounts")
        page.fill("#email", delegate_address(VOTED))
        page.fill("#reason", "They left.")
        visitor.press("main form .actions button")
        visitor.look()
    with visitor.signed_in("auditor@example.org"):
        visitor.see(f"/organize/{RANKING}", f"/organize/{RANKING}/contests")
    _with_a_second_step(visitor, "auditor@example.org")
    assert visitor.faults == [], "\n".join(visitor.faults)
    pages = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in rule.methods and "lang" in rule.arguments}
    assert pages - FILES - PROVIDER == visitor.seen


def _as_anybody(visitor: Visitor) -> None:
    visitor.see("/", "/sign-in", "/proposals/SA26-001", "/items/SA26-A001")
    visitor.see("/organizations", "/organizations?q=nothing", "/organizations/maritime-justice", "/register")
    visitor.see("/register/sent", "/register/person")
    _see_letters_off(visitor)
    visitor.see("/transparency", "/privacy", "/accessibility", "/terms", "/contact", "/texts/terms/0")
    visitor.see_an_invitation()
    visitor.page.goto(f"/{visitor.language}/sign-in")
    visitor.page.fill("#link-email", "nobody@example.org")
    visitor.press("form[action*='/sign-in/links'] button")
    visitor.look()
    for slug in (ENDED, RANKING, OPEN):
        parts = ("", "proposals", "items", "ranking", "results", "transparency")
        visitor.see(*(f"/consultations/{slug}/{part}" for part in parts))
    visitor.see(f"/consultations/{RANKING}/roll")
    visitor.see(f"/consultations/{OPEN}/proposals?q=nothing+has+this", f"/consultations/{OPEN}/agenda")
    visitor.see(f"/consultations/{ENDED}/agenda", f"/consultations/{ENDED}/agenda/releases/0.1")
    visitor.see("/proposals/SA26-001?revision=1")


def _with_a_second_step(visitor: Visitor, email: str) -> None:
    """Set one up, and sign in with it."""
    page = visitor.page
    with visitor.signed_in(email):
        visitor.see("/account/confirmation", "/account/security/password", "/account/security")
        visitor.press("form[action$='/security/authenticator'] button")
        visitor.look()
        secret = page.locator("#secret").inner_text().replace(" ", "")
        page.fill("#code", TOTP(secret).generate_otp(int(NOW.timestamp()) // 30))
        visitor.press("form[action$='/confirmation'] button")
        visitor.faults += visitor.axe(page)
        recovery = page.locator(".recovery-codes code").first.inner_text()
        visitor.see("/account/security")
    visitor.see(visitor.link(email))
    visitor.press("main form button")
    visitor.look()
    page.fill("#code", recovery)
    visitor.press("main form button")
    visitor.press("header .session button")


def _own_proposal(session: Any) -> str:
    """The code of a proposal that the delegate may change."""
    query = (
        select(Proposal.code)
        .join(Consultation, Consultation.id == Proposal.consultation_id)
        .join(MemberOrganization, MemberOrganization.id == Proposal.organization_id)
        .where(Consultation.slug == OPEN, MemberOrganization.code == VOTING)
    )
    return str(session.scalars(query).first())


def _see_letters_off(visitor: Visitor) -> None:
    """As whoever opens the address in a letter."""
    with visitor.app.app_context(), unit_of_work() as session:
        user = user_by_email(session, delegate_address(VOTING))
    token = sign(visitor.app.extensions["settings"].secret_key, user.id, "decision")
    visitor.see(f"/letters-off/decision/{token}")


def _change_address(visitor: Visitor) -> None:
    """Asked for, and as whoever opens the letter."""
    visitor.see("/account/security/address")
    visitor.page.fill("#email", "new@example.org")
    visitor.press("main form:has(#email) button")
    visitor.look()
    with visitor.app.app_context(), unit_of_work() as session:
        letter = session.scalars(select(Letter).where(Letter.kind == NEW_ADDRESS.name)).one()
        token = NEW_ADDRESS.compose(session, letter, NOW).values["token"]
    visitor.see(f"/account/security/address/{token}")


def _as_delegate(visitor: Visitor, code: str) -> None:
    visitor.see(f"/organizations/{VOTING}/people", "/organizations/LTARS/vouchings")
    visitor.see(f"/organizations/{VOTING}/affiliations", f"/organizations/{VOTING}/confirmation")
    visitor.see("/account/security", "/account/privacy", "/account/privacy/erasure")
    _change_address(visitor)
    visitor.see("/", "/account", f"/consultations/{OPEN}/propose", f"/consultations/{ENDED}/propose")
    visitor.page.goto(f"/{visitor.language}/consultations/{OPEN}/propose")
    visitor.press("main form .actions button")
    visitor.look()
    visitor.see(f"/proposals/{code}", f"/proposals/{code}/edit", f"/consultations/{OPEN}/propose/{code}")
    visitor.see(f"/consultations/{RANKING}/ranking")
    for act in ("essential", "add"):
        with settled(visitor.page):
            visitor.page.locator(f"button[value^='{act} ']").first.click()
    visitor.look()
    visitor.see(f"/consultations/{RANKING}/ranking/review")


def _as_organizer(visitor: Visitor, folder: Any) -> None:
    visitor.see("/organize", f"/organize/{ENDED}/agenda", f"/organize/{ENDED}/contests")
    visitor.see(f"/organize/{ENDED}/contests/SA26-C1/what-if?rule=phragmen&places=3&first=SA26-A001")
    _see_a_tally(visitor)
    _see_the_paper_desk(visitor)
    visitor.see("/organize/pages", "/organize/pages/terms")
    visitor.see("/verification/LTARS/merging", "/verification/LTARS/merging?into=maritime-justice")
    visitor.page.goto(f"/{visitor.language}/organize/{OPEN}/contests")
    visitor.page.fill("#code", "NEXT")
    visitor.press("form[action$='/contests'] .actions button")
    visitor.see(f"/organize/{OPEN}/contests", f"/organize/{OPEN}/contests/NEXT/roll")
    visitor.see(f"/organize/{OPEN}/contests/NEXT/voiding", f"/organize/{OPEN}/contests/NEXT/electorate")
    visitor.page.check("input[name=people] >> nth=0")
    visitor.page.fill("#reason", "The committee asked for it.")
    visitor.press("main form .actions button")
    visitor.see("/organize/confirmations", f"/organize/{OPEN}/members")
    visitor.see("/organize/vocabularies/sector", "/organize/vocabularies/theme/T1")
    visitor.see(*(f"/organize/{OPEN}{part}" for part in ("", "/admission", "/agenda", "/contests", "/imports")))
    file = folder / "proposals.csv"
    file.write_text("ref,title,remedy\n1,One,Do it.\n2,,\n", encoding="utf-8")
    visitor.page.locator("input[type=file]").set_input_files(file)
    visitor.press("main form button")
    visitor.look()
    visitor.press("main form .actions button")
    visitor.page.locator("#report").wait_for()
    visitor.look()
    visitor.press("#job form button")
    visitor.page.locator("#report").wait_for()
    visitor.look()
    visitor.see(f"/organize/{OPEN}", f"/organize/{OPEN}/imports")


def _see_the_paper_desk(visitor: Visitor) -> None:
    """With a reading that is refused, and one that waits."""
    desk = f"/organize/{RANKING}/contests/SR27-C1/paper"
    visitor.see(desk, f"{desk}/ballot", f"{desk}/ballot?languages=all", f"{desk}/envelopes", f"{desk}/second")
    visitor.see(f"{desk}/first")
    visitor.page.fill("#voter", "nobody")
    visitor.page.fill("#line1", "1")
    visitor.press("main form .actions button")
    visitor.look()
    visitor.page.fill("#voter", VOTED)
    visitor.press("main form .actions button")
    visitor.page.goto(f"/{visitor.language}{desk}")
    visitor.look()


def _see_a_tally(visitor: Visitor) -> None:
    """The page of a tally that was asked for; this contest is published, so nothing will come of it."""
    with visitor.app.app_context(), unit_of_work() as session:
        contest = contest_by_code(session, "SA26-C1")
        order = {"contest": contest.code, "beacon": ""}
        job = enqueue(session, TALLY, subject_id=contest.id, parameters=order, actor=OPERATOR, now=NOW)
        address = f"/organize/{ENDED}/contests/SA26-C1/tally/{job.id}"
    visitor.see(address)


def test_ranking_by_keyboard_alone(sample, app, page):
    visitor = Visitor(page, app, "en", lambda _page: [])
    with visitor.signed_in(delegate_address(VOTING)):
        page.goto(f"/en/consultations/{RANKING}/ranking")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.getAttribute('href')") == "#main"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"
        for name in ("Add SR27-A001", "Add SR27-A002", "Add SR27-A003", "Essential SR27-A003", "Up SR27-A002"):
            with settled(page):
                _press(page, name)
        marked = page.locator(".my-ballot").nth(1).locator("li")
        assert [marked.nth(index).get_attribute("id") for index in range(2)] == ["m-SR27-A002", "m-SR27-A001"]
        with page.expect_navigation():
            _press(page, "Review and cast")
        assert page.locator("h1").inner_text() == "Review your ballot"
        with page.expect_navigation():
            _press(page, "Cast this ballot")
        assert page.locator("h1").inner_text() == "Your receipt"


def _press(page: Any, name: str) -> None:
    """Go to the control of this name with the Tab key, and press Enter."""
    for _step in range(200):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == name:
            break
    else:
        raise AssertionError(f"The Tab key does not reach “{name}”.")
    page.keyboard.press("Enter")


@contextmanager
def settled(page: Any) -> Iterator[None]:
    """Wait until htmx has put the answer of what is done inside into the page."""
    page.evaluate(
        "document.addEventListener('htmx:afterSettle',"
        " () => document.documentElement.setAttribute('data-settled', ''), { once: true })"
    )
    yield
    page.wait_for_selector("html[data-settled]", state="attached")
    page.evaluate("document.documentElement.removeAttribute('data-settled')")


def test_count_of_results_is_announced_as_one_types(sample, page):
    page.goto(f"/en/consultations/{ENDED}/proposals")
    count = page.locator("#count[role=status]")
    assert count.inner_text() == "14 proposals"
    page.locator("#q").fill("nothing has this")
    page.get_by_text("0 proposals", exact=True).wait_for()
    assert count.inner_text() == "0 proposals"
