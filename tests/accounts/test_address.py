"""Changing one's address: by a link to the new one, told to the old one, saying nothing about who has an account."""

import re
from dataclasses import replace

import pytest
from sqlalchemy import select

from consultation.accounts.address_letters import NEW_ADDRESS, OLD_ADDRESS
from consultation.accounts.address_models import AddressChange
from consultation.accounts.models import SignInLink, User
from consultation.accounts.operations import addressing, create_sign_in_link
from consultation.kernel.letters import Letter
from consultation.kernel.outbox import EventRecord
from consultation.privacy.operations import personal_data
from tests.factories import NOW, actor_of, make_user, sign_in

PAGE = "/en/account/security/address"
OLD, NEW = "ana@example.org", "new@example.org"


@pytest.fixture
def config(config):
    """With a way for mail to leave; none does."""
    return replace(config, mail_url="smtp://localhost")


@pytest.fixture
def user(session):
    made = make_user(session, email=OLD, name="Ana Roy")
    session.commit()
    return made


@pytest.fixture
def signed_in(session, client, user):
    sign_in(session, client, user)
    return client


def ask(client, email=NEW):
    return client.post(PAGE, data={"email": email})


def compose(session, kind, now=NOW):
    """What each letter of the kind would say now, the oldest first."""
    session.rollback()
    session.expire_all()
    waiting = session.scalars(select(Letter).where(Letter.kind == kind.name).order_by(Letter.id)).all()
    said = [kind.compose(session, letter, now) for letter in waiting]
    session.commit()
    return said


def token(session):
    return compose(session, NEW_ADDRESS)[-1].values["token"]


def address_of(session, user):
    session.rollback()
    session.expire_all()
    return session.get(User, user.id).email


def is_in(client):
    return client.get("/en/account").status_code == 200


def without_token(response):
    return re.sub(r'(name="csrf_token" value=)"[^"]+"', r"\1", response.get_data(as_text=True))


def events(session):
    session.rollback()
    rows = session.scalars(select(EventRecord).where(EventRecord.name.like("Address%")).order_by(EventRecord.position))
    return [(row.name, row.payload) for row in rows]


def test_the_address_changes_once_the_link_is_taken(app, session, user, signed_in):
    other = app.test_client()
    sign_in(session, other, user)
    asked = ask(signed_in, " NEW@Example.org ")
    assert (asked.status_code, asked.location) == (303, PAGE)
    assert address_of(session, user) == OLD
    link = f"{PAGE}/{token(session)}"
    for _scan in range(2):
        shown = signed_in.get(link)
        assert (shown.status_code, NEW in shown.get_data(as_text=True)) == (200, True)
    assert address_of(session, user) == OLD
    taken = signed_in.post(link)
    assert (taken.status_code, taken.location) == (303, "/en/account/security")
    assert address_of(session, user) == NEW
    assert (is_in(signed_in), is_in(other)) == (True, False)
    assert events(session) == [("AddressChangeAsked", {}), ("AddressChanged", {})]


def test_a_link_works_once(session, user, signed_in):
    ask(signed_in)
    link = f"{PAGE}/{token(session)}"
    assert [signed_in.post(link).status_code, signed_in.post(link).status_code] == [303, 404]
    assert signed_in.get(link).status_code == 404
    assert len(events(session)) == 2


def test_only_the_last_link_works(session, user, signed_in):
    ask(signed_in)
    first = token(session)
    ask(signed_in, "third@example.org")
    assert signed_in.post(f"{PAGE}/{first}").status_code == 404
    assert signed_in.post(f"{PAGE}/{token(session)}").status_code == 303
    assert address_of(session, user) == "third@example.org"


@pytest.mark.parametrize(("minutes", "status"), [(59, 303), (60, 404), (61, 404)])
def test_a_link_lasts_an_hour(session, user, signed_in, clock, minutes, status):
    ask(signed_in)
    link = f"{PAGE}/{token(session)}"
    clock.advance(minutes=minutes)
    assert signed_in.post(link).status_code == status
    assert address_of(session, user) == (NEW if status == 303 else OLD)


def test_only_the_digest_of_the_link_is_kept(session, user, signed_in):
    ask(signed_in)
    secret = token(session)
    kept = session.scalars(select(AddressChange)).one()
    assert secret not in str({column.name: getattr(kept, column.name) for column in AddressChange.__table__.columns})
    assert secret not in str([letter.details for letter in session.scalars(select(Letter))])


def test_whoever_has_the_letter_alone_has_nothing(app, session, user, signed_in):
    """A letter to a mistyped address reaches a stranger: signed in as somebody else, or not at all."""
    ask(signed_in)
    link = f"{PAGE}/{token(session)}"
    stranger, nobody = app.test_client(), app.test_client()
    sign_in(session, stranger, make_user(session, email="stranger@example.org"))
    assert (stranger.get(link).status_code, stranger.post(link).status_code) == (404, 404)
    assert (nobody.get(link).status_code, nobody.post(link).status_code) == (303, 403)
    assert address_of(session, user) == OLD
    assert signed_in.post(link).status_code == 303


