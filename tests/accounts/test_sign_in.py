"""Signing in: links, passwords, sessions, and answers that say nothing about who has an account."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from consultation.accounts.models import SignInLink, User
from consultation.accounts.operations import create_sign_in_link
from consultation.kernel.outbox import EventRecord
from consultation.kernel.roles import Role
from tests.factories import NOW, make_user, sign_in

PASSWORD = "a long enough password"


@pytest.fixture
def user(app, session):
    made = make_user(session, Role.DELEGATE, email="ana@example.org", password=PASSWORD, passwords=hashing(app))
    session.commit()
    return made


def hashing(app):
    return app.extensions["passwords"]


def try_password(client, email="ana@example.org", password=PASSWORD, lang="en", query=""):
    return client.post(f"/{lang}/sign-in{query}", data={"email": email, "password": password})


def without_token(response):
    return re.sub(r'(name="csrf_token" value=)"[^"]+"', r"\1", response.get_data(as_text=True))


def read_anew(session):
    """See what requests committed: end the test's own snapshot, and forget what it read."""
    session.rollback()
    session.expire_all()


def signed_in(client):
    return client.get("/en/account").status_code == 200


def test_password_signs_in(client, user):
    response = try_password(client)
    assert (response.status_code, response.location) == (303, "/en/")
    assert signed_in(client)


def test_link_signs_in_once(client, app, session, user, clock):
    token = create_sign_in_link(session, user, now=clock.now())
    session.commit()
    first = client.post(f"/fr/sign-in/link/{token}")
    assert (first.status_code, first.location) == (303, "/fr/")
    assert signed_in(client)
    second = app.test_client().post(f"/fr/sign-in/link/{token}")
    assert second.status_code == 410


def test_opening_a_link_does_not_use_it_up(client, app, session, user, clock):
    token = create_sign_in_link(session, user, now=clock.now())
    session.commit()
    for _scan in range(3):
        assert app.test_client().get(f"/en/sign-in/link/{token}").status_code == 200
    assert client.post(f"/en/sign-in/link/{token}").status_code == 303


@pytest.mark.parametrize(("minutes", "status"), [(9, 303), (10, 410), (11, 410)])
def test_a_link_lasts_ten_minutes(client, session, user, clock, minutes, status):
    token = create_sign_in_link(session, user, now=clock.now())
    session.commit()
    clock.advance(minutes=minutes)
    assert client.get(f"/en/sign-in/link/{token}").status_code == (200 if status == 303 else 410)
    assert client.post(f"/en/sign-in/link/{token}").status_code == status


def test_only_the_digest_of_a_token_is_stored_and_no_event_names_it(client, session, user, clock):
    token = create_sign_in_link(session, user, now=clock.now(), lifetime=timedelta(hours=24))
    session.commit()
    client.post(f"/en/sign-in/link/{token}")
    stored = session.scalars(select(SignInLink)).one()
    read_anew(session)
    assert token not in (stored.token_sha256, str(stored.user_id))
    assert [stored.expires_at - stored.created_at, stored.used_at] == [timedelta(hours=24), clock.now()]
    logged = " ".join(f"{row.name} {row.payload}" for row in session.scalars(select(EventRecord)))
    assert token not in logged
    assert stored.token_sha256 not in logged
    assert "ana@example.org" not in logged


def test_a_link_of_a_closed_account_signs_nobody_in(client, session, user, clock):
    token = create_sign_in_link(session, user, now=clock.now())
    user.active = False
    session.commit()
    assert client.post(f"/en/sign-in/link/{token}").status_code == 410
    assert not signed_in(client)


def test_unknown_and_known_addresses_get_the_same_answer(app, user):
    known = try_password(app.test_client(), password="not the right one")
    unknown = try_password(app.test_client(), email="eva@example.org", password="not the right one")
    assert known.status_code == unknown.status_code == 422
    assert without_token(known).replace("ana@", "eva@") == without_token(unknown)
    headers = [{name: value for name, value in answer.headers if name != "Set-Cookie"} for answer in (known, unknown)]
    assert headers[0] == headers[1]


def test_an_unknown_address_costs_one_hash_too(app, client, user, monkeypatch):
    checked = []
    kind = type(hashing(app))
    original = kind.matches
    monkeypatch.setattr(
        kind, "matches", lambda self, stored, given: checked.append(stored) or original(self, stored, given)
    )
    try_password(client, email="eva@example.org")
    try_password(client, password="not the right one")
    assert [stored is None for stored in checked] == [True, False]


