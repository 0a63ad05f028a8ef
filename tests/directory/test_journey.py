"""An organization joins in French: applies, answers its mail, is asked, is verified by two people, invites a deputy,
loses its delegate; and what nobody else may see or do."""

import re
from dataclasses import replace

import pytest
from sqlalchemy import select

from consultation.commands.worker import Post, Worker
from consultation.kernel.roles import MandateKind, Role
from consultation.membership.models import Mandate, MemberOrganization
from consultation.membership.states import OrganizationState
from tests.factories import NOW, make_mandate, make_organization, make_user, sign_in

APPLICATION = {
    "name": "Cercle du Nord",
    "kind": "organization",
    "sector": "community",
    "places": ["CA-MB"],
    "languages": ["fr"],
    "existence": "Notre rapport annuel.",
    "listed": "y",
    "contact_name": "Aline",
    "contact_email": "aline@example.org",
    "agreement": "y",
}


@pytest.fixture
def config(config):
    return replace(config, mail_url="mailbox:", base_url="http://127.0.0.1:8000")


@pytest.fixture
def words(session):
    session.commit()


@pytest.fixture
def mail(app):
    """Deliver what waits; the newest letter to somebody: its text."""

    def newest(address):
        worker, post = Worker(app), Post(app)
        while worker.step() + post.step():
            continue
        box = app.extensions["mail"].messages()
        return next(message.get_body(("plain",)).get_content() for _name, message in box if message["To"] == address)

    return newest


@pytest.fixture
def signed_in(app, session):
    """A client for a new person with a role."""

    def make(*roles, **more):
        client = app.test_client()
        user = make_user(session, *roles, **more)
        session.commit()
        sign_in(session, client, user)
        return client

    return make


def link_in(text):
    return re.search(r"http://127\.0\.0\.1:8000(/\S+/invitations/\S+)", text)[1]


def organization(session, code="CDN"):
    session.rollback()
    return session.scalars(
        select(MemberOrganization).where(MemberOrganization.code == code).execution_options(populate_existing=True)
    ).one()


def accept(app, path):
    client = app.test_client()
    assert client.get(path).status_code == 200
    assert client.post(f"{path}/acceptance", data={"agreement": "y"}).status_code == 303
    return client


def test_an_organization_joins_in_french(app, session, words, mail, signed_in):
    visitor = app.test_client()
    answer = visitor.post("/fr/register", data=APPLICATION)
    assert (answer.status_code, answer.location) == (303, "/fr/register/sent")
    aline = accept(app, link_in(mail("aline@example.org")))
    assert "Cercle du Nord" in aline.get("/fr/organizations/CDN/people").get_data(as_text=True)
    assert visitor.get("/fr/organizations/CDN").status_code == 404

    one, two = signed_in(Role.ORGANIZER), signed_in(Role.ADMINISTRATOR)
    assert "Cercle du Nord" in one.get("/en/verification").get_data(as_text=True)
    assert one.post("/en/verification/CDN/question", data={"question-note": ""}).status_code == 422
    assert one.post("/en/verification/CDN/question", data={"question-note": "Qui êtes-vous ?"}).status_code == 303
    assert "> Qui êtes-vous ?" in mail("aline@example.org")
    assert aline.post("/fr/organizations/CDN/answer", data={"answer-note": "Sept personnes."}).status_code == 303
    for client in (one, two):
        assert client.post("/en/verification/CDN/approval").status_code == 303
    assert organization(session).state == OrganizationState.VERIFIED
    assert "Votre organisme est vérifié" in mail("aline@example.org")
    assert visitor.get("/fr/organizations/CDN").status_code == 200

    invited = {"name": "Nina", "email": "nina@example.org", "kind": "delegate", "language": "es"}
    assert aline.post("/fr/organizations/CDN/invitations", data=invited).status_code == 303
    nina = accept(app, link_in(mail("nina@example.org")))
    session.rollback()
    own = session.scalars(select(Mandate.id).order_by(Mandate.starts_at, Mandate.id)).first()
    assert aline.post(f"/fr/organizations/CDN/mandates/{own}/revocation").status_code == 303
    assert aline.get("/fr/organizations/CDN/people").status_code == 404
    assert nina.get("/es/organizations/CDN/people").status_code == 200


@pytest.mark.parametrize("language", ["en", "fr", "es"])
def test_what_is_missing_is_said_and_nothing_is_lost(app, words, language):
    answer = app.test_client().post(
        f"/{language}/register", data={"name": "Cercle du Nord", "website": "javascript:alert(1)", "contact_email": "a"}
    )
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'value="Cercle du Nord"' in page
    for name in ("sector", "places", "website", "existence", "contact_name", "contact_email"):
        assert f'href="#{name}"' in page


