"""The one boundary: what a refused or failed write leaves behind, and what it tells."""

import pytest
from flask import flash
from sqlalchemy import event, func, select, text
from sqlalchemy.exc import IntegrityError, OperationalError

from consultation.accounts.models import SignInLink, User
from consultation.accounts.operations import create_sign_in_link
from consultation.kernel.afterwards import after_commit
from consultation.kernel.orm import writing
from consultation.web.authorize import public
from consultation.web.render import see_other
from consultation.web.transactions import after_rollback
from consultation.web.transactions import session as own
from tests.factories import NOW, make_user, sign_in


def _user(email):
    return User(email=email, name="A", language="en", created_at=NOW)


def _users(own):
    own.rollback()
    return own.scalar(select(func.count()).select_from(User))


@pytest.fixture
def breaking(engine):
    """Makes the next commit fail as the database would."""

    def arm(kind):
        def fail(_connection):
            event.remove(engine, "commit", fail)
            raise kind("COMMIT", {}, Exception("it broke"))

        event.listen(engine, "commit", fail)

    return arm


@pytest.mark.parametrize(("kind", "status"), [(IntegrityError, 409), (OperationalError, 503)])
def test_a_commit_that_fails_is_told_and_says_nothing_was_saved(app, session, breaking, kind, status):
    @app.post("/writes")
    @public
    def writes():
        own().add(_user("a@example.org"))
        flash("Saved, or so it seems", "success")
        return see_other("/en/")

    client = app.test_client()
    breaking(kind)
    answer = client.post("/writes")
    assert answer.status_code == status
    assert "Saved, or so it seems" not in answer.get_data(as_text=True) + client.get("/en/").get_data(as_text=True)
    assert _users(session) == 0


def test_a_sign_in_that_was_not_committed_signs_nobody_in(app, session, breaking):
    user = make_user(session)
    token = create_sign_in_link(session, user, now=NOW)
    session.commit()
    client = app.test_client()
    breaking(OperationalError)
    answer = client.post(f"/en/sign-in/link/{token}")
    assert answer.status_code == 503
    assert ("Sign out" in answer.get_data(as_text=True), "/en/sign-in" in answer.get_data(as_text=True)) == (
        False,
        True,
    )
    assert client.get("/en/account").status_code == 303
    session.rollback()
    assert session.scalar(select(SignInLink.used_at)) is None
    assert client.post(f"/en/sign-in/link/{token}").status_code == 303


def test_what_fails_after_the_commit_does_not_unsay_it(app, session, capsys):
    done = []

    def broken():
        raise PermissionError("no")

    @app.post("/writes")
    @public
    def writes():
        own().add(_user("a@example.org"))
        after_commit(own(), broken)
        after_commit(own(), lambda: done.append(True))
        return see_other("/en/")

    assert app.test_client().post("/writes").status_code == 303
    assert (_users(session), done) == (1, [True])
    printed = capsys.readouterr()
    assert (printed.out, "after_commit_failed" in printed.err) == ("", True)


def test_what_must_survive_a_refusal_does_and_nothing_else(app, session):
    @app.post("/refuses")
    @public
    def refuses():
        own().add(_user("lost@example.org"))
        own().flush()
        after_rollback(lambda kept: kept.add(_user("kept@example.org")))
        return "no", 422

    assert app.test_client().post("/refuses").status_code == 422
    session.rollback()
    assert list(session.scalars(select(User.email))) == ["kept@example.org"]


def test_a_write_after_a_refusal_that_fails_leaves_the_refusal_as_it_is(app, session):
    make_user(session, email="taken@example.org")
    session.commit()

    @app.post("/refuses")
    @public
    def refuses():
        after_rollback(lambda kept: kept.add(_user("taken@example.org")))
        return "no", 422

    assert app.test_client().post("/refuses").status_code == 422
    assert _users(session) == 1


@pytest.mark.sqlite
def test_the_page_about_a_database_that_is_away_does_not_ask_it(app, session, client, engine):
    sign_in(session, client, make_user(session))
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE user RENAME TO gone"))
    answer = client.get("/en/account")
    assert answer.status_code == 503
    assert "Not available for a moment" in answer.get_data(as_text=True)


def test_requests_one_inside_the_other_keep_their_own_lock(app, session):
    @app.post("/outer")
    @public
    def outer():
        app.test_client().get("/en/sign-in")
        return ("still", 200) if writing.get() else ("lost", 500)

    assert app.test_client().post("/outer").get_data(as_text=True) == "still"
    assert writing.get() is False


def test_a_redirect_of_the_router_ignores_a_forged_host(client):
    answer = client.get("/en/consultations/sample", headers={"Host": "evil.example"})
    assert (answer.status_code, answer.location) == (308, "/en/consultations/sample/")