def test_the_answer_is_the_same_for_an_address_that_somebody_has(app, session, user, signed_in, count_queries):
    closed = make_user(session, email="gone@example.org")
    make_user(session, email="eva@example.org")
    closed.active = False
    session.commit()
    signed_in.get(PAGE)  # which says that one is signed in
    answers, statements = [], []
    for email in (NEW, "eva@example.org", "gone@example.org"):
        with count_queries() as queries:
            answer = ask(signed_in, email)
        page = without_token(signed_in.get(PAGE)).replace(email, "ADDRESS")
        answers.append((answer.status_code, answer.location, page))
        statements.append(len(queries))
    assert answers[0] == answers[1] == answers[2]
    assert statements[1] == statements[2]
    assert len(compose(session, OLD_ADDRESS)) == 3


def test_who_has_the_address_is_told_and_gets_no_link(session, user, signed_in):
    make_user(session, email="eva@example.org")
    session.commit()
    ask(signed_in, "eva@example.org")
    (letter,) = compose(session, NEW_ADDRESS)
    assert (letter.address, letter.values) == ("eva@example.org", {"name": "", "token": None})
    session.expire_all()
    assert session.scalars(select(AddressChange.token_sha256)).one() is None


@pytest.mark.parametrize("active", [True, False])
def test_an_address_that_somebody_got_in_between_stays_theirs(session, user, signed_in, active):
    ask(signed_in)
    link = f"{PAGE}/{token(session)}"
    make_user(session, email=NEW).active = active
    session.commit()
    assert signed_in.post(link).status_code == 404
    assert (address_of(session, user), is_in(signed_in)) == (OLD, True)


def test_links_to_the_old_address_die(app, session, user, signed_in):
    before = create_sign_in_link(session, user, now=NOW)
    session.commit()
    ask(signed_in)
    assert signed_in.post(f"{PAGE}/{token(session)}").status_code == 303
    assert app.test_client().post(f"/en/sign-in/link/{before}").status_code == 410
    session.rollback()
    assert session.scalars(select(SignInLink.used_at)).all() == []


def test_the_old_address_is_told_at_once_and_when_it_is_done(session, user, signed_in):
    ask(signed_in)
    assert signed_in.post(f"{PAGE}/{token(session)}").status_code == 303
    said = compose(session, OLD_ADDRESS)
    assert [(one.address, one.values["changed"]) for one in said] == [(OLD, False), (OLD, True)]


def test_taken_back(session, user, signed_in):
    ask(signed_in)
    link = f"{PAGE}/{token(session)}"
    for _again in range(2):
        assert signed_in.post(f"{PAGE}/withdrawal").status_code == 303
    assert signed_in.post(link).status_code == 404
    assert events(session) == [("AddressChangeAsked", {}), ("AddressChangeWithdrawn", {})]
    assert compose(session, NEW_ADDRESS) == [None]


@pytest.mark.parametrize("email", ["", "ana", OLD, "ANA@example.org ", "x" * 250 + "@example.org", "a\x00@example.org"])
def test_what_cannot_be_the_new_address(session, user, signed_in, email):
    assert ask(signed_in, email).status_code == 422
    assert (events(session), compose(session, OLD_ADDRESS)) == ([], [])


def test_one_shows_first_that_it_is_oneself(session, user, signed_in, clock):
    clock.advance(minutes=10)
    for answer in (signed_in.get(PAGE), ask(signed_in)):
        assert (answer.status_code, answer.location.split("?")[0]) == (303, "/en/account/confirmation")
    assert events(session) == []


def test_nobody_changes_somebody_elses(session, user):
    actor = actor_of(session, make_user(session))
    with pytest.raises(ValueError, match="their own"):
        addressing.ask_address_change(session, user, NEW, actor=actor, now=NOW)


def test_without_a_token_of_the_form_nothing_is_done(app, session, user, signed_in):
    ask(signed_in)
    link = f"{PAGE}/{token(session)}"
    app.config["WTF_CSRF_ENABLED"] = True
    assert [signed_in.post(path).status_code for path in (PAGE, link, f"{PAGE}/withdrawal")] == [403, 403, 403]
    assert address_of(session, user) == OLD


def test_what_is_asked_is_in_ones_own_data_and_not_who_in_another_ones(session, user, signed_in):
    other = make_user(session, email="eva@example.org")
    session.commit()
    ask(signed_in, "eva@example.org")
    session.commit()
    own, theirs = (personal_data(session, one, site="", now=NOW)["sections"] for one in (user, other))
    assert [one["email"] for one in own["address_changes"]] == ["eva@example.org"]
    assert [sorted(one) for one in theirs["address_changes_to_address"]] == [["created_at", "email", "expires_at"]]


def test_asking_is_limited(config, clock, session, user):
    from consultation.app import create_app
    from consultation.extensions import limiter

    made = create_app(config, clock=clock)
    made.config.update(WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=True)
    limiter.enabled = True
    limiter.init_app(made)
    try:
        limited = made.test_client()
        sign_in(session, limited, user)
        statuses = [ask(limited).status_code for _try in range(6)]
    finally:
        limiter.enabled = False
    assert statuses == [303] * 5 + [429]
