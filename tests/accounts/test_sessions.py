"""Sessions: each under a secret of its own, listed, ended one by one or all at once."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from consultation.accounts.devices import Device, device
from consultation.accounts.models import KnownDevice, User, UserSession
from consultation.accounts.operations import create_sign_in_link, set_password
from consultation.kernel.outbox import EventRecord
from consultation.kernel.permissions import OPERATOR
from tests.factories import NOW, make_user, sign_in

PHONE = "Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0"
LAPTOP = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.5 Safari/605.1.15"


@pytest.fixture
def user(session):
    made = make_user(session, email="ana@example.org")
    session.commit()
    return made


@pytest.fixture
def enter(app, session, user):
    """A client on a device of its own that is signed in."""

    def enter(agent=PHONE, client=None, who=user, at=NOW):
        client = client or app.test_client()
        client.environ_base["HTTP_USER_AGENT"] = agent
        sign_in(session, client, who, now=at)
        return client

    return enter


def is_in(client):
    return client.get("/en/account").status_code == 200


def secret(client):
    with client.session_transaction() as cookie:
        return cookie["_user_id"]


def rows(session, *columns, of=UserSession):
    session.rollback()
    return [tuple(row) for row in session.execute(select(*columns).order_by(of.created_at, columns[0]))]


def events(session, *names):
    session.rollback()
    found = select(EventRecord).where(EventRecord.name.in_(names)).order_by(EventRecord.position)
    return [(row.name, row.subject_id, row.payload) for row in session.scalars(found)]


@pytest.mark.parametrize(
    ("agent", "named"),
    [
        (PHONE, Device("Firefox", "Android")),
        (LAPTOP, Device("Safari", "macOS")),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/149.0 Safari/537.36 Edg/149.0", Device("Edge", "Windows")),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0) CriOS/149.0 Mobile Safari/604.1", Device("Chrome", "iOS")),
        ("Mozilla/5.0 (X11; CrOS x86_64) Chrome/149.0 Safari/537.36", Device("Chrome", "ChromeOS")),
        ("curl/8.14.1", Device("", "")),
        ("", Device("", "")),
        ("<script>Firefox</script> Linux", Device("Firefox", "Linux")),
    ],
)
def test_a_device_is_named_coarsely(agent, named):
    assert device(agent) == named


def test_a_session_is_kept_by_its_digest_with_nothing_that_tells_more(session, user, enter):
    client = enter()
    (found,) = session.scalars(select(UserSession))
    assert (found.user_id, found.method, found.browser, found.system) == (user.id, "link", "Firefox", "Android")
    assert (found.created_at, found.last_used_at, found.confirmed_at) == (NOW, NOW, NOW)
    kept = str({column.name: getattr(found, column.name) for column in UserSession.__table__.columns})
    assert secret(client) not in kept
    assert "127.0.0.1" not in kept
    assert "140.0" not in kept


def test_the_secret_changes_at_each_sign_in_and_the_old_one_opens_nothing(app, session, user, enter):
    client = enter()
    before = secret(client)
    enter(client=client)
    assert secret(client) != before
    assert len(rows(session, UserSession.id)) == 1
    thief = app.test_client()
    with thief.session_transaction() as cookie:
        cookie["_user_id"] = before
    assert not is_in(thief)


@pytest.mark.parametrize("made_up", ["", "x", "é", "\x00", "0" * 500])
def test_what_was_never_given_out_opens_nothing(app, user, enter, made_up):
    enter()
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = made_up
    assert not is_in(client)


def test_a_session_fixed_by_somebody_else_is_not_the_one_that_signs_in(app, session, user, enter):
    attacker = enter(who=make_user(session))
    planted = secret(attacker)
    victim = app.test_client()
    with victim.session_transaction() as cookie:
        cookie["_user_id"] = planted
    enter(client=victim)
    assert secret(victim) != planted
    assert not is_in(attacker)


def test_the_page_lists_where_one_is_signed_in_and_nobody_elses(session, user, enter, clock):
    enter(LAPTOP)
    enter(who=make_user(session, name="Somebody Else"), agent="Opera OPR/1 Linux")
    clock.advance(hours=1)
    phone = enter(at=clock.now())
    page = phone.get("/en/account/security").get_data(as_text=True)
    names = re.findall(r"<h3>([^<]+)", page)
    assert names == ["Firefox on Android ", "Safari on macOS"]
    assert page.count("This device") == 1
    assert "sur Android" in phone.get("/fr/account/security").get_data(as_text=True)


def test_ending_one_leaves_the_others(session, user, enter):
    laptop, phone = enter(LAPTOP), enter()
    (other,) = session.scalars(select(UserSession.id).where(UserSession.system == "macOS"))
    answer = phone.post(f"/en/account/security/sessions/{other}/ending")
    assert (answer.status_code, answer.location) == (303, "/en/account/security#sessions")
    assert (is_in(laptop), is_in(phone)) == (False, True)
    assert events(session, "SessionEnded") == [("SessionEnded", user.id, {"session_id": str(other)})]
    assert phone.post(f"/en/account/security/sessions/{other}/ending").status_code == 404


def test_ending_the_present_one_signs_out(session, user, enter):
    client = enter()
    (own,) = session.scalars(select(UserSession.id))
    assert client.post(f"/en/account/security/sessions/{own}/ending").location == "/en/"
    assert not is_in(client)


def test_nobody_ends_the_session_of_somebody_else(session, user, enter):
    victim = enter()
    (theirs,) = session.scalars(select(UserSession.id))
    attacker = enter(who=make_user(session))
    assert attacker.post(f"/en/account/security/sessions/{theirs}/ending").status_code == 404
    assert is_in(victim)
    assert events(session, "SessionEnded") == []


def test_signing_out_everywhere(session, user, enter):
    clients, stranger = [enter(LAPTOP), enter()], enter(who=make_user(session))
    assert clients[0].post("/en/account/security/sessions/endings").location == "/en/sign-in"
    assert [is_in(client) for client in (*clients, stranger)] == [False, False, True]
    assert events(session, "AllSessionsEnded") == [("AllSessionsEnded", user.id, {})]


def test_signing_out_ends_the_session_itself_not_only_the_cookie(app, session, enter):
    client = enter()
    kept = secret(client)
    client.post("/en/sign-out")
    thief = app.test_client()
    with thief.session_transaction() as cookie:
        cookie["_user_id"] = kept
    assert not is_in(thief)


def test_a_new_password_ends_all(app, session, user, enter):
    clients = [enter(LAPTOP), enter()]
    passwords = app.extensions["passwords"]
    set_password(session, user, "a long enough password", passwords=passwords, actor=OPERATOR, now=NOW)
    session.commit()
    assert [is_in(client) for client in clients] == [False, False]


def test_a_closed_account_has_no_sessions(session, user, enter):
    client = enter()
    session.execute(update(User).values(active=False))
    session.commit()
    assert not is_in(client)


def test_a_session_lasts_fourteen_days_whatever_is_done(session, user, enter, clock):
    client = enter()
    clock.advance(days=14, seconds=-1)
    assert is_in(client)
    client.post("/en/account/notices/readings")
    clock.advance(seconds=1)
    assert not is_in(client)
    enter(at=clock.now())
    assert len(rows(session, UserSession.id)) == 1


def test_use_is_noted_once_an_hour_and_only_along_with_a_write(session, user, enter, clock):
    client = enter()

    def last_used():
        return rows(session, UserSession.last_used_at)[0][0] - NOW

    clock.advance(minutes=59)
    client.post("/en/account/notices/readings")
    assert last_used() == timedelta()
    clock.advance(minutes=1)
    client.get("/en/account")
    assert last_used() == timedelta()
    client.post("/en/account/notices/readings")
    assert last_used() == timedelta(hours=1)


def test_knowing_who_is_signed_in_takes_one_query(user, enter, count_queries):
    """The session with its user, their roles and their mandates."""
    client = enter()
    for _ in range(3):
        enter()
    with count_queries() as queries:
        client.get("/en/sign-in")
    assert len(queries) == 1, queries


def test_a_browser_is_new_once_and_the_first_of_all_is_not_called_new(app, session, user, enter):
    phone = enter()
    enter(client=phone)
    laptop = enter(LAPTOP)
    laptop.post("/en/sign-out")
    enter(LAPTOP, client=laptop)
    assert [payload["new_device"] for _, _, payload in events(session, "UserSignedIn")] == [False, False, True, False]
    cookie = laptop.get_cookie("device")
    assert (cookie.http_only, cookie.same_site, cookie.max_age) == (True, "Lax", 365 * 24 * 3600)
    assert cookie.value not in str(rows(session, KnownDevice.device_sha256, of=KnownDevice))


def test_a_browser_that_others_use_is_new_to_each_and_says_nothing_of_the_others(session, user, enter):
    shared, other = enter(), make_user(session)
    enter(who=other)
    enter(client=shared, who=other)
    assert [payload["new_device"] for _, _, payload in events(session, "UserSignedIn")] == [False, False, True]
    assert len({digest for (digest,) in rows(session, KnownDevice.device_sha256, of=KnownDevice)}) == 3


def test_a_refused_sign_in_makes_no_session(app, session, user):
    client = app.test_client()
    client.post("/en/sign-in", data={"email": "ana@example.org", "password": "not the right one"})
    token = create_sign_in_link(session, user, now=NOW - timedelta(minutes=10))
    session.commit()
    assert client.post(f"/en/sign-in/link/{token}").status_code == 410
    assert rows(session, UserSession.id) == []
    assert client.get_cookie("device") is None
