"""A delegate adds a passkey, signs out, and signs in with it, in a browser with a device of its own."""

import pytest

from consultation.accounts.operations import create_sign_in_link
from tests.conftest import NOW
from tests.factories import make_user


@pytest.fixture
def device(page):
    """Chromium's virtual authenticator: a phone that knows its owner."""
    protocol = page.context.new_cdp_session(page)
    protocol.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    identifier = protocol.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]

    def verified(value):
        protocol.send("WebAuthn.setUserVerified", {"authenticatorId": identifier, "isUserVerified": value})

    return verified


def test_a_delegate_signs_in_with_a_passkey(page, live_server, session, device):
    here = live_server.url.replace("127.0.0.1", "localhost")
    token = create_sign_in_link(session, make_user(session, name="Amina Roy"), now=NOW)
    session.commit()
    page.goto(f"{here}/en/sign-in/link/{token}")
    page.get_by_role("button", name="Sign in").click()
    page.goto(f"{here}/en/account/security")
    page.get_by_label("Name of the new passkey").fill("My phone")
    page.get_by_role("button", name="Add a passkey").click()
    page.get_by_role("heading", name="My phone").wait_for()
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.get_by_role("link", name="Sign in").first.wait_for()

    device(False)
    page.goto(f"{here}/en/sign-in?next=/en/account/security")
    page.get_by_role("button", name="Use a passkey").click()
    page.get_by_text("No passkey was used. Try again, or take another way.").wait_for()
    device(True)
    page.get_by_role("button", name="Use a passkey").click()
    page.get_by_role("heading", name="Sign-in and security").wait_for()
    assert page.url == f"{here}/en/account/security"
    assert page.get_by_text("Last used on").count() == 1


def test_where_passkeys_cannot_be_used_the_page_says_so(page, live_server, session):
    token = create_sign_in_link(session, make_user(session), now=NOW)
    session.commit()
    page.goto(f"/en/sign-in/link/{token}")
    page.get_by_role("button", name="Sign in").click()
    page.goto("/en/account/security")
    page.get_by_text("Passkeys need a name in the address").wait_for()
    assert page.get_by_role("button", name="Add a passkey").count() == 0
