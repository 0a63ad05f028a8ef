"""Tables whose rows are written once: triggers refuse every update, delete, replacement and truncation.

Batch migrations on SQLite rebuild tables and so lose their triggers; migrations therefore end by installing these
again, and ``consultation db check`` says when one is missing.
"""

from sqlalchemy import Connection, inspect, text

APPEND_ONLY = ("event", "ballot_chain", "checkpoint", "release", "page_version", "agreement")


def install(connection: Connection) -> None:
    """Install the triggers on those of the tables that exist; safe to repeat."""
    existing = set(inspect(connection).get_table_names())
    tables = [table for table in APPEND_ONLY if table in existing]
    if connection.dialect.name == "sqlite":
        for table in tables:
            _install_sqlite(connection, table)
    else:
        _install_postgresql(connection, tables)


def remove(connection: Connection) -> None:
    """Take the triggers away, for a restore, which fills the tables anew and installs them again in its transaction."""
    existing = set(inspect(connection).get_table_names())
    for table in APPEND_ONLY:
        if table in existing:
            for name in _names(connection.dialect.name, table):
                on = "" if connection.dialect.name == "sqlite" else f" ON {table}"
                connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}{on}")


def missing(connection: Connection) -> list[str]:
    """The append-only tables that have lost a guard."""
    if connection.dialect.name == "sqlite":
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    else:
        query = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'A'"
    found = set(connection.execute(text(query)).scalars())
    return [table for table in APPEND_ONLY if not set(_names(connection.dialect.name, table)) <= found]


def _names(dialect: str, table: str) -> tuple[str, ...]:
    kinds = ("update", "delete", "replace") if dialect == "sqlite" else ("change", "truncate")
    return tuple(f"{table}_no_{kind}" for kind in kinds)


def _install_sqlite(connection: Connection, table: str) -> None:
    refusal = f"SELECT RAISE(ABORT, '{table} is append-only')"
    inspector = inspect(connection)
    keys = [inspector.get_pk_constraint(table)["constrained_columns"]]
    keys += [unique["column_names"] for unique in inspector.get_unique_constraints(table)]
    # INSERT OR REPLACE deletes without firing delete triggers, so an insert that meets a row is refused first.
    same = " OR ".join("(" + " AND ".join(f"{column} = NEW.{column}" for column in key) + ")" for key in keys)
    taken = f"EXISTS (SELECT 1 FROM {table} WHERE {same})"  # noqa: S608 - names from our own metadata
    update, delete, replace = _names("sqlite", table)
    for statement in (
        f"DROP TRIGGER IF EXISTS {update}",
        f"DROP TRIGGER IF EXISTS {delete}",
        f"DROP TRIGGER IF EXISTS {replace}",
        f"CREATE TRIGGER {update} BEFORE UPDATE ON {table} BEGIN {refusal}; END",
        f"CREATE TRIGGER {delete} BEFORE DELETE ON {table} BEGIN {refusal}; END",
        f"CREATE TRIGGER {replace} BEFORE INSERT ON {table} WHEN {taken} BEGIN {refusal}; END",
    ):
        connection.exec_driver_sql(statement)


def _install_postgresql(connection: Connection, tables: list[str]) -> None:
    if not tables:
        return
    connection.exec_driver_sql(
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '%% is append-only', TG_TABLE_NAME; END $$"
    )
    for table in tables:
        change, truncate = _names("postgresql", table)
        for statement in (
            f"DROP TRIGGER IF EXISTS {change} ON {table}",
            f"DROP TRIGGER IF EXISTS {truncate} ON {table}",
            f"CREATE TRIGGER {change} BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()",
            f"CREATE TRIGGER {truncate} BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
            f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {change}",
            f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {truncate}",
        ):
            connection.exec_driver_sql(statement)
