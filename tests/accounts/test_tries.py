"""Stuffing: many passwords, codes and links are tried, and the people they are tried against can still get in."""

import pytest
from limits import parse

from consultation.accounts.views import limits
from consultation.extensions import limiter
from tests.factories import make_user, sign_in

PASSWORD = "four unlikely words together"


@pytest.fixture
def app(app):
    limiter.enabled, before = True, limiter.enabled
    app.config["RATELIMIT_ENABLED"] = True
    limiter.init_app(app)
    limiter.reset()
    yield app
    limiter.reset()
    limiter.enabled = before


@pytest.fixture
def user(app, session):
    made = make_user(session, email="ana@example.org", password=PASSWORD, passwords=app.extensions["passwords"])
    session.commit()
    return made


def send(app, address, path, **data):
    client = app.test_client()
    return client.post(path, data=data, environ_overrides={"REMOTE_ADDR": address}).status_code


def guess(app, address, email="ana@example.org"):
    return send(app, address, "/en/sign-in", email=email, password="not the right one")


@pytest.mark.sqlite
def test_all_ways_of_trying_share_one_allowance(app, user):
    ways = [
        lambda: guess(app, "192.0.2.1"),
        lambda: send(app, "192.0.2.1", "/en/sign-in/link/made-up"),
        lambda: send(app, "192.0.2.1", "/en/sign-in/passkey", credential="{}"),
        lambda: guess(app, "192.0.2.1", "nobody@example.org"),
    ]
    statuses = [ways[number % len(ways)]() for number in range(24)]
    assert [status == 429 for status in statuses] == [False] * 20 + [True] * 4
    assert guess(app, "192.0.2.2") == 422


@pytest.mark.sqlite
def test_many_addresses_together_are_stopped_too(app, user):
    """Of what all failures together may be, all but two are used up; then two more come from addresses of their own."""
    allowed = parse(limits.FAILURES_IN_ALL)
    limiter.limiter.hit(allowed, "all", "all tries", cost=allowed.amount - 2)
    assert [guess(app, f"203.0.113.{number}") for number in range(4)] == [422, 422, 429, 429]


@pytest.mark.sqlite
def test_the_victim_gets_in_while_others_guess(app, session, user):
    for number in range(12):
        assert guess(app, f"192.0.2.{number}") == 422
    assert send(app, "198.51.100.1", "/en/sign-in", email="ana@example.org", password=PASSWORD) == 422
    by_link = app.test_client()
    sign_in(session, by_link, user)
    assert by_link.get("/en/account").status_code == 200
    assert send(app, "198.51.100.1", "/en/sign-in", email="ana@example.org", password=PASSWORD) == 303


@pytest.mark.sqlite
def test_who_succeeds_uses_up_nothing(app, user):
    statuses = [send(app, "192.0.2.9", "/en/sign-in", email="ana@example.org", password=PASSWORD) for _ in range(25)]
    assert statuses == [303] * 25


@pytest.mark.sqlite
def test_challenges_are_not_given_without_end(app):
    client = app.test_client()
    statuses = [client.post("/en/sign-in/passkey/options").status_code for _ in range(61)]
    assert statuses == [200] * 60 + [429]
