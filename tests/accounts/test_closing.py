"""Deactivated accounts: nothing opens them, nothing tells that they exist, and nothing of before opens them again."""

import re
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from consultation.accounts.closing_letters import ACCOUNT_CLOSED, ACCOUNT_OPENED
from consultation.accounts.closing_models import AccountClosure
from consultation.accounts.models import User
from consultation.accounts.operations import addressing, closing, create_mailed_link, create_sign_in_link
from consultation.accounts.queries import digest, user_by_email
from consultation.kernel.letters import Letter
from consultation.kernel.outbox import EventRecord
from consultation.kernel.permissions import OPERATOR, Denied
from consultation.kernel.roles import Role
from consultation.membership.models import Mandate
from consultation.privacy.operations import erase_at_once, personal_data
from tests.accounts.authenticators import Device
from tests.factories import NOW, actor_of, make_mandate, make_organization, make_user, sign_in

PAGE = "/en/organize/people/accounts"
ANA, PASSWORD, WHY = "ana@example.org", "a long enough password", "She wrote to leave."


@pytest.fixture
def config(config):
    """At an address where passkeys work, and with a way for mail to leave; none does."""
    return replace(config, base_url="http://localhost", mail_url="smtp://localhost")


@pytest.fixture
def user(app, session):
    made = make_user(session, email=ANA, name="Ana Roy", password=PASSWORD, passwords=app.extensions["passwords"])
    session.commit()
    return made


@pytest.fixture
def administrator(session):
    made = make_user(session, Role.ADMINISTRATOR, email="admin@example.org")
    session.commit()
    return made


@pytest.fixture
def admin(app, session, administrator):
    """A client of an administrator's, who needs no second step in tests."""
    client = app.test_client()
    sign_in(session, client, administrator)
    return client


def read_anew(session):
    session.rollback()
    session.expire_all()


def close(session, user):
    assert closing.deactivate(session, user, reason=WHY, actor=OPERATOR, now=NOW)
    session.commit()


def reopen(session, user):
    assert closing.activate(session, user, actor=OPERATOR, now=NOW)
    session.commit()


def is_in(client):
    return client.get("/en/account").status_code == 200


def alike(response):
    text = re.sub(r'(name="csrf_token" value=)"[^"]+"', r"\1", response.get_data(as_text=True))
    return response.status_code, response.location, text.replace(ANA, "ADDRESS").replace("no@example.org", "ADDRESS")


def events(session):
    session.rollback()
    rows = session.scalars(select(EventRecord).where(EventRecord.name.like("Account%")).order_by(EventRecord.position))
    return [(row.name, row.subject_id, row.actor_id, sorted(row.payload)) for row in rows]


def test_an_administrator_deactivates_and_activates_again(app, client, session, user, administrator, admin):
    sign_in(session, client, user)
    done = admin.post(PAGE, data={"email": " Ana@example.org ", "reason": WHY})
    assert (done.status_code, done.location, is_in(client)) == (303, PAGE, False)
    shown = admin.get(PAGE).get_data(as_text=True)
    assert (WHY in shown, ANA in shown) == (True, True)
    again = admin.post(f"{PAGE}/{user.id}/activation")
    assert (again.status_code, again.location, is_in(client)) == (303, PAGE, False)
    assert WHY not in admin.get(PAGE).get_data(as_text=True)
    sign_in(session, client, user)
    assert is_in(client)
    assert events(session) == [
        ("AccountDeactivated", user.id, administrator.id, ["closure_id"]),
        ("AccountActivated", user.id, administrator.id, []),
    ]
    kept = session.scalars(select(AccountClosure)).one()
    assert (kept.reason, kept.closed_by, kept.opened_by) == (WHY, administrator.id, administrator.id)


def test_no_way_of_signing_in_knows_it(app, client, session, user):
    link = create_sign_in_link(session, user, now=NOW)
    close(session, user)
    answers = [
        app.test_client().post("/en/sign-in", data={"email": email, "password": PASSWORD})
        for email in (ANA, "no@example.org")
    ]
    assert alike(answers[0]) == alike(answers[1])
    asked = [app.test_client().post("/en/sign-in/links", data={"link-email": one}) for one in (ANA, "no@example.org")]
    assert alike(asked[0]) == alike(asked[1])
    links = [alike(app.test_client().post(f"/en/sign-in/link/{token}")) for token in (link, "x" * len(link))]
    assert links[0] == (410, None, links[1][2].replace("x" * len(link), link))
    assert user_by_email(session, ANA) is None