def test_nothing_more_can_be_typed_than_the_form_asks(app, session, words):
    forged = {**APPLICATION, "state": "verified", "verified_at": "2020-01-01", "code": "ADMIN", "scrutiny": "9"}
    assert app.test_client().post("/en/register", data=forged).status_code == 303
    made = organization(session)
    assert (made.state, made.verified_at, made.scrutiny) == (OrganizationState.APPLIED, None, 0)


def test_an_application_is_answered_alike_whoever_the_contact_is(app, session, words):
    make_user(session, email="known@example.org")
    session.commit()
    answers = set()
    for address in ("known@example.org", "unknown@example.org"):
        client = app.test_client()
        answer = client.post("/en/register", data={**APPLICATION, "contact_email": address})
        answers.add((answer.status_code, answer.location, client.get(answer.location).get_data(as_text=True)))
    assert len(answers) == 1


def test_the_directory_shows_who_wants_to_be_found(app, session, words, count_queries):
    make_organization(session, "ONE", name="Listed One", listed=True, languages=["fr"])
    make_organization(session, "TWO", name="Unlisted Two")
    make_organization(session, "SAFE", name="Protected Three", protected=True, listed=True)
    make_organization(session, "NEW", name="Applied Four", listed=True, verified=False)
    session.commit()
    client = app.test_client()
    page = client.get("/en/organizations").get_data(as_text=True)
    assert [name for name in ("Listed One", "Unlisted Two", "Protected Three", "Applied Four") if name in page] == [
        "Listed One"
    ]
    assert [client.get(f"/en/organizations/{code}").status_code for code in ("ONE", "TWO", "SAFE", "NEW", "X")] == [
        200,
        404,
        404,
        404,
        404,
    ]
    for query, found in (("q=one", True), ("q=100%25", False), ("language=fr", True), ("language=es", False)):
        assert ("Listed One" in client.get(f"/en/organizations?{query}").get_data(as_text=True)) is found
    for number in range(30):
        make_organization(session, f"N{number:02}", name=f"Number {number:02}", listed=True)
    session.commit()
    with count_queries() as queries:
        first = client.get("/en/organizations").get_data(as_text=True)
    assert len(queries) <= 4
    after = re.search(r'href="(/en/organizations\?[^"]*after=[^"]+)"', first)[1].replace("&amp;", "&")
    assert "Number 29" in client.get(after).get_data(as_text=True)


@pytest.mark.parametrize("cursor", ["x", "W10", "WyJhIiwgImIiXQ"])
def test_a_forged_cursor_is_refused(app, words, cursor):
    assert app.test_client().get(f"/en/organizations?after={cursor}").status_code == 400


def test_other_peoples_organizations_are_not_there(app, session, signed_in, words):
    mine, theirs = make_organization(session, "MINE"), make_organization(session, "THEIRS")
    held = make_mandate(session, make_user(session), theirs)
    editor = make_user(session)
    make_mandate(session, editor, mine, kind=MandateKind.EDITOR)
    session.commit()
    stranger = app.test_client()
    sign_in(session, stranger, editor)
    for client in (stranger, signed_in(Role.MODERATOR), signed_in(Role.AUDITOR)):
        assert client.get("/en/organizations/THEIRS/people").status_code == 404
        assert client.post(f"/en/organizations/THEIRS/mandates/{held.id}/revocation").status_code == 404
        assert client.post("/en/organizations/MINE/invitations", data={}).status_code == 404
    own = app.test_client()
    user = make_user(session)
    make_mandate(session, user, mine)
    session.commit()
    sign_in(session, own, user)
    assert own.post(f"/en/organizations/MINE/mandates/{held.id}/revocation").status_code == 404


def test_the_auditor_reads_the_desk_and_decides_nothing(app, session, signed_in, words):
    make_organization(session, "NEW", verified=False)
    session.commit()
    auditor = signed_in(Role.AUDITOR)
    assert auditor.get("/en/verification").status_code == 200
    assert auditor.get("/en/verification/NEW").status_code == 200
    assert auditor.post("/en/verification/NEW/approval").status_code == 403
    assert app.test_client().get("/en/verification").status_code == 303


def test_vouching_in_the_browser(app, session, words):
    make_organization(session, "NEW", verified=False)
    member = make_organization(session, "OLD", name="Old friends")
    user = make_user(session)
    make_mandate(session, user, member)
    session.commit()
    client = app.test_client()
    sign_in(session, client, user)
    assert "Old friends" in client.get("/en/organizations/NEW/vouchings").get_data(as_text=True)
    said = {"by": str(member.id), "note": "We share a hall."}
    assert [client.post("/en/organizations/NEW/vouchings", data=said).status_code for _ in range(2)] == [303, 303]
    assert client.get("/en/organizations/OLD/vouchings").status_code == 404
    assert client.post("/en/organizations/NEW/vouchings", data={"by": str(NOW)}).status_code == 422