def test_failures_are_counted_although_the_request_is_refused(client, session, user, clock):
    for _try in range(3):
        assert try_password(client, password="not the right one").status_code == 422
    read_anew(session)
    found = session.get(User, user.id)
    assert (found.failed_sign_ins, found.last_failed_at) == (3, clock.now())
    clock.advance(minutes=15)
    try_password(client, password="not the right one")
    read_anew(session)
    assert session.get(User, user.id).failed_sign_ins == 1


def test_after_ten_failures_the_password_waits_but_a_link_still_lets_the_person_in(client, app, session, user, clock):
    for _try in range(10):
        try_password(app.test_client(), password="not the right one")
    assert try_password(client).status_code == 422
    assert not signed_in(client)
    sign_in(session, client, user, now=clock.now())
    assert signed_in(client)
    read_anew(session)
    assert session.get(User, user.id).failed_sign_ins == 0


def test_after_a_quiet_quarter_of_an_hour_the_password_works_again(client, user, clock):
    for _try in range(10):
        try_password(client, password="not the right one")
    clock.advance(minutes=15)
    assert try_password(client).status_code == 303


def test_many_failures_from_one_address_are_refused(config, clock, session, user):
    from consultation.app import create_app
    from consultation.extensions import limiter

    made = create_app(config, clock=clock)
    made.config.update(WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=True)
    limiter.enabled = True
    limiter.init_app(made)
    try:
        limited = made.test_client()
        statuses = [try_password(limited, password="not the right one").status_code for _try in range(21)]
    finally:
        limiter.enabled = False
    assert statuses == [422] * 20 + [429]


@pytest.mark.parametrize(
    ("target", "lands"),
    [
        ("/en/account", "/en/account"),
        ("/fr/moderation?state=decided", "/fr/moderation?state=decided"),
        ("//evil.example", "/en/"),
        ("https://evil.example/", "/en/"),
        ("\\evil.example", "/en/"),
        ("/\\evil.example", "/en/"),
        ("/\t/evil.example", "/en/"),
        ("javascript:alert(1)", "/en/"),
        ("", "/en/"),
    ],
)
def test_after_signing_in_one_stays_on_this_site(client, user, target, lands):
    response = client.post(
        "/en/sign-in", query_string={"next": target}, data={"email": "ana@example.org", "password": PASSWORD}
    )
    assert response.location == lands


def test_the_session_is_made_anew(client, user):
    with client.session_transaction() as before:
        before["planted"] = "by somebody else"
    try_password(client)
    with client.session_transaction() as after:
        assert "planted" not in after
        assert "_user_id" in after


def test_signing_out_ends_the_session(client, session, user, clock):
    sign_in(session, client, user, now=clock.now())
    response = client.post("/es/sign-out")
    assert (response.status_code, response.location) == (303, "/es/")
    assert not signed_in(client)


def test_raising_the_epoch_ends_every_session(client, session, user, clock):
    sign_in(session, client, user, now=clock.now())
    found = session.get(User, user.id)
    found.session_epoch += 1
    session.commit()
    assert not signed_in(client)


@pytest.mark.parametrize("lang", ["en", "fr", "es"])
def test_pages_are_never_stored(client, session, user, clock, lang):
    token = create_sign_in_link(session, user, now=clock.now())
    session.commit()
    for answer in (
        client.get(f"/{lang}/sign-in"),
        try_password(client, password="no", lang=lang),
        client.get(f"/{lang}/sign-in/link/{token}"),
        client.get(f"/{lang}/sign-in/link/unknown"),
    ):
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert f'<html lang="{lang}">' in answer.get_data(as_text=True)
        assert answer.get_data(as_text=True).count("<h1>") == 1


def test_what_was_typed_stays_but_the_password(client, user):
    text = try_password(client, email="a&b@example.org", password="secret words here").get_data(as_text=True)
    assert 'value="a&amp;b@example.org"' in text
    assert "secret words here" not in text


@pytest.mark.parametrize("data", [{}, {"email": "ana@example.org"}, {"email": "\x00", "password": "\x00"}])
def test_what_is_not_complete_is_refused_at_the_field(client, user, data):
    assert client.post("/en/sign-in", data=data).status_code == 422


@pytest.mark.parametrize(
    ("asked", "leads"),
    [("/fr/moderation", "/fr/moderation"), ("//evil.example", "/en/"), ("https://evil.example", "/en/")],
)
def test_a_link_leads_where_it_was_made_for_and_never_out_of_the_site(client, session, asked, leads):
    token = create_sign_in_link(session, make_user(session), now=NOW)
    session.commit()
    answer = client.post(f"/en/sign-in/link/{token}", query_string={"next": asked})
    assert (answer.status_code, answer.location) == (303, leads)
