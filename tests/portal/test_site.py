"""The addresses that machines ask for."""

from datetime import timedelta

import pytest

from consultation.config import Config
from consultation.kernel.outbox import ConsumerCursor
from consultation.portal.queue import backlog, behind
from tests.factories import NOW, make_consultation


@pytest.fixture
def subscriptions(app):
    return app.extensions["subscriptions"]


def catch_up(session, subscriptions):
    for one in subscriptions:
        session.add(ConsumerCursor(consumer=one.name, position=10**6))
    session.commit()


def test_health_asks_no_database(client, count_queries):
    with count_queries() as queries:
        answer = client.get("/healthz")
    assert (answer.status_code, answer.text, queries) == (200, "ok\n", [])


def test_ready_when_the_database_is_migrated(client):
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json) == (
        200,
        {"database": "ok", "migrations": "ok", "queue": "ok", "events_waiting": 0, "jobs_waiting": 0},
    )
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_late_queue_is_told_and_does_not_stop_the_site(client, session, clock, subscriptions):
    make_consultation(session)
    session.commit()
    fresh = client.get("/readyz")
    assert (fresh.json["queue"], fresh.json["events_waiting"] > 0) == ("ok", True)
    clock.advance(minutes=5, seconds=1)
    late = client.get("/readyz")
    assert (late.status_code, late.json["queue"]) == (200, "late")
    catch_up(session, subscriptions)
    assert (client.get("/readyz").json["queue"], client.get("/readyz").json["events_waiting"]) == ("ok", 0)


def test_not_ready_without_tables_or_without_a_database(tmp_path):
    from consultation.app import create_app

    for name, expected in (("empty.sqlite", "pending"), ("absent/empty.sqlite", "unknown")):
        url = f"sqlite:///{tmp_path}/{name}"
        client = create_app(Config.for_tests(database_url=url, data_dir=tmp_path)).test_client()
        answer = client.get("/readyz")
        assert (answer.status_code, answer.json["migrations"]) == (503, expected)
        assert client.get("/healthz").status_code == 200


def test_backlog_counts_from_the_slowest_subscription(session, subscriptions):
    assert (backlog(session, subscriptions).events, behind(session, subscriptions)) == (0, [])
    make_consultation(session)
    waiting = backlog(session, subscriptions)
    assert (waiting.events, waiting.since, len(behind(session, subscriptions))) == (2, NOW, len(subscriptions))
    assert backlog(session, ()).events == 0
    catch_up(session, subscriptions)
    assert (backlog(session, subscriptions).events, behind(session, subscriptions)) == (0, [])


def test_robots_may_read_what_is_public(client):
    lines = client.get("/robots.txt").text.splitlines()
    assert lines[0] == "User-agent: *"
    assert ("Disallow: /fr/account" in lines, "Disallow: /" in lines) == (True, False)


def test_security_contact_follows_rfc_9116(client, clock):
    answer = client.get("/.well-known/security.txt")
    fields = dict(line.split(": ", 1) for line in answer.text.splitlines())
    assert answer.mimetype == "text/plain"
    assert set(fields) == {"Contact", "Expires", "Preferred-Languages", "Canonical"}
    assert fields["Expires"] == (clock.now() + timedelta(days=180)).strftime("%Y-%m-%dT00:00:00Z")
    assert fields["Preferred-Languages"] == "en, fr, es"


def test_password_managers_are_sent_to_the_page_of_the_password(client):
    answer = client.get("/.well-known/change-password", headers={"Accept-Language": "es"})
    assert (answer.status_code, answer.location) == (302, "/es/account/security/password")


def test_the_root_goes_to_the_visitors_language(client):
    answer = client.get("/", headers={"Accept-Language": "fr-CA"})
    assert (answer.status_code, answer.location) == (302, "/fr/")
