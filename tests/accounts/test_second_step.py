"""The second step of signing in: set up, asked for, refused when replayed or guessed, and demanded of some roles."""

import re
from dataclasses import replace
from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import select, update

from consultation.accounts.models import Authenticator, RecoveryCode, UserSession
from consultation.accounts.operations import create_sign_in_link
from consultation.accounts.vault import Vault
from consultation.app import create_app
from consultation.config import Config, UnsafeSettings
from consultation.kernel.outbox import EventRecord
from consultation.kernel.roles import Role
from tests.factories import NOW, make_user, sign_in

PASSWORD = "a long enough password"
SETTING_UP = "/en/account/security/authenticator"
STEP = "/en/sign-in/second-step"


@pytest.fixture
def user(app, session):
    made = make_user(session, email="ana@example.org", password=PASSWORD, passwords=app.extensions["passwords"])
    session.commit()
    return made


@pytest.fixture
def member(session, client, user):
    """A client signed in as the person."""
    sign_in(session, client, user)
    return client


def secret_on(client):
    page = client.get(SETTING_UP).get_data(as_text=True)
    return re.search(r'<code id="secret">([A-Z2-7 ]+)</code>', page)[1].replace(" ", "")


def code_at(secret, at=NOW):
    return pyotp.TOTP(secret).generate_otp(int(at.timestamp()) // 30)


def turn_on(client, at=NOW):
    """Set the authenticator up; the secret and the recovery codes."""
    client.post(SETTING_UP)
    secret = secret_on(client)
    answer = client.post(f"{SETTING_UP}/confirmation", data={"code": code_at(secret, at)})
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return secret, re.findall(r"<li><code>([a-z2-9-]{19})</code></li>", answer.get_data(as_text=True))


def first_step(app, password=PASSWORD, query=""):
    client = app.test_client()
    answer = client.post(f"/en/sign-in{query}", data={"email": "ana@example.org", "password": password})
    return client, answer


def take(client, code, query=""):
    return client.post(f"{STEP}{query}", data={"code": code})


def is_in(client):
    return client.get("/en/account").status_code == 200


def events(session):
    session.rollback()
    found = select(EventRecord.name, EventRecord.payload).order_by(EventRecord.position)
    return [(name, payload) for name, payload in session.execute(found) if name not in ("UserCreated", "UserSignedIn")]


def test_it_counts_once_a_code_has_confirmed_it(app, session, member, clock):
    member.post(SETTING_UP)
    assert is_in(first_step(app)[0])
    wrong = member.post(f"{SETTING_UP}/confirmation", data={"code": "000000"})
    assert wrong.status_code == 422
    assert is_in(first_step(app)[0])
    secret, codes = turn_on(member)
    assert len(set(codes)) == 10
    client, answer = first_step(app)
    assert (answer.status_code, answer.location, is_in(client)) == (303, STEP, False)
    clock.advance(seconds=30)
    assert take(client, code_at(secret, clock.now())).location == "/en/"
    assert is_in(client)
    assert events(session) == [("AuthenticatorAdded", {}), ("RecoveryCodesRenewed", {})]


def test_the_page_draws_the_secret_and_writes_it_out(member):
    member.post(SETTING_UP)
    page = member.get(SETTING_UP)
    text = page.get_data(as_text=True)
    drawing = text.partition('class="qr"')[2].partition("</div>")[0]
    assert "<svg" in drawing
    assert "style" not in drawing
    assert len(secret_on(member)) == 32
    assert page.headers["Cache-Control"] == "private, no-store"
    before = secret_on(member)
    member.post(SETTING_UP)
    assert secret_on(member) != before


def test_a_secret_that_counts_is_not_shown_again_nor_replaced(member):
    turn_on(member)
    assert member.get(SETTING_UP).location == "/en/account/security"
    assert member.post(SETTING_UP).location == "/en/account/security"


def test_secrets_and_codes_are_not_in_the_database_nor_in_events(app, session, member):
    secret, codes = turn_on(member)
    session.rollback()
    kept = session.scalars(select(Authenticator)).one()
    stored = f"{kept.secret} {list(session.scalars(select(RecoveryCode.code_sha256)))} {events(session)}"
    assert [one for one in (secret, *codes) if one in stored or one.replace("-", "") in stored] == []
    vault = app.extensions["vault"]
    assert vault.open(kept.secret, about=f"authenticator {kept.user_id}") == secret
    assert vault.open(kept.secret, about="authenticator somebody") is None
    assert Vault("another secret key").open(kept.secret, about=f"authenticator {kept.user_id}") is None


@pytest.mark.parametrize(("seconds", "right"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_a_code_is_right_half_a_minute_around(app, member, clock, seconds, right):
    secret, _codes = turn_on(member)
    clock.advance(minutes=5)
    client, _answer = first_step(app)
    code = code_at(secret, clock.now() + timedelta(seconds=seconds))
    assert (take(client, code).status_code, is_in(client)) == ((303, True) if right else (422, False))


def test_a_code_is_taken_once_and_none_before_it(app, member, clock):
    secret, _codes = turn_on(member)
    clock.advance(minutes=5)
    code, earlier = code_at(secret, clock.now()), code_at(secret, clock.now() - timedelta(seconds=30))
    assert take(first_step(app)[0], code).status_code == 303
    assert [take(first_step(app)[0], again).status_code for again in (code, earlier)] == [422, 422]


def test_five_tries_then_even_the_right_code_waits(app, member, clock):
    secret, codes = turn_on(member)
    clock.advance(minutes=5)
    clients = [first_step(app)[0] for _ in range(6)]
    assert [take(client, "000000").status_code for client in clients[:5]] == [422] * 5
    assert take(clients[5], code_at(secret, clock.now())).status_code == 422
    assert take(clients[5], codes[0]).status_code == 303
    clock.advance(minutes=15)
    assert take(first_step(app)[0], code_at(secret, clock.now())).status_code == 303


def test_guessing_passwords_does_not_use_up_the_tries_of_codes(app, member, clock):
    """Somebody without the password keeps nobody out: the second step counts only what comes after the first."""
    secret, _codes = turn_on(member)
    for _ in range(8):
        client, answer = first_step(app, password="not the right one")
        assert answer.status_code == 422
        assert take(client, "000000").location == "/en/sign-in"
    clock.advance(minutes=5)
    assert take(first_step(app)[0], code_at(secret, clock.now())).status_code == 303


def test_a_recovery_code_works_once_however_it_is_written(app, session, member):
    _secret, codes = turn_on(member)
    client, _answer = first_step(app)
    assert take(client, f" {codes[3].upper().replace('-', ' ')} ").status_code == 303
    assert is_in(client)
    assert take(first_step(app)[0], codes[3]).status_code == 422
    assert events(session)[-1] == ("RecoveryCodeUsed", {"left": 9})


def test_recovery_codes_of_one_person_are_nothing_to_another(app, session, member):
    _secret, codes = turn_on(member)
    other, thief = make_user(session), app.test_client()
    sign_in(session, thief, other)
    turn_on(thief)
    asked = thief.post("/en/account/security/recovery-codes/file", data={"codes": codes[0]})
    assert asked.status_code == 404


def test_new_recovery_codes_replace_the_old_and_can_be_downloaded(app, session, member):
    _secret, old = turn_on(member)
    shown = member.post("/en/account/security/recovery-codes").get_data(as_text=True)
    codes = re.findall(r"<li><code>([a-z2-9-]{19})</code></li>", shown)
    file = member.post("/en/account/security/recovery-codes/file", data={"codes": " ".join(codes)})
    assert file.headers["Content-Disposition"] == 'attachment; filename="recovery-codes.txt"'
    assert file.mimetype == "text/plain"
    assert file.get_data(as_text=True).split("\n")[3:13] == codes
    assert member.post("/en/account/security/recovery-codes/file", data={"codes": "x" * 99}).status_code == 404
    assert take(first_step(app)[0], old[0]).status_code == 422
    assert take(first_step(app)[0], codes[0]).status_code == 303
    assert codes[5] not in member.get("/en/account/security").get_data(as_text=True)


def test_a_link_by_mail_is_a_first_step_too(app, session, user, member, clock):
    secret, _codes = turn_on(member)
    clock.advance(minutes=1)
    token = create_sign_in_link(session, user, now=clock.now())
    session.commit()
    client = app.test_client()
    answer = client.post(f"/fr/sign-in/link/{token}", query_string={"next": "/fr/organizations"})
    assert (answer.location, is_in(client)) == ("/fr/sign-in/second-step?next=/fr/organizations", False)
    done = client.post(answer.location, data={"code": code_at(secret, clock.now())})
    assert (done.location, is_in(client)) == ("/fr/organizations", True)


@pytest.mark.parametrize("wanted", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_the_second_step_stays_on_this_site(app, member, clock, wanted):
    secret, _codes = turn_on(member)
    clock.advance(minutes=1)
    client, answer = first_step(app)
    assert "evil" not in answer.location
    assert (
        client.post(STEP, query_string={"next": wanted}, data={"code": code_at(secret, clock.now())}).location == "/en/"
    )


def test_without_the_first_step_there_is_no_second(app, member):
    secret, codes = turn_on(member)
    client = app.test_client()
    for code in (code_at(secret), codes[0]):
        assert take(client, code).location == "/en/sign-in"
    assert not is_in(client)


def test_the_first_step_is_good_for_ten_minutes_and_until_sessions_end(app, session, user, member, clock):
    secret, codes = turn_on(member)
    client, _answer = first_step(app)
    clock.advance(minutes=10)
    assert take(client, codes[0]).location == "/en/sign-in"
    client, _answer = first_step(app)
    session.execute(update(type(user)).values(session_epoch=7))
    session.commit()
    assert take(client, codes[0]).location == "/en/sign-in"
    assert secret


def test_removing_it_makes_one_step_enough(app, session, member):
    turn_on(member)
    member.post(f"{SETTING_UP}/removal")
    assert is_in(first_step(app)[0])
    assert session.scalars(select(RecoveryCode)).all() == []
    assert events(session)[-1] == ("AuthenticatorRemoved", {})


# Being asked again


def test_what_is_sensitive_asks_again_after_ten_minutes(app, member, clock):
    clock.advance(minutes=10)
    for path in (f"{SETTING_UP}/removal", SETTING_UP, "/en/account/security/recovery-codes"):
        answer = member.post(path, headers={"Referer": "http://localhost/en/account/security?x=1"})
        assert answer.location == "/en/account/confirmation?next=/en/account/security"
    asked = member.get(SETTING_UP).location
    assert asked == f"/en/account/confirmation?next={SETTING_UP}"
    wrong = member.post("/en/account/confirmation/password", data={"own-password": "not mine"})
    assert wrong.status_code == 422
    address = f"/en/account/confirmation/password?next={SETTING_UP}"
    assert member.post(address, data={"own-password": PASSWORD}).location == SETTING_UP
    assert member.post(SETTING_UP).location == SETTING_UP


def test_a_code_confirms_too_and_once(app, member, clock):
    secret, codes = turn_on(member)
    clock.advance(minutes=11)
    confirm = "/en/account/confirmation/code"
    assert member.post(confirm, data={"code": codes[0]}).status_code == 422
    assert member.post(confirm, data={"code": code_at(secret, clock.now())}).location == "/en/account/security"
    assert member.post(confirm, data={"code": code_at(secret, clock.now())}).status_code == 422


def test_tries_to_confirm_are_counted_like_sign_ins(app, session, user, member, clock):
    clock.advance(minutes=11)
    for _ in range(10):
        member.post("/en/account/confirmation/password", data={"own-password": "not mine"})
    assert member.post("/en/account/confirmation/password", data={"own-password": PASSWORD}).status_code == 422


# Roles that need it


@pytest.fixture
def strict(config, clock):
    made = create_app(replace(config, second_step_required=True), clock=clock)
    made.config["WTF_CSRF_ENABLED"] = False
    return made


PAGES = {
    Role.MODERATOR: "/en/moderation",
    Role.ORGANIZER: "/en/organize",
    Role.ADMINISTRATOR: "/en/organize/people",
}


@pytest.mark.parametrize("role", PAGES)
def test_these_roles_grant_nothing_before_the_second_step(strict, session, role):
    client = strict.test_client()
    sign_in(session, client, make_user(session, role))
    assert client.get(PAGES[role]).location == "/en/account/security"
    assert client.post(PAGES[role]).status_code in (403, 405)
    assert "Your role needs a second step" in client.get("/en/account/security").get_data(as_text=True)
    assert is_in(client)
    turn_on(client)
    assert client.get(PAGES[role]).status_code == 200
    client.post(f"{SETTING_UP}/removal")
    assert client.get(PAGES[role]).location == "/en/account/security"


def test_a_role_given_later_is_withheld_too_and_other_roles_are_not(strict, session):
    user, client = make_user(session, Role.DELEGATE, Role.AUDITOR), strict.test_client()
    sign_in(session, client, user)
    assert client.get("/en/organize").status_code == 200
    user.grant(Role.ORGANIZER)
    session.commit()
    assert client.post("/en/organize/nothing/phases/discuss/entry").status_code in (403, 404)
    assert client.get("/en/moderation").status_code == 200  # which an auditor may read


def test_it_is_required_unless_the_settings_say_otherwise(tmp_path):
    environ = {"CONSULTATION_DATA_DIR": str(tmp_path)}
    assert Config.from_environment(environ).second_step_required
    assert not Config.from_environment(environ | {"CONSULTATION_SECOND_STEP": "optional"}).second_step_required
    with pytest.raises(UnsafeSettings, match="CONSULTATION_SECOND_STEP"):
        Config.from_environment(environ | {"CONSULTATION_SECOND_STEP": "no"})


def test_sessions_remember_that_they_took_it(session, member):
    turn_on(member)
    session.rollback()
    assert session.scalars(select(UserSession.second_step_at)).one() == NOW