def test_a_passkey_opens_it_no_more(app, client, session, user):
    sign_in(session, client, user)
    device, keys = Device(), "/en/account/security/passkeys"
    options = client.post(f"{keys}/options").get_json()
    assert client.post(keys, data={"name": "Phone", "credential": device.make(options)}).status_code < 400
    close(session, user)
    answers = []
    for one in (device, Device()):
        one.handle = device.handle
        visitor = app.test_client()
        given = visitor.post("/en/sign-in/passkey/options").get_json()
        answers.append(visitor.post("/en/sign-in/passkey", data={"credential": one.use(given)}))
    assert alike(answers[0]) == alike(answers[1])
    assert answers[0].status_code == 422


def test_nothing_of_before_opens_it_again(app, client, session, user):
    sign_in(session, client, user)
    with client.session_transaction() as cookie:
        secret = cookie["_user_id"]
    link = create_sign_in_link(session, user, now=NOW)
    vault = app.extensions["vault"]
    _token, code = create_mailed_link(session, user, browser_sha256=digest("browser"), vault=vault, now=NOW)
    addressing.ask_address_change(session, user, "new@example.org", actor=actor_of(session, user), now=NOW)
    close(session, user)
    reopen(session, user)
    thief = app.test_client()
    with thief.session_transaction() as cookie:
        cookie["_user_id"] = secret
    assert not is_in(thief)
    assert thief.post(f"/en/sign-in/link/{link}").status_code == 410
    with thief.session_transaction() as cookie:
        cookie["asked"] = "browser"
    assert thief.post("/en/sign-in/code", data={"code": code}).status_code == 422
    assert addressing.standing_change(session, user.id, now=NOW) is None


def test_whoever_owed_the_second_step_does_not_come_in_afterwards(app, session, user):
    waiting = app.test_client()
    with waiting.session_transaction() as cookie:
        cookie["half"] = [str(user.id), user.session_epoch, "link", int(NOW.timestamp()) + 600]
    assert waiting.get("/en/sign-in/second-step").status_code == 200
    close(session, user)
    assert waiting.get("/en/sign-in/second-step").status_code == 303
    reopen(session, user)
    assert waiting.get("/en/sign-in/second-step").status_code == 303


def test_mandates_stay(session, user):
    make_mandate(session, user, make_organization(session, "ACME"))
    close(session, user)
    assert session.scalars(select(Mandate.revoked_at)).all() == [None]
    reopen(session, user)
    assert len(actor_of(session, user).mandates) == 1


def test_the_last_administrator_stays(session, admin, administrator, user):
    with pytest.raises(closing.LastAdministrator):
        closing.deactivate(session, administrator, reason=WHY, actor=OPERATOR, now=NOW)
    other = make_user(session, Role.ADMINISTRATOR)
    close(session, other)
    with pytest.raises(closing.LastAdministrator):
        closing.deactivate(session, administrator, reason=WHY, actor=OPERATOR, now=NOW)


def test_one_of_two_administrators_can_go(session, administrator):
    other = make_user(session, Role.ADMINISTRATOR)
    assert closing.deactivate(session, other, reason=WHY, actor=actor_of(session, administrator), now=NOW)


def test_nobody_deactivates_themselves(session, admin, administrator):
    make_user(session, Role.ADMINISTRATOR)
    session.commit()
    assert admin.post(PAGE, data={"email": administrator.email, "reason": WHY}).status_code == 422
    with pytest.raises(Denied):
        closing.deactivate(session, administrator, reason=WHY, actor=actor_of(session, administrator), now=NOW)
    assert is_in(admin)


@pytest.mark.parametrize("role", [Role.DELEGATE, Role.MODERATOR, Role.ORGANIZER, Role.AUDITOR])
def test_nobody_else_does_it(session, user, role):
    actor = actor_of(session, make_user(session, role))
    with pytest.raises(Denied):
        closing.deactivate(session, user, reason=WHY, actor=actor, now=NOW)
    with pytest.raises(Denied):
        closing.activate(session, user, actor=actor, now=NOW)


