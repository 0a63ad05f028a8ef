"""Signing in at a provider by OpenID Connect: whom it lets in, what is not believed, and what is never created."""

import re
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc.jwk import RSAKey
from sqlalchemy import func, select

from consultation.accounts.models import LinkedIdentity, UsedState, User, UserSession
from consultation.kernel.outbox import EventRecord
from tests.accounts.provider import NAME, provider_on_loopback
from tests.accounts.test_second_step import code_at, turn_on
from tests.factories import NOW, make_user, sign_in

BACK = "/en/sign-in/provider/return"
REFUSED = f"Signing in with {NAME} opens no account here, or it took too long."
#: Asked for by whoever fetches it, the provider sends them on to its keys.
FORWARD = (
    "response_type=code&client_id=this-site&scope=openid+email&code_challenge_method=S256&state=s&redirect_uri=/keys"
)
DOWN = f"{NAME} does not answer at the moment."


@pytest.fixture
def provider():
    with provider_on_loopback() as made:
        yield made


@pytest.fixture
def config(config, provider):
    return replace(config, oidc=provider.settings)


@pytest.fixture
def user(session):
    made = make_user(session, email="ana@example.org")
    session.commit()
    return made


def go(client, query=""):
    """To the provider's page; the address that it is asked at."""
    answer = client.get(f"/en/sign-in/provider{query}")
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return answer.location


def come_back(client, provider, location):
    """The page after the provider, and the form on it."""
    back = urlsplit(provider.authorize(urlsplit(location).query))
    page = client.get(f"{back.path}?{back.query}")
    text = page.get_data(as_text=True)
    assert page.status_code == 200, text
    fields = dict(re.findall(r'<input type="hidden" name="(code|state)" value="([^"]+)"', text))
    action = re.search(r'<form method="post" action="(/en/sign-in/provider/return[^"]*)"', text)[1]
    return action.replace("&amp;", "&"), fields


def enter(client, provider, query=""):
    action, fields = come_back(client, provider, go(client, query))
    return client.post(action, data=fields)


def signed_in(client):
    return client.get("/en/account").status_code == 200


def links(session):
    session.rollback()
    session.expire_all()
    return [(row.user_id, row.issuer, row.subject) for row in session.scalars(select(LinkedIdentity))]


def refused(answer):
    return answer.status_code == 422 and REFUSED in answer.get_data(as_text=True)


def test_signs_in_and_links(client, session, user, provider):
    answer = enter(client, provider)
    assert (answer.status_code, answer.location) == (303, "/en/")
    assert signed_in(client)
    assert links(session) == [(user.id, provider.issuer, "person-1")]
    assert session.scalars(select(UserSession.method)).all() == ["oidc"]
    names = [row.name for row in session.scalars(select(EventRecord).order_by(EventRecord.position))]
    assert names[-2:] == ["IdentityLinked", "UserSignedIn"]
    logged = " ".join(str(row.payload) for row in session.scalars(select(EventRecord)))
    assert "person-1" not in logged
    assert "ana@" not in logged


def test_what_goes_to_the_provider(client, provider):
    asked = {name: values[0] for name, values in parse_qs(urlsplit(go(client)).query).items()}
    fixed = {name: asked[name] for name in ("response_type", "scope", "code_challenge_method", "ui_locales")}
    assert fixed == {
        "response_type": "code",
        "scope": "openid email",
        "code_challenge_method": "S256",
        "ui_locales": "en",
    }
    assert asked["redirect_uri"] == "http://127.0.0.1:8000/en/sign-in/provider/return"
    assert min(len(asked[name]) for name in ("state", "nonce", "code_challenge")) >= 43


def test_the_redirect_address_is_the_public_one_whatever_the_host(client, provider):
    answer = client.get("/en/sign-in/provider", headers={"Host": "elsewhere.example"})
    assert "elsewhere" not in answer.location


