"""The organizers' pages without JavaScript."""

import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from consultation.accounts.models import User
from consultation.convening.models import Consultation, Phase
from consultation.curation.models import AgendaItem
from consultation.drafting.models import Release
from consultation.kernel.roles import Role
from consultation.voting.models import Contest
from tests.factories import make_organization, make_proposal, make_user, sign_in

PAGES = ("", "/sample", "/sample/admission", "/sample/contests", "/sample/agenda", "/sample/imports")


def test_pages_in_three_languages(client, organizer):
    for language in ("en", "fr", "es"):
        for path in PAGES:
            answer = client.get(f"/{language}/organize{path}")
            assert answer.status_code == 200
            assert f'<html lang="{language}">' in answer.text
            assert answer.text.count("<h1>") == 1
    assert client.get("/en/organize/elsewhere").status_code == 404


@pytest.mark.parametrize("role", [Role.DELEGATE, Role.MODERATOR])
def test_others_are_refused(client, session, consultation, role):
    sign_in(session, client, make_user(session, role))
    for path in PAGES:
        assert client.get(f"/en/organize{path}").status_code == 403
    for path in ("", "/sample/phases/rank", "/sample/phases/rank/entry", "/sample/admission", "/sample/contests",
                 "/sample/agenda/draft", "/sample/agenda/releases", "/sample/imports", "/people"):  # fmt: skip
        assert client.post(f"/en/organize{path}").status_code == 403


def test_auditor_reads_and_changes_nothing(client, session, consultation):
    sign_in(session, client, make_user(session, Role.AUDITOR))
    assert client.get("/en/organize/sample").status_code == 200
    assert "<form" not in client.get("/en/organize/sample/contests").text.split("<main")[1]
    assert client.get("/en/organize/sample/imports").status_code == 403
    assert client.post("/en/organize/sample/phases/rank/entry").status_code == 403


def test_making_a_consultation(client, organizer, session):
    typed = {"title_en": "New", "title_fr": "Neuf", "title_es": "Nuevo", "slug": "sample", "prefix": "NEW",
             "zone": "America/Regina"}  # fmt: skip
    refused = client.post("/en/organize", data=typed)
    assert refused.status_code == 422
    assert "Another consultation has this short address." in refused.text
    assert 'value="Neuf"' in refused.text
    assert client.post("/en/organize", data=typed | {"slug": "", "prefix": "OK"}).status_code == 422
    made = client.post("/en/organize", data=typed | {"slug": "new-one"})
    assert (made.status_code, made.location) == (303, "/en/organize/new-one")
    found = session.scalars(select(Consultation).where(Consultation.slug == "new-one")).one()
    assert found.zone == "America/Regina"


def test_dating_and_entering_phases_in_the_consultations_zone(client, organizer, session):
    address = "/en/organize/sample/phases/rank"
    wrong = client.post(address, data={"rank-opens": "2027-05-02T09:00", "rank-closes": "2027-05-01T09:00"})
    assert wrong.status_code == 422
    assert "A phase closes after it opens." in wrong.text
    skipped = client.post(address, data={"rank-opens": "2027-03-14T02:30"})
    assert skipped.status_code == 422
    saved = client.post(address, data={"rank-opens": "2027-05-01T09:00", "rank-closes": "2027-05-02T09:00"})
    assert saved.status_code == 303
    session.rollback()
    rank = session.scalars(select(Phase).where(Phase.name == "rank")).one()
    assert rank.opens_at == datetime(2027, 5, 1, 13, tzinfo=UTC)
    assert 'value="2027-05-01T09:00"' in client.get("/en/organize/sample").text
    assert client.post("/en/organize/sample/phases/discuss/entry").status_code == 303
    assert client.post("/en/organize/sample/phases/lunch/entry").status_code == 404


