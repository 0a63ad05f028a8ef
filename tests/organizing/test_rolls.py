"""Before a contest opens, in the browser: narrowed, announced, objected to, answered, signed off; and declared void."""

import re

import pytest
from sqlalchemy import select

from consultation.kernel.roles import Role
from consultation.kernel.two_steps import TwoStepRequest
from consultation.voting.models import Contest
from consultation.voting.roll_models import RollObjection
from tests.factories import make_mandate, make_organization, make_user, sign_in

CONTESTS = "/en/organize/sample/contests"
MADE = {"code": "MAIN", "kind": "tiers", "secrecy": "secret", "places": "1"}
ROLL = "/en/consultations/sample/roll"


@pytest.fixture
def contest(client, organizer, session):
    client.post("/en/organize/sample/admission", data={"everything": "1"})
    made = client.post(
        CONTESTS, data={**MADE, "only": "ORG1", "opens": "2027-06-01T09:00", "ballots_published_from": "40"}
    )
    assert made.status_code == 303
    session.rollback()
    return session.scalars(select(Contest)).one()


@pytest.fixture
def delegate(session, app):
    """A client that is signed in as the delegate of a member that is not on the roll."""
    person = make_user(session)
    make_mandate(session, person, make_organization(session, "LEFTOUT", name="Left Out"))
    client = app.test_client()
    sign_in(session, client, person)
    return client


def other_organizer(session, app):
    session.rollback()
    client = app.test_client()
    sign_in(session, client, make_user(session, Role.ORGANIZER))
    return client


def test_what_was_typed_is_what_is_made(contest, client, session):
    assert (contest.electorate, contest.ballots_published_from) == ({"only": ["ORG1"]}, 40)
    assert contest.opens_at.isoformat() == "2027-06-01T13:00:00+00:00"
    page = client.get(CONTESTS).text
    assert "If it opened now, 1 member would vote." in page
    assert "a list of 1 member" in page


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"only": "NOBODY"}, "No member has this code. NOBODY"),
        ({"question_en": "Which?"}, "The question is needed in all three languages, or in none."),
        ({"opens": "2027-06-02T09:00", "closes": "2027-06-01T09:00"}, "A phase closes after it opens."),
        ({"kind": "shortlist", "rule": "borda"}, "This rule reads an order"),
        ({"ballots_published_from": "9"}, "Number must be between"),
    ],
)
def test_bad_input_is_refused_at_its_field_and_kept(client, organizer, typed, told):
    refused = client.post(CONTESTS, data={**MADE, **typed})
    assert refused.status_code == 422
    assert told in refused.text
    assert 'value="MAIN"' in refused.text
    assert client.get(CONTESTS).text.count('id="contest-') == 0


def test_members_object_and_organizers_answer(contest, client, delegate, session, app):
    assert client.get(ROLL).status_code == 404
    announce = f"{CONTESTS}/MAIN/announcement"
    assert client.post(announce, data={}).status_code == 422
    assert client.post(announce, data={"objections_until": "2020-01-01T00:00"}).status_code == 422
    assert client.post(announce, data={"objections_until": "2027-03-08T12:00"}).status_code == 303
    shown = app.test_client().get(ROLL).text
    assert "Organization ORG1" in shown
    assert "Left Out" not in shown
    objections = f"{ROLL}/objections?contest=MAIN"
    assert app.test_client().post(objections).status_code == 403
    said = {"member": "LEFTOUT", "kind": "missing", "about": "LEFTOUT", "text": "We were verified."}
    assert delegate.post(objections, data={**said, "text": ""}).status_code == 422
    assert delegate.post(objections, data={**said, "member": "ORG1"}).status_code == 422
    assert delegate.post(objections, data=said).status_code == 303
    again = delegate.post(objections, data=said)
    assert (again.status_code, "waits for the answer" in again.text) == (422, True)
    assert "We were verified." in delegate.get(ROLL).text
    assert "We were verified." not in app.test_client().get(ROLL).text
    assert "1 objection; 0 answered" in " ".join(app.test_client().get(ROLL).text.split())
    signed = client.post(f"{CONTESTS}/MAIN/opening", data={"confirmed": "on"})
    assert (signed.status_code, "Members can still object to the roll." in signed.text) == (422, True)
    session.rollback()
    objection = session.scalars(select(RollObjection)).one()
    answer = f"{CONTESTS}/MAIN/objections/{objection.id}/answer"
    assert client.post(answer, data={}).status_code == 422
    given = {f"{objection.id}-upheld": "yes", f"{objection.id}-answer": "You are on the list now."}
    assert client.post(answer, data=given).status_code == 303
    assert "You are on the list now." in delegate.get(ROLL).text


