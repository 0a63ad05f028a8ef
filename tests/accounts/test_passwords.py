"""Passwords: what is refused, and changing one's own."""

import pytest
from sqlalchemy import select

from consultation.accounts.guessing import refuse_guessable
from consultation.accounts.models import UserRole, UserSession
from consultation.accounts.rules import GuessablePassword, made_of_own_words
from consultation.kernel.outbox import EventRecord
from consultation.kernel.roles import Role
from tests.factories import make_user, sign_in

PAGE, GOOD = "/en/account/security/password", "four unlikely words together"


@pytest.fixture
def user(app, session):
    made = make_user(session, email="dana.sample@example.org", name="Dana Sample")
    session.commit()
    return made


@pytest.fixture
def member(session, client, user):
    sign_in(session, client, user)
    return client


def change(client, password):
    return client.post(PAGE, data={"password": password})


@pytest.mark.parametrize(
    "password",
    [
        "passwordpassword",
        "password12345",
        "qwertyuiop12",
        "1q2w3e4r5t6y",
        "aaaaaaaaaaaaaaaa",
        "abcdefghijklm",
        "123456789012",
        "P@ssw0rd2026",
        "Dana Sample 2026",
        "dana.sample@example.org",
        "elpmas anad 1",
        "cnerjrcejr2026",
    ],
)
def test_what_is_guessed_first_is_refused(password):
    with pytest.raises(GuessablePassword):
        refuse_guessable(password, ("Dana Sample", "dana.sample@example.org"))


@pytest.mark.parametrize(
    "password", [GOOD, "BV1P66nFORTGcWBh", "correo lento y verde nube", "é" * 3 + "umbrella-fog-candle"]
)
def test_what_is_not_guessed_is_taken(password):
    refuse_guessable(password, ("Dana Sample", "dana.sample@example.org"))


@pytest.mark.parametrize(
    ("password", "own"),
    [
        ("DANA-sample-1", True),
        ("sampledanaexample", True),
        ("dana and three wise otters", False),
        ("nothing of it here", False),
        ("", False),
    ],
)
def test_names_and_addresses_do_not_count(password, own):
    assert made_of_own_words(password, ("Dana Sample", "dana.sample@example.org")) == own


@pytest.mark.parametrize("password", ["", "short", "x" * 1025, "password12345", "Dana Sample 2026"])
def test_the_page_says_what_is_wrong_and_keeps_nothing_of_it(member, session, user, password):
    answer = change(member, password)
    assert answer.status_code == 422
    assert not password or f'value="{password}"' not in answer.get_data(as_text=True)
    session.expire_all()
    session.rollback()
    assert user.password_hash is None


def test_one_is_set_other_devices_go_and_this_one_stays_in_a_new_session(app, session, user, member):
    other = app.test_client()
    sign_in(session, other, user)
    with member.session_transaction() as cookie:
        before = cookie["_user_id"]
    assert change(member, GOOD).location == "/en/account/security"
    assert member.get("/en/account").status_code == 200
    assert other.get("/en/account").status_code == 303
    with member.session_transaction() as cookie:
        assert cookie["_user_id"] != before
    session.rollback()
    assert len(session.scalars(select(UserSession)).all()) == 1
    fresh = app.test_client()
    entered = fresh.post("/en/sign-in", data={"email": "dana.sample@example.org", "password": GOOD})
    assert entered.status_code == 303
    events = [event.name for event in session.scalars(select(EventRecord).order_by(EventRecord.position))]
    assert events.count("PasswordChanged") == 1
    assert GOOD not in str([event.payload for event in session.scalars(select(EventRecord))])


def test_changing_asks_again_after_ten_minutes(member, clock):
    clock.advance(minutes=10)
    assert member.get(PAGE).location == f"/en/account/confirmation?next={PAGE}"
    assert "confirmation" in change(member, GOOD).location


def test_nothing_else_is_taken_from_the_form(session, user, member):
    fields = {"password": GOOD, "email": "evil@example.org", "name": "Evil", "roles": "organizer", "active": "0"}
    fields |= {"user_id": "1", "session_epoch": "0", "second_step_at": "2027-01-01"}
    assert member.post(PAGE, data=fields).status_code == 303
    session.rollback()
    session.refresh(user)
    assert (user.email, user.name, user.active) == ("dana.sample@example.org", "Dana Sample", True)
    assert session.scalars(select(UserRole.role)).all() == [Role.DELEGATE]
    assert session.scalars(select(UserSession.second_step_at)).all() == [None]
