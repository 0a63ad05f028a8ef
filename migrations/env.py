"""Alembic's environment: migrations run in one transaction, on SQLite with foreign keys off and checked at the end."""

from alembic import context
from sqlalchemy import Connection, inspect

import consultation.models  # noqa: F401 - completes the metadata
from consultation.kernel import append_only
from consultation.kernel.migrations import open_engine
from consultation.kernel.orm import Base, intending_to_write

database_url = context.config.attributes["database_url"]


def foreign_keys(connection: Connection, state: str) -> None:
    """SQLite rebuilds tables to alter them; with foreign keys on, dropping the old one deletes the child rows.
    The pragma does nothing inside a transaction, so it is set before."""
    connection.connection.dbapi_connection.execute(f"PRAGMA foreign_keys={state}")  # type: ignore[union-attr]


def triggers(connection: Connection) -> dict[str, tuple[str, str]]:
    """SQLite's triggers: name → table and text."""
    rows = connection.exec_driver_sql("SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'")
    return {name: (table, text) for name, table, text in rows}


def restore_triggers(connection: Connection, before: dict[str, tuple[str, str]]) -> None:
    """A rebuilt table has lost its triggers, those of the search index among them: put back what its table outlived."""
    tables = set(inspect(connection).get_table_names())
    left = triggers(connection)
    for name, (table, text) in before.items():
        if name not in left and table in tables:
            connection.exec_driver_sql(text)


def belongs_to_models(_thing: object, name: str | None, kind: str, _reflected: bool, _other: object) -> bool:
    """The search index of SQLite, and its shadow tables, are made by hand in the migrations."""
    return kind != "table" or not (name or "").startswith("proposal_search")


def run() -> None:
    engine = open_engine(database_url)
    try:
        with engine.connect() as connection, intending_to_write():
            sqlite = connection.dialect.name == "sqlite"
            if sqlite:
                foreign_keys(connection, "OFF")
            context.configure(
                connection=connection,
                target_metadata=Base.metadata,
                render_as_batch=sqlite,
                compare_type=True,
                include_object=belongs_to_models,
                transactional_ddl=True,
            )
            with context.begin_transaction():
                before = triggers(connection) if sqlite else {}
                context.run_migrations()
                if sqlite:
                    restore_triggers(connection, before)
                append_only.install(connection)
                if sqlite:
                    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
                    if broken:
                        raise RuntimeError(
                            f"The migration would leave {len(broken)} rows without their parent: {broken[:5]}"
                        )
            connection.commit()
    finally:
        engine.dispose()


run()
