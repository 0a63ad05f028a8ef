"""The code beside the link: for the browser that asked, once, within ten minutes and five tries."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from consultation.accounts.models import SignInLink
from consultation.accounts.vault import Vault
from tests.factories import make_user

ASK, CODE = "/en/sign-in/links", "/en/sign-in/code"


@pytest.fixture
def user(session):
    made = make_user(session, email="ana@example.org", name="Ana")
    session.commit()
    return made


@pytest.fixture
def mailed(app, user, sent):
    """Ask in this browser; the code and the link of the letter that comes."""

    def ask(client, email="ana@example.org"):
        before = len(sent())
        answer = client.post(ASK, data={"link-email": email})
        assert (answer.status_code, answer.location) == (303, CODE)
        letters = sorted(sent(), key=lambda message: message["Message-ID"])
        if len(letters) == before:
            return None, None
        text = letters[-1].get_body(("plain",)).get_content()
        return re.search(r"^(\d{3} \d{3})\s*$", text, re.M)[1], re.search(r"(/en/sign-in/link/\S+)", text)[1]

    return ask


def enter(client, code, query=""):
    return client.post(f"{CODE}{query}", data={"code": code})


def is_in(client):
    return client.get("/en/account").status_code == 200


def other_than(code):
    return f"{(int(code.replace(' ', '')) + 1) % 10**6:06d}"


def test_the_code_signs_in_the_browser_that_asked_once(app, client, mailed):
    code, _link = mailed(client)
    assert enter(app.test_client(), code).location == "/en/sign-in"
    stranger = app.test_client()
    stranger.post(ASK, data={"link-email": "nobody@example.org"})
    assert enter(stranger, code).status_code == 422
    assert enter(client, code).location == "/en/"
    assert is_in(client)
    client.post("/en/sign-out")
    again = app.test_client()
    mailed(again)
    assert enter(again, code).status_code == 422


def test_link_and_code_are_one(app, client, mailed):
    code, link = mailed(client)
    assert app.test_client().post(link).status_code == 303
    assert enter(client, code).status_code == 422
    code, link = mailed(client)
    assert enter(client, code.replace(" ", "")).status_code == 303
    assert app.test_client().post(link).status_code == 410


@pytest.mark.parametrize(("minutes", "status"), [(9, 303), (10, 422)])
def test_it_lasts_ten_minutes(client, mailed, clock, minutes, status):
    code, _link = mailed(client)
    clock.advance(minutes=minutes)
    assert enter(client, code).status_code == status


def test_after_five_tries_the_right_one_comes_too_late_and_the_link_still_works(app, client, mailed):
    code, link = mailed(client)
    assert [enter(client, other_than(code)).status_code for _ in range(5)] == [422] * 5
    assert enter(client, code).status_code == 422
    assert app.test_client().post(link).status_code == 303


def test_somebody_elses_tries_do_not_use_up_mine(app, client, mailed):
    code, _link = mailed(client)
    attacker = app.test_client()
    mailed(attacker)
    for _ in range(6):
        enter(attacker, other_than(code))
    assert enter(client, code).status_code == 303


def test_known_and_unknown_addresses_are_answered_alike(app, mailed):
    known, unknown = app.test_client(), app.test_client()
    code, _link = mailed(known)
    assert mailed(unknown, "nobody@example.org") == (None, None)
    shown = []
    for client in (known, unknown):
        pages = [client.get(CODE), *(enter(client, other_than(code)) for _ in range(6))]
        shown.append([(page.status_code, re.sub(r'value="[^"]+"', "", page.get_data(as_text=True))) for page in pages])
    assert shown[0] == shown[1]


def test_the_same_work_is_done_for_both(app, mailed, monkeypatch):
    known, unknown, work = app.test_client(), app.test_client(), []
    code, _link = mailed(known)
    mailed(unknown, "nobody@example.org")
    original = Vault.digest
    monkeypatch.setattr(
        Vault, "digest", lambda self, text, *, about: work.append(1) or original(self, text, about=about)
    )
    counts = []
    for client in (known, unknown):
        work.clear()
        enter(client, other_than(code))
        counts.append(len(work))
    assert counts == [1, 1]


def test_a_copy_of_the_database_does_not_tell_the_code(app, session, client, mailed):
    code, _link = mailed(client)
    session.rollback()
    kept = session.scalars(select(SignInLink)).one()
    plain = code.replace(" ", "")
    other = Vault("another secret key, as a copy of the database has none")
    assert plain not in f"{kept.code_digest} {kept.browser_sha256}"
    assert other.digest(plain, about=kept.token_sha256) != kept.code_digest
    assert app.extensions["vault"].digest(plain, about=kept.token_sha256) == kept.code_digest
    with client.session_transaction() as cookie:
        assert cookie["asked"] not in f"{kept.browser_sha256}"


@pytest.mark.parametrize("wanted", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_it_leads_nowhere_else(client, mailed, wanted):
    code, _link = mailed(client)
    answer = client.post(CODE, query_string={"next": wanted}, data={"code": code})
    assert answer.location == "/en/"


def test_it_leads_where_one_wanted_to_go(client, user, sent):
    answer = client.post(f"{ASK}?next=/en/organizations", data={"link-email": "ana@example.org"})
    assert answer.location == f"{CODE}?next=/en/organizations"


def test_a_code_to_oneself_confirms_that_it_is_oneself(client, mailed, sent, clock):
    code, _link = mailed(client)
    enter(client, code)
    clock.advance(minutes=10)
    assert "confirmation" in client.get("/en/account/security/password").location
    client.post("/en/account/confirmation/letters")
    newest = max(sent(), key=lambda message: message["Message-ID"]).get_body(("plain",)).get_content()
    code = re.search(r"^(\d{3} \d{3})\s*$", newest, re.M)[1]
    confirm = "/en/account/confirmation/mailed-code"
    assert client.post(confirm, data={"mailed-code": other_than(code)}).status_code == 422
    answer = client.post(f"{confirm}?next=/en/account/security/password", data={"mailed-code": code})
    assert answer.location == "/en/account/security/password"
    assert client.get("/en/account/security/password").status_code == 200
    clock.advance(minutes=10)
    assert client.post(confirm, data={"mailed-code": code}).status_code == 422


def test_the_code_of_somebody_else_confirms_nothing(app, session, client, mailed, sent, clock):
    code, _link = mailed(client)
    enter(client, code)
    thief = make_user(session, email="thief@example.org")
    session.commit()
    assert thief
    with client.session_transaction() as cookie:
        cookie["asked"] = "planted"
    browser = app.test_client()
    with browser.session_transaction() as cookie:
        cookie["asked"] = "planted"
    stolen, _link = mailed(browser, "thief@example.org")
    assert client.post("/en/account/confirmation/mailed-code", data={"mailed-code": stolen}).status_code == 422


def test_an_old_first_step_is_not_kept(client, mailed, clock):
    mailed(client)
    clock.advance(seconds=timedelta(hours=1).total_seconds())
    assert client.get(CODE).status_code == 200
