"""The migration that lets delegates vote keeps rolls and drafts both ways, and does not go back over their contests."""

import pytest
from sqlalchemy import inspect, text

from consultation.kernel.migrations import CannotGoBack, downgrade, pending, revision_of, upgrade
from consultation.voting.operations import save_draft
from consultation.voting.states import VotingUnit
from tests.voting.factories import commit, make_contest

BEFORE = "0025"


@pytest.fixture
def url(engine):
    return str(engine.url.render_as_string(hide_password=False))


def contest_of(session, scene, clock, **changes):
    contest = make_contest(session, scene.consultation, clock.now(), **changes)
    alpha = scene.delegates[0]
    said = {"organization_id": alpha.organization.id, "actor": alpha.actor, "now": clock.now()}
    save_draft(session, contest, tiers=[[scene.codes[0]]], **said)
    commit(session)
    return contest


def rows(engine, table, columns):
    with engine.connect() as connection:
        found = connection.execute(text(f"SELECT {columns} FROM {table} ORDER BY {columns}")).all()
    engine.dispose()
    return [tuple(map(str, row)) for row in found]


def test_rolls_and_drafts_of_members_stay_both_ways(session, engine, scene, clock, url):
    contest_of(session, scene, clock)
    session.close()
    entries, drafts = "organization_id, name, voted", "contest_id, organization_id, tiers, saved_at"
    before = rows(engine, "roll_entry", entries), rows(engine, "ballot_draft", drafts)
    assert (len(before[0]), len(before[1])) == (3, 1)
    new = rows(engine, "roll_entry", "organization_id, voter_id, code, user_id")
    downgrade(url, BEFORE)
    assert {column["name"] for column in inspect(engine).get_columns("ballot_draft")} == {
        "contest_id",
        "organization_id",
        "tiers",
        "saved_at",
    }
    assert (rows(engine, "roll_entry", entries), rows(engine, "ballot_draft", drafts)) == before
    upgrade(url)
    assert not pending(engine)
    assert (rows(engine, "roll_entry", entries), rows(engine, "ballot_draft", drafts)) == before
    assert rows(engine, "roll_entry", "organization_id, voter_id, code, user_id") == new
    assert rows(engine, "contest", "unit") == [("members",)]


def test_nothing_goes_back_over_a_contest_of_delegates_but_to_nothing(session, engine, scene, clock, url):
    contest_of(session, scene, clock, unit=VotingUnit.DELEGATES)
    session.close()
    with engine.connect() as connection:
        newest = revision_of(connection)
    before = rows(engine, "roll_entry", "contest_id, user_id, voter_id, code")
    with pytest.raises(CannotGoBack, match="MAIN"):
        downgrade(url, BEFORE)
    with engine.connect() as connection:
        assert revision_of(connection) == newest
    assert rows(engine, "roll_entry", "contest_id, user_id, voter_id, code") == before
    downgrade(url, "base")
    assert inspect(engine).get_table_names() == ["alembic_version"]
    upgrade(url)
    assert not pending(engine)
