"""Organizations from a file on the organizers' pages: looked at first, and brought in as applications."""

from sqlalchemy import select

from consultation.commands.worker import run_waiting
from consultation.membership.models import MemberOrganization
from tests.organizing.test_imports import upload

FILE = "code,name,name_fr,sector\nNEW1,New alliance,Nouvelle alliance,community\n,,,\nORG1,Organization ORG1,,\n"
COLUMNS = {"column": ["code", "name", "name_fr", "sector"], "field": ["code", "name", "name_fr", "sector"]}


def kept(session):
    session.rollback()
    rows = session.execute(select(MemberOrganization.code, MemberOrganization.state).order_by(MemberOrganization.code))
    return [tuple(row) for row in rows]


def test_a_preview_changes_nothing_and_the_import_brings_applications(client, organizer, session, app):
    before = kept(session)
    sent = upload(client, FILE, kind="organizations", name="organizations.csv")
    preview = client.post(f"{sent.location}/preview", data=COLUMNS).location
    assert run_waiting(app) == 1
    seen = client.get(preview).text
    assert "New alliance" in seen or "NEW1" in seen
    assert kept(session) == before
    job = client.post(f"{preview}/import").location
    assert run_waiting(app) == 1
    assert client.get(job).status_code == 200
    assert kept(session) == [("NEW1", "applied"), *before]