def test_from_admission_to_the_released_agenda(client, organizer, session, open_by_two):
    assert "2 proposals" not in client.get("/en/organize/sample").text
    assert client.post("/en/organize/sample/admission").status_code == 422
    assert client.post("/en/organize/sample/admission", data={"code": "NG27-001"}).status_code == 303
    session.rollback()
    assert session.scalars(select(AgendaItem.code)).all() == ["NG27-A001"]
    assert client.post("/en/organize/sample/admission", data={"everything": "1"}).status_code == 303
    contest = {"code": "MAIN", "kind": "tiers", "secrecy": "secret", "places": "1"}
    assert client.post("/en/organize/sample/contests", data=contest | {"places": "0"}).status_code == 422
    assert client.post("/en/organize/sample/contests", data=contest).status_code == 303
    again = client.post("/en/organize/sample/contests", data=contest)
    assert "Another contest has this code." in again.text
    open_by_two("MAIN")
    closure = "/en/organize/sample/contests/MAIN/closure"
    assert client.post(closure).status_code == 422
    assert client.post(closure, data={"confirmed": "on"}).status_code == 303
    tally = "/en/organize/sample/contests/MAIN/tally"
    assert client.post(tally, data={"beacon": "first"}).status_code == 303
    changed = client.post(tally, data={"beacon": "second"})
    assert (changed.status_code, "The first one stands." in changed.text) == (422, True)
    assert client.post("/en/organize/sample/agenda/draft", data={"contest": "MAIN"}).status_code == 422
    published = "/en/organize/sample/contests/MAIN/publication"
    assert client.post(published, data={"confirmed": "on"}).status_code == 303
    session.rollback()
    assert session.scalars(select(Contest)).one().state == "published"
    assert client.post("/en/organize/sample/agenda/releases").status_code == 422
    assert client.post("/en/organize/sample/agenda/draft", data={"contest": "MAIN"}).status_code == 303
    assert client.post("/en/organize/sample/agenda/releases").status_code == 303
    session.rollback()
    assert session.scalars(select(Release.number)).all() == ["0.1"]
    assert client.post("/en/organize/sample/agenda/releases", data={"edition": "final"}).status_code == 422
    final = client.post("/en/organize/sample/agenda/releases", data={"edition": "final", "confirmed": "on"})
    assert final.status_code == 303
    assert ">1.0</a>" in client.get("/en/organize/sample/agenda").text


def test_inviting_shows_the_link_once(client, session, consultation, app):
    sign_in(session, client, make_user(session, Role.ADMINISTRATOR))
    typed = {"email": "new@example.org", "name": "Noor", "role": "delegate", "organization": "NONE", "language": "fr"}
    assert "No organization has this code." in client.post("/en/organize/people", data=typed).text
    made = client.post("/en/organize/people", data=typed | {"organization": "ORG1"})
    assert made.status_code == 201
    (link,) = re.findall(r'<code id="invitation">([^<]+)</code>', made.text)
    path = link.split("/", 3)[3]
    assert path.startswith("fr/sign-in/link/")
    assert path.rpartition("/")[2] not in client.get("/en/organize/people").text
    assert path.rpartition("/")[2] not in str(made.headers)
    assert app.test_client().post(f"/{path}").status_code == 303
    assert client.post("/en/organize/people", data=typed | {"organization": ""}).status_code == 422
    session.rollback()
    assert [user.language for user in session.scalars(select(User)) if user.email == "new@example.org"] == ["fr"]


def test_a_phase_that_closes_at_midnight_is_told_as_on_the_public_pages(client, organizer):
    typed = {"rank-opens": "2026-01-01T00:00", "rank-closes": "2028-01-13T00:00"}
    assert client.post("/en/organize/sample/phases/rank", data=typed).status_code == 303
    assert client.post("/en/organize/sample/phases/rank/entry").status_code == 303
    assert client.post("/en/organize/sample/phases/rank", data=typed).status_code == 303
    for address in ("/en/organize", "/en/organize/sample", "/en/consultations/sample/"):
        text = client.get(address).text
        assert "until the end of January 12, 2028" in text
        assert "January 13" not in text


def test_choices_that_always_hold_something_are_not_called_optional(client, organizer):
    text = client.get("/en/organize/sample/contests").text
    labels = dict(re.findall(r'<label for="(\w+)">(.*?)</label>', text, re.DOTALL))
    left = {name for name, words in labels.items() if "(optional)" not in words}
    assert left == {"code", "kind", "secrecy", "affiliates_count", "places"}


def test_the_desk_costs_the_same_however_much_there_is(client, organizer, session, consultation, count_queries):
    costs = []
    for _round in range(2):
        for address in ("/en/organize", "/en/organize/sample"):
            client.get(address)
            with count_queries() as queries:
                client.get(address)
            costs.append(len(queries))
        for number in range(30):
            of = make_organization(session, f"MORE{_round}-{number}")
            make_proposal(session, consultation, organization_id=of.id, published=True)
        session.commit()
    assert costs[:2] == costs[2:] == [3, 7]
