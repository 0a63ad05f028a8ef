"""An organization joins in French, in a browser: it is asked for more, answers, is verified by two people, and outlives
the delegate who founded it; the deputy takes over, and comes back with a passkey."""

import re
from dataclasses import replace

import pytest
from sqlalchemy import select

from consultation.accounts.operations import create_sign_in_link
from consultation.commands.worker import Post, Worker
from consultation.kernel.roles import MandateKind, Role
from consultation.membership.models import Mandate, MemberOrganization
from consultation.membership.states import OrganizationState
from tests.browser import TIMEOUT_MS
from tests.conftest import NOW
from tests.factories import make_user

PHONE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def config(config):
    return replace(config, mail_url="mailbox:")


@pytest.fixture
def here(live_server):
    """The server under the name that passkeys need."""
    return live_server.url.replace("127.0.0.1", "localhost")


@pytest.fixture
def person(browser, here):
    """Somebody with a browser of their own, with a French or an English page; ``phone`` gives it a passkey's device."""
    contexts = []

    def make(*, phone=False):
        context = browser.new_context(base_url=here, locale="fr-CA", timezone_id="America/Toronto")
        context.set_default_timeout(TIMEOUT_MS)
        contexts.append(context)
        page = context.new_page()
        if phone:
            protocol = context.new_cdp_session(page)
            protocol.send("WebAuthn.enable")
            protocol.send("WebAuthn.addVirtualAuthenticator", {"options": PHONE})
        return page

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def letter(app):
    """Deliver what waits; the path that the newest letter to somebody leads to."""

    def path(address, pattern):
        worker, post = Worker(app), Post(app)
        while worker.step() + post.step():
            continue
        for _name, message in app.extensions["mail"].messages():
            found = re.search(pattern, message.get_body(("plain",)).get_content())
            if message["To"] == address and found:
                return found[1]
        raise AssertionError(f"no letter to {address} leads to {pattern}")

    return path


def signed_in(person, session, role):
    """Somebody of the desk, in their browser, signed in by a link."""
    page = person()
    token = create_sign_in_link(session, make_user(session, role, language="fr"), now=NOW)
    session.commit()
    page.goto(f"/fr/sign-in/link/{token}")
    page.get_by_role("main").get_by_role("button", name="Se connecter").click()
    page.get_by_role("button", name="Se déconnecter").first.wait_for()
    return page


def apply_in_french(page):
    page.goto("/fr/register")
    page.get_by_label("Nom de l’organisme").fill("Cercle du Nord")
    page.get_by_label("Secteur").select_option("community")
    page.get_by_label("Manitoba").check()
    page.get_by_label("Comment pouvons-nous voir qu’il existe?").fill("Notre rapport annuel.")
    page.get_by_label("Votre nom").fill("Aline")
    page.get_by_label("Votre adresse courriel").fill("aline@example.org")
    page.get_by_label("J’accepte les conditions de participation").check()
    page.get_by_role("button", name="Envoyer la demande").click()
    page.get_by_role("heading", name="Votre demande est arrivée").wait_for()


def accept(page, path):
    page.goto(path)
    box = page.get_by_label("J’accepte les conditions de participation")
    if box.count():
        box.check()
    page.get_by_role("button", name="Accepter et se connecter").click()
    page.get_by_role("button", name="Se déconnecter").first.wait_for()


def decide(page, axe):
    """Approve the case that is open."""
    page.goto("/fr/verification")
    page.get_by_role("link", name="Cercle du Nord").click()
    assert axe(page) == []
    page.get_by_role("button", name="Approuver", exact=True).click()
    page.get_by_role("heading", name="Vérification des organismes").wait_for()


def may(page, kind):
    page.get_by_role("group", name="Ce que la personne peut faire").locator(f"[value={kind.value}]").check()


def test_an_organization_outlives_its_founder(app, session, live_server, person, letter, axe):
    session.commit()
    aline, nina = person(), person(phone=True)
    one, two = (signed_in(person, session, role) for role in (Role.ORGANIZER, Role.ADMINISTRATOR))
    invitation = r"http://[\d.:]+(/fr/invitations/\S+)"

    apply_in_french(aline)
    accept(aline, letter("aline@example.org", invitation))

    one.goto("/fr/verification/CDN")
    one.get_by_text("Demander des précisions").first.click()
    one.get_by_label("Votre question").fill("Combien êtes-vous?")
    one.get_by_role("button", name="Demander des précisions").click()
    aline.goto(letter("aline@example.org", r"http://[\d.:]+(/fr/organizations/\S+/people)"))
    aline.get_by_text("Combien êtes-vous?").first.wait_for()
    assert axe(aline) == []
    aline.get_by_label("Votre réponse").fill("Sept personnes.")
    aline.get_by_role("button", name="Envoyer la réponse").click()
    aline.get_by_text("Sept personnes.").wait_for()

    decide(one, axe)
    assert state(session) is OrganizationState.APPLIED
    decide(two, axe)
    assert state(session) is OrganizationState.VERIFIED

    people = "/fr/organizations/CDN/people"
    aline.goto(people)
    aline.get_by_label("Nom", exact=True).fill("Nina")
    aline.get_by_label("Adresse courriel").fill("nina@example.org")
    may(aline, MandateKind.DEPUTY)
    aline.get_by_label("Langue du courriel").select_option("fr")
    aline.get_by_role("button", name="Envoyer l’invitation").click()
    aline.get_by_text("nina@example.org").first.wait_for()
    accept(nina, letter("nina@example.org", invitation))

    aline.goto(people)
    own = aline.locator("article", has_text="Aline")
    own.get_by_text("Quitter", exact=False).first.click()
    own.get_by_role("button", name="Y mettre fin").click()
    aline.wait_for_url("**/fr/account")
    assert aline.goto(people).status == 404

    nina.goto("/fr/account/security")
    nina.get_by_label("Nom de la nouvelle clé d’accès").fill("Téléphone")
    nina.get_by_role("button", name="Ajouter une clé d’accès").click()
    nina.get_by_role("heading", name="Téléphone").wait_for()
    nina.get_by_role("button", name="Se déconnecter", exact=True).first.click()
    nina.get_by_role("link", name="Se connecter").first.wait_for()
    nina.goto(f"/fr/sign-in?next={people}")
    nina.get_by_role("button", name="Utiliser une clé d’accès").click()
    nina.get_by_role("heading", name="Cercle du Nord").wait_for()
    assert nina.url.endswith(people)
    assert axe(nina) == []
    nina.get_by_label("Nom", exact=True).fill("Omar")
    nina.get_by_label("Adresse courriel").fill("omar@example.org")
    may(nina, MandateKind.DELEGATE)
    nina.get_by_role("button", name="Envoyer l’invitation").click()
    nina.get_by_text("omar@example.org").first.wait_for()

    session.rollback()
    standing = session.scalars(select(Mandate.kind).where(Mandate.revoked_at.is_(None))).all()
    assert standing == [MandateKind.DEPUTY]


def state(session):
    session.rollback()
    return session.scalars(select(MemberOrganization.state).where(MemberOrganization.code == "CDN")).one()
