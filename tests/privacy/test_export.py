"""A person's data as one document: everything that names them, nothing that opens something or is somebody else's."""

import json
import re
from pathlib import Path

from sqlalchemy import Uuid, select

import consultation.models  # noqa: F401 - completes the metadata
from consultation.curation.operations import admit
from consultation.kernel.orm import Base
from consultation.kernel.outbox import EventRecord
from consultation.kernel.permissions import OPERATOR
from consultation.kernel.roles import MandateKind
from consultation.membership.operations import invite
from consultation.privacy.inventory import ADDRESSES, FROZEN, HOLDINGS, NOT_PEOPLE, Holding
from consultation.privacy.operations import personal_data
from consultation.proposals.operations import endorse
from tests.factories import NOW, make_mandate, make_proposal, make_user
from tests.voting.factories import make_contest
from tests.world import delegate, world  # noqa: F401 - fixtures

LOOKS_LIKE_AN_ADDRESS = re.compile(r"mail|address|contact|phone|telephone")
LOOKS_LIKE_A_PERSON = re.compile(r"(_by|_by_id|user_id|actor_id|author_id|editor_id|moderator_id)$")
DOCUMENT = Path(__file__).resolve().parent.parent.parent / "docs" / "personal-data.md"


def columns():
    return [(table.name, column) for table in Base.metadata.sorted_tables for column in table.columns]


def test_every_table_that_names_people_is_in_the_inventory():
    """A new one: say in consultation/privacy/inventory.py what is exported of it and what becomes of it on erasure."""
    named = {(one.table, one.column) for one in HOLDINGS} | set(NOT_PEOPLE)
    people = {
        (table, column.name)
        for table, column in columns()
        if any(key.column.table.name == "user" for key in column.foreign_keys)
        or (isinstance(column.type, Uuid) and LOOKS_LIKE_A_PERSON.search(column.name))
    }
    assert people - named == set()


def test_every_column_that_may_hold_an_address_is_in_the_inventory():
    assert {(table, one.name) for table, one in columns() if LOOKS_LIKE_AN_ADDRESS.search(one.name)} == set(ADDRESSES)


def test_the_inventory_names_what_is_there():
    tables = Base.metadata.tables
    holdings = [*HOLDINGS, *(one for one in ADDRESSES.values() if isinstance(one, Holding))]
    for one in holdings:
        assert {one.column, *one.without} <= set(tables[one.table].columns.keys()), one
        assert bool(one.section) is not bool(one.why), one
    assert set(tables) >= FROZEN


def test_nothing_that_opens_something_is_given_out():
    secret = re.compile(r"token|password|secret|sha256|hash|digest|nonce|recovery|credential")
    out = [
        (one.table, column.name)
        for one in HOLDINGS
        if one.section
        for column in Base.metadata.tables[one.table].columns
        if secret.search(column.name) and column.name not in one.without
    ]
    assert out == [("agreement", "text_sha256"), ("release", "sha256")]


def test_everything_that_names_the_person_and_nothing_of_others(world, session):  # noqa: F811
    mine = {"organization_id": world.organization.id, "author_id": world.user.id}
    proposal = make_proposal(session, world.consultation, title="Mine", published=True, **mine)
    other = make_user(session, email="other@example.org", name="Bruno Day")
    make_mandate(session, other, world.other)
    make_proposal(
        session, world.consultation, title="Theirs", published=True, author_id=other.id, organization_id=world.other.id
    )
    endorse(session, proposal, organization_id=world.organization.id, actor=world.actor, now=NOW)
    details = {"name": "Carla", "language": "fr", "kind": MandateKind.EDITOR, "actor": world.actor, "now": NOW}
    invite(session, world.organization, email="carla@example.org", **details)
    session.commit()
    data = personal_data(session, world.user, site="https://agenda.example.org", now=NOW)
    sections = data["sections"]
    assert [one["title"] for one in sections["proposals"]] == ["Mine"]
    assert [one["email"] for one in sections["account"]] == [world.user.email]
    assert [len(sections[name]) for name in ("mandates", "endorsements", "invitations_sent", "roles")] == [1, 1, 1, 1]
    written = json.dumps(data)
    assert [
        word for word in ("other@example.org", "Bruno", "carla@", "Carla", "Theirs", "argon2") if word in written
    ] == []


def test_whether_ones_member_voted_is_told_only_after_the_close(world, session):  # noqa: F811
    proposal = make_proposal(session, world.consultation, published=True, organization_id=world.other.id)
    admit(session, proposal, actor=OPERATOR, now=NOW)
    make_contest(session, world.consultation, NOW, code="VOTE", places=1)
    session.commit()
    data = personal_data(session, world.user, site="", now=NOW)
    assert data["sections"]["participation"] == [{"contest": "VOTE", "on_the_roll_as": "Alliance A", "voted": None}]


def test_it_is_a_download_behind_a_form(world, delegate, session):  # noqa: F811
    assert delegate.get("/en/account/privacy/export").status_code == 405
    answer = delegate.post("/en/account/privacy/export")
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="my-data-2027-03-01.json"'
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.json["person"] == str(world.user.id)
    session.rollback()
    assert session.scalars(select(EventRecord.subject_id).where(EventRecord.name == "DataExported")).all() == [
        world.user.id
    ]


def test_the_document_names_every_section():
    described = set(re.findall(r"^\| `(\w+)` \|", DOCUMENT.read_text("utf-8"), re.MULTILINE))
    addressed = {one.section for one in ADDRESSES.values() if isinstance(one, Holding)}
    assert described == {one.section for one in HOLDINGS if one.section} | addressed | {
        "own_memberships",
        "participation",
    }
