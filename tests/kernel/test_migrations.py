"""Migrations make exactly the models' schema, go back to nothing, and guard what is append-only."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect

import consultation.models  # noqa: F401 - completes the metadata
from consultation.kernel import append_only
from consultation.kernel.migrations import downgrade, open_engine, pending, upgrade
from consultation.kernel.orm import Base


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