CHANGES = {
    "another nonce": {"nonce": "another"},
    "no nonce": {"nonce": None},
    "another audience": {"aud": "another-site"},
    "several audiences without a party": {"aud": ["this-site", "another-site"]},
    "another party": {"azp": "another-site"},
    "another issuer": {"iss": "http://127.0.0.1:1"},
    "expired": {"exp": int(NOW.timestamp()) - 61},
    "no expiry": {"exp": None},
    "from the future": {"iat": int(NOW.timestamp()) + 3600},
    "no subject": {"sub": None},
    "a subject that is none": {"sub": 7},
    "an unverified address": {"email_verified": False},
    "an address said to be verified in words": {"email_verified": "true"},
    "an address that nobody vouches for": {"email_verified": None},
    "no address": {"email": None},
    "an unknown address": {"email": "eva@example.org"},
    "an address that is none": {"email": ["ana@example.org"]},
}


@pytest.mark.parametrize("changes", CHANGES.values(), ids=CHANGES)
def test_one_answer_whatever_does_not_hold(client, session, user, provider, changes):
    provider.changes = changes
    assert refused(enter(client, provider))
    assert not signed_in(client)
    assert links(session) == []
    assert session.scalar(select(func.count()).select_from(User)) == 1


def test_unknown_and_unverified_addresses_get_the_same_page(app, user, provider):
    pages = []
    for changes in ({"email": "eva@example.org"}, {"email_verified": False}, {"nonce": "another"}):
        provider.changes = changes
        text = enter(app.test_client(), provider).get_data(as_text=True)
        pages.append(re.sub(r'(name="csrf_token" value=)"[^"]+"', r"\1", text))
    assert pages[0] == pages[1] == pages[2]


def test_a_closed_account_stays_closed(client, session, user, provider):
    enter(client, provider)
    user = session.get(User, user.id)
    user.active = False
    session.commit()
    client.post("/en/sign-out")
    assert refused(enter(client, provider))


def test_a_key_that_is_not_the_providers(client, user, provider):
    provider.signing = RSAKey.generate_key(2048, {"kid": "first"})
    assert refused(enter(client, provider))


def test_a_signature_under_the_clients_secret_or_none(app, user, provider):
    from joserfc.jwk import OctKey

    provider.signing = OctKey.import_key("a secret between this site and the provider", {"kid": "first"})
    provider.header = {"alg": "HS256"}
    assert refused(enter(app.test_client(), provider))
    provider.header = {"alg": "none"}
    assert refused(enter(app.test_client(), provider))


def test_a_new_key_of_the_provider_is_asked_for(app, user, provider, clock):
    enter(app.test_client(), provider)
    provider.signing = provider.published = RSAKey.generate_key(2048, {"kid": "second"})
    assert refused(enter(app.test_client(), provider))  # asked less than a minute ago
    clock.advance(minutes=2)
    client = app.test_client()
    assert enter(client, provider).status_code == 303
    assert signed_in(client)


def test_what_the_provider_offers_is_asked_once(app, user, provider):
    for _visit in range(3):
        enter(app.test_client(), provider)
    assert sorted(provider.asked) == ["/.well-known/openid-configuration", "/keys", "/token", "/token", "/token"]


@pytest.mark.parametrize("state", ["", "another", "é"])
def test_another_state_is_refused(client, user, provider, state):
    location = go(client)
    _action, fields = come_back(client, provider, location)
    assert refused(client.get(BACK, query_string={"code": fields["code"], "state": state}))
    assert refused(client.post(BACK, data=fields | {"state": state}))
    assert refused(client.post(BACK, data=fields))
    assert not signed_in(client)


def test_a_browser_that_did_not_go_there_comes_from_nowhere(app, user, provider):
    going, stranger = app.test_client(), app.test_client()
    action, fields = come_back(going, provider, go(going))
    assert refused(stranger.get(BACK, query_string=fields))
    assert refused(stranger.post(action, data=fields))
    assert not signed_in(stranger)