@pytest.mark.parametrize(
    "data", [{}, {"email": ANA}, {"email": ANA, "reason": "  "}, {"email": "no@example.org", "reason": WHY}]
)
def test_what_is_not_complete_is_refused(session, user, admin, data):
    assert admin.post(PAGE, data=data).status_code == 422
    assert events(session) == []


def test_twice_is_once(session, user, admin):
    for _again in range(2):
        assert admin.post(PAGE, data={"email": ANA, "reason": WHY}).status_code == 303
    for _again in range(2):
        assert admin.post(f"{PAGE}/{user.id}/activation").status_code == 303
    assert [name for name, *_rest in events(session)] == ["AccountDeactivated", "AccountActivated"]
    assert session.scalar(select(func.count()).select_from(AccountClosure)) == 1


def test_the_person_is_told_without_the_reason(session, user):
    close(session, user)
    for kind, other in ((ACCOUNT_CLOSED, False), (ACCOUNT_OPENED, True)):
        letter = session.scalars(select(Letter).where(Letter.kind == kind.name)).one()
        said = kind.compose(session, letter, NOW)
        assert (said.address, sorted(said.values), WHY in str(letter.details)) == (ANA, ["at", "name"], False)
        if not other:
            reopen(session, user)
            assert kind.compose(session, letter, NOW) is None


def test_the_reason_is_in_ones_own_data_and_in_no_event(session, user, administrator):
    closing.deactivate(session, user, reason=WHY, actor=actor_of(session, administrator), now=NOW)
    reopen(session, user)
    own, theirs = (personal_data(session, one, site="", now=NOW)["sections"] for one in (user, administrator))
    assert [one["reason"] for one in own["closures"]] == [WHY]
    assert str(administrator.id) not in str(own["closures"])
    assert (str(user.id) in str(theirs["accounts_closed"]), WHY in str(theirs)) == (False, False)
    assert WHY not in str([row.payload for row in session.scalars(select(EventRecord))])


def test_a_deactivated_account_can_be_erased_and_stays_erased(session, user, admin):
    close(session, user)
    erased = admin.post("/en/organize/people/erasures", data={"email": ANA, "asked": "y"})
    assert erased.status_code == 303
    read_anew(session)
    assert session.get(User, user.id).erased_at == NOW
    assert admin.post(f"{PAGE}/{user.id}/activation").status_code == 404
    assert closing.activate(session, session.get(User, user.id), actor=OPERATOR, now=NOW) is False


def test_a_name_in_a_reason_goes_with_the_person(session, user):
    other = make_user(session)
    closing.deactivate(session, other, reason="Ana Roy asked for it.", actor=OPERATOR, now=NOW)
    erase_at_once(session, user, actor=OPERATOR, now=NOW)
    session.commit()
    assert session.scalars(select(AccountClosure.reason)).one() == "[…] asked for it."


def test_without_a_token_of_the_form_nothing_is_done(app, session, user, admin):
    app.config["WTF_CSRF_ENABLED"] = True
    assert admin.post(PAGE, data={"email": ANA, "reason": WHY}).status_code == 403
    assert admin.post(f"{PAGE}/{user.id}/activation").status_code == 403
    assert events(session) == []


def test_by_command(runner, client, session, user):
    make_user(session, Role.MODERATOR, email="m@example.org")
    make_user(session, Role.ADMINISTRATOR, email="a@example.org")
    sign_in(session, client, user)
    off, on = ["users", "deactivate", ANA, "--reason", WHY], ["users", "activate", ANA]
    assert [runner.invoke(args=[*args, "--as", "m@example.org"]).exit_code for args in (off, on)] == [1, 1]
    assert runner.invoke(args=["users", "deactivate", ANA]).exit_code == 2
    assert runner.invoke(args=["users", "deactivate", ANA, "--reason", " "]).exit_code == 2
    assert runner.invoke(args=["users", "deactivate", "no@example.org", "--reason", WHY]).exit_code == 1
    assert runner.invoke(args=["users", "deactivate", "a@example.org", "--reason", WHY]).exit_code == 1
    assert runner.invoke(args=on).exit_code == 1
    assert (runner.invoke(args=off).exit_code, runner.invoke(args=off).exit_code) == (0, 1)
    assert client.get("/en/account").status_code == 303
    assert runner.invoke(args=[*on, "--as", "a@example.org"]).exit_code == 0
    session.rollback()
    assert user_by_email(session, ANA) is not None
