"""Passkeys: made and used only with an honest answer, once, by whom they belong to."""

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import select

from consultation.accounts.models import Passkey, PasskeyChallenge, UserSession
from consultation.accounts.passkeys import Site, usable_at
from consultation.app import create_app
from consultation.kernel.outbox import EventRecord
from consultation.kernel.roles import Role
from tests.accounts.authenticators import USER_PRESENT, Device, coded
from tests.factories import make_user, sign_in

SECURITY, ADD = "/en/account/security", "/en/account/security/passkeys"
SIGN_IN = "/en/sign-in/passkey"


@pytest.fixture
def config(config):
    return replace(config, base_url="http://localhost")


@pytest.fixture
def user(session):
    made = make_user(session, email="ana@example.org")
    session.commit()
    return made


@pytest.fixture
def member(session, client, user):
    sign_in(session, client, user)
    return client


def add(client, device, name="My phone", **lies):
    options = client.post(f"{ADD}/options").get_json()
    return client.post(ADD, data={"name": name, "credential": device.make(options, **lies)})


def enter(client, device, query="", **lies):
    options = client.post(f"{SIGN_IN}/options").get_json()
    return client.post(f"{SIGN_IN}{query}", data={"credential": device.use(options, **lies)})


def is_in(client):
    return client.get("/en/account").status_code == 200


def events(session):
    session.rollback()
    found = select(EventRecord).order_by(EventRecord.position)
    return [row.name for row in session.scalars(found) if row.name not in ("UserCreated", "UserSignedIn")]


def test_one_is_made_named_and_signs_in(app, session, user, member):
    device = Device()
    assert add(member, device).location == f"{SECURITY}#passkeys"
    assert "<h3>My phone</h3>" in member.get(SECURITY).get_data(as_text=True)
    client = app.test_client()
    assert enter(client, device).location == "/en/"
    assert is_in(client)
    session.rollback()
    found = session.scalars(select(UserSession).where(UserSession.method == "passkey")).one()
    assert found.second_step_at is not None
    assert session.scalars(select(Passkey.sign_count)).one() == 1
    assert events(session) == ["PasskeyAdded"]


def test_the_options_ask_for_a_discoverable_key_that_verifies_the_person(member, user):
    asked = member.post(f"{ADD}/options").get_json()
    assert asked["rp"] == {"id": "localhost", "name": "CNERJ-RCEJR"}
    assert asked["user"]["id"] == coded(user.id.bytes)
    assert asked["authenticatorSelection"]["userVerification"] == "required"
    assert asked["authenticatorSelection"]["residentKey"] == "required"
    used = member.post(f"{SIGN_IN}/options").get_json()
    assert (used["userVerification"], used["rpId"], used.get("allowCredentials") or []) == ("required", "localhost", [])
    assert used["challenge"] != member.post(f"{SIGN_IN}/options").get_json()["challenge"]


@pytest.mark.parametrize(
    "lies",
    [
        {"origin": "http://localhost:81"},
        {"origin": "https://evil.example"},
        {"site": "evil.example"},
        {"flags": USER_PRESENT},
        {"challenge": coded(b"x" * 32)},
    ],
)
def test_a_dishonest_answer_neither_makes_one_nor_signs_in(app, session, member, lies):
    assert add(member, Device(), **lies).status_code == 422
    device, client = Device(), app.test_client()
    assert add(member, device).status_code == 303
    assert enter(client, device, **lies).status_code == 422
    assert not is_in(client)
    assert enter(client, device).status_code == 303


@pytest.mark.parametrize(
    "lies", [{"key": ec.generate_private_key(ec.SECP256R1())}, {"handle": b"0" * 16}, {"count": 1}, {"count": 0}]
)
def test_a_copy_or_a_forgery_is_refused(app, member, lies):
    """Another key, another person's handle, and a count that does not go on."""
    device = Device()
    add(member, device)
    assert enter(app.test_client(), device, count=5).status_code == 303
    assert enter(app.test_client(), device, **lies).status_code == 422


def test_a_device_that_does_not_count_is_taken(app, member):
    device = Device(counts=False)
    add(member, device)
    assert [enter(app.test_client(), device).status_code for _ in range(2)] == [303, 303]


def test_an_answer_is_good_once_in_the_browser_that_was_asked_and_for_five_minutes(app, session, member, clock):
    device, client = Device(counts=False), app.test_client()
    add(member, device)
    options = client.post(f"{SIGN_IN}/options").get_json()
    answer = {"credential": device.use(options)}
    before = client.get_cookie("session").value
    assert app.test_client().post(SIGN_IN, data=answer).status_code == 422
    assert client.post(SIGN_IN, data=answer).status_code == 303
    thief = app.test_client()
    thief.set_cookie("session", before)
    assert thief.post(SIGN_IN, data=answer).status_code == 422
    late = app.test_client()
    answer = {"credential": device.use(late.post(f"{SIGN_IN}/options").get_json())}
    clock.advance(minutes=5)
    assert late.post(SIGN_IN, data=answer).status_code == 422


def test_a_refused_answer_uses_its_challenge_up(app, session, member):
    device, client = Device(counts=False), app.test_client()
    add(member, device)
    options = client.post(f"{SIGN_IN}/options").get_json()
    before = client.get_cookie("session").value
    assert client.post(SIGN_IN, data={"credential": "{}"}).status_code == 422
    client.set_cookie("session", before)
    assert client.post(SIGN_IN, data={"credential": device.use(options)}).status_code == 422
    session.rollback()
    assert session.scalars(select(PasskeyChallenge)).all() == []