def test_a_state_is_good_once_for_every_copy_of_the_cookie(app, session, user, provider):
    client, copy = app.test_client(), app.test_client()
    action, fields = come_back(client, provider, go(client))
    copy.set_cookie("session", client.get_cookie("session").value)
    provider.given["another"] = dict(provider.given[fields["code"]])
    assert client.post(action, data=fields).status_code == 303
    assert refused(copy.post(action, data=fields | {"code": "another"}))
    assert not signed_in(copy)
    session.rollback()
    assert session.scalar(select(func.count()).select_from(UsedState)) == 1


def test_a_code_is_good_once(app, user, provider):
    first, second = app.test_client(), app.test_client()
    action, fields = come_back(first, provider, go(first))
    first.post(action, data=fields)
    _action, others = come_back(second, provider, go(second))
    assert refused(second.post(action, data=others | {"code": fields["code"]}))


@pytest.mark.parametrize(("passed", "status"), [(timedelta(minutes=9), 303), (timedelta(minutes=10), 422)])
def test_ten_minutes(client, user, provider, clock, passed, status):
    action, fields = come_back(client, provider, go(client))
    clock.advance(minutes=passed.total_seconds() / 60)
    provider.changes = {"exp": int((NOW + timedelta(hours=1)).timestamp())}
    assert client.post(action, data=fields).status_code == status


@pytest.mark.parametrize(
    ("wanted", "target"),
    [("/en/account", "/en/account"), ("https://elsewhere.example/", "/en/"), ("//elsewhere.example", "/en/")],
)
def test_next_stays_here(client, user, provider, wanted, target):
    answer = enter(client, provider, f"?next={wanted}")
    assert (answer.status_code, answer.location) == (303, target)


def test_refusing_at_the_provider_is_a_sign_in_that_failed(client, user, provider):
    go(client, "?next=/en/account")
    answer = client.get(BACK, query_string={"error": "access_denied", "state": "any"})
    assert refused(answer)
    # The other ways stand on that page, and go on to where the person wanted.
    assert 'method="post" action="/en/sign-in?next=/en/account"' in answer.get_data(as_text=True)


def test_a_provider_that_is_down_loses_nothing(app, user, provider):
    client, late = app.test_client(), app.test_client()
    action, fields = come_back(late, provider, go(late, "?next=/en/account"))
    provider.stop()
    app.extensions["provider"]._known = None
    for answer in (client.get("/en/sign-in/provider?next=/en/account"), late.post(action, data=fields)):
        assert (answer.status_code, answer.location) == (303, "/en/sign-in?next=/en/account")
    for one in (client, late):
        assert DOWN in one.get("/en/sign-in").get_data(as_text=True)


@pytest.mark.parametrize(
    "discovery",
    [{"issuer": "http://127.0.0.1:1"}, {"token_endpoint": None}, {"jwks_uri": "file:///keys"}, {"more": "x" * 300_000}],
    ids=["another issuer", "no endpoint", "no web address", "too long"],
)
def test_a_description_that_is_none(client, provider, discovery):
    provider.discovery = discovery
    assert client.get("/en/sign-in/provider").location == "/en/sign-in"


def test_an_answer_that_trickles_in_is_given_up(client, provider, monkeypatch):
    monkeypatch.setattr("consultation.accounts.provider.ALL_WITHIN", 0.3)
    provider.drips = True
    assert client.get("/en/sign-in/provider").location == "/en/sign-in"


def test_redirects_of_the_provider_are_not_followed(client, provider):
    provider.discovery = {"jwks_uri": f"{provider.issuer}/authorize?{FORWARD}"}
    assert client.get("/en/sign-in/provider").location == "/en/sign-in"
    assert "/keys" not in provider.asked


def test_a_failing_token_endpoint_is_a_provider_that_is_down(client, user, provider):
    provider.token_status = 503
    assert enter(client, provider).location == "/en/sign-in"
    assert DOWN in client.get("/en/sign-in").get_data(as_text=True)


