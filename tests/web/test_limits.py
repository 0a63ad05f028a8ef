"""Nobody posts without end; everybody has an allowance of their own."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
from limits.storage import MemoryStorage

from consultation.app import create_app
from consultation.extensions import limiter
from tests.factories import make_consultation, make_mandate, make_organization, make_proposal, make_user, sign_in

SAID = {"body": "Words.", "stance": "none", "organization": "ORG-A", "language": "en"}


@pytest.fixture
def app(app):
    limiter.enabled, before = True, limiter.enabled
    app.config["RATELIMIT_ENABLED"] = True
    limiter.init_app(app)
    limiter.reset()
    yield app
    limiter.reset()
    limiter.enabled = before


@pytest.mark.sqlite
def test_posting_without_end_is_stopped_for_the_one_who_does(app, session):
    make_proposal(session, make_consultation(session), published=True)
    organization = make_organization(session, "ORG-A")
    clients = []
    for _ in range(2):
        user, client = make_user(session), app.test_client()
        make_mandate(session, user, organization)
        sign_in(session, client, user)
        clients.append(client)

    def post(client):
        return client.post("/en/proposals/NG27-001/comments", data=SAID).status_code

    assert [post(clients[0]) for _ in range(31)] == [303] * 30 + [429]
    forged = clients[0].post("/en/proposals/NG27-001/comments", data=SAID, headers={"X-Forwarded-For": "192.0.2.7"})
    assert (forged.status_code, post(clients[1])) == (429, 303)
    assert forged.headers["Retry-After"] == "60"


class Cache(MemoryStorage):
    """A cache on a server that may be away, for what reads or for what counts."""

    STORAGE_SCHEME = ("faraway",)
    away = SimpleNamespace(reading=False, counting=False, asked=0)

    def get(self, key):
        self._ask(self.away.reading)
        return super().get(key)

    def incr(self, *arguments, **named):
        self._ask(self.away.counting)
        return super().incr(*arguments, **named)

    def check(self):
        return not self.away.reading

    def reset(self):
        return None

    def _ask(self, away):
        self.away.asked += 1
        if away:
            raise ConnectionError("no route to the cache")


@pytest.fixture
def wrong_tries(config, clock):
    """The statuses of so many failed sign-ins, the cache being away as told."""
    before = limiter.enabled

    def sign_in(times, *, reading, counting):
        Cache.away.reading, Cache.away.counting, Cache.away.asked = reading, counting, 0
        app = create_app(replace(config, testing=False, cache_url="faraway://"), clock=clock)
        app.config["WTF_CSRF_ENABLED"] = False
        client, wrong = app.test_client(), {"email": "a@example.org", "password": "not the right one"}
        statuses = [client.post("/en/sign-in", data=wrong).status_code for _ in range(times)]
        assert Cache.away.asked > 0
        return statuses

    yield sign_in
    limiter.reset()
    limiter.enabled = before
    limiter._storage_dead = False  # it would ask again by itself after a while


@pytest.mark.sqlite
def test_while_the_cache_is_away_limits_hold_all_the_same(wrong_tries):
    assert wrong_tries(21, reading=True, counting=True) == [422] * 20 + [429]


@pytest.mark.sqlite
def test_a_cache_that_goes_away_under_a_request_does_not_fail_it(wrong_tries):
    assert wrong_tries(1, reading=False, counting=True) == [422]