def test_a_challenge_for_signing_in_makes_no_passkey_nor_does_anothers(app, session, member):
    other = app.test_client()
    sign_in(session, other, make_user(session))
    device = Device()
    options = other.post(f"{ADD}/options").get_json()
    cookie = other.get_cookie("session").value
    with other.session_transaction() as theirs:
        stolen = theirs["passkey"]
    with member.session_transaction() as own:
        own["passkey"] = stolen
    assert member.post(ADD, data={"name": "x", "credential": device.make(options)}).status_code == 422
    used = member.post(f"{SIGN_IN}/options").get_json()
    asked = options | {"challenge": used["challenge"]}
    assert member.post(ADD, data={"name": "x", "credential": device.make(asked)}).status_code == 422
    assert cookie


@pytest.mark.parametrize("answer", ["", "{}", "[]", "null", "x", '{"id": 1}', '{"id": "é"}', "[" * 20000, "\x00"])
def test_nonsense_is_refused(client, answer):
    client.post(f"{SIGN_IN}/options")
    assert client.post(SIGN_IN, data={"credential": answer}).status_code == 422


def test_the_same_passkey_belongs_to_one_account_only(app, session, member):
    device, other = Device(), app.test_client()
    add(member, device)
    sign_in(session, other, make_user(session))
    assert add(other, device).status_code == 422


def test_a_name_is_asked_for_and_shown_as_it_is(member):
    assert add(member, Device(), name=" ").status_code == 422
    add(member, Device(), name="<b>key</b>\r\n two")
    assert "<h3>&lt;b&gt;key&lt;/b&gt; two</h3>" in member.get(SECURITY).get_data(as_text=True)


def test_a_removed_one_signs_nobody_in_and_nobody_removes_anothers(app, session, member):
    device, thief = Device(), app.test_client()
    add(member, device)
    (identifier,) = session.scalars(select(Passkey.id))
    sign_in(session, thief, make_user(session))
    assert thief.post(f"{ADD}/{identifier}/removal").status_code == 404
    assert member.post(f"{ADD}/{identifier}/removal").status_code == 303
    assert enter(app.test_client(), device).status_code == 422
    assert events(session) == ["PasskeyAdded", "PasskeyRemoved"]


def test_a_closed_account_is_not_opened(app, session, user, member):
    device = Device()
    add(member, device)
    user.active = False
    session.commit()
    assert enter(app.test_client(), device).status_code == 422


def test_adding_and_removing_ask_again_after_ten_minutes(member, session, clock):
    device = Device()
    add(member, device)
    (identifier,) = session.scalars(select(Passkey.id))
    clock.advance(minutes=10)
    for path in (ADD, f"{ADD}/options", f"{ADD}/{identifier}/removal"):
        assert "/en/account/confirmation?next=" in member.post(path).location
    options = member.post(f"{SIGN_IN}/options").get_json()
    confirmed = member.post("/en/account/confirmation/passkey", data={"credential": device.use(options)})
    assert confirmed.location == SECURITY
    assert member.post(f"{ADD}/{identifier}/removal").location == f"{SECURITY}#passkeys"


def test_the_passkey_of_somebody_else_does_not_confirm(app, session, member):
    device, other = Device(), app.test_client()
    sign_in(session, other, make_user(session))
    add(other, device)
    options = member.post(f"{SIGN_IN}/options").get_json()
    assert member.post("/en/account/confirmation/passkey", data={"credential": device.use(options)}).status_code == 422


@pytest.mark.parametrize("wanted", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_signing_in_stays_on_this_site(app, member, wanted):
    device = Device()
    add(member, device)
    client = app.test_client()
    options = client.post(f"{SIGN_IN}/options").get_json()
    answer = client.post(SIGN_IN, query_string={"next": wanted}, data={"credential": device.use(options)})
    assert answer.location == "/en/"


def test_a_passkey_is_the_second_step_where_one_is_required(config, session, clock):
    app = create_app(replace(config, second_step_required=True), clock=clock)
    app.config["WTF_CSRF_ENABLED"] = False
    user, client, device = make_user(session, Role.ORGANIZER), app.test_client(), Device()
    sign_in(session, client, user)
    assert client.get("/en/organize").location == SECURITY
    shown = add(client, device)
    assert "recovery-codes" in shown.get_data(as_text=True)
    assert client.get("/en/organize").status_code == 200
    fresh = app.test_client()
    assert enter(fresh, device, query="?next=/en/organize").location == "/en/organize"
    assert fresh.get("/en/organize").status_code == 200
    by_link = app.test_client()
    sign_in(session, by_link, user)
    assert not is_in(by_link)
    assert by_link.get("/en/sign-in").location == "/en/sign-in/second-step"
    (identifier,) = session.scalars(select(Passkey.id))
    client.post(f"{ADD}/{identifier}/removal")
    assert client.get("/en/organize").location == SECURITY


@pytest.mark.parametrize(
    ("base_url", "site", "usable"),
    [
        ("https://agenda.example.org", Site("agenda.example.org", "https://agenda.example.org"), "agenda.example.org"),
        ("http://127.0.0.1:8000", Site("localhost", "http://localhost:8000"), "localhost:8000"),
    ],
)
def test_passkeys_are_bound_to_the_public_address(base_url, site, usable):
    assert Site.of(base_url) == site
    assert usable_at(base_url, usable)
    assert not usable_at(base_url, "127.0.0.1:8000")
    assert not usable_at(base_url, "evil.example")