def test_once_linked_the_subject_decides(app, session, user, provider):
    enter(app.test_client(), provider)
    heir = make_user(session, email="heir@example.org")
    session.commit()
    # The person's address there changes to that of somebody else here: they stay themselves.
    provider.claims |= {"email": "heir@example.org"}
    client = app.test_client()
    assert enter(client, provider).status_code == 303
    assert "ana@example.org" in client.get("/en/account").get_data(as_text=True)
    # Somebody else gets the person's old address there: it does not let them in.
    provider.claims |= {"sub": "person-2", "email": "ana@example.org"}
    assert refused(enter(app.test_client(), provider))
    assert links(session) == [(user.id, provider.issuer, "person-1")]
    assert heir.id != user.id


def test_the_second_step_is_still_owed_and_links_once_taken(app, session, user, provider, clock):
    member = app.test_client()
    sign_in(session, member, user)
    secret, _codes = turn_on(member)
    clock.advance(minutes=5)
    client = app.test_client()
    answer = enter(client, provider, "?next=/en/account")
    assert (answer.status_code, answer.location) == (303, "/en/sign-in/second-step?next=/en/account")
    assert not signed_in(client)
    assert links(session) == []
    answer = client.post(answer.location, data={"code": code_at(secret, clock.now())})
    assert (answer.status_code, answer.location) == (303, "/en/account")
    assert signed_in(client)
    assert links(session) == [(user.id, provider.issuer, "person-1")]


def test_the_link_is_seen_and_ended(client, session, user, provider):
    enter(client, provider)
    page = client.get("/en/account/security").get_data(as_text=True)
    removal = re.search(r'action="(/en/account/security/identities/[^"]+/removal)"', page)[1]
    assert NAME in page
    stranger = client.application.test_client()
    sign_in(session, stranger, make_user(session, email="other@example.org"))
    assert stranger.post(removal).status_code == 404
    assert client.post(removal).location == "/en/account/security"
    assert links(session) == []
    assert client.post(removal).status_code == 404
    assert "IdentityUnlinked" in session.scalars(select(EventRecord.name)).all()


def test_ending_the_link_asks_who_it_is_after_a_while(client, session, user, provider, clock):
    enter(client, provider)
    page = client.get("/en/account/security").get_data(as_text=True)
    removal = re.search(r'action="(/en/account/security/identities/[^"]+/removal)"', page)[1]
    clock.advance(minutes=11)
    assert client.post(removal).location.startswith("/en/account/confirmation")
    assert len(links(session)) == 1


@pytest.mark.parametrize(("lang", "words"), [("en", "Sign in"), ("fr", "Se connecter"), ("es", "Iniciar sesión")])
def test_the_button_stands_where_a_provider_is_set(client, lang, words):
    text = client.get(f"/{lang}/sign-in?next=/{lang}/account").get_data(as_text=True)
    assert f'href="/{lang}/sign-in/provider?next=/{lang}/account"' in text
    assert re.search(rf"{words} \w+ {NAME}</a>", text)


def test_without_a_provider_there_is_nothing(app, client):
    app.extensions["provider"] = None
    assert "/sign-in/provider" not in client.get("/en/sign-in").get_data(as_text=True)
    answers = [client.get("/en/sign-in/provider"), client.get(BACK), client.post(BACK)]
    assert [answer.status_code for answer in answers] == [404, 404, 404]


@pytest.mark.parametrize("lang", ["en", "fr", "es"])
def test_in_a_browser(page, live_server, axe, session, user, provider, lang):
    """There and back under the content security policy, and pages that everybody can use."""
    page.set_viewport_size({"width": 320, "height": 640})
    faults = []

    def look():
        faults.extend(axe(page))
        if page.evaluate("document.documentElement.scrollWidth") > 320:
            faults.append(f"{page.url} is too wide")

    page.goto(f"/{lang}/sign-in?next=/{lang}/account/security")
    look()
    with page.expect_navigation(url="**/return?**"):
        page.get_by_role("link", name=NAME).click()
    look()
    with page.expect_navigation():
        page.locator("main form button").click()
    assert urlsplit(page.url).path == f"/{lang}/account/security"
    look()
    assert faults == []
    page.locator("section[aria-labelledby=identities] summary").click()
    look()
    with page.expect_navigation():
        page.locator("section[aria-labelledby=identities] form button").click()
    assert links(session) == []
    assert faults == []