def test_two_organizers_sign_off_and_one_alone_does_not(contest, client, session, app):
    opening = f"{CONTESTS}/MAIN/opening"
    assert client.post(opening, data={"confirmed": "on"}).status_code == 303
    assert "You have signed off" in client.get(CONTESTS).text
    assert client.post(opening, data={"confirmed": "on"}).status_code == 403
    other = other_organizer(session, app)
    assert "has signed off on it on" in other.get(CONTESTS).text
    session.rollback()
    asked = session.scalars(select(TwoStepRequest)).one()
    make_organization(session, "ORG2")
    session.commit()
    client.post(f"{CONTESTS}/MAIN/electorate")
    confirm = f"/en/organize/confirmations/{asked.id}/confirmation"
    assert other.post(confirm).status_code == 303
    session.rollback()
    assert session.scalars(select(Contest.state)).one() == "open"


def test_a_change_after_the_first_sign_off_is_told_and_opens_nothing(contest, client, session, app):
    client.post(f"{CONTESTS}/MAIN/opening", data={"confirmed": "on"})
    other = other_organizer(session, app)
    asked = session.scalars(select(TwoStepRequest)).one()
    contest = session.get_one(Contest, contest.id)
    contest.electorate = {}
    session.commit()
    confirmed = other.post(f"/en/organize/confirmations/{asked.id}/confirmation", follow_redirects=True)
    assert "It has changed since the first organizer signed off." in confirmed.text
    session.rollback()
    assert session.scalars(select(TwoStepRequest.outcome)).one() is None
    assert session.scalars(select(Contest.state)).one() == "configured"


def test_void_is_asked_confirmed_and_told_to_everybody(contest, client, session, app):
    client.post(f"{CONTESTS}/MAIN/opening", data={"confirmed": "on"})
    other = other_organizer(session, app)
    other.post(f"{CONTESTS}/MAIN/opening", data={"confirmed": "on"})
    voiding = f"{CONTESTS}/MAIN/voiding"
    assert client.get(voiding).status_code == 200
    assert client.post(voiding).status_code == 422
    assert client.post(voiding, data={"reason": "The wrong items were on it."}).status_code == 303
    assert client.post(voiding, data={"reason": "Again."}).status_code == 422
    session.rollback()
    asked = session.scalars(select(TwoStepRequest).where(TwoStepRequest.kind == "void")).one()
    confirm = f"/en/organize/confirmations/{asked.id}/confirmation"
    assert client.post(confirm).status_code == 403
    assert other.post(confirm).status_code == 303
    public = app.test_client()
    for address in ("ranking", "results"):
        assert "The wrong items were on it." in public.get(f"/en/consultations/sample/{address}").text
    assert client.get(voiding).status_code == 404


def test_the_roll_says_who_voted_only_after_the_close(contest, client, session, app):
    other = other_organizer(session, app)
    for one in (client, other):
        one.post(f"{CONTESTS}/MAIN/opening", data={"confirmed": "on"})
    public = app.test_client()
    shown = public.get(ROLL).text
    assert re.findall(r'<th scope="col">(\w+)', shown) == ["Member", "Code"]
    client.post(f"{CONTESTS}/MAIN/closure", data={"confirmed": "on"})
    assert re.findall(r'<th scope="col">(\w+)', public.get(ROLL).text) == ["Member", "Code", "Voted"]
    assert [public.get(f"/{language}/consultations/sample/roll").status_code for language in ("fr", "es")] == [200] * 2
