"""Migrations make exactly the models' schema, go back to nothing, and guard what is append-only."""

import shutil

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, func, inspect, select, table, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

import consultation.models  # noqa: F401 - completes the metadata
from consultation.curation.operations import admit
from consultation.discussion.operations import post
from consultation.kernel import append_only
from consultation.kernel.migrations import MIGRATIONS, configuration, downgrade, open_engine, pending, upgrade
from consultation.kernel.orm import Base
from consultation.kernel.permissions import OPERATOR
from consultation.proposals.operations import endorse
from tests.factories import NOW, make_consultation, make_mandate, make_organization, make_proposal, make_user


@pytest.fixture
def engine(database_url):
    engine = open_engine(database_url.replace("postgresql://", "postgresql+psycopg://"))
    yield engine
    engine.dispose()


def _ours(_thing, name, kind, _reflected, _other):
    return kind != "table" or not (name or "").startswith("proposal_search")


def test_the_migrated_schema_is_the_models(engine):
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": _ours, "compare_type": True})
        differences = compare_metadata(context, Base.metadata)
    assert [difference for difference in differences if "ix_proposal_search" not in str(difference)] == []
    assert not pending(engine)


def test_every_append_only_table_is_guarded(engine):
    with engine.connect() as connection:
        assert append_only.missing(connection) == []


def test_a_lost_guard_is_noticed(engine):
    sqlite = engine.dialect.name == "sqlite"
    statement = "DROP TRIGGER event_no_delete" if sqlite else "DROP TRIGGER event_no_change ON event"
    with engine.begin() as connection:
        connection.exec_driver_sql(statement)
    with engine.connect() as connection:
        assert append_only.missing(connection) == ["event"]


def test_down_to_nothing_and_up_again(engine, database_url):
    url = str(engine.url.render_as_string(hide_password=False))
    engine.dispose()
    downgrade(url, "base")
    left = create_engine(url)
    assert inspect(left).get_table_names() == ["alembic_version"]
    left.dispose()
    upgrade(url)
    assert not pending(engine)


REBUILDING = """
import sqlalchemy as sa
from alembic import op

revision = "next"
down_revision = "{head}"
TABLES = ("consultation", "member_organization", "proposal", "comment", "event")


def upgrade():
    recreate = "always" if op.get_bind().dialect.name == "sqlite" else "never"
    for name in TABLES:
        with op.batch_alter_table(name, recreate=recreate) as batch:
            batch.add_column(sa.Column("added", sa.Text(), nullable=False, server_default="x"))


def downgrade():
    for name in TABLES:
        with op.batch_alter_table(name) as batch:
            batch.drop_column("added")
"""


def _populate(engine):
    with Session(engine) as session:
        consultation = make_consultation(session)
        organization = make_organization(session)
        make_mandate(session, make_user(session), organization)
        waiting = make_proposal(session, consultation, organization_id=organization.id, title="Waiting")
        assert waiting.number == 1
        public = make_proposal(session, consultation, organization_id=organization.id, published=True)
        endorse(session, public, organization_id=organization.id, actor=OPERATOR, now=NOW)
        said = {"language": "en", "organization_id": organization.id, "actor": OPERATOR, "now": NOW}
        top = post(session, public, body="At the top", **said)
        post(session, public, body="An answer", answers=top, **said)
        admit(session, public, actor=OPERATOR, now=NOW)
        session.commit()


def _rows(engine):
    names = [name for name in inspect(engine).get_table_names() if not name.startswith(("alembic", "proposal_search"))]
    with engine.connect() as connection:
        return {name: connection.scalar(select(func.count()).select_from(table(name))) for name in sorted(names)}


def _is_sound(engine):
    """Guarded, whole, and searched: what is written after the rebuild is found."""
    with engine.connect() as connection:
        assert append_only.missing(connection) == []
        if engine.dialect.name == "sqlite":
            assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
            with connection.begin_nested() as attempt:
                connection.execute(text("UPDATE proposal SET search_text = 'rebuilt' WHERE number = 1"))
                found = "SELECT count(*) FROM proposal_search WHERE proposal_search MATCH 'rebuilt'"
                assert connection.scalar(text(found)) == 1
                attempt.rollback()
    with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
        connection.execute(text("DELETE FROM event"))


def test_a_migration_that_rebuilds_tables_keeps_rows_guards_and_search(engine, tmp_path):
    _populate(engine)
    before = _rows(engine)
    assert before["comment"] == 2
    assert before["endorsement"] == 1
    folder = tmp_path / "migrations"
    shutil.copytree(MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    head = ScriptDirectory(str(folder)).get_current_head()
    (folder / "versions" / "next.py").write_text(REBUILDING.format(head=head))
    settings = configuration(str(engine.url.render_as_string(hide_password=False)))
    settings.set_main_option("script_location", str(folder))
    engine.dispose()
    for move, revision in ((command.upgrade, "head"), (command.downgrade, "-1"), (command.upgrade, "head")):
        move(settings, revision)
        assert _rows(engine) == before
        _is_sound(engine)
        engine.dispose()
