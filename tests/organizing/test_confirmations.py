"""What takes two people: asked by one with a reason, confirmed by another within seven days, and never by one alone."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from consultation.accounts.operations import create_user
from consultation.accounts.operations.granting import ROLE
from consultation.accounts.queries import user_by_email, user_by_id
from consultation.exchange.contacts import ALL_CONTACTS, CONTACTS, export_contacts
from consultation.kernel import letters, two_steps
from consultation.kernel.outbox import EventRecord, deliver
from consultation.kernel.permissions import OPERATOR, Denied, Reason
from consultation.kernel.roles import Role
from consultation.kernel.two_steps import AlreadyAsked, NoLongerStands, Outcome, TwoStepRequest
from consultation.notifications.subscribers import CONFIRMATIONS
from consultation.voting.models import Contest
from tests.factories import NOW, actor_of, make_consultation, make_mandate, make_organization, make_user, sign_in
from tests.voting.factories import make_contest

DAY = timedelta(days=1)


@pytest.fixture
def actors(session):
    """An administrator, another one, an organizer, and what they may do."""
    roles = {"one": Role.ADMINISTRATOR, "two": Role.ADMINISTRATOR, "organizer": Role.ORGANIZER}
    return {name: actor_of(session, make_user(session, role)) for name, role in roles.items()}


def ask_role(session, actor, role=Role.ORGANIZER, user=None, now=NOW):
    user = user or make_user(session)
    return two_steps.ask(
        session, ROLE, subject_id=user.id, payload={"role": role.value}, reason="She runs it.", actor=actor, now=now
    )


def roles_of(session, user_id):
    session.expire_all()
    return user_by_id(session, user_id).roles


def reason(call, *args, **options):
    with pytest.raises(Denied) as error:
        call(*args, **options)
    return error.value.decision.reason


def test_a_role_is_given_once_somebody_else_confirms(session, actors):
    asked = ask_role(session, actors["one"])
    assert roles_of(session, asked.subject_id) == {Role.DELEGATE}
    assert reason(two_steps.confirm, session, asked, ROLE, actor=actors["one"], now=NOW) is Reason.SECOND_PERSON
    two_steps.confirm(session, asked, ROLE, actor=actors["organizer"], now=NOW)
    session.flush()
    assert roles_of(session, asked.subject_id) == {Role.DELEGATE, Role.ORGANIZER}
    with pytest.raises(NoLongerStands):
        two_steps.confirm(session, asked, ROLE, actor=actors["two"], now=NOW)
    names = session.scalars(select(EventRecord.name).order_by(EventRecord.position.desc()).limit(3)).all()
    assert names == ["RoleGranted", "TwoStepDecided", "TwoStepAsked"]


def test_who_may_not_ask_or_confirm(session, actors):
    others = [actor_of(session, make_user(session, role)) for role in (Role.MODERATOR, Role.AUDITOR, Role.DELEGATE)]
    for actor in (*others, actors["organizer"]):
        assert reason(ask_role, session, actor) is Reason.ROLE
    asked = ask_role(session, actors["one"])
    for actor in others:
        for verb in (two_steps.confirm, two_steps.turn_down):
            assert reason(verb, session, asked, ROLE, actor=actor, now=NOW) is Reason.ROLE


def test_seven_days_and_one_request_at_a_time(session, actors):
    user = make_user(session)
    asked = ask_role(session, actors["one"], user=user)
    with pytest.raises(AlreadyAsked):
        ask_role(session, actors["two"], user=user)
    late = NOW + 7 * DAY
    with pytest.raises(NoLongerStands):
        two_steps.confirm(session, asked, ROLE, actor=actors["two"], now=late)
    again = ask_role(session, actors["two"], user=user, now=late)
    assert (asked.outcome, asked.decided_by) == (Outcome.EXPIRED, None)
    two_steps.confirm(session, again, ROLE, actor=actors["one"], now=late + 7 * DAY - timedelta(microseconds=1))
    with pytest.raises(ValueError, match="why"):
        two_steps.ask(session, ROLE, subject_id=user.id, payload={}, reason=" ", actor=actors["one"], now=late)


def test_declined_or_taken_back(session, actors):
    outcomes = []
    for decider in ("one", "two"):
        asked = ask_role(session, actors["one"])
        two_steps.turn_down(session, asked, ROLE, actor=actors[decider], now=NOW)
        outcomes.append(asked.outcome)
        assert roles_of(session, asked.subject_id) == {Role.DELEGATE}
    assert outcomes == [Outcome.WITHDRAWN, Outcome.DECLINED]


def test_the_database_wants_two_people(session, actors):
    asked = ask_role(session, actors["one"])
    alone = {"outcome": Outcome.CONFIRMED, "decided_at": NOW, "decided_by": asked.asked_by}
    with pytest.raises(IntegrityError):
        session.execute(update(TwoStepRequest).where(TwoStepRequest.id == asked.id).values(**alone))


def test_no_account_is_made_with_such_a_role_by_one_person_but_the_operator(session, actors):
    new = {"email": "new@example.org", "name": "", "language": "en", "roles": [Role.ADMINISTRATOR], "now": NOW}
    assert reason(create_user, session, **new, actor=actors["one"]) is Reason.SECOND_PERSON
    assert create_user(session, **new, actor=OPERATOR).roles == {Role.ADMINISTRATOR}


def test_the_electorate_of_a_configured_contest_changes_when_confirmed(session, app, client):
    consultation = make_consultation(session)
    contest = make_contest(session, consultation, NOW, code="C1", opened=False)
    one, two = make_user(session, Role.ORGANIZER), make_user(session, Role.ORGANIZER)
    sign_in(session, client, one)
    address = "/en/organize/sample/contests/C1/electorate"
    assert client.get(address).status_code == 200
    typed = {"people": ["individual"], "affiliates_count": "family"}
    assert client.post(address, data=typed).status_code == 422
    assert client.post(address, data={**typed, "people": ["observer"], "reason": "x"}).status_code == 422
    assert client.post(address, data={**typed, "reason": "Asked by the committee."}).status_code == 303
    session.rollback()
    contest = session.get_one(Contest, contest.id, populate_existing=True)
    assert (contest.voters, contest.affiliates_count) == (["nation", "organization"], "each")
    asked = session.scalars(select(TwoStepRequest)).one()
    other = app.test_client()
    sign_in(session, other, two)
    assert "besides organizations vote: Individuals" in other.get("/en/organize/confirmations").text
    confirm = f"/en/organize/confirmations/{asked.id}/confirmation"
    assert client.post(confirm).status_code == 403
    assert other.post(confirm).status_code == 303
    contest = session.get_one(Contest, contest.id, populate_existing=True)
    assert (contest.voters, contest.affiliates_count) == (["individual", "nation", "organization"], "family")


def test_contacts_go_to_two_people_for_a_day_without_formulas(session, app, actors):
    user = make_user(session, name="=HYPERLINK(1)", email="+a@example.org")
    make_mandate(session, user, make_organization(session, "ORG", name="@sum"))
    hidden = make_organization(session, "NEW", verified=False)
    make_mandate(session, make_user(session), hidden)
    how = {"subject_id": ALL_CONTACTS, "payload": {}, "reason": "The gathering moved."}
    asked = two_steps.ask(session, CONTACTS, **how, actor=actors["organizer"], now=NOW)
    early = reason(export_contacts, session, asked, actor=actors["organizer"], now=NOW)
    assert early is Reason.SECOND_PERSON
    two_steps.confirm(session, asked, CONTACTS, actor=actors["one"], now=NOW)
    assert reason(export_contacts, session, asked, actor=actors["two"], now=NOW) is Reason.SECOND_PERSON
    table = export_contacts(session, asked, actor=actors["organizer"], now=NOW).decode("utf-8-sig")
    assert table.splitlines() == [
        "code,member,kind,name,email,language,mandate,since",
        "ORG,'@sum,organization,'=HYPERLINK(1),'+a@example.org,en,delegate,2027-03-01",
    ]
    assert reason(export_contacts, session, asked, actor=actors["organizer"], now=NOW + DAY) is Reason.SECOND_PERSON
    logged = session.scalars(select(EventRecord).where(EventRecord.name == "ContactsExported")).one()
    assert (logged.subject_id, logged.payload) == (asked.id, {"rows": 1})


def test_those_who_can_confirm_are_told_and_nobody_else(session, actors):
    make_user(session, Role.MODERATOR)
    ask_role(session, actors["one"])
    session.commit()
    deliver(session, CONFIRMATIONS)
    told = {letter.user_id for letter in session.scalars(select(letters.Letter)) if letter.kind == "two_step"}
    assert told == {actors["two"].user_id, actors["organizer"].user_id}


@pytest.mark.parametrize("language", ["en", "fr", "es"])
def test_the_pages(session, app, client, language):
    base = f"/{language}/organize"
    one, two = make_user(session, Role.ADMINISTRATOR), make_user(session, Role.ADMINISTRATOR)
    sign_in(session, client, one)
    new = {"email": "new@example.org", "name": "N", "role": "administrator", "language": "en"}
    assert client.post(f"{base}/people", data=new).status_code == 422
    assert client.post(f"{base}/people", data={**new, "reason": "She runs it."}).status_code == 201
    session.rollback()
    invited = user_by_email(session, "new@example.org")
    assert invited.roles == {Role.DELEGATE}
    again = {"role-email": "new@example.org", "role-role": "administrator", "role-reason": "Again."}
    assert client.post(f"{base}/confirmations/roles", data=again).status_code == 422
    nobody = client.post(f"{base}/confirmations/roles", data={**again, "role-email": "none@example.org"})
    assert nobody.status_code == 422
    assert "Again." in nobody.text
    other = app.test_client()
    sign_in(session, other, two)
    asked = session.scalars(select(TwoStepRequest)).one()
    assert f"{asked.id}/confirmation" not in client.get(f"{base}/confirmations").text
    shown = other.get(f"{base}/confirmations").text
    assert f"{asked.id}/confirmation" in shown
    assert "She runs it." in shown
    assert other.post(f"{base}/confirmations/{asked.id}/confirmation").status_code == 303
    session.rollback()
    assert roles_of(session, invited.id) == {Role.DELEGATE, Role.ADMINISTRATOR}
    wanted = {"contacts-reason": "The gathering moved."}
    assert client.post(f"{base}/confirmations/exports", data=wanted).status_code == 303
    session.rollback()
    asked = session.scalars(select(TwoStepRequest).where(TwoStepRequest.kind == "contacts")).one()
    assert client.post(f"{base}/confirmations/{asked.id}/contacts.csv").status_code == 403
    other.post(f"{base}/confirmations/{asked.id}/confirmation")
    table = client.post(f"{base}/confirmations/{asked.id}/contacts.csv")
    assert (table.status_code, table.headers["Cache-Control"]) == (200, "no-store")


def test_the_operator_exports_alone_and_is_logged(session, runner, tmp_path):
    make_user(session, Role.ADMINISTRATOR, email="a@example.org")
    make_mandate(session, make_user(session, email="d@example.org"), make_organization(session, "ORG"))
    session.commit()
    file = tmp_path / "contacts.csv"
    assert runner.invoke(args=["export", "contacts", "-o", str(file), "--as", "a@example.org"]).exit_code == 1
    assert not file.exists()
    assert runner.invoke(args=["export", "contacts", "-o", str(file)]).exit_code == 0
    assert "d@example.org" in file.read_text("utf-8-sig")
    assert file.stat().st_mode & 0o077 == 0
    session.rollback()
    logged = session.scalars(select(EventRecord).where(EventRecord.name == "ContactsExported")).one()
    assert (logged.actor_kind, logged.payload) == ("operator", {"rows": 1})
